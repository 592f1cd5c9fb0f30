//! Wire form to presentation form, field by field.

use super::fields::Field;
use super::hex::Hex;
use super::types::{Form, Rtype};
use super::{address_list, bits, gateway, location, svcb};
use crate::name::Name;
use domain::utils::{base32, base64};
use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Why octets are not shown in their type's own form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unshown {
    /// They break the type's format.
    Malformed,
    /// They are well-formed, but no text of the type's own form stands for exactly them.
    NoText,
}

/// The data as text that reads back to the same octets: the type's own form where there is one, else that
/// of RFC 3597.
pub fn present(rtype: Rtype, rdata: &[u8]) -> String {
    rtype.form().and_then(|form| known(form, rdata).ok()).unwrap_or_else(|| unknown(rdata))
}

/// Whether octets are well-formed for a type.
pub(crate) fn check(rtype: Rtype, rdata: &[u8]) -> Result<(), Unshown> {
    match rtype.form().filter(|form| !form.fields.is_empty()).map_or(Ok(String::new()), |form| known(form, rdata)) {
        Err(Unshown::Malformed) => Err(Unshown::Malformed),
        _ => Ok(()),
    }
}

fn known(form: &Form, rdata: &[u8]) -> Result<String, Unshown> {
    let mut out = Words(String::with_capacity(rdata.len() * 2));
    let mut wire = Wire(rdata);
    if form.fields.is_empty() {
        return Err(Unshown::NoText);
    }
    for field in form.fields {
        show(*field, &mut wire, &mut out)?;
    }
    match wire.0 {
        // Data without a word, as an APL without items has them: a line needs one (RFC 3597 5).
        [] if out.0.is_empty() => Err(Unshown::NoText),
        [] => Ok(out.0),
        _ => Err(Unshown::Malformed),
    }
}

fn unknown(rdata: &[u8]) -> String {
    match rdata {
        [] => "\\# 0".to_string(),
        _ => format!("\\# {} {}", rdata.len(), Hex(rdata)),
    }
}

fn show(field: Field, wire: &mut Wire<'_>, out: &mut Words) -> Result<(), Unshown> {
    match field {
        Field::Name => out.word(wire.name()?),
        Field::Names => show_names(wire, out)?,
        Field::U8 | Field::Algorithm => out.word(wire.u8()?),
        // A certificate type as a number: so PowerDNS prints it, and reads nothing else.
        Field::U16 | Field::CertificateType => out.word(wire.u16()?),
        Field::U32 | Field::Seconds => out.word(wire.u32()?),
        Field::Ipv4 => out.word(wire.ipv4()?),
        Field::Ipv6 => out.word(wire.ipv6()?),
        Field::Text => out.text(wire.text()?),
        Field::TextOrNone => show_texts(wire, out, 0..=1)?,
        Field::Texts => show_texts(wire, out, 1..=usize::MAX)?,
        Field::RestText => out.text(wire.rest()),
        Field::Tag => out.word(tag(wire.text()?)?),
        Field::Hex => out.word(Hex(wire.some()?)),
        Field::Base64 => out.word(base64::encode_display(&wire.some()?)),
        Field::Base64OrNone => show_base64_or_none(wire, out),
        Field::Salt => show_salt(wire.text()?, out),
        Field::Hash => show_hash(wire.text()?, out)?,
        Field::Type => out.word(Rtype(wire.u16()?)),
        Field::Time => out.word(time(wire.u32()?)),
        Field::TypeBits => bits::show_types(wire, out)?,
        Field::NxtBits => bits::show_nxt(wire, out)?,
        Field::Services => bits::show_services(wire, out)?,
        Field::Location => location::show(wire, out)?,
        Field::AddressList => address_list::show(wire, out)?,
        Field::Parameters => svcb::show(wire, out)?,
        Field::IpsecGateway => gateway::show_ipsec(wire, out)?,
        Field::Relay => gateway::show_relay(wire, out)?,
        Field::HostIdentity => gateway::show_host_identity(wire, out)?,
        Field::Identifier => show_identifier(wire, out)?,
        Field::Hardware(count) => show_hardware(wire.take(count)?, out),
        Field::Nsap => out.word(format_args!("0x{}", Hex(wire.some()?))),
    }
    Ok(())
}

fn show_names(wire: &mut Wire<'_>, out: &mut Words) -> Result<(), Unshown> {
    while !wire.0.is_empty() {
        out.word(wire.name()?);
    }
    Ok(())
}

fn show_texts(wire: &mut Wire<'_>, out: &mut Words, count: std::ops::RangeInclusive<usize>) -> Result<(), Unshown> {
    let mut seen = 0;
    while !wire.0.is_empty() {
        out.text(wire.text()?);
        seen += 1;
    }
    count.contains(&seen).then_some(()).ok_or(Unshown::Malformed)
}

fn show_base64_or_none(wire: &mut Wire<'_>, out: &mut Words) {
    match wire.rest() {
        [] => {}
        octets => out.word(base64::encode_display(&octets)),
    }
}

fn show_salt(salt: &[u8], out: &mut Words) {
    match salt {
        [] => out.word("-"),
        _ => out.word(Hex(salt)),
    }
}

fn show_hash(hash: &[u8], out: &mut Words) -> Result<(), Unshown> {
    match hash {
        [] => return Err(Unshown::Malformed),
        _ => out.word(base32::encode_display_hex(&hash)),
    }
    Ok(())
}

fn show_identifier(wire: &mut Wire<'_>, out: &mut Words) -> Result<(), Unshown> {
    let [a, b, c, d] = [wire.u16()?, wire.u16()?, wire.u16()?, wire.u16()?];
    out.word(format_args!("{a:04x}:{b:04x}:{c:04x}:{d:04x}"));
    Ok(())
}

fn show_hardware(octets: &[u8], out: &mut Words) {
    let pairs: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    out.word(pairs.join("-"));
}

fn tag(octets: &[u8]) -> Result<&str, Unshown> {
    let is_tag = !octets.is_empty() && octets.iter().all(u8::is_ascii_alphanumeric);
    std::str::from_utf8(octets).ok().filter(|_| is_tag).ok_or(Unshown::Malformed)
}

/// `YYYYMMDDHHmmSS` of seconds since 1970, taken as the years up to 2106 (RFC 4034 3.2).
fn time(seconds: u32) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Counted from 1 March of year 0, so that the leap day is a year's last; 400 years have 146,097 days.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + u32::from(month <= 2);
    format!("{year:04}{month:02}{day:02}{:02}{:02}{:02}", rest / 3600, rest / 60 % 60, rest % 60)
}

/// Text made of words with a space between.
pub(crate) struct Words(pub String);

impl Words {
    pub fn word(&mut self, word: impl std::fmt::Display) {
        if !self.0.is_empty() {
            self.0.push(' ');
        }
        // Writing into a String does not fail.
        let _ = write!(self.0, "{word}");
    }

    /// A quoted string.
    pub fn text(&mut self, octets: &[u8]) {
        self.word("\"");
        escape(octets, &mut self.0);
        self.0.push('"');
    }
}

/// Octets as they stand inside quotes.
pub(crate) fn escape(octets: &[u8], out: &mut String) {
    for octet in octets {
        match octet {
            b'"' | b'\\' => out.extend(['\\', char::from(*octet)]),
            b' '..=b'~' => out.push(char::from(*octet)),
            other => out.push_str(&format!("\\{other:03}")),
        }
    }
}

/// Record data not yet looked at.
pub(crate) struct Wire<'a>(pub &'a [u8]);

impl<'a> Wire<'a> {
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Unshown> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Unshown::Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    pub fn u8(&mut self) -> Result<u8, Unshown> {
        Ok(self.take(1)?[0])
    }

    pub fn u16(&mut self) -> Result<u16, Unshown> {
        Ok(self.take(2)?.iter().fold(0, |sum, octet| sum << 8 | u16::from(*octet)))
    }

    pub fn u32(&mut self) -> Result<u32, Unshown> {
        Ok(self.take(4)?.iter().fold(0, |sum, octet| sum << 8 | u32::from(*octet)))
    }

    pub fn ipv4(&mut self) -> Result<Ipv4Addr, Unshown> {
        self.u32().map(Ipv4Addr::from)
    }

    pub fn ipv6(&mut self) -> Result<Ipv6Addr, Unshown> {
        let octets: [u8; 16] = self.take(16)?.try_into().map_err(|_| Unshown::Malformed)?;
        Ok(Ipv6Addr::from(octets))
    }

    pub fn name(&mut self) -> Result<Name, Unshown> {
        let name = Name::from_wire(self.0).map_err(|_| Unshown::Malformed)?;
        self.take(name.len()).map(|_| name)
    }

    /// Octets behind their count.
    pub fn text(&mut self) -> Result<&'a [u8], Unshown> {
        let len = self.u8()?;
        self.take(usize::from(len))
    }

    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    /// The rest, which must not be empty.
    pub fn some(&mut self) -> Result<&'a [u8], Unshown> {
        Some(self.rest()).filter(|rest| !rest.is_empty()).ok_or(Unshown::Malformed)
    }
}
