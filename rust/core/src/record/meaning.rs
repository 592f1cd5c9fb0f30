//! What the names in record data mean: which records are links, and what they name.

use super::names::{may_name, names_in};
use super::Rtype;
use crate::name::Name;

/// Types whose records are links: all whose data holds names, as the table of types says, but the SOA, which speaks of its
/// zone, and what DNSSEC is made of, whose names follow from the zone (RRSIG, NSEC and their forerunners SIG and NXT).
#[inline]
pub fn is_link(rtype: Rtype) -> bool {
    may_name(rtype) && !matches!(rtype, Rtype::SOA | Rtype::RRSIG | Rtype::NSEC | Rtype::SIG | Rtype::NXT)
}

/// Links whose target facts are told about: a host or service that clients go on to.
#[inline]
pub fn has_target(rtype: Rtype) -> bool {
    use Rtype as R;
    matches!(rtype, R::CNAME | R::DNAME | R::ALIAS | R::NS | R::MX | R::SRV | R::SVCB | R::HTTPS | R::PTR)
}

/// The names in the data, in lower case.
pub fn targets(rtype: Rtype, data: &[u8]) -> impl Iterator<Item = Name> + '_ {
    names_in(rtype, data).filter_map(|(_, octets)| Name::from_wire(octets).ok()).map(Name::to_lowercase)
}

/// The names that a record links its owner to. In types that clients do not go on from, `.` stands for "none" in any field:
/// no mailbox (RFC 1183 2.2), no replacement (RFC 3403 4.1), the end of a list (TALINK).
pub fn linked(rtype: Rtype, data: &[u8]) -> impl Iterator<Item = Name> + '_ {
    targets(rtype, data).filter(move |name| !means_none(rtype, data) && (!name.is_root() || has_target(rtype)))
}

/// Whether the target in the data stands for "none": `MX 0 .` (RFC 7505), `SRV .` (RFC 2782), and `.` in SVCB and
/// HTTPS, which means none or the owner itself (RFC 9460 2.5).
pub fn means_none(rtype: Rtype, data: &[u8]) -> bool {
    match rtype {
        Rtype::MX => data == [0, 0, 0],
        Rtype::SRV => data.get(6) == Some(&0),
        Rtype::SVCB | Rtype::HTTPS => data.get(2) == Some(&0),
        _ => false,
    }
}

/// Whether a record hands all questions of its type on to the name in its data: ALIAS, and AliasMode (RFC 9460 2.4.2).
pub fn is_alias_mode(rtype: Rtype, data: &[u8]) -> bool {
    match rtype {
        Rtype::ALIAS => true,
        Rtype::HTTPS | Rtype::SVCB => data.starts_with(&[0, 0]) && !means_none(rtype, data),
        _ => false,
    }
}
