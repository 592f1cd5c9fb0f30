//! Answers: a query's octets in, a reply's octets out, from one snapshot.
//!
//! `parse -> locate -> follow -> compose`. The chain says everything; what is written from it is
//! decided in `compose`, and addresses that go along in `additional`. A worker's memory is made once.
//! `guard` knows who asks: cookies (`cookie`) and rates (`limit`).

mod additional;
mod compose;
mod cookie;
mod guard;
mod limit;
mod proof;
mod worker;

pub use cookie::{Standing, SECRET};
pub use guard::{Client, Policies, Policy};
pub use limit::{Network, Rate, Verdict};

pub use worker::{RequestKey, Shared, Sums, Worker, DURATION_BOUNDS, HOPS};

use crate::graph::{NameId, Snapshot, Wanted};
use crate::listen::Transport;
use crate::packet::{asked_name, parse, Edns, ExtendedError, Parsed, Query, Rcode, Writer, COOKIE, HEADER};
use crate::record::Rtype;
use crate::walk::{follow, Ahead, Chain, End, GraphName, Limits, Place, Walk};
use compose::Composer;
use guard::{Guard, Visitor};
use limit::Class;
use std::sync::Arc;

/// The least UDP reply that every client takes (RFC 1035 4.2.1).
const PLAIN_UDP: u16 = 512;
/// Most queries that are foreseen together.
const BATCH: usize = 64;
const NSID: u16 = 3;
const EXTENDED_ERROR: u16 = 15;

/// How to answer, beside what is in the graph.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Most octets of a UDP reply, whatever the client offers.
    pub udp_size: u16,
    /// What NSID answers (RFC 5001); empty: it is not answered.
    pub nsid: Vec<u8>,
}

/// A reply that was written, and what to count of it.
#[derive(Clone, Copy, Debug)]
pub struct Reply {
    /// Octets written; 0 when the reply is not to be sent.
    pub len: usize,
    /// The rcode.
    pub rcode: Rcode,
    /// What the limits made of it.
    pub verdict: Verdict,
    /// What the cookie said of the client.
    pub standing: Standing,
    /// What was asked for; nothing when the query could not be read.
    pub question: Option<Asked>,
}

/// A question, as it is counted.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// What was asked for.
    pub qtype: Rtype,
    /// The zone in which the walk began.
    pub zone: Option<NameId>,
    /// How many links were followed.
    pub hops: usize,
    /// How the walk ended.
    pub end: End<Place>,
}

/// Writes replies; one for each thread.
pub struct Answerer {
    settings: Settings,
    wanted: Wanted,
    /// The names of the batch that is being answered, and how many of its queries have been.
    ahead: Ahead,
    done: usize,
    chain: Chain<GraphName, Place>,
    options: Vec<u8>,
    guard: Guard,
}

/// A reply without records.
struct Short<'a> {
    /// The query's header and question.
    echo: &'a [u8],
    rcode: Rcode,
    edns: Option<Edns<'a>>,
    reason: Option<ExtendedError>,
    is_truncated: bool,
}

impl Answerer {
    /// An answerer with its memory.
    pub fn new(settings: Settings) -> Answerer {
        Answerer {
            settings,
            wanted: Wanted::new(),
            ahead: Ahead::new(BATCH),
            done: 0,
            chain: Chain::new(),
            options: Vec::new(),
            guard: Guard::default(),
        }
    }

    /// Treats clients by `policy` from now on. Without one there are neither cookies nor limits.
    pub fn obey(&mut self, policy: Arc<Policy>) {
        self.guard.obey(policy);
    }

    /// Drops what was foreseen: another batch comes, or another snapshot.
    pub fn forget(&mut self) {
        self.guard.forget_time();
        self.ahead.clear();
        self.done = 0;
    }

    /// Fetches what `queries` need; they are to be answered next, in this order and from this version.
    pub fn foresee<'q>(&mut self, snapshot: &Snapshot, queries: impl Iterator<Item = &'q [u8]>) {
        self.forget();
        for query in queries.take(BATCH) {
            // What asks for nothing keeps its place in the order.
            self.ahead.push(asked_name(query).unwrap_or(&[0]), snapshot);
        }
        self.ahead.fetch(snapshot);
    }

    /// Writes the reply to `query` into `out`; nothing when silence is the reply.
    #[inline]
    pub fn answer(
        &mut self,
        snapshot: &Snapshot,
        limits: Limits,
        query: &[u8],
        client: impl Into<Client>,
        out: &mut [u8],
    ) -> Option<Reply> {
        let place = self.done;
        self.done += 1;
        let client = client.into();
        match parse(query) {
            Parsed::Silence => None,
            Parsed::Error { rcode, question_end, edns } => {
                Some(self.answer_error(&query[..question_end], rcode, edns, client, out))
            }
            Parsed::Query(question) => {
                Some(self.answer_question(snapshot, limits, (query, place), &question, client, out))
            }
            Parsed::CookieOnly(edns) => Some(self.answer_cookie(&query[..HEADER], edns, client, out)),
        }
    }

    fn answer_error(
        &mut self,
        echo: &[u8],
        rcode: Rcode,
        edns: Option<Edns<'_>>,
        client: Client,
        out: &mut [u8],
    ) -> Reply {
        let reason = match rcode {
            Rcode::REFUSED | Rcode::NOTIMP => Some(ExtendedError { code: 21, text: "not supported here" }),
            Rcode::NOTAUTH => Some(ExtendedError { code: 18, text: "no key is known here" }),
            _ => None,
        };
        let visitor = self.guard.greet(edns.as_ref(), client);
        let short = Short { echo, rcode, edns, reason, is_truncated: false };
        match self.guard.judge(&visitor, || Class::Error) {
            Verdict::Pass => self.write_short(short, &visitor, Verdict::Pass, out),
            verdict => self.refrain(short, &visitor, verdict, out),
        }
    }

    /// Answers a client that asks for nothing but its cookie (RFC 7873 5.4).
    fn answer_cookie(&mut self, echo: &[u8], edns: Edns<'_>, client: Client, out: &mut [u8]) -> Reply {
        let visitor = self.guard.greet(Some(&edns), client);
        let rcode = match visitor.standing {
            Standing::New | Standing::Valid => Rcode::NOERROR,
            Standing::Invalid => Rcode::BADCOOKIE,
            Standing::NoCookie => Rcode::FORMERR, // without cookies it is a query without a question
        };
        let short = Short { echo, rcode, edns: Some(edns), reason: None, is_truncated: false };
        match self.guard.judge(&visitor, || Class::Error) {
            Verdict::Drop => self.refrain(short, &visitor, Verdict::Drop, out),
            // What it asks for is what it would be told to fetch.
            verdict => self.write_short(short, &visitor, verdict, out),
        }
    }

    /// Says nothing, or what makes an honest client prove where it is: BADCOOKIE with the cookie to come back with,
    /// or TC for those who know no cookies.
    fn refrain(&mut self, short: Short<'_>, visitor: &Visitor, verdict: Verdict, out: &mut [u8]) -> Reply {
        if verdict == Verdict::Drop {
            return Reply { len: 0, rcode: short.rcode, verdict, standing: visitor.standing, question: None };
        }
        let short = match visitor.cookie {
            Some(_) => Short { rcode: Rcode::BADCOOKIE, reason: None, ..short },
            None => Short { is_truncated: true, reason: None, ..short },
        };
        self.write_short(short, visitor, verdict, out)
    }

    fn write_short(&mut self, short: Short<'_>, visitor: &Visitor, verdict: Verdict, out: &mut [u8]) -> Reply {
        let edns = short.edns.as_ref();
        if let Some(edns) = edns {
            write_options(&mut self.options, &self.settings, edns, visitor, short.reason);
        }
        let mut writer = Writer::reply(out, short.echo, short.echo.len());
        writer.set_limit(reply_limit(&self.settings, edns, visitor.client.transport));
        writer.set_rcode(short.rcode.0);
        if short.is_truncated {
            writer.set_truncated();
        }
        let len = self.finish(writer, edns, short.rcode);
        Reply { len, rcode: short.rcode, verdict, standing: visitor.standing, question: None }
    }

    fn answer_question(
        &mut self,
        snapshot: &Snapshot,
        limits: Limits,
        (query, place): (&[u8], usize),
        question: &Query<'_>,
        client: Client,
        out: &mut [u8],
    ) -> Reply {
        let visitor = self.guard.greet(question.edns.as_ref(), client);
        let walk = match self.ahead.walk(place, question.name, snapshot) {
            Some(walk) => walk,
            None => {
                self.wanted.set_wire(question.name, snapshot.keys());
                Walk::new(snapshot, &self.wanted)
            }
        };
        follow(&walk, walk.start(), question.qtype, limits, &mut self.chain);
        let rcode = rcode_of(&self.chain);
        let (hops, end) = (self.chain.hops.len(), self.chain.end);
        let asked = Some(Asked { qtype: question.qtype, zone: zone_of(&self.chain), hops, end });
        let verdict = self.guard.judge(&visitor, || Class::of(&self.chain));
        if verdict != Verdict::Pass {
            let echo = &query[..question.question_end];
            let short = Short { echo, rcode, edns: question.edns, reason: None, is_truncated: false };
            return Reply { question: asked, ..self.refrain(short, &visitor, verdict, out) };
        }
        if let Some(edns) = &question.edns {
            write_options(&mut self.options, &self.settings, edns, &visitor, reason_of(&self.chain));
        }
        let size = reply_limit(&self.settings, question.edns.as_ref(), client.transport);
        let opt = question.edns.map_or(0, |_| 11 + self.options.len());
        let mut writer = Writer::reply(out, query, question.question_end);
        writer.set_limit(size.saturating_sub(opt));
        writer.set_rcode(rcode.0);
        let dnssec_ok = question.edns.is_some_and(|edns| edns.dnssec_ok);
        let qtype = question.qtype;
        Composer { walk: &walk, writer: &mut writer, qtype, dnssec_ok, proved: Vec::new() }.compose(&self.chain);
        writer.set_limit(size);
        let len = self.finish(writer, question.edns.as_ref(), rcode);
        Reply { len, rcode, verdict, standing: visitor.standing, question: asked }
    }

    #[inline]
    fn finish(&self, mut writer: Writer<'_>, edns: Option<&Edns<'_>>, rcode: Rcode) -> usize {
        if let Some(edns) = edns {
            writer.put_opt(self.settings.udp_size, rcode.0, edns.dnssec_ok, &self.options);
        }
        writer.finish()
    }
}

/// Most octets of the reply (RFC 6891 6.2.3: what both sides take; a smaller offer than 512 means 512).
#[inline]
fn reply_limit(settings: &Settings, edns: Option<&Edns<'_>>, transport: Transport) -> usize {
    match (transport, edns) {
        (Transport::Tcp, _) => u16::MAX as usize,
        (Transport::Udp, None) => PLAIN_UDP as usize,
        (Transport::Udp, Some(edns)) => edns.udp_size.max(PLAIN_UDP).min(settings.udp_size.max(PLAIN_UDP)) as usize,
    }
}

fn write_options(
    options: &mut Vec<u8>,
    settings: &Settings,
    edns: &Edns<'_>,
    visitor: &Visitor,
    reason: Option<ExtendedError>,
) {
    options.clear();
    if let Some(cookie) = &visitor.cookie {
        push_option(options, COOKIE, &[cookie]);
    }
    if !settings.nsid.is_empty() && edns.option(NSID).is_some() {
        push_option(options, NSID, &[&settings.nsid]);
    }
    if let Some(reason) = reason {
        push_option(options, EXTENDED_ERROR, &[&reason.code.to_be_bytes(), reason.text.as_bytes()]);
    }
}

fn push_option(options: &mut Vec<u8>, code: u16, parts: &[&[u8]]) {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    options.extend_from_slice(&code.to_be_bytes());
    options.extend_from_slice(&(len as u16).to_be_bytes());
    parts.iter().for_each(|part| options.extend_from_slice(part));
}

/// The rcode of a chain's end (RFC 6604 3).
pub fn rcode_of<N>(chain: &Chain<N, Place>) -> Rcode {
    match chain.end {
        End::NxDomain(_) => Rcode::NXDOMAIN,
        End::Overflow(_) => Rcode::YXDOMAIN,
        End::OutOfZone | End::Unknown if chain.hops.is_empty() => Rcode::REFUSED,
        _ => Rcode::NOERROR,
    }
}

fn reason_of<N>(chain: &Chain<N, Place>) -> Option<ExtendedError> {
    match chain.end {
        End::OutOfZone if chain.hops.is_empty() => Some(ExtendedError { code: 20, text: "no zone served here" }),
        End::TooLong => Some(ExtendedError { code: 0, text: "the chain of aliases is longer than is followed here" }),
        End::Loop => Some(ExtendedError { code: 0, text: "the aliases form a loop" }),
        _ => None,
    }
}

fn zone_of<N>(chain: &Chain<N, Place>) -> Option<NameId> {
    let end = match chain.end {
        End::Data { place, .. } | End::NoData { place, .. } | End::NxDomain(place) => Some(place.zone),
        End::Referral(place) | End::Overflow(place) => Some(place.zone),
        _ => None,
    };
    chain.hops.first().map(|hop| hop.place.zone).or(end)
}
