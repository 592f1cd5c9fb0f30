//! The answerer as a worker of the listeners, and what it counts.
//!
//! Counters are written by one worker each and read by anybody: plain loads and stores of atomics, no
//! locked instruction and no lock per packet.

use super::{Answerer, Client, Policies, Policy, Reply, Settings, Standing, Verdict};
use crate::graph::{NameId, Snapshot};
use crate::listen::{Responder, Transport};
use crate::packet::Rcode;
use crate::publish::Graph;
use crate::record::Rtype;
use crate::walk::{Limits, ENDS};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Slots for numbers of hops; the last takes all longer chains.
pub const HOPS: usize = 18;
/// Upper bounds of the duration buckets, in nanoseconds.
pub const DURATION_BOUNDS: [u64; 10] = [500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 1_000_000, u64::MAX];
/// One query in so many is timed, the first of them: two clock readings cost as much as finding a name.
const TIMED: u64 = 64;
const SLOTS: usize = 1024;
const STANDINGS: [(Standing, &str); 3] =
    [(Standing::New, "new"), (Standing::Valid, "valid"), (Standing::Invalid, "invalid")];
const LIMITED: [(Verdict, &str); 2] = [(Verdict::Drop, "drop"), (Verdict::Slip, "slip")];
const RCODES: [Rcode; 11] = [
    Rcode::NOERROR,
    Rcode::FORMERR,
    Rcode::SERVFAIL,
    Rcode::NXDOMAIN,
    Rcode::NOTIMP,
    Rcode::REFUSED,
    Rcode::YXDOMAIN,
    Rcode::NOTAUTH,
    Rcode::BADVERS,
    Rcode::BADCOOKIE,
    Rcode(u16::MAX),
];

/// Counters of one worker.
pub struct Counts {
    /// Open addressing from a packed key to a count; what finds no place goes to `crowded`.
    requests: Vec<(AtomicU64, AtomicU64)>,
    crowded: Mutex<HashMap<u64, u64>>,
    rcodes: [AtomicU64; RCODES.len()],
    ends: [AtomicU64; ENDS.len()],
    cookies: [AtomicU64; STANDINGS.len()],
    limited: [AtomicU64; LIMITED.len()],
    hops: [AtomicU64; HOPS],
    durations: [AtomicU64; DURATION_BOUNDS.len()],
    duration_sum: AtomicU64,
}

/// Counters of all workers of one server.
#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Vec<Arc<Counts>>>>);

/// What a request is counted under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestKey {
    /// The zone in which the walk began.
    pub zone: Option<NameId>,
    /// What was asked for; nothing when it is none of the known types or could not be read.
    pub qtype: Option<Rtype>,
    /// Whether it came over TCP.
    pub is_tcp: bool,
    /// Whether it came over IPv6.
    pub is_ipv6: bool,
}

#[inline]
fn bump(counter: &AtomicU64, by: u64) {
    // One writer: a load and a store lose nothing.
    counter.store(counter.load(Relaxed) + by, Relaxed);
}

impl RequestKey {
    fn pack(self) -> u64 {
        let zone = self.zone.map_or(0, |zone| zone.0 as u64 + 1);
        let qtype = self.qtype.map_or(0, |qtype| qtype.0 as u64);
        zone << 24 | qtype << 8 | (self.is_tcp as u64) << 2 | (self.is_ipv6 as u64) << 1 | 1
    }

    fn unpack(key: u64) -> RequestKey {
        let zone = (key >> 24).checked_sub(1).map(|zone| NameId(zone as u32));
        let qtype = Some(Rtype((key >> 8) as u16)).filter(|qtype| qtype.0 != 0);
        RequestKey { zone, qtype, is_tcp: key & 4 != 0, is_ipv6: key & 2 != 0 }
    }
}

impl Counts {
    fn new() -> Counts {
        Counts {
            requests: (0..SLOTS).map(|_| Default::default()).collect(),
            crowded: Mutex::default(),
            rcodes: Default::default(),
            ends: Default::default(),
            cookies: Default::default(),
            limited: Default::default(),
            hops: Default::default(),
            durations: Default::default(),
            duration_sum: AtomicU64::new(0),
        }
    }

    #[inline]
    fn count(&self, reply: &Reply, client: IpAddr, transport: Transport) {
        let question = reply.question.as_ref();
        let key = RequestKey {
            zone: question.and_then(|asked| asked.zone),
            // Types without a mnemonic are counted as one: counters must not grow with what clients invent.
            qtype: question.map(|asked| asked.qtype).filter(|qtype| qtype.is_known()),
            is_tcp: transport == Transport::Tcp,
            is_ipv6: client.is_ipv6(),
        };
        self.count_request(key.pack());
        if reply.verdict != Verdict::Drop {
            let rcode = RCODES.iter().position(|rcode| *rcode == reply.rcode).unwrap_or(RCODES.len() - 1);
            bump(&self.rcodes[rcode], 1);
        }
        if let Some(number) = LIMITED.iter().position(|(verdict, _)| *verdict == reply.verdict) {
            bump(&self.limited[number], 1);
        }
        if let Some(number) = STANDINGS.iter().position(|(standing, _)| *standing == reply.standing) {
            bump(&self.cookies[number], 1);
        }
        if let Some(asked) = question {
            bump(&self.ends[asked.end.number()], 1);
            bump(&self.hops[asked.hops.min(HOPS - 1)], 1);
        }
    }

    #[inline]
    fn count_request(&self, key: u64) {
        let start = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54) as usize;
        for step in 0..8 {
            let (held, count) = &self.requests[(start + step) % SLOTS];
            match held.load(Relaxed) {
                0 => held.store(key, Relaxed),
                other if other != key => continue,
                _ => {}
            }
            return bump(count, 1);
        }
        *self.crowded.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
    }

    fn count_duration(&self, nanoseconds: u64) {
        let bucket = DURATION_BOUNDS.iter().position(|bound| nanoseconds <= *bound).unwrap_or(0);
        bump(&self.durations[bucket], 1);
        bump(&self.duration_sum, nanoseconds);
    }
}

/// Sums over all workers.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    /// By zone, type, transport and family.
    pub requests: Vec<(RequestKey, u64)>,
    /// By rcode.
    pub responses: Vec<(&'static str, u64)>,
    /// By end of chain.
    pub ends: Vec<(&'static str, u64)>,
    /// Cookies of clients, by what they were worth.
    pub cookies: Vec<(&'static str, u64)>,
    /// Replies over the rate, by what became of them.
    pub limited: Vec<(&'static str, u64)>,
    /// By number of links followed.
    pub hops: Vec<u64>,
    /// Timed answers, by bucket (not cumulative).
    pub durations: Vec<u64>,
    /// Nanoseconds of all timed answers.
    pub duration_sum: u64,
}

impl Shared {
    fn add(&self) -> Arc<Counts> {
        let counts = Arc::new(Counts::new());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(counts.clone());
        counts
    }

    /// The sums now.
    pub fn sums(&self) -> Sums {
        let workers = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let total = |of: &dyn Fn(&Counts) -> &AtomicU64| workers.iter().map(|w| of(w).load(Relaxed)).sum::<u64>();
        let mut requests: HashMap<u64, u64> = HashMap::new();
        for worker in &workers {
            let slots = worker.requests.iter().map(|(key, count)| (key.load(Relaxed), count.load(Relaxed)));
            let crowded = worker.crowded.lock().unwrap_or_else(PoisonError::into_inner).clone();
            for (key, count) in slots.chain(crowded).filter(|(key, _)| *key != 0) {
                *requests.entry(key).or_default() += count;
            }
        }
        let mut requests: Vec<_> = requests.into_iter().map(|(key, n)| (RequestKey::unpack(key), n)).collect();
        requests.sort_unstable();
        let name = |rcode: &Rcode| rcode.mnemonic();
        Sums {
            requests,
            responses: RCODES.iter().enumerate().map(|(i, r)| (name(r), total(&|w| &w.rcodes[i]))).collect(),
            ends: ENDS.iter().enumerate().map(|(i, end)| (*end, total(&|w| &w.ends[i]))).collect(),
            cookies: STANDINGS.iter().enumerate().map(|(i, (_, word))| (*word, total(&|w| &w.cookies[i]))).collect(),
            limited: LIMITED.iter().enumerate().map(|(i, (_, word))| (*word, total(&|w| &w.limited[i]))).collect(),
            hops: (0..HOPS).map(|i| total(&|w| &w.hops[i])).collect(),
            durations: (0..DURATION_BOUNDS.len()).map(|i| total(&|w| &w.durations[i])).collect(),
            duration_sum: total(&|w| &w.duration_sum),
        }
    }
}

/// A thread's answerer with the snapshot that it answers from.
pub struct Worker {
    graph: Arc<Graph>,
    snapshot: Arc<Snapshot>,
    limits: Limits,
    policies: Arc<Policies>,
    policy: Arc<Policy>,
    answerer: Answerer,
    counts: Arc<Counts>,
    served: u64,
}

impl Worker {
    /// A worker that answers from the newest version of `graph`, treats clients by the newest policy and counts in
    /// `shared`.
    pub fn new(graph: Arc<Graph>, settings: Settings, policies: Arc<Policies>, shared: &Shared) -> Worker {
        let (mut answerer, policy) = (Answerer::new(settings), policies.newest());
        answerer.obey(policy.clone());
        graph.begin_answering();
        Worker {
            snapshot: graph.snapshot(),
            limits: graph.limits(),
            graph,
            policies,
            policy,
            answerer,
            counts: shared.add(),
            served: 0,
        }
    }
}

impl Responder for Worker {
    fn refresh(&mut self) {
        self.answerer.forget();
        let newest = self.graph.published().load();
        if !Arc::ptr_eq(&newest, &self.snapshot) {
            self.snapshot = arc_swap::Guard::into_inner(newest);
        }
        self.limits = self.graph.limits();
        let policy = self.policies.load();
        if !Arc::ptr_eq(&policy, &self.policy) {
            self.policy = arc_swap::Guard::into_inner(policy);
            self.answerer.obey(self.policy.clone());
        }
    }

    fn foresee<'q>(&mut self, queries: impl Iterator<Item = &'q [u8]>) {
        self.answerer.foresee(&self.snapshot, queries);
    }

    #[inline]
    fn respond(&mut self, query: &[u8], client: IpAddr, transport: Transport, reply: &mut [u8]) -> Option<usize> {
        self.served += 1;
        let start = (self.served % TIMED == 1).then(Instant::now);
        let written =
            self.answerer.answer(&self.snapshot, self.limits, query, Client { address: client, transport }, reply)?;
        self.counts.count(&written, client, transport);
        if let Some(start) = start {
            self.counts.count_duration(start.elapsed().as_nanos().min(u64::MAX as u128) as u64);
        }
        (written.verdict != Verdict::Drop).then_some(written.len)
    }
}
