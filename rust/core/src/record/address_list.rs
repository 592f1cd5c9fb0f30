//! APL: lists of address prefixes (RFC 3123).

use super::fault::Faulty;
use super::present::{Unshown, Wire, Words};
use super::read::put16;
use super::token::{number, Token, Tokens};
use std::net::{Ipv4Addr, Ipv6Addr};

/// The bit of the length octet that says "not".
const NEGATION: u8 = 0x80;

pub(crate) fn read(tokens: &mut Tokens<'_>, out: &mut Vec<u8>) -> Faulty<()> {
    while let Some(token) = tokens.next()? {
        let item = Item::parse(&token).ok_or_else(|| token.fault(format!("{} is no prefix", token.shown()), ""))?;
        put16(out, item.family);
        out.extend([item.prefix, item.octets.len() as u8 | if item.is_negated { NEGATION } else { 0 }]);
        out.extend(item.octets);
    }
    Ok(())
}

struct Item {
    family: u16,
    prefix: u8,
    is_negated: bool,
    /// Without the zero octets at the end (RFC 3123 4).
    octets: Vec<u8>,
}

impl Item {
    /// `[!]family:address/prefix` (RFC 3123 5).
    fn parse(token: &Token<'_>) -> Option<Item> {
        let text = token.as_str();
        let positive = text.strip_prefix('!');
        let (family, rest) = positive.unwrap_or(text).split_once(':')?;
        let (address, prefix) = rest.split_once('/')?;
        let (family, mut octets) = match family {
            "1" => (1, address.parse::<Ipv4Addr>().ok()?.octets().to_vec()),
            "2" => (2, address.parse::<Ipv6Addr>().ok()?.octets().to_vec()),
            _ => return None,
        };
        let prefix = number(prefix.as_bytes()).filter(|bits| *bits <= octets.len() as u64 * 8)? as u8;
        octets.truncate(octets.iter().rposition(|octet| *octet != 0).map_or(0, |last| last + 1));
        Some(Item { family, prefix, is_negated: positive.is_some(), octets })
    }
}

pub(crate) fn show(wire: &mut Wire<'_>, out: &mut Words) -> Result<(), Unshown> {
    let mut all_have_text = true;
    while !wire.0.is_empty() {
        all_have_text &= show_item(wire, out)?;
    }
    all_have_text.then_some(()).ok_or(Unshown::NoText)
}

/// False for a family without a written form. Such a list is well-formed all the same.
fn show_item(wire: &mut Wire<'_>, out: &mut Words) -> Result<bool, Unshown> {
    let (family, prefix, length) = (wire.u16()?, wire.u8()?, wire.u8()?);
    let sign = if length & NEGATION != 0 { "!" } else { "" };
    let part = wire.take(usize::from(length & !NEGATION))?;
    let (most, mut octets) = match family {
        1 => (4, [0; 16]),
        2 => (16, [0; 16]),
        _ => return Ok(false),
    };
    if part.len() > most || usize::from(prefix) > most * 8 || part.last() == Some(&0) {
        return Err(Unshown::Malformed);
    }
    octets[..part.len()].copy_from_slice(part);
    match (family, octets) {
        (1, [a, b, c, d, ..]) => out.word(format_args!("{sign}1:{}/{prefix}", Ipv4Addr::new(a, b, c, d))),
        _ => out.word(format_args!("{sign}2:{}/{prefix}", Ipv6Addr::from(octets))),
    }
    Ok(true)
}
