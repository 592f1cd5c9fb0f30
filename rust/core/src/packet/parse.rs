//! Reads queries. What is not a well-formed query is told apart here, once: silence, an error, a question.

use super::{Rcode, HEADER};
use crate::name::{MAX_LABEL, MAX_NAME};
use crate::record::Rtype;

/// The option that holds cookies (RFC 7873 4).
pub const COOKIE: u16 = 10;
/// Octets of the client's part.
pub const CLIENT_COOKIE: usize = 8;
/// Octets of both parts when a server of RFC 9018 made its own.
pub const SERVER_COOKIE: usize = 24;

const OPT: u16 = 41;
const TSIG: u16 = 250;
const CLASS_IN: u16 = 1;

/// A query, as far as answering needs it.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Where the question ends in the packet.
    pub question_end: usize,
    /// The question's name as it came, in wire form.
    pub name: &'a [u8],
    /// What is asked for.
    pub qtype: Rtype,
    /// The OPT record, if there was one.
    pub edns: Option<Edns<'a>>,
}

/// What an OPT record says (RFC 6891 6.1).
#[derive(Clone, Copy, Debug)]
pub struct Edns<'a> {
    /// The largest UDP reply that the client takes.
    pub udp_size: u16,
    /// The version.
    pub version: u8,
    /// Whether DNSSEC records are wanted (RFC 3225).
    pub dnssec_ok: bool,
    /// The options, checked to be well formed.
    pub options: &'a [u8],
}

impl<'a> Edns<'a> {
    /// The data of the first option with a code.
    pub fn option(&self, code: u16) -> Option<&'a [u8]> {
        let mut rest = self.options;
        while let Some((head, tail)) = rest.split_at_checked(4) {
            let (data, next) = tail.split_at_checked(u16::from_be_bytes([head[2], head[3]]) as usize)?;
            if u16::from_be_bytes([head[0], head[1]]) == code {
                return Some(data);
            }
            rest = next;
        }
        None
    }

    /// The COOKIE option, when it has a length that it may have. Of several the first counts (RFC 7873 5.2); what options
    /// of another version mean is not known.
    #[inline]
    pub fn cookie(&self) -> Option<&'a [u8]> {
        self.option(COOKIE).filter(|cookie| is_cookie(cookie) && self.version == 0)
    }

    /// Whether there is a COOKIE option of another length (RFC 7873 5.2.2).
    #[inline]
    fn has_malformed_cookie(&self) -> bool {
        self.option(COOKIE).is_some_and(|cookie| !is_cookie(cookie))
    }
}

fn is_cookie(option: &[u8]) -> bool {
    matches!(option.len(), CLIENT_COOKIE | 16..=40)
}

/// What a packet is.
#[derive(Clone, Copy, Debug)]
pub enum Parsed<'a> {
    /// Nothing that may be answered: too short for a header, or a response.
    Silence,
    /// A packet that is answered with an error and nothing else. `question_end` is where a readable
    /// question ends, to be echoed; 12 when there is none.
    Error {
        /// The error.
        rcode: Rcode,
        /// How much of the packet to echo.
        question_end: usize,
        /// The OPT record, when it could be read.
        edns: Option<Edns<'a>>,
    },
    /// A question of class IN.
    Query(Query<'a>),
    /// No question: the client wants its cookie, or to know whether the one it has still holds (RFC 7873 5.4).
    CookieOnly(Edns<'a>),
}

#[inline]
fn read_u16(packet: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*packet.get(at)?, *packet.get(at + 1)?]))
}

/// Tells what a packet is.
#[inline]
pub fn parse(packet: &[u8]) -> Parsed<'_> {
    if packet.len() < HEADER || packet[2] & 0x80 != 0 {
        return Parsed::Silence;
    }
    let opcode = packet[2] >> 3 & 0x0f;
    let question = read_question(packet);
    let question_end = question.map_or(HEADER, |(_, end)| end);
    let error = |rcode, edns| Parsed::Error { rcode, question_end, edns };
    if opcode != 0 {
        // NOTIFY (RFC 1996) and UPDATE (RFC 2136) are known, but nobody here may.
        let rcode = if matches!(opcode, 4 | 5) { Rcode::REFUSED } else { Rcode::NOTIMP };
        return error(rcode, read_rest(packet, question_end).and_then(|rest| rest.edns));
    }
    // One question, no more; none for the sake of a cookie only (RFC 9619 4).
    let Some((name, end)) = question.filter(|_| read_u16(packet, 4) == Some(1)) else {
        return read_cookie_only(packet).map_or(error(Rcode::FORMERR, None), Parsed::CookieOnly);
    };
    let Some(rest) = read_rest(packet, end) else { return error(Rcode::FORMERR, None) };
    if rest.edns.is_some_and(|edns| edns.version != 0) {
        return error(Rcode::BADVERS, rest.edns);
    }
    if rest.edns.is_some_and(|edns| edns.has_malformed_cookie()) {
        return error(Rcode::FORMERR, rest.edns);
    }
    // A signed query cannot be answered as if it were not; no keys are known here (RFC 8945 5.2.1).
    if rest.is_signed {
        return error(Rcode::NOTAUTH, rest.edns);
    }
    let (qtype, qclass) = (read_u16(packet, end - 4).unwrap_or(0), read_u16(packet, end - 2).unwrap_or(0));
    // IXFR and AXFR (RFC 5936, RFC 1995).
    if qclass != CLASS_IN || matches!(qtype, 251 | 252) {
        return error(Rcode::REFUSED, rest.edns);
    }
    Parsed::Query(Query { question_end: end, name, qtype: Rtype(qtype), edns: rest.edns })
}

/// The name that a packet asks for, if it asks for one at all; no other part of it is looked at.
#[inline]
pub fn asked_name(packet: &[u8]) -> Option<&[u8]> {
    read_question(packet).map(|(name, _)| name)
}

/// The first question's name and where the question ends. A question is never compressed: there is
/// nothing before it to point to.
#[inline]
fn read_question(packet: &[u8]) -> Option<(&[u8], usize)> {
    if read_u16(packet, 4)? == 0 {
        return None;
    }
    let mut at = HEADER;
    loop {
        let len = *packet.get(at)? as usize;
        if len > MAX_LABEL {
            return None;
        }
        at += 1 + len;
        if at - HEADER > MAX_NAME {
            return None;
        }
        if len == 0 {
            break;
        }
    }
    packet.get(at..at + 4)?;
    Some((&packet[HEADER..at], at + 4))
}

/// The OPT record of a packet that holds a cookie and no question.
fn read_cookie_only(packet: &[u8]) -> Option<Edns<'_>> {
    let rest = read_rest(packet, HEADER).filter(|rest| !rest.is_signed && read_u16(packet, 4) == Some(0))?;
    rest.edns.filter(|edns| edns.cookie().is_some())
}

struct Rest<'a> {
    edns: Option<Edns<'a>>,
    is_signed: bool,
}

/// Reads what follows the question: nothing, or records of which OPT and TSIG mean something.
#[inline]
fn read_rest(packet: &[u8], mut at: usize) -> Option<Rest<'_>> {
    let others = read_u16(packet, 6)? as u32 + read_u16(packet, 8)? as u32;
    let additional = read_u16(packet, 10)? as u32;
    let mut rest = Rest { edns: None, is_signed: false };
    for number in 0..others + additional {
        let owner = at;
        at = skip_name(packet, at)?;
        let rtype = read_u16(packet, at)?;
        let size = read_u16(packet, at + 8)? as usize;
        let data = packet.get(at + 10..at + 10 + size)?;
        if rtype == OPT {
            // Once, in the additional section, at the root (RFC 6891 6.1.1).
            if number < others || rest.edns.is_some() || packet[owner] != 0 || !are_options(data) {
                return None;
            }
            rest.edns = Some(Edns {
                udp_size: read_u16(packet, at + 2)?,
                version: packet[at + 5],
                dnssec_ok: packet[at + 6] & 0x80 != 0,
                options: data,
            });
        }
        if rtype == TSIG {
            // The last record of all (RFC 8945 5.1).
            if number + 1 != others + additional || number < others {
                return None;
            }
            rest.is_signed = true;
        }
        at += 10 + size;
    }
    (at == packet.len()).then_some(rest)
}

fn are_options(mut data: &[u8]) -> bool {
    while let Some((head, tail)) = data.split_at_checked(4) {
        match tail.split_at_checked(u16::from_be_bytes([head[2], head[3]]) as usize) {
            Some((_, next)) => data = next,
            None => return false,
        }
    }
    data.is_empty()
}

/// Where the name at `at` ends. Pointers are not followed, only stepped over.
fn skip_name(packet: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let len = *packet.get(at)?;
        match len {
            0 => return Some(at + 1),
            1..=63 => at += 1 + len as usize,
            0xc0.. => return packet.get(at + 1).map(|_| at + 2),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(tail: &[u8], counts: [u8; 8]) -> Vec<u8> {
        let mut packet = vec![0x12, 0x34, 0x01, 0x00];
        packet.extend_from_slice(&counts);
        packet.extend_from_slice(b"\x03www\x07example\x03com\0\0\x01\0\x01");
        packet.extend_from_slice(tail);
        packet
    }

    const OPT_RR: &[u8] = b"\0\0\x29\x10\0\0\0\x80\0\0\0";

    fn is_formerr(packet: &[u8]) -> bool {
        matches!(parse(packet), Parsed::Error { rcode: Rcode::FORMERR, .. })
    }

    #[test]
    fn a_plain_question() {
        let packet = query(b"", [0, 1, 0, 0, 0, 0, 0, 0]);
        let Parsed::Query(query) = parse(&packet) else { panic!("a query") };
        assert_eq!((query.qtype, query.question_end, query.name.len()), (Rtype::A, packet.len(), 17));
        assert!(query.edns.is_none());
    }

    #[test]
    fn an_opt_record_is_read() {
        let packet = query(OPT_RR, [0, 1, 0, 0, 0, 0, 0, 1]);
        let Parsed::Query(query) = parse(&packet) else { panic!("a query") };
        let edns = query.edns.expect("EDNS");
        assert_eq!((edns.udp_size, edns.version, edns.dnssec_ok), (4096, 0, true));
    }

    #[test]
    fn what_is_no_query() {
        assert!(matches!(parse(&[0; 11]), Parsed::Silence));
        let mut response = query(b"", [0, 1, 0, 0, 0, 0, 0, 0]);
        response[2] |= 0x80;
        assert!(matches!(parse(&response), Parsed::Silence));
        assert!(is_formerr(&query(b"", [0, 0, 0, 0, 0, 0, 0, 0])));
        assert!(is_formerr(&query(b"", [0, 2, 0, 0, 0, 0, 0, 0])));
        assert!(is_formerr(&query(b"junk", [0, 1, 0, 0, 0, 0, 0, 0])));
        assert!(is_formerr(&query(b"", [0, 1, 0, 0, 0, 0, 0, 1])));
        assert!(is_formerr(&query(OPT_RR, [0, 1, 0, 0, 0, 1, 0, 0])));
        assert!(is_formerr(&query(&[OPT_RR, OPT_RR].concat(), [0, 1, 0, 0, 0, 0, 0, 2])));
        assert!(is_formerr(&query(b"\0\0\x29\x10\0\0\0\x80\0\0\x03\0\x03\0", [0, 1, 0, 0, 0, 0, 0, 1])));
    }

    fn with_option(code: u8, data: &[u8], counts: [u8; 8]) -> Vec<u8> {
        let len = data.len() as u8;
        let record = [b"\0\0\x29\x10\0\0\0\0\0\0", &[len + 4, 0, code, 0, len][..], data].concat();
        query(&record, counts)
    }

    #[test]
    fn cookies_have_8_octets_or_16_to_40() {
        for len in 0..64 {
            let data = vec![7; len];
            let packet = with_option(10, &data, [0, 1, 0, 0, 0, 0, 0, 1]);
            match parse(&packet) {
                Parsed::Query(query) => assert_eq!(query.edns.and_then(|edns| edns.cookie()), Some(&data[..])),
                parsed => {
                    assert!(len != 8 && !(16..=40).contains(&len), "{len} octets: {parsed:?}");
                    assert!(matches!(parsed, Parsed::Error { rcode: Rcode::FORMERR, edns: Some(edns), .. }
                        if edns.cookie().is_none()));
                }
            }
        }
        let other = with_option(11, &[7; 9], [0, 1, 0, 0, 0, 0, 0, 1]);
        assert!(
            matches!(parse(&other), Parsed::Query(query) if query.edns.is_some_and(|edns| edns.cookie().is_none()))
        );
    }

    #[test]
    fn without_a_question_only_a_cookie_is_asked_for() {
        let question = b"\x03www\x07example\x03com\0\0\x01\0\x01".len();
        let bare = |code, data: &[u8]| {
            let mut packet = with_option(code, data, [0, 0, 0, 0, 0, 0, 0, 1]);
            packet.drain(HEADER..HEADER + question);
            packet
        };
        assert!(matches!(parse(&bare(10, &[7; 8])), Parsed::CookieOnly(edns) if edns.cookie() == Some(&[7; 8])));
        assert!(is_formerr(&bare(10, &[7; 9])));
        assert!(is_formerr(&bare(11, &[7; 8])));
        let mut version_1 = bare(10, &[7; 8]);
        version_1[HEADER + 6] = 1;
        assert!(is_formerr(&version_1));
        assert!(is_formerr(&[&bare(10, &[7; 8])[..], &[0]].concat()));
    }

    #[test]
    fn every_cut_of_a_query_is_an_error_or_silence() {
        let packet = query(OPT_RR, [0, 1, 0, 0, 0, 0, 0, 1]);
        for len in 0..packet.len() {
            assert!(!matches!(parse(&packet[..len]), Parsed::Query(_)), "cut at {len}");
        }
    }

    #[test]
    fn other_opcodes_versions_and_classes() {
        for (opcode, expected) in [(1, Rcode::NOTIMP), (4, Rcode::REFUSED), (5, Rcode::REFUSED), (15, Rcode::NOTIMP)] {
            let mut packet = query(b"", [0, 1, 0, 0, 0, 0, 0, 0]);
            packet[2] = opcode << 3;
            assert!(matches!(parse(&packet), Parsed::Error { rcode, .. } if rcode == expected), "opcode {opcode}");
        }
        let packet = query(b"\0\0\x29\x10\0\0\x01\0\0\0\0", [0, 1, 0, 0, 0, 0, 0, 1]);
        assert!(matches!(parse(&packet), Parsed::Error { rcode: Rcode::BADVERS, edns: Some(_), .. }));
        let mut chaos = query(b"", [0, 1, 0, 0, 0, 0, 0, 0]);
        let last = chaos.len() - 1;
        chaos[last] = 3;
        assert!(matches!(parse(&chaos), Parsed::Error { rcode: Rcode::REFUSED, .. }));
    }
}
