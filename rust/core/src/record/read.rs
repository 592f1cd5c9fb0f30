//! Presentation form to wire form, field by field.

use super::fault::{Fault, Faulty};
use super::fields::Field;
use super::read_rare::hex_to_end;
use super::token::{hint_of_escape, number, unescaped, Token, Tokens};
use super::types::{Form, Rtype};
use super::{names, present};
use crate::name::{Name, NameError};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Most octets of one record's data (RFC 1035 3.2.1: the length has 16 bits).
pub(crate) const MAX_RDATA: usize = 65_535;

/// The case of names in data that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// Lower where that is the canonical form of the type (RFC 4034 6.2): what is served, and compared.
    Canonical,
    /// As it is written: what is kept for those who wrote it.
    Written,
}

/// The wire form of one record's data, names completed with `origin` and in lower case.
pub fn rdata_from_text(rtype: Rtype, text: &str, origin: &Name) -> Result<Vec<u8>, Fault> {
    from_text(rtype, text, origin, Case::Canonical)
}

/// The same with names in the case that they are written in.
pub fn rdata_as_written(rtype: Rtype, text: &str, origin: &Name) -> Result<Vec<u8>, Fault> {
    from_text(rtype, text, origin, Case::Written)
}

fn from_text(rtype: Rtype, text: &str, origin: &Name, case: Case) -> Result<Vec<u8>, Fault> {
    let (mut tokens, mut out) = (Tokens::new(text.as_bytes()), Vec::new());
    let read = rdata(rtype, &mut tokens, (origin, case), &mut out);
    let read = read.and_then(|()| match tokens.next_entry() {
        true => Err(tokens.fault("a second line behind the data", "give one record at a time")),
        false => Ok(out),
    });
    read.map_err(|fault| *fault)
}

/// Reads the data of one record, to the entry's end, into `out`.
#[inline]
pub(crate) fn rdata(
    rtype: Rtype,
    tokens: &mut Tokens<'_>,
    (origin, case): (&Name, Case),
    out: &mut Vec<u8>,
) -> Faulty<()> {
    out.clear();
    tokens.skip_blank()?;
    if tokens.peek_unknown_marker() {
        return unknown(rtype, tokens, case, out);
    }
    let Some(form) = rtype.form().filter(|form| !form.fields.is_empty()) else {
        let hint = "write `\\# LENGTH HEX-DIGITS` (RFC 3597)";
        return Err(tokens.fault(format!("{rtype} has no written form of its own"), hint));
    };
    let mut source = Source { tokens, origin, case, form };
    for field in form.fields {
        source.field(*field, out).map_err(|fault| fault.or_hint(|| looks_like(form)))?;
    }
    if let Some(token) = source.tokens.next()? {
        return Err(token.fault(format!("{} is more than the data of {rtype} has", token.shown()), looks_like(form)));
    }
    if out.len() > MAX_RDATA {
        return Err(source.tokens.fault("the data has more than 65535 octets", "split it over several records"));
    }
    Ok(())
}

fn looks_like(form: &Form) -> String {
    format!("{} data looks like: {}", form.mnemonic, form.example)
}

/// `\# length hex` (RFC 3597 5). Octets of a type with known fields must fit them.
fn unknown(rtype: Rtype, tokens: &mut Tokens<'_>, case: Case, out: &mut Vec<u8>) -> Faulty<()> {
    let marker = tokens.next()?;
    let length = tokens.next()?.ok_or_else(|| tokens.fault("the length is missing behind `\\#`", ""))?;
    let count = number(length.text).filter(|count| *count <= MAX_RDATA as u64);
    let count = count.ok_or_else(|| length.fault(format!("{} is no length up to 65535", length.shown()), ""))?;
    hex_to_end(tokens, out)?;
    if out.len() as u64 != count {
        let what = format!("the length says {count}, but there are {} octets", out.len());
        return Err(length.fault(what, format!("write {} if the octets are right", out.len())));
    }
    if present::check(rtype, out).is_err() {
        let fault = |token: Token<'_>| token.fault(format!("these octets are no data of {rtype}"), "");
        return Err(marker.map_or_else(|| tokens.fault("the data is missing", ""), fault));
    }
    if case == Case::Canonical {
        names::lowercase_names(rtype, out);
    }
    Ok(())
}

/// Where fields are read from, and what they need to know.
pub(crate) struct Source<'s, 'a> {
    pub tokens: &'s mut Tokens<'a>,
    pub origin: &'s Name,
    pub case: Case,
    pub form: &'static Form,
}

impl<'a> Source<'_, 'a> {
    #[inline]
    pub(super) fn field(&mut self, field: Field, out: &mut Vec<u8>) -> Faulty<()> {
        match field {
            Field::Name => self.name(out),
            Field::Names => self.names(out),
            Field::U8 => self.number(u64::from(u8::MAX)).map(|value| out.push(value as u8)),
            Field::U16 => self.number(u64::from(u16::MAX)).map(|value| put16(out, value as u16)),
            Field::U32 => self.number(u64::from(u32::MAX)).map(|value| put32(out, value as u32)),
            Field::Seconds => self.seconds(out),
            Field::Ipv4 => self.ipv4(out),
            Field::Ipv6 => self.ipv6(out),
            Field::Text => self.needed().and_then(|token| text(&token, out)),
            Field::Texts => self.texts(out),
            other => self.rare_field(other, out),
        }
    }

    /// The next token, which must be there.
    #[inline]
    pub fn needed(&mut self) -> Faulty<Token<'a>> {
        match self.tokens.next()? {
            Some(token) => Ok(token),
            None => Err(self.tokens.fault(format!("the data of {} is not complete", self.form.mnemonic), "")),
        }
    }

    /// A decimal number up to `most`.
    #[inline]
    pub fn number(&mut self, most: u64) -> Faulty<u64> {
        let token = self.needed()?;
        let value = number(token.text).filter(|value| *value <= most);
        value.ok_or_else(|| token.fault(format!("{} is no number from 0 to {most}", token.shown()), ""))
    }

    /// A domain name.
    #[inline]
    pub fn name(&mut self, out: &mut Vec<u8>) -> Faulty<()> {
        let token = self.needed()?;
        self.name_of(&token, out)
    }

    pub fn name_of(&mut self, token: &Token<'_>, out: &mut Vec<u8>) -> Faulty<()> {
        let mut name = Name::ROOT;
        match self.case == Case::Canonical && names::is_lowered_for_signing(Rtype(self.form.number)) {
            true => read_name(&mut name, token, self.origin)?,
            false => read_name_by(Name::set_as_written, &mut name, token, self.origin)?,
        }
        out.extend_from_slice(name.as_wire());
        Ok(())
    }

    fn names(&mut self, out: &mut Vec<u8>) -> Faulty<()> {
        while let Some(token) = self.tokens.next()? {
            self.name_of(&token, out)?;
        }
        Ok(())
    }

    fn seconds(&mut self, out: &mut Vec<u8>) -> Faulty<()> {
        let token = self.needed()?;
        let value = seconds(token.text).and_then(|value| u32::try_from(value).ok());
        let fault = || token.fault(format!("{} is no time in seconds of 32 bits", token.shown()), "");
        put32(out, value.ok_or_else(fault)?);
        Ok(())
    }

    #[inline]
    pub fn ipv4(&mut self, out: &mut Vec<u8>) -> Faulty<()> {
        let token = self.needed()?;
        let address = Ipv4Addr::from_str(token.as_str()).map_err(|_| no_address(&token, "IPv4"))?;
        out.extend_from_slice(&address.octets());
        Ok(())
    }

    pub fn ipv6(&mut self, out: &mut Vec<u8>) -> Faulty<()> {
        let token = self.needed()?;
        let address = Ipv6Addr::from_str(token.as_str()).map_err(|_| no_address(&token, "IPv6"))?;
        out.extend_from_slice(&address.octets());
        Ok(())
    }

    fn texts(&mut self, out: &mut Vec<u8>) -> Faulty<()> {
        text(&self.needed()?, out)?;
        while let Some(token) = self.tokens.next()? {
            text(&token, out)?;
        }
        Ok(())
    }
}

/// Reads the name that a token is, in lower case; `@` is `origin`.
#[inline]
pub(crate) fn read_name(name: &mut Name, token: &Token<'_>, origin: &Name) -> Faulty<()> {
    read_name_by(Name::set_lowercase, name, token, origin)
}

type SetName = fn(&mut Name, &[u8], &Name) -> Result<(), NameError>;

#[inline]
fn read_name_by(set: SetName, name: &mut Name, token: &Token<'_>, origin: &Name) -> Faulty<()> {
    if token.is_quoted {
        return Err(token.fault("a name is not written in quotes", "take the quotes away"));
    }
    if token.text == b"@" {
        *name = *origin;
        return Ok(());
    }
    set(name, token.text, origin).map_err(|error| bad_name(token, error))
}

fn bad_name(token: &Token<'_>, error: NameError) -> Box<Fault> {
    let hint = match error {
        NameError::LabelTooLong => "a label takes at most 63 octets; labels are separated by dots".to_string(),
        NameError::NameTooLong => "names without a final dot are completed with the origin".to_string(),
        NameError::EmptyLabel => "write one dot between labels".to_string(),
        NameError::BadEscape => hint_of_escape(token.text),
        NameError::Truncated => String::new(),
    };
    token.fault(format!("{} is no name: {error}", token.shown()), hint)
}

fn no_address(token: &Token<'_>, family: &str) -> Box<Fault> {
    let text = token.as_str();
    let hint = match family {
        "IPv4" if text.parse::<Ipv6Addr>().is_ok() => "an IPv6 address belongs in an AAAA record".to_string(),
        "IPv6" if text.parse::<Ipv4Addr>().is_ok() => "an IPv4 address belongs in an A record".to_string(),
        _ if text.ends_with('.') || !text.contains(|c: char| c == ':' || c.is_ascii_digit()) => {
            format!("to point to a name write: CNAME {text}")
        }
        _ => String::new(),
    };
    token.fault(format!("{} is no {family} address", token.shown()), hint)
}

/// One character-string.
#[inline]
pub(crate) fn text(token: &Token<'_>, out: &mut Vec<u8>) -> Faulty<()> {
    let start = out.len();
    out.push(0);
    unescaped(token, out)?;
    let len = out.len() - start - 1;
    out[start] = u8::try_from(len).map_err(|_| {
        let what = format!("a string of {len} octets; one string holds at most 255");
        token.fault(what, "split it: \"first part\" \"second part\"")
    })?;
    Ok(())
}

/// A type's mnemonic inside data.
pub(crate) fn rtype(token: &Token<'_>) -> Faulty<Rtype> {
    Rtype::from_word(token.text).ok_or_else(|| {
        let hint = Rtype::nearest(token.text).map_or(String::new(), |name| format!("did you mean {name}?"));
        token.fault(format!("{} is no record type", token.shown()), hint)
    })
}

/// Seconds, also with the units of BIND: `1w2d3h4m5s`. `None` when the text is no time.
pub(crate) fn seconds(text: &[u8]) -> Option<u64> {
    if let Some(value) = number(text) {
        return Some(value);
    }
    let (mut sum, mut start) = (0u64, 0);
    for (at, octet) in text.iter().enumerate() {
        let unit = match octet.to_ascii_lowercase() {
            b'0'..=b'9' => continue,
            b's' => 1,
            b'm' => 60,
            b'h' => 3600,
            b'd' => 86_400,
            b'w' => 604_800,
            _ => return None,
        };
        sum = sum.checked_add(number(&text[start..at])?.checked_mul(unit)?)?;
        start = at + 1;
    }
    match &text[start..] {
        [] => Some(sum).filter(|_| start > 0),
        rest => sum.checked_add(number(rest)?),
    }
}

#[inline]
pub(crate) fn put16(out: &mut Vec<u8>, value: u16) {
    out.extend_from_slice(&value.to_be_bytes());
}

#[inline]
pub(crate) fn put32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_be_bytes());
}
