//! What no graph can hold, as facts: conflicts of the records of an owner, and refusals of a zone's text.

use super::{Fact, FactKind, Other};
use crate::graph::build::{Refusal, Rows, Why};
use crate::graph::owner::{Conflict, Entry};
use crate::graph::NameId;
use crate::name::Name;
use crate::record::Rtype;
use crate::zonefile::{Position, Problem};

impl Why {
    /// The kind of fact that it is.
    pub fn kind(self) -> FactKind {
        match self {
            Why::ApexAlias => FactKind::ConflictApexAlias,
            Why::AliasWithData => FactKind::ConflictAliasData,
            Why::SecondAlias => FactKind::ConflictAliases,
            Why::SecondDname => FactKind::ConflictDnames,
            Why::DnameAtCut => FactKind::ConflictDnameNs,
            Why::Outside => FactKind::Outside,
            Why::NoSoa => FactKind::SoaMissing,
            Why::SecondSoa => FactKind::SoaSecond,
            Why::MisplacedSoa => FactKind::SoaMisplaced,
            Why::NoNs => FactKind::NsMissing,
        }
    }
}

impl Rows<'_> {
    /// A refusal as a fact about `zone`, and where its record stands.
    pub fn fact(&self, refusal: &Refusal, zone: NameId, owner: &Name) -> (Fact, Position) {
        let row = |number: Option<u32>| number.and_then(|number| self.rows.get(number as usize));
        let Problem { at, what, hint } = self.problem(refusal, owner);
        let other = row(refusal.other).map(|row| Other {
            owner: row.owner,
            rtype: row.rtype,
            data: row.octets(self.data).to_vec(),
        });
        let mut fact = Fact::new(refusal.why.kind(), zone, zone, Rtype::SOA);
        (fact.detail, fact.hint, fact.other) = (what, hint, other.map(Box::new));
        if let Some(row) = row(refusal.row) {
            (fact.owner, fact.rtype, fact.ttl) = (row.owner, row.rtype, row.ttl);
            fact.data = row.octets(self.data).to_vec();
        }
        (fact, at)
    }
}

/// The conflict as a fact about the record that is too many, without words.
pub fn conflict_fact(conflict: Conflict, zone: NameId, owner: NameId, entries: &[Entry<'_>]) -> Fact {
    let (kind, record, other) = match conflict {
        Conflict::ApexAlias(alias) => (FactKind::ConflictApexAlias, alias, None),
        Conflict::AliasWithOtherData(alias, other) => (FactKind::ConflictAliasData, alias, Some(other)),
        Conflict::MultipleAliases(first, later) => (FactKind::ConflictAliases, later, Some(first)),
        Conflict::MultipleDnames(first, later) => (FactKind::ConflictDnames, later, Some(first)),
        Conflict::DnameWithNs(dname, ns) => (FactKind::ConflictDnameNs, dname, Some(ns)),
    };
    let of = |number: usize| entries.iter().find(|entry| entry.number == number);
    let other = other.and_then(of).map(|entry| Other { owner, rtype: entry.rtype, data: entry.data.to_vec() });
    let fact = |entry: &Entry<'_>| Fact {
        ttl: entry.ttl,
        data: entry.data.to_vec(),
        ..Fact::new(kind, zone, owner, entry.rtype)
    };
    let fact = of(record).map_or_else(|| Fact::new(kind, zone, owner, Rtype::CNAME), fact);
    Fact { other: other.map(Box::new), ..fact }
}
