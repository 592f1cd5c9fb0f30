//! Finds the facts.

use crate::graph::follow::{follow, Chain, End, Limits, Lookup, Step};
use crate::graph::node::{Below, NameId, Node, Payload};
use crate::graph::owner::{means_none, targets};
use crate::graph::signed::Signed;
use crate::graph::snapshot::{Snapshot, Wanted};
use crate::graph::walk::{GraphName, Place, Walk};
use crate::name::Name;
use crate::record::Rtype;

use super::{Asked, Fact, FactKind, Facts, Scope};
use crate::graph::Zone;

impl Snapshot {
    /// The facts of a scope; `zones` are all that there are.
    pub fn facts(&self, zones: &[Zone], scope: Scope<'_>, asked: &Asked<'_>, limits: Limits) -> Facts {
        let mut all = Facts::new(asked.limit);
        for zone in zones {
            let owners: Vec<NameId> = match scope {
                Scope::Zone(one) if one != zone.id => Vec::new(),
                Scope::Owners(owners) => owners.to_vec(),
                _ => self.members(zone.id).collect(),
            };
            let wanted = Wanted::new();
            let mut search = Search { snapshot: self, zone: zone.id, limits, asked, wanted, facts: &mut all };
            search.owners(owners);
        }
        all
    }
}

struct Search<'a, 'f> {
    snapshot: &'a Snapshot,
    zone: NameId,
    limits: Limits,
    asked: &'f Asked<'f>,
    wanted: Wanted,
    facts: &'f mut Facts,
}

impl<'a> Search<'a, '_> {
    fn owners(&mut self, owners: Vec<NameId>) {
        let mut chain = Chain::new();
        let signed = Signed::new(self.snapshot, self.zone);
        for owner in owners {
            if let Some(payload) = self.snapshot.slot(owner).payload(self.zone) {
                self.visit(owner, &payload, &mut chain);
                for (kind, rtype) in signed.iter().flat_map(|signed| signed.faults(owner, &payload)) {
                    self.add(kind, owner, rtype, &[], vec![self.snapshot.name(owner)]);
                }
            }
        }
    }

    fn add(&mut self, kind: FactKind, owner: NameId, rtype: Rtype, data: &[u8], chain: Vec<Name>) {
        if self.asked.kinds.has(kind) {
            let fact = || Fact {
                chain: chain.into_iter().collect(),
                data: data.to_vec(),
                ..Fact::new(kind, self.zone, owner, rtype)
            };
            self.facts.add(kind, fact);
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
        let names: Vec<Name> = std::iter::once(self.snapshot.name(owner)).chain(passed).collect();
        self.add(kind, owner, Rtype::CNAME, names[1].as_wire().to_vec().as_slice(), names);
    }

    fn visit_hosts(&mut self, owner: NameId, payload: &Payload<'a>, rtype: Rtype, is_cut: bool) {
        let Some(set) = payload.sets().get(rtype) else { return };
        let hosts = set.iter().filter(|data| !means_none(rtype, data));
        for (data, host) in hosts.flat_map(|data| targets(rtype, data).map(move |host| (data, host))) {
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
                self.add(kind, owner, rtype, data, vec![self.snapshot.name(owner), host]);
            }
        }
    }
}
