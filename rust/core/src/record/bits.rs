//! Fields that are sets, held as bits: types (NSEC, NSEC3, CSYNC; NXT) and ports (WKS).

use super::fault::Faulty;
use super::present::{Unshown, Wire, Words};
use super::read::{rtype, Source};
use super::token::{number, Tokens};
use super::types::Rtype;
use domain::rdata::dnssec::RtypeBitmapBuilder;

/// Services of WKS by name; the registry of the time, as far as one still meets it (RFC 1010).
const SERVICES: [(&str, u16); 24] = [
    ("echo", 7),
    ("discard", 9),
    ("systat", 11),
    ("daytime", 13),
    ("ftp-data", 20),
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("time", 37),
    ("whois", 43),
    ("domain", 53),
    ("tftp", 69),
    ("gopher", 70),
    ("finger", 79),
    ("http", 80),
    ("kerberos", 88),
    ("pop3", 110),
    ("sunrpc", 111),
    ("nntp", 119),
    ("ntp", 123),
    ("imap2", 143),
    ("snmp", 161),
    ("https", 443),
];

/// Protocols of WKS by name.
const PROTOCOLS: [(&str, u16); 3] = [("icmp", 1), ("tcp", 6), ("udp", 17)];

/// Types up to the entry's end, as NSEC's windows.
pub(crate) fn read_types(tokens: &mut Tokens<'_>, out: &mut Vec<u8>) -> Faulty<()> {
    let mut bitmap = RtypeBitmapBuilder::new_vec();
    while let Some(token) = tokens.next()? {
        let value = domain::base::Rtype::from_int(rtype(&token)?.0);
        bitmap.add(value).map_err(|_| token.fault("too many types", ""))?;
    }
    out.extend_from_slice(bitmap.finalize().as_slice());
    Ok(())
}

/// Windows must ascend and hold no empty end (RFC 4034 4.1.2).
pub(crate) fn show_types(wire: &mut Wire<'_>, out: &mut Words) -> Result<(), Unshown> {
    let mut least = 0;
    while !wire.0.is_empty() {
        let window = u16::from(wire.u8()?);
        let octets = wire.text()?;
        if window < least || octets.len() > 32 || octets.last().is_none_or(|last| *last == 0) {
            return Err(Unshown::Malformed);
        }
        members(octets).for_each(|bit| out.word(Rtype(window << 8 | bit)));
        least = window + 1;
    }
    Ok(())
}

pub(crate) fn read_nxt(tokens: &mut Tokens<'_>, out: &mut Vec<u8>) -> Faulty<()> {
    let start = out.len();
    while let Some(token) = tokens.next()? {
        let value = rtype(&token)?.0;
        if value > 127 {
            return Err(token.fault("NXT holds only types below 128", "use NSEC"));
        }
        add(out, start, value);
    }
    Ok(())
}

pub(crate) fn show_nxt(wire: &mut Wire<'_>, out: &mut Words) -> Result<(), Unshown> {
    match wire.rest() {
        octets if octets.len() > 16 => Err(Unshown::Malformed),
        octets => show_members(octets, out, Rtype),
    }
}

pub(crate) fn read_services(source: &mut Source<'_, '_>, out: &mut Vec<u8>) -> Faulty<()> {
    let token = source.needed()?;
    let protocol = named(token.text, &PROTOCOLS).and_then(|value| u8::try_from(value).ok());
    out.push(protocol.ok_or_else(|| token.fault(format!("{} is no protocol", token.shown()), ""))?);
    let start = out.len();
    while let Some(token) = source.tokens.next()? {
        let port = named(token.text, &SERVICES);
        add(out, start, port.ok_or_else(|| token.fault(format!("{} is no port", token.shown()), "write its number"))?);
    }
    Ok(())
}

pub(crate) fn show_services(wire: &mut Wire<'_>, out: &mut Words) -> Result<(), Unshown> {
    out.word(wire.u8()?);
    match wire.rest() {
        octets if octets.len() > 8192 => Err(Unshown::Malformed),
        octets => show_members(octets, out, |port| port),
    }
}

fn show_members<T: std::fmt::Display>(octets: &[u8], out: &mut Words, of: impl Fn(u16) -> T) -> Result<(), Unshown> {
    members(octets).for_each(|bit| out.word(of(bit)));
    match octets.last() {
        Some(0) => Err(Unshown::NoText),
        _ => Ok(()),
    }
}

fn named(text: &[u8], names: &[(&str, u16)]) -> Option<u16> {
    let by_name = || names.iter().find(|row| text.eq_ignore_ascii_case(row.0.as_bytes())).map(|row| row.1);
    number(text).map_or_else(by_name, |value| u16::try_from(value).ok())
}

/// Sets one bit of the set that begins at `start`, counted from the first octet's highest.
fn add(out: &mut Vec<u8>, start: usize, bit: u16) {
    let at = start + usize::from(bit / 8);
    if out.len() <= at {
        out.resize(at + 1, 0);
    }
    out[at] |= 0x80 >> (bit % 8);
}

fn members(octets: &[u8]) -> impl Iterator<Item = u16> + '_ {
    let bits = octets.iter().zip(0u16..).flat_map(|(octet, at)| (0..8).map(move |bit| (*octet, at, bit)));
    bits.filter(|(octet, _, bit)| octet & (0x80 >> bit) != 0).map(|(_, at, bit)| at * 8 + bit)
}
