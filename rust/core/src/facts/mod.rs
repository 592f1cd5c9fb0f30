//! Facts about what the graph holds, in bulk and already filtered; judging them is not done here.
//!
//! A fact belongs to the owner of the record that shows it. So the facts of some owners are those of the whole graph
//! that belong to these owners, whichever way they are found, and an edit asks only for what it touches.

mod cycles;
mod follow;
mod hosts;
mod kind;
mod odd;
mod policy;
mod record;
mod refused;
pub(crate) mod scope;
mod search;
mod shared;
pub(crate) mod signed;

pub(crate) use follow::is_useful;
pub use kind::{FactKind, Kinds};
pub use record::{record_facts, Shown};
pub(crate) use refused::conflict_fact;
pub use signed::SignedSet;

use crate::graph::node::NameId;
use crate::name::Name;
use crate::record::targets;
use crate::record::Rtype;

/// One fact.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its kind.
    pub kind: FactKind,
    /// The apex of the zone.
    pub zone: NameId,
    /// Who holds the record.
    pub owner: NameId,
    /// The record's type.
    pub rtype: Rtype,
    /// The record's TTL in seconds.
    pub ttl: u32,
    /// The record's data in wire form; empty when no one record is meant.
    pub data: Vec<u8>,
    /// The names passed; empty for kinds that follow nothing.
    pub chain: Names,
    /// The word for how the chain ended, or nothing.
    pub end: &'static str,
    /// What the kind counts: hops, names.
    pub number: u32,
    /// The record that this one stands against.
    pub other: Option<Box<Other>>,
    /// What the kind tells besides: an address, a name, what is wrong with a text.
    pub detail: String,
    /// What to do about it, where the core knows.
    pub hint: String,
}

/// A record that a fact names besides its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Who holds it.
    pub owner: NameId,
    /// Its type.
    pub rtype: Rtype,
    /// Its data in wire form.
    pub data: Vec<u8>,
}

impl Fact {
    /// A fact about a zone or an owner as a whole; the rest is filled in.
    pub fn new(kind: FactKind, zone: NameId, owner: NameId, rtype: Rtype) -> Fact {
        let (data, chain, detail, hint) = (Vec::new(), Names::default(), String::new(), String::new());
        Fact { kind, zone, owner, rtype, ttl: 0, data, chain, end: "", number: 0, other: None, detail, hint }
    }

    /// The name that the record names, if it names one.
    pub fn target(&self) -> Option<Name> {
        targets(self.rtype, &self.data).next()
    }
}

/// Some names, one behind the other: a name alone takes 256 octets, and there may be a million facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    octets: Vec<u8>,
}

impl Names {
    /// Adds a name at the end.
    pub fn push(&mut self, name: &Name) {
        self.octets.extend_from_slice(name.as_wire());
    }

    /// The names in their order.
    pub fn iter(&self) -> impl Iterator<Item = Name> + '_ {
        let mut rest = self.octets.as_slice();
        std::iter::from_fn(move || {
            let name = Name::from_wire(rest).ok()?;
            rest = &rest[name.len()..];
            Some(name)
        })
    }
}

impl FromIterator<Name> for Names {
    fn from_iter<I: IntoIterator<Item = Name>>(names: I) -> Names {
        let mut all = Names::default();
        names.into_iter().for_each(|name| all.push(&name));
        all
    }
}

/// The place of an owner in the files: (apex, owner) to a number, the least first.
pub type Order<'a> = dyn Fn(NameId, NameId) -> u64 + Sync + 'a;

/// What is asked for.
pub struct Asked<'a> {
    /// The kinds; others cost nothing.
    pub kinds: Kinds,
    /// Hops from which a chain is long.
    pub long: usize,
    /// Names from which on an address is shared.
    pub many: usize,
    /// Labels of services that a wildcard alias may capture, in lower case.
    pub services: Vec<Vec<u8>>,
    /// Most facts that are spelled out; all are counted.
    pub limit: usize,
    /// Which of several records comes first: by place, or in canonical order of the owners.
    pub order: Option<&'a Order<'a>>,
}

impl Asked<'_> {
    /// These kinds, with the numbers that hold when nobody says otherwise.
    pub fn new(kinds: Kinds) -> Asked<'static> {
        Asked { kinds, long: 9, many: 4, services: Vec::new(), limit: usize::MAX, order: None }
    }
}

/// Whose facts are asked for.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'a> {
    /// Everybody's, by two threads.
    All,
    /// Everybody's in one zone.
    Zone(NameId),
    /// Those of some owners, in every zone that knows them.
    Owners(&'a [NameId]),
}

/// How many facts of each kind there are, and the first of them.
#[derive(Clone, Debug)]
pub struct Facts {
    counts: [usize; FactKind::ALL.len()],
    limit: usize,
    /// The first facts, as many as were asked for.
    pub first: Vec<Fact>,
}

impl Facts {
    /// No facts yet, and room for `limit`.
    pub fn new(limit: usize) -> Facts {
        Facts { counts: [0; FactKind::ALL.len()], limit, first: Vec::new() }
    }

    /// Counts a fact; whether there is room to spell it out.
    fn count(&mut self, kind: FactKind) -> bool {
        self.counts[kind as usize] += 1;
        self.first.len() < self.limit
    }

    /// Counts a fact, and spells it out when there is room.
    pub fn add(&mut self, kind: FactKind, fact: impl FnOnce() -> Fact) {
        if self.count(kind) {
            self.first.push(fact());
        }
    }

    /// Takes over the facts of others, behind its own.
    fn absorb(&mut self, others: Facts) {
        for (mine, its) in self.counts.iter_mut().zip(others.counts) {
            *mine += its;
        }
        self.first.extend(others.first);
        self.first.truncate(self.limit);
    }

    /// How many facts there are of each kind that occurs.
    pub fn counts(&self) -> impl Iterator<Item = (FactKind, usize)> + '_ {
        FactKind::ALL.iter().copied().zip(self.counts).filter(|(_, count)| *count > 0)
    }
}
