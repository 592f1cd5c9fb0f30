//! Facts about what is served, in bulk and already filtered; judging them is not done here.

use super::follow::{follow, Chain, End, Limits, Lookup, Step};
use super::node::{Below, NameId, Node, Payload};
use super::owner::{means_none, targets};
use super::signed::Signed;
use super::snapshot::{Snapshot, Wanted};
use super::walk::{GraphName, Place, Walk};
use crate::name::Name;
use crate::record::Rtype;

/// What kind of fact it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactKind {
    /// An alias that comes back to itself.
    Loop,
    /// An alias whose chain is longer than answers follow.
    TooLong,
    /// A link whose chain ends at a name that does not exist in a zone served here.
    TargetMissing,
    /// A name server below its own cut without an address (RFC 9471).
    GlueMissing,
    /// An RRset of a signed zone whose signatures have all expired.
    SignatureExpired,
    /// An RRset of a signed zone without any signature.
    SignatureMissing,
    /// A name of a signed zone that no NSEC or NSEC3 record stands for, or one that does not lead to the next.
    DenialBroken,
}

const KINDS: [FactKind; 7] = [
    FactKind::Loop,
    FactKind::TooLong,
    FactKind::TargetMissing,
    FactKind::GlueMissing,
    FactKind::SignatureExpired,
    FactKind::SignatureMissing,
    FactKind::DenialBroken,
];

/// One fact.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its kind.
    pub kind: FactKind,
    /// Who holds the record.
    pub owner: NameId,
    /// The record's type.
    pub rtype: Rtype,
    /// What the record names.
    pub target: Name,
    /// The names passed, the owner first.
    pub chain: Vec<Name>,
}

/// How many facts of each kind there are, and the first of them.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    counts: [usize; KINDS.len()],
    /// The first facts, as many as were asked for.
    pub first: Vec<Fact>,
}

impl Facts {
    /// How many facts there are of each kind that occurs.
    pub fn counts(&self) -> impl Iterator<Item = (FactKind, usize)> + '_ {
        KINDS.into_iter().zip(self.counts).filter(|(_, count)| *count > 0)
    }
}

impl Snapshot {
    /// The facts of one zone.
    pub fn facts(&self, zone: NameId, limits: Limits, most: usize) -> Facts {
        let mut search = Search { snapshot: self, limits, most, wanted: Wanted::new(), facts: Facts::default() };
        let mut chain = Chain::new();
        let signed = Signed::new(self, zone);
        for owner in self.members(zone) {
            if let Some(payload) = self.slot(owner).payload(zone) {
                search.visit(owner, &payload, &mut chain);
                for (kind, rtype) in signed.iter().flat_map(|signed| signed.faults(owner, &payload)) {
                    search.add(kind, owner, rtype, vec![self.name(owner)]);
                }
            }
        }
        search.facts
    }
}

struct Search<'a> {
    snapshot: &'a Snapshot,
    limits: Limits,
    most: usize,
    wanted: Wanted,
    facts: Facts,
}

impl<'a> Search<'a> {
    fn add(&mut self, kind: FactKind, owner: NameId, rtype: Rtype, chain: Vec<Name>) {
        self.facts.counts[kind as usize] += 1;
        let target = chain.get(1).copied().unwrap_or(Name::ROOT);
        if self.facts.first.len() < self.most {
            self.facts.first.push(Fact { kind, owner, rtype, target, chain });
        }
    }

    fn visit(&mut self, owner: NameId, payload: &Payload<'a>, chain: &mut Chain<GraphName, Place>) {
        match payload.node() {
            Node::Alias(..) => self.visit_alias(owner, chain),
            node => {
                for rtype in [Rtype::NS, Rtype::MX, Rtype::SRV] {
                    let is_cut = rtype == Rtype::NS && matches!(node, Node::Data(_, Below::Cut));
                    self.visit_hosts(owner, payload, rtype, is_cut);
                }
            }
        }
    }

    fn visit_alias(&mut self, owner: NameId, chain: &mut Chain<GraphName, Place>) {
        let walk = Walk::known(self.snapshot, &self.wanted, owner);
        follow(&walk, walk.start(), Rtype::A, self.limits, chain);
        let kind = match chain.end {
            End::Loop if chain.hops.last().is_some_and(|hop| walk.is_same(&hop.target, &walk.start())) => {
                FactKind::Loop
            }
            End::TooLong => FactKind::TooLong,
            End::NxDomain(_) if !chain.hops.is_empty() => FactKind::TargetMissing,
            _ => return,
        };
        let passed = chain.hops.iter().map(|hop| walk.name(&hop.target));
        let names = std::iter::once(self.snapshot.name(owner)).chain(passed).collect();
        self.add(kind, owner, Rtype::CNAME, names);
    }

    fn visit_hosts(&mut self, owner: NameId, payload: &Payload<'a>, rtype: Rtype, is_cut: bool) {
        let Some(set) = payload.sets().get(rtype) else { return };
        let hosts = set.iter().filter(|data| !means_none(rtype, data));
        for host in hosts.flat_map(|data| targets(rtype, data)) {
            let Some(id) = self.snapshot.id(&host) else { continue };
            let kind = if is_cut && host.is_at_or_below(&self.snapshot.name(owner)) {
                let glue = self.snapshot.slot(id).payload(payload.zone).map(|glue| glue.sets());
                let has_address = glue.is_some_and(|sets| sets.get(Rtype::A).or(sets.get(Rtype::AAAA)).is_some());
                (!has_address).then_some(FactKind::GlueMissing)
            } else {
                let walk = Walk::known(self.snapshot, &self.wanted, id);
                matches!(walk.step(&walk.start(), Rtype::A), Step::End(End::NxDomain(_)))
                    .then_some(FactKind::TargetMissing)
            };
            if let Some(kind) = kind {
                self.add(kind, owner, rtype, vec![self.snapshot.name(owner), host]);
            }
        }
    }
}
