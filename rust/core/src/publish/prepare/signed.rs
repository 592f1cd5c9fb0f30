//! What a change does to signatures and denials that were made elsewhere.
//!
//! Facts about signed zones belong to a zone as a whole, and looking over all of it would cost an edit more than all else.
//! A change can break only what stands near it: the owners that changed, the names above them, whose shape may be
//! another, and the names whose records lead to one that came or went.

use super::Prepared;
use crate::facts::signed::{signatures_over, Fault, Signed, SignedSet, OF_SIGNED};
use crate::facts::{Fact, FactKind, Kinds};
use crate::graph::denial::places;
use crate::graph::node::NameId;
use crate::graph::snapshot::Snapshot;
use crate::name::Name;
use crate::record::Rtype;
use std::collections::{BTreeMap, BTreeSet, HashMap};

type At = (NameId, NameId);

impl Prepared {
    /// The facts about signatures of `version`, near what changed in zones that are signed afterwards.
    pub(super) fn signed_facts(&self, version: &Snapshot, kinds: Kinds) -> Vec<Fact> {
        let kinds = kinds.without(Kinds::of(&[FactKind::ZoneSigned, FactKind::SetSigned]));
        if !kinds.has_any(OF_SIGNED) {
            return Vec::new();
        }
        let mut facts = Vec::new();
        for zone in self.signed_zones() {
            let Some(signed) = version.has(zone).then(|| Signed::new(version, zone)).flatten() else { continue };
            for owner in self.near(zone) {
                let faults: Vec<(NameId, Fault)> = match version.held(zone, owner) {
                    Some(payload) => signed.faults(owner, &payload).into_iter().map(|fault| (owner, fault)).collect(),
                    None => signed.fault_of_absent(&self.versions().name(owner)).into_iter().collect(),
                };
                let asked = faults.into_iter().filter(|(_, (kind, ..))| kinds.has(*kind));
                let fact = |(owner, (kind, rtype, detail))| Fact { detail, ..Fact::new(kind, zone, owner, rtype) };
                facts.extend(asked.map(fact));
            }
        }
        facts
    }

    /// RRsets with other data, or another TTL, than before below signatures that are the same as before, as facts of the
    /// new version. The SOA of a zone in `renumbered` is given another serial than the one that was signed.
    pub fn outlived(&self, renumbered: &[Name]) -> Vec<Fact> {
        let mut found: BTreeMap<(NameId, NameId, Rtype), FactKind> = BTreeMap::new();
        let zones = self.signed_zones();
        for (zone, owner) in self.changed.iter().filter(|(zone, _)| zones.contains(zone)) {
            let outlived = self.outlived_at(*zone, *owner).into_iter();
            found.extend(outlived.map(|(rtype, kind)| ((*zone, *owner, rtype), kind)));
        }
        for zone in renumbered.iter().filter_map(|name| self.snapshot.id(&name.to_lowercase())) {
            let apex = self.snapshot.held(zone, zone);
            if apex.is_some_and(|apex| signatures_over(&apex, Rtype::SOA).next().is_some()) {
                found.insert((zone, zone, Rtype::SOA), FactKind::SignatureOutlived);
            }
        }
        found.into_iter().map(|((zone, owner, rtype), kind)| told(Fact::new(kind, zone, owner, rtype))).collect()
    }

    /// RRsets of a zone that have signatures, of some owners, before or after the change.
    pub fn signed_sets(&self, zone: &Name, owners: &[Name], is_before: bool) -> Vec<SignedSet> {
        let version = if is_before { &self.base } else { &self.snapshot };
        let Some(zone) = version.id(&zone.to_lowercase()) else { return Vec::new() };
        let owners: Vec<NameId> = owners.iter().filter_map(|owner| version.id(&owner.to_lowercase())).collect();
        version.signed_sets(zone, Some(&owners))
    }

    /// The zones of the change that are signed afterwards: one that has no sign of it any more has nothing to break.
    fn signed_zones(&self) -> BTreeSet<NameId> {
        let zones: BTreeSet<NameId> = self.changed.iter().map(|(zone, _)| *zone).collect();
        zones.into_iter().filter(|zone| self.snapshot.has(*zone) && self.snapshot.is_signed(*zone)).collect()
    }

    fn outlived_at(&self, zone: NameId, owner: NameId) -> Vec<(Rtype, FactKind)> {
        let held = (self.base.held(zone, owner), self.snapshot.held(zone, owner), Signed::new(&self.snapshot, zone));
        let (Some(before), Some(after), Some(signed)) = held else { return Vec::new() };
        let ttls: HashMap<Rtype, u32> = signed.own_sets(owner, &before).into_iter().collect();
        let is_as_before = |rtype: Rtype| {
            let mut now = signatures_over(&after, rtype).peekable();
            now.peek().is_some() && now.all(|one| signatures_over(&before, rtype).any(|other| one == other))
        };
        let kind = |(rtype, ttl): (Rtype, u32)| {
            if self.snapshot.data_of(&after, rtype) != self.base.data_of(&before, rtype) {
                return Some((rtype, FactKind::SignatureOutlived));
            }
            let was_made_for = |data: &[u8]| data.get(4..8) == Some(&ttl.to_be_bytes()[..]);
            let is_other = ttls.get(&rtype) != Some(&ttl) && !signatures_over(&after, rtype).any(was_made_for);
            is_other.then_some((rtype, FactKind::SignatureUnfit))
        };
        signed.own_sets(owner, &after).into_iter().filter(|(rtype, _)| is_as_before(*rtype)).filter_map(kind).collect()
    }

    /// The names of a zone whose signatures and denials a change may break.
    fn near(&self, zone: NameId) -> BTreeSet<NameId> {
        if self.touches_all() {
            let mut all: BTreeSet<NameId> = self.snapshot.members(zone).collect();
            all.extend(self.changed.iter().filter(|at| at.0 == zone).map(|at| at.1));
            return all;
        }
        let mut near: BTreeSet<NameId> = self.touched().scope.iter().copied().collect();
        for (_, owner) in self.changed.iter().filter(|at| at.0 == zone) {
            near.extend(self.ancestors(zone, *owner));
            near.extend(self.deniers((zone, *owner)));
        }
        let is_of_zone = |owner: &NameId| [&self.base, &self.snapshot].iter().any(|it| it.held(zone, *owner).is_some());
        near.into_iter().filter(is_of_zone).collect()
    }

    /// An owner and the names above it, up to the apex.
    fn ancestors(&self, zone: NameId, owner: NameId) -> Vec<NameId> {
        let version = if self.snapshot.has(owner) { &self.snapshot } else { &self.base };
        let mut path = vec![owner];
        while let Some(id) = path.last().copied().filter(|id| *id != zone && *id != NameId::ROOT) {
            path.push(version.slot(id).parent());
        }
        path
    }

    /// Who led, or leads, to an owner that takes part in the order of denial in one of the versions only.
    fn deniers(&self, (zone, owner): At) -> Vec<NameId> {
        let has_place = |version: &Snapshot| {
            version.held(zone, owner).is_some_and(|payload| !places(&payload, owner, |id| version.name(id)).is_empty())
        };
        let name = self.versions().name(owner);
        let others = match (has_place(&self.base), has_place(&self.snapshot)) {
            (true, false) => vec![&self.snapshot],
            (false, true) => vec![&self.base],
            _ => Vec::new(),
        };
        others.into_iter().filter_map(|version| version.before_in_order(zone, &name)).collect()
    }
}

fn told(fact: Fact) -> Fact {
    let detail = if fact.kind == FactKind::SignatureUnfit { "original-ttl" } else { "" };
    Fact { detail: detail.to_owned(), ..fact }
}
