//! The steps back through what makes names: wildcards and DNAMEs.

use super::{leads_to, Backwards, Way, MADE};
use crate::graph::naming::names;
use crate::graph::node::NameId;
use crate::graph::snapshot::{Snapshot, Wanted};
use crate::name::{Name, MAX_LABELS};
use crate::record::Rtype;
use crate::walk::find::Found;
use crate::walk::follow::{Kind, Lookup, Step};
use crate::walk::graph::{GraphName, Walk};
use std::collections::{HashSet, VecDeque};

/// Names that no record names are passed on the way through DNAMEs; so many at most, since DNAMEs can make names
/// without end: altogether, and for one name.
pub(super) const MOST_MADE: usize = 1_000_000;
const MOST_FOR_ONE: usize = 1_000;
/// So few DNAMEs are gone through all rather than asking more names than that for those that name them.
const FEW: usize = 1_000;

impl Backwards<'_> {
    /// The names that a wildcard answers for lead where it leads.
    pub(super) fn step_through_wildcard(&mut self, wildcard: NameId, encloser: NameId, named: NameId, at: u32) {
        let snapshot = self.snapshot;
        let leads = |found: Found<'_>| match found {
            Found::Wildcard(spot) if spot.owner == wildcard => leads_to(snapshot, &spot.payload, named),
            _ => false,
        };
        for id in snapshot.below_wildcard(encloser, None) {
            if leads(snapshot.find_known(id, Rtype::A)) {
                self.pass(id, at, 0);
            }
        }
        let is_led = |name: &Wanted| leads(snapshot.find(name, Rtype::A)).then_some(());
        for (id, hops, ()) in self.led_by_dnames(&snapshot.name(encloser), is_led) {
            self.pass(id, at, hops);
        }
    }

    /// Names that are known and that DNAMEs lead, over so many made names, to one at or below `root` of which
    /// `judge` has something to say.
    pub(super) fn led_by_dnames<T>(&self, root: &Name, judge: impl Fn(&Wanted) -> Option<T>) -> Vec<(NameId, u8, T)> {
        let snapshot = self.snapshot;
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        if snapshot.redirects.is_empty() {
            return found;
        }
        for source in self.sources(root) {
            let mut open = vec![source];
            while let Some(id) = open.pop() {
                if seen.insert(id) {
                    found.extend(judge_made(snapshot, id, &judge).map(|(hops, told)| (id, hops, told)));
                    open.extend(snapshot.children(id));
                }
            }
        }
        snapshot.arrange(&mut found, |(id, ..)| *id);
        found
    }

    /// Known names at or below which are those that DNAMEs lead to names at or below `root`.
    fn sources(&self, root: &Name) -> Vec<NameId> {
        let snapshot = self.snapshot;
        let (mut open, mut seen, mut found) = (VecDeque::from([*root]), HashSet::new(), Vec::new());
        while let Some(root) = open.pop_front().filter(|_| seen.len() < MOST_FOR_ONE) {
            for (target, dname) in snapshot.dnames_near(&root) {
                let dname = snapshot.name(dname);
                let from = match root.is_at_or_below(&target) {
                    true => root.replace_suffix(&target, &dname),
                    // Of a target below the root all names are led there.
                    false => Ok(dname),
                };
                let Ok(from) = from else { continue };
                if seen.insert(from) {
                    found.extend(snapshot.id(&from));
                    open.push_back(from);
                }
            }
        }
        found
    }

    /// Names below DNAMEs that lead to a name.
    pub(super) fn step_through_dnames(&mut self, at: u32) {
        let snapshot = self.snapshot;
        let named = NameId(self.passed[at as usize].id);
        if named.0 != MADE && !self.has_redirect_above(snapshot.slot(named).parent()) {
            return;
        }
        let (mut open, mut seen) = (VecDeque::from([(self.name(at), 0)]), HashSet::new());
        while let Some((name, hops)) = open.pop_front() {
            for (dname, from) in snapshot.led_to(&name) {
                let index = self.at();
                if self.list_apart(dname, at) && hops > 0 {
                    self.ways.insert(index, Way { from: Some(Box::new(from)), hops });
                }
                match snapshot.id(&from) {
                    Some(id) => self.pass(id, at, hops),
                    None if seen.len() < MOST_FOR_ONE && self.made_left > 0 && seen.insert(from) => {
                        self.made_left -= 1;
                        open.push_back((from, hops.saturating_add(1)));
                    }
                    None => {}
                }
            }
        }
    }

    pub(super) fn has_redirect_above(&mut self, parent: NameId) -> bool {
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

impl Snapshot {
    /// The names that a wildcard below `encloser` may answer for, of those that are known; in one zone, or in any.
    pub(super) fn below_wildcard(&self, encloser: NameId, zone: Option<NameId>) -> Vec<NameId> {
        let mut open: Vec<NameId> = match self.slot(encloser).payloads().count() {
            0 | 1 => self.absent(encloser).collect(),
            // Where zones overlap, a name that one of them has may be absent from the other.
            _ => {
                let is_absent = |id: &NameId| zone.is_none_or(|zone| self.slot(*id).payload(zone).is_none());
                self.children(encloser).filter(is_absent).collect()
            }
        };
        let mut found = Vec::new();
        while let Some(id) = open.pop() {
            open.extend(self.children(id));
            found.push(id);
        }
        found
    }

    /// DNAMEs whose target lies at, above or below a name: (target, owner).
    fn dnames_near(&self, name: &Name) -> Vec<(Name, NameId)> {
        let mut found = Vec::new();
        let mut add = |target: NameId, dname: NameId| found.push((self.name(target), dname));
        let mut above = Some(*name);
        while let Some(name) = above {
            let id = self.id(&name);
            id.iter().for_each(|id| self.redirects(*id).for_each(|dname| add(*id, dname)));
            above = name.parent();
        }
        let id = self.id(name);
        let mut below: VecDeque<NameId> = id.into_iter().flat_map(|id| self.children(id)).collect();
        let mut count = 0;
        while let Some(id) = below.pop_front() {
            count += 1;
            if count > FEW && self.redirects.len() <= FEW {
                return self.dnames_along(name);
            }
            self.redirects(id).for_each(|dname| add(id, dname));
            below.extend(self.children(id));
        }
        found
    }

    /// As [`Snapshot::dnames_near`], where there are fewer DNAMEs than names below.
    fn dnames_along(&self, name: &Name) -> Vec<(Name, NameId)> {
        let all = self.redirects.iter().map(|(target, dname)| (NameId(target), NameId(dname)));
        let all = all.filter(|(target, dname)| self.only.is_none() || self.is_seen_naming(*dname, *target));
        let all = all.map(|(target, dname)| (self.name(target), dname));
        all.filter(|(target, _)| target.is_at_or_below(name) || name.is_at_or_below(target)).collect()
    }

    /// DNAMEs that lead a name below them to `name`, with that name.
    fn led_to(&self, name: &Name) -> Vec<(NameId, Name)> {
        let mut found = Vec::new();
        let mut target = *name;
        while let Some(above) = target.parent() {
            target = above;
            let Some(id) = self.id(&target) else { continue };
            for dname in self.redirects(id) {
                let Ok(from) = name.replace_suffix(&target, &self.name(dname)) else { continue };
                let mut wanted = Wanted::new();
                wanted.set(from, self.keys());
                let leads = match self.find(&wanted, Rtype::A) {
                    // Another zone may hold a DNAME at the same owner.
                    Found::Redirect(spot) => spot.owner == dname && names(&spot.payload, Rtype::DNAME, &target),
                    _ => false,
                };
                found.extend(leads.then_some((dname, from)));
            }
        }
        self.arrange(&mut found, |(dname, _)| *dname);
        found
    }
}

/// Follows DNAMEs from a known name over names that nobody knows: what is said of the first of them that anything is
/// said of, and how many they are until there.
fn judge_made<T>(snapshot: &Snapshot, from: NameId, judge: impl Fn(&Wanted) -> Option<T>) -> Option<(u8, T)> {
    let mut wanted = Wanted::new();
    let unused = Wanted::new();
    let walk = Walk::anywhere(snapshot, &unused);
    let mut name = GraphName::Known(from);
    for hops in 1..=MAX_LABELS as u8 {
        let Step::Link { target, kind: Kind::Dname, .. } = walk.step(&name, Rtype::A) else { return None };
        let GraphName::Made(made) = &target else { return None };
        wanted.set(**made, snapshot.keys());
        if let Some(told) = judge(&wanted) {
            return Some((hops, told));
        }
        name = target;
    }
    None
}
