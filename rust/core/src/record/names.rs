//! The domain names inside record data.

use super::fields::Field;
use super::types::Rtype;
use crate::name::{Name, MAX_NAME};

/// The names embedded in `rdata`, each with its offset there and as uncompressed wire form.
/// Ends early where the data is malformed.
pub fn names_in(rtype: Rtype, rdata: &[u8]) -> NamesIn<'_> {
    let fields = rtype.form().map_or(&[][..], |form| form.fields);
    NamesIn { fields, rdata, at: 0, stuck_at: None }
}

/// Whether data of a type may hold domain names, as the table of types says.
#[inline]
pub fn may_name(rtype: Rtype) -> bool {
    rtype.form().is_some_and(|form| form.may_name)
}

/// Whether data of a type hold bits that are written as words: types, services.
pub fn has_bits(rtype: Rtype) -> bool {
    let is_bits = |field: &Field| matches!(field, Field::TypeBits | Field::NxtBits | Field::Services);
    rtype.form().is_some_and(|form| form.fields.iter().any(is_bits))
}

/// Whether names in the data of a type are in lower case in its canonical form, which signatures are made over
/// (RFC 4034 6.2, without NSEC: RFC 6840 5.1). Those of other types keep the case they were written in, or signatures
/// over them would break.
pub(crate) fn is_lowered_for_signing(rtype: Rtype) -> bool {
    // NS MD MF CNAME SOA MB MG MR PTR MINFO MX RP AFSDB RT SIG PX NXT SRV NAPTR KX A6 DNAME RRSIG, and ALIAS, whose
    // data is never signed as such.
    matches!(rtype.0, 2..=9 | 12 | 14 | 15 | 17 | 18 | 21 | 24 | 26 | 30 | 33 | 35 | 36 | 38 | 39 | 46 | 65401)
}

/// Puts the names inside `rdata` into lower case, for types whose names may be.
pub(crate) fn lowercase_names(rtype: Rtype, rdata: &mut [u8]) {
    if is_lowered_for_signing(rtype) {
        lowercase(rtype, rdata);
    }
}

/// Puts the names inside `rdata` into lower case, whatever the type.
pub(crate) fn lowercase(rtype: Rtype, rdata: &mut [u8]) {
    let found: Vec<(usize, usize)> = names_in(rtype, rdata).map(|(at, name)| (at, name.len())).collect();
    for (at, len) in found {
        // Length octets are below 64 and so never an upper-case letter.
        rdata[at..at + len].make_ascii_lowercase();
    }
}

/// Record data as it stands in a message, `len` octets from `start` on, with its names written out (RFC 1035 4.1.4, RFC
/// 3597 4); nothing when the message ends before or a name leads nowhere.
pub fn expanded(rtype: Rtype, message: &[u8], start: usize, len: usize) -> Option<Vec<u8>> {
    let mut rdata = message.get(start..start.checked_add(len)?)?.to_vec();
    loop {
        let mut names = names_in(rtype, &rdata);
        while names.next().is_some() {}
        let Some((at, target)) = names.stuck_at.and_then(|at| pointer_behind(&rdata, at)) else { return Some(rdata) };
        let rest = written_out(message, target, start)?;
        rdata.splice(at..at + 2, rest);
    }
}

/// The pointer that the labels from `at` on end in: where it stands, and where to.
fn pointer_behind(octets: &[u8], mut at: usize) -> Option<(usize, usize)> {
    loop {
        match *octets.get(at)? {
            len @ 1..=0x3f => at += 1 + len as usize,
            high @ 0xc0.. => return Some((at, (high as usize & 0x3f) << 8 | *octets.get(at + 1)? as usize)),
            _ => return None,
        }
    }
}

/// The name at `at` in a message, without pointers. Each leads to what stands before it, so there is an end.
fn written_out(message: &[u8], mut at: usize, mut before: usize) -> Option<Vec<u8>> {
    let mut name = Vec::new();
    while at < before && name.len() <= MAX_NAME {
        before = at;
        let end = labels_end(message, at)?;
        name.extend_from_slice(message.get(at..end)?);
        match pointer_behind(message, end) {
            Some((_, target)) => at = target,
            None => {
                name.push(0);
                return (*message.get(end)? == 0).then_some(name);
            }
        }
    }
    None
}

/// Where the labels from `at` on end: at the root or at a pointer.
fn labels_end(message: &[u8], mut at: usize) -> Option<usize> {
    while let len @ 1..=0x3f = *message.get(at)? {
        at += 1 + len as usize;
    }
    Some(at)
}

/// The iterator of [`names_in`].
#[derive(Clone, Debug)]
pub struct NamesIn<'a> {
    fields: &'static [Field],
    rdata: &'a [u8],
    at: usize,
    /// Where a name should stand that is none, or not a whole one.
    stuck_at: Option<usize>,
}

impl<'a> Iterator for NamesIn<'a> {
    type Item = (usize, &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<(usize, &'a [u8])> {
        while let [field, rest @ ..] = self.fields {
            self.fields = rest;
            match field {
                Field::Name => return self.name(),
                Field::Names => {
                    let found = self.name()?;
                    self.fields = &[Field::Names];
                    return Some(found);
                }
                Field::IpsecGateway if self.octet(0)? == 3 => return self.name_behind(2),
                Field::Relay if self.octet(0)? & 0x7f == 3 => return self.name_behind(1),
                other => self.at += self.width(*other)?,
            }
        }
        None
    }
}

impl<'a> NamesIn<'a> {
    fn name(&mut self) -> Option<(usize, &'a [u8])> {
        let at = self.at;
        let Some(name) = self.rdata.get(at..).and_then(|rest| Name::from_wire(rest).ok()) else {
            self.stuck_at = Some(at);
            return None;
        };
        self.at += name.len();
        Some((at, &self.rdata[at..self.at]))
    }

    fn name_behind(&mut self, octets: usize) -> Option<(usize, &'a [u8])> {
        self.at += octets;
        self.name()
    }

    fn octet(&self, offset: usize) -> Option<usize> {
        self.rdata.get(self.at + offset).map(|octet| usize::from(*octet))
    }

    /// How many octets a field takes that may have a name behind it; `None` ends the search.
    fn width(&self, field: Field) -> Option<usize> {
        match field {
            Field::U8 | Field::Algorithm => Some(1),
            Field::U16 | Field::Type => Some(2),
            Field::U32 | Field::Seconds | Field::Time => Some(4),
            Field::Text => Some(1 + self.octet(0)?),
            Field::HostIdentity => Some(4 + self.octet(0)? + (self.octet(2)? << 8) + self.octet(3)?),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message of which only the names count: example.com at 0, mail.example.com at 13, MX data at 20.
    const MESSAGE: &[u8] = b"\x07example\x03com\0\x04mail\xc0\x00\x00\x0a\xc0\x0d";

    #[test]
    fn names_are_written_out() {
        let mx = expanded(Rtype::MX, MESSAGE, 20, 4).expect("data");
        assert_eq!(mx, b"\x00\x0a\x04mail\x07example\x03com\0");
        // Types without names keep octets that look like a pointer.
        assert_eq!(expanded(Rtype::A, b"\xc0\x00\x02\x01", 0, 4).as_deref(), Some(&b"\xc0\x00\x02\x01"[..]));
    }

    #[test]
    fn pointers_that_lead_nowhere() {
        assert_eq!(expanded(Rtype::NS, b"\xc0\x00", 0, 2), None);
        assert_eq!(expanded(Rtype::NS, b"\x01a\xc0\x00\xc0\x00", 4, 2), None);
        assert_eq!(expanded(Rtype::NS, b"\xc0", 0, 1).as_deref(), Some(&b"\xc0"[..]));
        assert_eq!(expanded(Rtype::NS, b"", 0, 1), None);
    }
}
