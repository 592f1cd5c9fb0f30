//! What no server can hold, and how that is said of a zone file.

use super::batch::Row;
use crate::name::Name;
use crate::record::present;
use crate::zonefile::{Position, Problem};

/// Why a record, or a zone as a whole, cannot be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A CNAME at the apex.
    ApexAlias,
    /// A CNAME beside other data (RFC 1034 3.6.2).
    AliasWithData,
    /// A CNAME with another target than the first one (RFC 2181 10.1).
    SecondAlias,
    /// A DNAME beside another (RFC 6672 2.4).
    SecondDname,
    /// A DNAME where the zone is cut (RFC 6672 2.3).
    DnameAtCut,
    /// An owner that is not in the zone.
    Outside,
    /// No SOA anywhere.
    NoSoa,
    /// A SOA besides the first one.
    SecondSoa,
    /// The only SOA, and not at the apex.
    MisplacedSoa,
    /// No NS at the apex. Such a zone can be served, but nobody can be led to it.
    NoNs,
}

/// A record that is refused, or a zone when there is no record. The numbers are those of rows of the zone.
#[derive(Clone, Copy, Debug)]
pub struct Refusal {
    /// The reason.
    pub why: Why,
    /// The record.
    pub row: Option<u32>,
    /// What it cannot stand beside.
    pub other: Option<u32>,
}

/// A zone's records, for speaking of one of them.
pub struct Rows<'a> {
    /// The records.
    pub rows: &'a [Row],
    /// Their data.
    pub data: &'a [u8],
    /// The zone.
    pub origin: &'a Name,
}

impl Rows<'_> {
    fn shown(&self, row: &Row) -> String {
        format!("{} {}", row.rtype, present(row.rtype, row.octets(self.data)))
    }

    /// What is said about a refusal whose record belongs to `owner`.
    pub fn problem(&self, refusal: &Refusal, owner: &Name) -> Problem {
        let row = |number: Option<u32>| number.and_then(|number| self.rows.get(number as usize));
        let (it, other) = (row(refusal.row), row(refusal.other));
        let at = it.map_or(Position { file: 0, line: 0, column: 0 }, |row| row.at);
        let line = other.map_or(0, |row| row.at.line);
        let shown = |row: Option<&Row>| row.map_or(String::new(), |row| self.shown(row));
        let (what, hint) = words(refusal.why, owner, self.origin, &shown(it), &shown(other), line);
        Problem { at, what, hint }
    }
}

fn words(why: Why, owner: &Name, origin: &Name, it: &str, other: &str, line: u32) -> (String, String) {
    match why {
        Why::ApexAlias => (
            format!("{owner} is the zone's apex and cannot be an alias ({it})"),
            "the apex holds SOA and NS, and an alias stands alone; give it the addresses of the target, since an ALIAS \
             may stand here but is not followed yet"
                .into(),
        ),
        Why::AliasWithData => (
            format!("{owner} is an alias and also has {other} (line {line})"),
            "an alias stands alone (RFC 1034 3.6.2): remove the CNAME, or the other records".into(),
        ),
        Why::SecondAlias => (
            format!("{owner} is an alias of two names: {it} and {other} (line {line})"),
            "an alias has one target: remove one of the two".into(),
        ),
        Why::SecondDname => (
            format!("{owner} has two DNAMEs: {it} and {other} (line {line})"),
            "a name has one DNAME (RFC 6672 2.4): remove one of the two".into(),
        ),
        Why::DnameAtCut => (
            format!("{owner} has a DNAME and is delegated by {other} (line {line})"),
            "what lies below can be redirected or delegated, not both (RFC 6672 2.3): remove one".into(),
        ),
        Why::Outside => (
            format!("{owner} lies outside the zone {origin}"),
            format!("owners are names at or below {origin}; was a final dot written, or the wrong origin given?"),
        ),
        Why::NoSoa => (
            format!("the zone {origin} has no SOA record"),
            format!("a zone begins with one: {origin} SOA ns1.{origin} hostmaster.{origin} 1 7200 3600 1209600 300"),
        ),
        Why::SecondSoa => (
            format!("a second SOA record; the first stands on line {line}"),
            "a zone has one SOA, at its apex: remove one, or split the file into two zones".into(),
        ),
        Why::MisplacedSoa => (
            format!("the SOA record does not stand at the zone's apex {origin}"),
            "give the zone's origin, or write the SOA at @".into(),
        ),
        Why::NoNs => (
            format!("the zone {origin} has no NS record at its apex"),
            format!("name the servers of the zone: {origin} NS ns1.{origin}"),
        ),
    }
}
