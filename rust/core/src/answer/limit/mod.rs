//! Response rate limiting: how often one network gets the same kind of reply over UDP.
//!
//! A server that answers everything can be made to flood whoever an attacker names as the sender. So replies that are
//! alike, to one network, are counted together, and those over the rate are not sent; every n-th of them is sent
//! empty with TC, so that an honest client among the forged ones comes back over TCP, which cannot be forged.
//!
//! **What is alike** is decided by where in the graph the answer comes from, never by what the client can make up:
//!
//! | reply | counted with all others |
//! |---|---|
//! | data, an alias | of that owner; of the wildcard or the DNAME when one of them made it |
//! | no data | without data of that owner, or of that wildcard |
//! | a referral | at that cut |
//! | NXDOMAIN | in that zone |
//! | any other error | whatever was asked |
//!
//! A flood of random names below a zone, a wildcard, a DNAME or a cut is one bucket each, and a name that exists has its
//! own. BIND, NSD and Knot do the same but for details. The type is not part of it (BIND has it): a name has a dozen, and
//! they would multiply the rate. NSD counts "no data" by the zone; then a network that asks many names for HTTPS or
//! AAAA would be limited for a normal day's work, so here, as in BIND, it is the owner.
//!
//! **The count** is a token bucket of one second: `rate` replies at once, then one each 1/`rate` s. As in Knot, replies
//! that are not sent cost nothing, so a network under attack gets `rate` answers a second and not none, as in BIND and
//! NSD, where a flood keeps the bucket in debt. The price: a victim gets up to `rate` whole answers a second for each
//! name that an attacker knows.
//!
//! **The table** is one for all workers: which socket a client reaches must not matter. A bucket is one number, 8 to a
//! cache line:
//!
//! ```text
//! |63    tag    44|43 limited 36|35   paid   0|      time runs in replies: 1/rate s is 1
//! ```
//!
//! `paid` is the time until which the replies sent are paid for; what lies ahead of now is the debt. A bucket without
//! debt holds nothing worth keeping, so places become free by themselves. In a full line the smallest debt goes: a
//! table that is flooded with senders forgets the quiet ones, and their replies are sent. A query costs one keyed hash of 24
//! octets (nobody can aim at another's bucket), one cache line and one compare-and-swap; memory is 4 MiB, only
//! while there is a rate. Two buckets are one with probability 2^-36.

mod network;

pub use network::Network;

use super::rcode_of;
use crate::graph::NameId;
use crate::packet::Rcode;
use crate::walk::{Chain, End, Place};
use network::{bits, mask};
use siphasher::sip::SipHasher13;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

/// Lines of the table: 4 MiB.
const LINES: usize = 1 << 16;
const PAID_BITS: u32 = 36;
const PAID: u64 = (1 << PAID_BITS) - 1;
const TAG: u64 = !0 << 44;

/// Replies that are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Data or an alias of this owner.
    Answer(NameId),
    /// No data at this owner.
    NoData(NameId),
    /// A referral at this cut.
    Referral(NameId),
    /// A name that does not exist in the zone with this apex.
    Absent(NameId),
    /// Any error.
    Error,
}

impl Class {
    /// What a chain is counted as: by its first step, which is what the client's name decided.
    pub fn of<N>(chain: &Chain<N, Place>) -> Class {
        let first = chain.hops.first().map(|hop| hop.place.owner);
        match (first, chain.end) {
            _ if !matches!(rcode_of(chain), Rcode::NOERROR | Rcode::NXDOMAIN) => Class::Error,
            (Some(owner), _) => Class::Answer(owner),
            (None, End::Data { place, .. }) => Class::Answer(place.owner),
            (None, End::NoData { place, .. }) => Class::NoData(place.owner),
            (None, End::Referral(place)) => Class::Referral(place.owner),
            (None, End::NxDomain(place)) => Class::Absent(place.zone),
            // Without a first step these are errors, above.
            (None, _) => Class::Error,
        }
    }

    fn octets(self) -> [u8; 8] {
        let (kind, id) = match self {
            Class::Answer(id) => (1, id.0),
            Class::NoData(id) => (2, id.0),
            Class::Referral(id) => (3, id.0),
            Class::Absent(id) => (4, id.0),
            Class::Error => (5, 0),
        };
        (kind << 32 | u64::from(id)).to_ne_bytes()
    }
}

/// What becomes of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is sent.
    Pass,
    /// It is sent empty.
    Slip,
    /// It is not sent.
    Drop,
}

/// `[limits]`, as far as it is about rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Replies a second of one class to one network, 1 to 10,000,000.
    pub replies: u32,
    /// Bits of an IPv4 network, at most 32.
    pub prefix4: u8,
    /// Bits of an IPv6 network, at most 128.
    pub prefix6: u8,
    /// Who is not limited.
    pub allow: Vec<Network>,
    /// Every so manieth reply over the rate is sent empty; 0: none.
    pub slip: u8,
}

#[derive(Default)]
#[repr(align(64))]
struct Line([AtomicU64; 8]);

/// All that is counted, for all workers.
pub struct Limiter {
    lines: Box<[Line]>,
    key: SipHasher13,
    started: Instant,
    mask4: u128,
    mask6: u128,
    rate: Rate,
}

/// A moment, in replies since the limiter was made.
#[derive(Clone, Copy, Debug)]
pub struct Moment(u64);

impl Limiter {
    /// Counts from now on; `key` is what nobody may know.
    pub fn new(rate: Rate, key: &[u8; 16]) -> Limiter {
        Limiter {
            lines: (0..LINES).map(|_| Line::default()).collect(),
            key: SipHasher13::new_with_key(key),
            started: Instant::now(),
            mask4: mask(96 + u32::from(rate.prefix4)),
            mask6: mask(u32::from(rate.prefix6)),
            rate,
        }
    }

    /// What it goes by.
    pub fn rate(&self) -> &Rate {
        &self.rate
    }

    /// The moment now.
    pub fn now(&self) -> Moment {
        self.after(self.started.elapsed().as_nanos())
    }

    fn after(&self, nanoseconds: u128) -> Moment {
        Moment((nanoseconds * u128::from(self.rate.replies) / 1_000_000_000) as u64)
    }

    /// Counts a reply and says what becomes of it.
    #[inline]
    pub fn judge(&self, client: IpAddr, class: Class, now: Moment) -> Verdict {
        let hash = self.hash(client, class);
        let line = &self.lines[hash as usize % LINES];
        loop {
            let (place, held) = self.find(line, hash, now);
            let (next, verdict) = self.pay(held, hash, now);
            if verdict != Verdict::Pass && self.is_allowed(client) {
                return Verdict::Pass;
            }
            // When it fails another worker has got on, so this ends.
            if next == held || place.compare_exchange_weak(held, next, Relaxed, Relaxed).is_ok() {
                return verdict;
            }
        }
    }

    fn hash(&self, client: IpAddr, class: Class) -> u64 {
        let network = bits(client) & if client.is_ipv4() { self.mask4 } else { self.mask6 };
        let mut octets = [0; 24];
        octets[..16].copy_from_slice(&network.to_ne_bytes());
        octets[16..].copy_from_slice(&class.octets());
        self.key.hash(&octets)
    }

    /// The bucket of a hash, or the one to give up for it.
    fn find<'l>(&self, line: &'l Line, hash: u64, now: Moment) -> (&'l AtomicU64, u64) {
        let mut least = (&line.0[0], line.0[0].load(Relaxed));
        for place in &line.0 {
            let held = place.load(Relaxed);
            // A place that was never used looks like a bucket without debt, which it is.
            if held & TAG == hash & TAG {
                return (place, held);
            }
            if self.debt(held, now) < self.debt(least.1, now) {
                least = (place, held);
            }
        }
        least
    }

    /// By how many replies a bucket is ahead of now.
    fn debt(&self, held: u64, now: Moment) -> u64 {
        let ahead = held.wrapping_sub(now.0) & PAID;
        // No bucket is more than a second ahead, or two for a worker that read the clock before the others; what seems
        // to be lies behind.
        if ahead > 2 * u64::from(self.rate.replies) {
            return 0;
        }
        ahead
    }

    /// What a bucket becomes by one more reply, and whether that is sent.
    fn pay(&self, held: u64, hash: u64, now: Moment) -> (u64, Verdict) {
        let tag = hash & TAG;
        let (debt, limited) = match held & TAG == tag {
            true => (self.debt(held, now), held >> PAID_BITS & 0xff),
            false => (0, 0),
        };
        if debt < u64::from(self.rate.replies) {
            return (tag | limited << PAID_BITS | (now.0 + debt + 1) & PAID, Verdict::Pass);
        }
        match (limited + 1).checked_rem(u64::from(self.rate.slip)) {
            None => (held, Verdict::Drop),
            Some(limited) => {
                let verdict = if limited == 0 { Verdict::Slip } else { Verdict::Drop };
                (tag | limited << PAID_BITS | held & PAID, verdict)
            }
        }
    }

    fn is_allowed(&self, client: IpAddr) -> bool {
        self.rate.allow.iter().any(|network| network.has(client))
    }
}

#[cfg(test)]
mod tests;
