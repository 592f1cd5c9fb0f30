//! The steps back through what makes names: wildcards and DNAMEs.

use super::{leads_to, names, Backwards, Passed, MADE};
use crate::graph::find::Found;
use crate::graph::follow::{follow, Chain, End, Limits};
use crate::graph::node::NameId;
use crate::graph::snapshot::Wanted;
use crate::graph::walk::{GraphName, Walk};
use crate::name::{Name, MAX_LABELS};
use crate::record::Rtype;
use std::collections::{BTreeSet, HashSet};

impl Backwards<'_> {
    /// The names that a wildcard answers for lead where it leads.
    pub(super) fn step_through_wildcard(&mut self, wildcard: NameId, encloser: NameId, named: NameId, at: u32) {
        let snapshot = self.snapshot;
        let mut open: Vec<NameId> = match snapshot.slot(encloser).payloads().count() {
            0 | 1 => snapshot.absent(encloser).collect(),
            // Where zones overlap, a name that one of them has may be absent from the other.
            _ => snapshot.children(encloser).collect(),
        };
        while let Some(id) = open.pop() {
            open.extend(snapshot.children(id));
            let leads = match snapshot.find_known(id, Rtype::A) {
                Found::Wildcard(spot) if spot.owner == wildcard => leads_to(snapshot, &spot.payload, named),
                _ => false,
            };
            if leads && !self.is_seen(id) {
                self.passed.push(Passed { id: id.0, next: at, is_listed: false, leads: true });
            }
        }
        if !snapshot.redirects.is_empty() {
            for made in self.made_under(wildcard, encloser, named) {
                self.pass_name(&made, at);
            }
        }
    }

    /// The names that nobody knows, made by DNAMEs from names that are known, for which a wildcard answers.
    fn made_under(&self, wildcard: NameId, encloser: NameId, named: NameId) -> Vec<Name> {
        let (snapshot, unused) = (self.snapshot, Wanted::new());
        let (mut chain, mut found) = (Chain::new(), Vec::new());
        for id in self.below_dnames_to(encloser) {
            let walk = Walk::known(snapshot, &unused, id);
            let limits = Limits { max_chain: MAX_LABELS, within_zone: false };
            follow(&walk, GraphName::Known(id), Rtype::A, limits, &mut chain);
            let end = match chain.end {
                End::Data { place, is_wildcard: true } | End::NoData { place, is_wildcard: true } => {
                    chain.hops.last().map(|hop| (&hop.target, place))
                }
                _ => None,
            };
            let hops = chain.hops.iter().filter(|hop| hop.is_wildcard).map(|hop| (&hop.alias, hop.place));
            for (name, place) in hops.chain(end).filter(|(_, place)| place.owner == wildcard) {
                let payload = snapshot.slot(wildcard).payload(place.zone);
                let leads = payload.is_some_and(|payload| leads_to(snapshot, &payload, named));
                if let (GraphName::Made(made), true) = (name, leads) {
                    found.push(**made);
                }
            }
        }
        found
    }

    /// Known names below DNAMEs that may lead to names below `encloser`.
    fn below_dnames_to(&self, encloser: NameId) -> BTreeSet<NameId> {
        let snapshot = self.snapshot;
        let (mut below, mut open) = (BTreeSet::new(), vec![encloser]);
        let mut seen = HashSet::new();
        // Targets at or above the wildcard's names, and names there that a DNAME may name.
        open.extend(snapshot.path(encloser, true).ids());
        open.extend(snapshot.absent(encloser));
        while let Some(target) = open.pop() {
            if !seen.insert(target) {
                continue;
            }
            for dname in snapshot.redirects(target) {
                open.extend(snapshot.path(dname, true).ids());
                let mut names: Vec<NameId> = snapshot.children(dname).collect();
                while let Some(id) = names.pop() {
                    if below.insert(id) {
                        names.extend(snapshot.children(id));
                        open.push(id);
                    }
                }
            }
            if snapshot.slot(target).payloads().next().is_none() {
                open.extend(snapshot.absent(target));
            }
        }
        below
    }

    /// Names below DNAMEs that lead to a name.
    pub(super) fn step_through_dnames(&mut self, at: u32) {
        let snapshot = self.snapshot;
        let named = NameId(self.passed[at as usize].id);
        if named.0 != MADE && !self.has_redirect_above(snapshot.slot(named).parent()) {
            return;
        }
        let name = self.name(at);
        let mut target = name;
        while let Some(above) = target.parent() {
            target = above;
            let Some(id) = snapshot.id(&target) else { continue };
            for dname in snapshot.redirects(id) {
                let Ok(from) = name.replace_suffix(&target, &snapshot.name(dname)) else { continue };
                let mut wanted = Wanted::new();
                wanted.set(from, snapshot.keys());
                let leads = match snapshot.find(&wanted, Rtype::A) {
                    // Another zone may hold a DNAME at the same owner.
                    Found::Redirect(spot) => spot.owner == dname && names(&spot.payload, Rtype::DNAME, &target),
                    _ => false,
                };
                if leads {
                    self.list_apart(dname, at);
                    self.pass_name(&from, at);
                }
            }
        }
    }

    fn has_redirect_above(&mut self, parent: NameId) -> bool {
        if let Some((last, has)) = self.last_above {
            if last == parent {
                return has;
            }
        }
        let path = self.snapshot.path(parent, true);
        let has = path.ids().iter().any(|id| self.snapshot.redirects.has_partners(id.0));
        self.last_above = Some((parent, has));
        has
    }
}
