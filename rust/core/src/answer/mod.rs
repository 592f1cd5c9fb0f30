//! Answers: a query's octets in, a reply's octets out, from one snapshot.
//!
//! `parse -> locate -> follow -> compose`. The chain says everything; what is written from it is
//! decided in `compose`, and addresses that go along in `additional`. A worker's memory is made once.

mod additional;
mod compose;
mod proof;
mod worker;

pub use worker::{end_word, RequestKey, Shared, Sums, Worker, DURATION_BOUNDS, HOPS};

use crate::graph::{follow, Ahead, Chain, End, GraphName, Limits, NameId, Place, Snapshot, Walk, Wanted};
use crate::listen::Transport;
use crate::packet::{asked_name, parse, Edns, ExtendedError, Parsed, Query, Rcode, Writer};
use crate::record::Rtype;
use compose::Composer;

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
    /// Octets written.
    pub len: usize,
    /// The rcode.
    pub rcode: Rcode,
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
        }
    }

    /// Drops what was foreseen: another batch comes, or another snapshot.
    pub fn forget(&mut self) {
        self.ahead.clear();
        self.done = 0;
    }

    /// Fetches what `queries` need; they are to be answered next, in this order.
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
        transport: Transport,
        out: &mut [u8],
    ) -> Option<Reply> {
        let place = self.done;
        self.done += 1;
        match parse(query) {
            Parsed::Silence => None,
            Parsed::Error { rcode, question_end, edns } => {
                let len = self.write_error(query, question_end, rcode, edns, transport, out);
                Some(Reply { len, rcode, question: None })
            }
            Parsed::Query(question) => {
                Some(self.answer_question(snapshot, limits, (query, place), &question, transport, out))
            }
        }
    }

    fn write_error(
        &mut self,
        query: &[u8],
        question_end: usize,
        rcode: Rcode,
        edns: Option<Edns<'_>>,
        transport: Transport,
        out: &mut [u8],
    ) -> usize {
        let reason = match rcode {
            Rcode::REFUSED | Rcode::NOTIMP => Some(ExtendedError { code: 21, text: "not supported here" }),
            Rcode::NOTAUTH => Some(ExtendedError { code: 18, text: "no key is known here" }),
            _ => None,
        };
        self.set_options(edns.as_ref(), reason);
        let mut writer = Writer::reply(out, query, question_end);
        writer.set_limit(self.reply_limit(edns.as_ref(), transport));
        writer.set_rcode(rcode.0);
        self.finish(writer, edns.as_ref(), rcode)
    }

    fn answer_question(
        &mut self,
        snapshot: &Snapshot,
        limits: Limits,
        (query, place): (&[u8], usize),
        question: &Query<'_>,
        transport: Transport,
        out: &mut [u8],
    ) -> Reply {
        let wanted = match self.ahead.get(place, question.name) {
            Some(wanted) => wanted,
            None => {
                self.wanted.set_wire(question.name, snapshot.keys());
                &self.wanted
            }
        };
        let walk = Walk::new(snapshot, wanted);
        follow(&walk, walk.start(), question.qtype, limits, &mut self.chain);
        let rcode = rcode_of(&self.chain);
        if let Some(edns) = &question.edns {
            write_options(&mut self.options, &self.settings, edns, reason_of(&self.chain));
        }
        let size = reply_limit(&self.settings, question.edns.as_ref(), transport);
        let opt = question.edns.map_or(0, |_| 11 + self.options.len());
        let mut writer = Writer::reply(out, query, question.question_end);
        writer.set_limit(size.saturating_sub(opt));
        writer.set_rcode(rcode.0);
        let dnssec_ok = question.edns.is_some_and(|edns| edns.dnssec_ok);
        let qtype = question.qtype;
        Composer { walk: &walk, writer: &mut writer, qtype, dnssec_ok, proved: Vec::new() }.compose(&self.chain);
        writer.set_limit(size);
        let (hops, end) = (self.chain.hops.len(), self.chain.end);
        let asked = Asked { qtype: question.qtype, zone: zone_of(&self.chain), hops, end };
        let len = self.finish(writer, question.edns.as_ref(), rcode);
        Reply { len, rcode, question: Some(asked) }
    }

    fn set_options(&mut self, edns: Option<&Edns<'_>>, reason: Option<ExtendedError>) {
        if let Some(edns) = edns {
            write_options(&mut self.options, &self.settings, edns, reason);
        }
    }

    fn reply_limit(&self, edns: Option<&Edns<'_>>, transport: Transport) -> usize {
        reply_limit(&self.settings, edns, transport)
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

fn write_options(options: &mut Vec<u8>, settings: &Settings, edns: &Edns<'_>, reason: Option<ExtendedError>) {
    options.clear();
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
