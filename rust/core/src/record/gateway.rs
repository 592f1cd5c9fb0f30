//! IPSECKEY, AMTRELAY and HIP: data whose shape depends on what it says itself.

use super::fault::Faulty;
use super::hex::Hex;
use super::present::{Unshown, Wire, Words};
use super::read::{put16, Source};
use super::read_rare::algorithm;
use crate::name::Name;
use domain::utils::{base16, base64};

/// Gateway type, algorithm, gateway (RFC 4025 2.1 to 2.5).
pub(crate) fn read_ipsec(source: &mut Source<'_, '_>, out: &mut Vec<u8>) -> Faulty<()> {
    let kind = source.number(3)? as u8;
    let token = source.needed()?;
    out.extend([kind, algorithm(&token)?]);
    read_gateway(source, kind, out)
}

pub(crate) fn show_ipsec(wire: &mut Wire<'_>, out: &mut Words) -> Result<(), Unshown> {
    let (kind, algorithm) = (wire.u8()?, wire.u8()?);
    out.word(format_args!("{kind} {algorithm}"));
    show_gateway(kind, wire, out)
}

/// Discovery bit, relay type, relay (RFC 8777 4.2).
pub(crate) fn read_relay(source: &mut Source<'_, '_>, out: &mut Vec<u8>) -> Faulty<()> {
    let discovery = source.number(1)? as u8;
    let kind = source.number(3)? as u8;
    out.push(discovery << 7 | kind);
    read_gateway(source, kind, out)
}

pub(crate) fn show_relay(wire: &mut Wire<'_>, out: &mut Words) -> Result<(), Unshown> {
    let octet = wire.u8()?;
    out.word(format_args!("{} {}", octet >> 7, octet & 0x7f));
    show_gateway(octet & 0x7f, wire, out)
}

fn read_gateway(source: &mut Source<'_, '_>, kind: u8, out: &mut Vec<u8>) -> Faulty<()> {
    match kind {
        1 => source.ipv4(out),
        2 => source.ipv6(out),
        3 => source.name(out),
        _ => {
            let token = source.needed()?;
            let fault = || token.fault(format!("{}, but the type says there is none", token.shown()), "write `.`");
            token.is(b".").then_some(()).ok_or_else(fault)
        }
    }
}

fn show_gateway(kind: u8, wire: &mut Wire<'_>, out: &mut Words) -> Result<(), Unshown> {
    match kind {
        0 => out.word(Name::ROOT),
        1 => out.word(wire.ipv4()?),
        2 => out.word(wire.ipv6()?),
        3 => out.word(wire.name()?),
        _ => return Err(Unshown::NoText),
    }
    Ok(())
}

/// Algorithm, host identity tag in hexadecimal, public key in base 64 as one word (RFC 8005 6).
pub(crate) fn read_host_identity(source: &mut Source<'_, '_>, out: &mut Vec<u8>) -> Faulty<()> {
    let algorithm = source.number(255)? as u8;
    let token = source.needed()?;
    let tag: Option<Vec<u8>> = base16::decode(token.as_str()).ok();
    let tag = tag.filter(|tag| (1..=255).contains(&tag.len()));
    let tag = tag.ok_or_else(|| token.fault(format!("{} is no host identity tag", token.shown()), ""))?;
    let token = source.needed()?;
    let key: Option<Vec<u8>> = base64::decode(token.as_str()).ok();
    let key = key.filter(|key| (1..=65_535).contains(&key.len()));
    let key = key.ok_or_else(|| token.fault(format!("{} is no public key in base 64", token.shown()), ""))?;
    out.extend([tag.len() as u8, algorithm]);
    put16(out, key.len() as u16);
    out.extend(tag);
    out.extend(key);
    Ok(())
}

pub(crate) fn show_host_identity(wire: &mut Wire<'_>, out: &mut Words) -> Result<(), Unshown> {
    let (tag_len, algorithm, key_len) = (wire.u8()?, wire.u8()?, wire.u16()?);
    let (tag, key) = (wire.take(usize::from(tag_len))?, wire.take(usize::from(key_len))?);
    if tag.is_empty() || key.is_empty() {
        return Err(Unshown::Malformed);
    }
    out.word(format_args!("{algorithm} {} {}", Hex(tag), base64::encode_display(&key)));
    Ok(())
}
