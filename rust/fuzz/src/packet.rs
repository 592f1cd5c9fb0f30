//! Any octets as a query, over UDP and TCP, to zones that have one of everything.

use crate::message::{is_below, is_same, offered, Labels, Message, CNAME, DNAME, OPT, RRSIG};
use crate::{answerer, graph, reply, UDP_SIZE};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use truename_core::answer::Answerer;
use truename_core::graph::Snapshot;
use truename_core::listen::Transport;

const HEADER: usize = 12;
const YXDOMAIN: u32 = 6;
const MAX_TTL: u32 = 0x7fff_ffff;

/// The zones that the tests of the RFCs ask too: aliases, wildcards, DNAMEs, cuts, chains of 18, loops, large sets.
const ZONES: [(&str, &[u8]); 6] = [
    ("example.com.zone", include_bytes!("../../../tests/rfc/zones/example.com.zone")),
    ("child.example.com.zone", include_bytes!("../../../tests/rfc/zones/child.example.com.zone")),
    ("example.org.zone", include_bytes!("../../../tests/rfc/zones/example.org.zone")),
    ("dname.example.net.zone", include_bytes!("../../../tests/rfc/zones/dname.example.net.zone")),
    ("big.example.net.zone", include_bytes!("../../../tests/rfc/zones/big.example.net.zone")),
    ("example.zone", include_bytes!("../../../tests/rfc/zones/example.zone")),
];

fn world() -> &'static Arc<Snapshot> {
    static WORLD: OnceLock<Arc<Snapshot>> = OnceLock::new();
    WORLD.get_or_init(|| {
        let graph = graph();
        for (name, text) in ZONES {
            let loaded = graph.load_bytes(text, Path::new(name), None);
            assert!(loaded.problems.is_empty(), "{name}: {:?}", loaded.problems);
        }
        graph.snapshot()
    })
}

/// Puts `query` to the world. Panics when something that must hold does not.
pub fn check(query: &[u8]) {
    let mut answerer = answerer();
    let udp = reply(&mut answerer, world(), query, Transport::Udp);
    let tcp = reply(&mut answerer, world(), query, Transport::Tcp);
    let is_silent = query.len() < HEADER || query[2] & 0x80 != 0;
    assert!(udp.is_none() == is_silent && tcp.is_none() == is_silent, "silence is for what is no query");
    let (Some(udp), Some(tcp)) = (udp, tcp) else { return };
    assert!(udp.len() <= limit(query), "{} octets; {} were allowed", udp.len(), limit(query));
    let (small, whole) = (judge(query, &udp), judge(query, &tcp));
    if !small.is_truncated() {
        let shape = |reply: &Message| (reply.rcode(), reply.sections[0].len(), reply.sections[1].len());
        assert_eq!(shape(&small), shape(&whole), "a reply that is not truncated is whole");
    }
    foreseen(&mut answerer, query, &udp);
}

/// Most octets of a reply over UDP (RFC 6891 6.2.3).
fn limit(query: &[u8]) -> usize {
    usize::from(offered(query).unwrap_or(512).clamp(512, UDP_SIZE))
}

fn judge(query: &[u8], reply: &[u8]) -> Message {
    let message = Message::read(reply).unwrap_or_else(|wrong| panic!("{wrong}: {reply:02x?}"));
    assert_eq!(reply[..2], query[..2], "the ID");
    assert_eq!(reply[2] & 0xf9, 0x80 | query[2] & 0x79, "QR, opcode and RD");
    if let Some(question) = &message.question {
        assert_eq!(reply[HEADER..question.end], query[HEADER..question.end], "the question, in its case");
    }
    for (number, section) in message.sections.iter().enumerate() {
        let options = section.iter().filter(|record| record.rtype == OPT).count();
        assert!(options <= (number == 2) as usize, "OPT stands once, in the additional section");
        assert!(section.iter().all(|record| record.rtype == OPT || record.ttl <= MAX_TTL), "a TTL beyond 31 bits");
    }
    if !message.is_truncated() {
        judge_chain(&message);
    }
    message
}

/// Aliases come first and in their order, each DNAME before the CNAME that it makes; then come the data of the last name.
fn judge_chain(message: &Message) {
    let Some(question) = &message.question else {
        return assert!(message.sections[0].is_empty(), "an answer to nothing");
    };
    let mut expected: &Labels = &question.name;
    let mut redirected: Option<&Labels> = None;
    let mut data = None;
    for record in message.sections[0].iter().filter(|record| record.rtype != RRSIG) {
        match (record.rtype, &record.target) {
            _ if data.is_some() => {}
            (CNAME, Some(target)) => {
                assert!(redirected.is_none_or(|upper| is_below(expected, upper)), "a DNAME of something else");
                assert!(is_same(&record.owner, expected), "a CNAME out of order");
                (expected, redirected) = (target, None);
                continue;
            }
            (DNAME, _) if !is_same(&record.owner, expected) => {
                redirected = Some(&record.owner);
                continue;
            }
            _ => data = Some(record.rtype),
        }
        assert!(is_same(&record.owner, expected), "data of a name that was not asked for");
        assert_eq!(data, Some(record.rtype), "one RRset is asked for");
    }
    assert!(redirected.is_none() || message.rcode() == YXDOMAIN, "a DNAME without its CNAME");
}

/// A worker looks up the names of a batch together, and that must not show.
fn foreseen(answerer: &mut Answerer, query: &[u8], expected: &[u8]) {
    const OTHER: &[u8] = b"\0\0\0\0\0\x01\0\0\0\0\0\0\x03www\x07example\x03com\0\0\x01\0\x01";
    answerer.foresee(world(), [OTHER, query, OTHER].into_iter());
    let replies = [OTHER, query, OTHER].map(|query| reply(answerer, world(), query, Transport::Udp));
    assert_eq!(replies[1].as_deref(), Some(expected), "the reply depends on the batch");
    assert_eq!(replies[0], replies[2], "a reply depends on the batch");
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn the_first_questions() {
        check(b"");
        check(b"\0\0\x80\0\0\x01\0\0\0\0\0\0\0\0\x01\0\x01");
        check(b"\0\0\0\0\0\x01\0\0\0\0\0\0\x05three\x07example\x03com\0\0\xff\0\x01");
        check(b"\0\0\0\0\0\x01\0\0\0\0\0\x01\x04host\x05moved\x07example\x03com\0\0\x01\0\x01\0\0\x29\x10\0\0\0\x80\0\0\0");
    }
}
