//! The domain names inside record data.

use super::fields::Field;
use super::types::Rtype;
use crate::name::Name;

/// The names embedded in `rdata`, each with its offset there and as uncompressed wire form.
/// Ends early where the data is malformed.
pub fn names_in(rtype: Rtype, rdata: &[u8]) -> NamesIn<'_> {
    let fields = rtype.form().map_or(&[][..], |form| form.fields);
    NamesIn { fields, rdata, at: 0 }
}

/// Whether data of a type may hold domain names, as the table of types says.
#[inline]
pub fn may_name(rtype: Rtype) -> bool {
    rtype.form().is_some_and(|form| form.may_name)
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

/// The iterator of [`names_in`].
#[derive(Clone, Debug)]
pub struct NamesIn<'a> {
    fields: &'static [Field],
    rdata: &'a [u8],
    at: usize,
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
        let name = Name::from_wire(self.rdata.get(at..)?).ok()?;
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
