//! Where a walk backwards begins: at a name, or at all that a change does.

use super::page::first_link;
use super::{Backwards, Passed, Reach, MADE};
use crate::graph::keyset::Firsts;
use crate::graph::naming::names;
use crate::graph::node::{NameId, Payload};
use crate::graph::snapshot::{Snapshot, Wanted};
use crate::name::Name;
use crate::record::Rtype;
use crate::walk::answers::Answers;
use crate::walk::find::Found;
use crate::walk::versions::{Extent, Region};
use std::collections::HashMap;

/// Owners that nobody knew before are ends themselves, for the DNAMEs that lead to them; so many at most.
const MOST_UNKNOWN: usize = 10_000;

/// The ends of a change, by the owner that changed.
type Ends = HashMap<NameId, u32>;

impl Snapshot {
    /// Who reaches an owner that changed, or a name in one of the regions that is answered otherwise. Owners that
    /// changed are not listed.
    pub fn reach_of(&self, answers: &Answers<'_>, regions: &[Region], limit: usize, after: Option<&Name>) -> Reach {
        let mut walk = Backwards::new(self);
        walk.begin_with(answers, regions);
        walk.run();
        Reach { count: walk.count, page: walk.page(limit, after) }
    }
}

impl Snapshot {
    /// The names that a wildcard answers for and that records name; also those that DNAMEs lead there.
    pub fn answered(&self, wildcard: &Name) -> Vec<Name> {
        let mut walk = Backwards::new(self);
        walk.begin_at(wildcard);
        let answered = walk.passed.iter().filter(|passed| passed.is_answered).map(|passed| NameId(passed.id));
        answered.filter(|id| self.inbound(*id, None).next().is_some()).map(|id| self.name(id)).collect()
    }

    /// The whole walk from these names.
    pub(super) fn backwards(&self, starts: &[NameId]) -> Backwards<'_> {
        let mut walk = Backwards::new(self);
        starts.iter().for_each(|id| walk.begin_at(&self.name(*id)));
        walk.run();
        walk
    }
}

impl Backwards<'_> {
    /// Begins at a name.
    pub(super) fn begin_at(&mut self, name: &Name) {
        let snapshot = self.snapshot;
        let end = self.push_end(snapshot.id(name).ok_or(*name), true);
        let Some(wildcard) = snapshot.id(name).filter(|id| snapshot.slot(*id).label() == b"*") else { return };
        let is_answered = |found: Found<'_>| matches!(found, Found::Wildcard(spot) if spot.owner == wildcard);
        let encloser = snapshot.slot(wildcard).parent();
        for id in snapshot.below_wildcard(encloser, None) {
            if is_answered(snapshot.find_known(id, Rtype::A)) {
                self.answer(id, end, 0);
            }
        }
        let judge = |name: &Wanted| is_answered(snapshot.find(name, Rtype::A)).then_some(());
        for (id, hops, ()) in self.led_by_dnames(&snapshot.name(encloser), judge) {
            self.answer(id, end, hops);
        }
    }

    /// Begins with all names that a change answers otherwise.
    fn begin_with(&mut self, answers: &Answers<'_>, regions: &[Region]) {
        let snapshot = self.snapshot;
        let mut owners: Vec<NameId> = answers.changed.iter().map(|(owner, _)| *owner).collect();
        owners.dedup();
        answers.versions.arrange(&mut owners);
        for owner in owners.iter().filter(|id| snapshot.has(**id)) {
            self.quiet.put(*owner);
        }
        let named = Firsts::of(&snapshot.inbound, owners.len());
        let mut ends = Ends::new();
        for owner in owners {
            self.begin_owner(answers, owner, &named, &mut ends);
        }
        for region in regions {
            self.begin_region(answers, region, &mut ends);
        }
    }

    /// An owner that changed. Who is not named and not led to by DNAMEs is passed over: of a new zone, those are a
    /// million names.
    fn begin_owner(&mut self, answers: &Answers<'_>, owner: NameId, named: &Firsts, ends: &mut Ends) {
        let snapshot = self.snapshot;
        if !snapshot.has(owner) {
            let is_looked_at = !snapshot.redirects.is_empty() && self.unknown.len() < MOST_UNKNOWN;
            let name = Some(owner).filter(|_| is_looked_at).map(|owner| answers.versions.name(owner));
            if let Some(name) = name.filter(|name| self.is_made_otherwise(answers, owner, name)) {
                ends.insert(owner, self.push_end(Err(name), true));
            }
            return;
        }
        let is_named = named.has(&snapshot.inbound, owner.0);
        let is_below = !snapshot.redirects.is_empty() && self.has_redirect_above(snapshot.slot(owner).parent());
        if !is_named && !is_below {
            return;
        }
        if answers.differs(owner) {
            ends.insert(owner, self.push_end(Ok(owner), true));
        } else if is_named && answers.is_below_cut(owner) {
            self.begin_glue(answers, owner, ends);
        }
    }

    /// Whether DNAMEs may lead to an owner that nobody knew, and it is answered otherwise.
    fn is_made_otherwise(&mut self, answers: &Answers<'_>, owner: NameId, name: &Name) -> bool {
        let mut wanted = Wanted::new();
        wanted.set(*name, self.snapshot.keys());
        let known = self.snapshot.locate(&wanted).0.ids()[0];
        self.has_redirect_above(known) && answers.why_wanted(&wanted, owner).is_some()
    }

    /// An end of paths; its index.
    fn push_end(&mut self, name: Result<NameId, Name>, leads: bool) -> u32 {
        let at = self.at();
        let id = match name {
            Ok(id) => {
                if leads {
                    self.seen.put(id);
                }
                id.0
            }
            Err(unknown) => {
                self.unknown.insert(at, unknown);
                MADE
            }
        };
        self.passed.push(Passed { id, next: at, is_listed: false, leads, is_answered: false });
        at
    }

    /// The end for an owner that changed, made where it is none yet.
    fn end_of(&mut self, answers: &Answers<'_>, owner: NameId, ends: &mut Ends) -> u32 {
        if let Some(at) = ends.get(&owner) {
            return *at;
        }
        let name = if self.snapshot.has(owner) { Ok(owner) } else { Err(answers.versions.name(owner)) };
        let at = self.push_end(name, false);
        ends.insert(owner, at);
        at
    }

    /// A name that `end` answers for, or hides.
    fn answer(&mut self, id: NameId, end: u32, hops: u8) {
        if self.seen.put(id) {
            self.keep_way(hops);
            self.passed.push(Passed { id: id.0, next: end, is_listed: false, leads: true, is_answered: true });
        }
    }

    /// Delegations whose glue is another.
    fn begin_glue(&mut self, answers: &Answers<'_>, owner: NameId, ends: &mut Ends) {
        let snapshot = self.snapshot;
        let name = snapshot.name(owner);
        for cut in snapshot.inbound(owner, None) {
            let Found::Cut(spot) = snapshot.find_known(cut, Rtype::A) else { continue };
            let is_of_zone = answers.changed.binary_search(&(owner, spot.zone)).is_ok();
            if spot.owner == cut && is_of_zone && names(&spot.payload, Rtype::NS, &name) {
                let end = self.end_of(answers, owner, ends);
                self.list_apart(cut, end);
            }
        }
    }

    /// The names of a region that are answered otherwise: known ones, and those that DNAMEs lead there.
    fn begin_region(&mut self, answers: &Answers<'_>, region: &Region, ends: &mut Ends) {
        let snapshot = self.snapshot;
        if snapshot.has(region.root) {
            let members = match region.extent {
                Extent::Below => snapshot.at_or_below(region.root),
                Extent::Captured(zone) => snapshot.below_wildcard(region.root, Some(zone)),
            };
            let mut members = members;
            snapshot.arrange(&mut members, |id| *id);
            members.into_iter().for_each(|id| self.begin_member(answers, region, id, ends));
        }
        let root = answers.versions.name(region.root);
        for (id, hops, cause) in self.led_by_dnames(&root, |name| answers.why_wanted(name, region.cause)) {
            let end = self.end_of(answers, cause, ends);
            self.answer(id, end, hops);
        }
    }

    fn begin_member(&mut self, answers: &Answers<'_>, region: &Region, id: NameId, ends: &mut Ends) {
        let snapshot = self.snapshot;
        if self.seen.has(id) || self.quiet.has(id) {
            return;
        }
        let shows_link = self.shows_link(answers, id);
        let is_named = snapshot.inbound.has_partners(id.0);
        let is_below = !snapshot.redirects.is_empty() && self.has_redirect_above(snapshot.slot(id).parent());
        if !shows_link && !is_named && !is_below {
            return;
        }
        if let Some(cause) = answers.why(id, region.cause) {
            let end = self.end_of(answers, cause, ends);
            self.answer(id, end, 0);
            if let Some(last) = self.passed.last_mut().filter(|_| shows_link) {
                last.is_listed = true;
                self.count += 1;
            }
        }
    }

    /// Whether an owner holds a link that questions reach, before or after.
    fn shows_link(&self, answers: &Answers<'_>, owner: NameId) -> bool {
        let is_visible = |payload: &Payload<'_>| answers.versions.is_visible(owner, payload);
        self.snapshot.slot(owner).payloads().any(|payload| first_link(&payload).is_some() && is_visible(&payload))
    }
}

impl Snapshot {
    /// A name and all below it.
    fn at_or_below(&self, root: NameId) -> Vec<NameId> {
        let mut found = vec![root];
        let mut at = 0;
        while let Some(id) = found.get(at).copied() {
            found.extend(self.children(id));
            at += 1;
        }
        found
    }
}
