//! What is listed, a page of it, with paths.

use super::{Backwards, Passed, Reached, MADE};
use crate::graph::naming::record_naming;
use crate::graph::node::{NameId, Node, Payload, RRset};
use crate::graph::snapshot::Wanted;
use crate::name::Name;
use crate::record::Rtype;
use crate::record::{is_link, linked};
use crate::walk::follow::{Lookup, Step};
use crate::walk::graph::Walk;

impl Backwards<'_> {
    /// The name at an index.
    pub(super) fn name(&self, at: u32) -> Name {
        match self.passed[at as usize].id {
            MADE => self.unknown.get(&at).copied().unwrap_or(Name::ROOT),
            id => self.snapshot.name(NameId(id)),
        }
    }

    pub(super) fn page(&self, limit: usize, after: Option<&Name>) -> Vec<Reached> {
        let mut listed = (0..self.at()).filter(|at| self.passed[*at as usize].is_listed);
        if let Some(after) = after {
            let Some(id) = self.snapshot.id(after) else { return Vec::new() };
            listed.find(|at| self.passed[*at as usize].id == id.0);
        }
        listed.take(limit).filter_map(|at| self.reached(at)).collect()
    }

    fn reached(&self, at: u32) -> Option<Reached> {
        let (path, walked) = self.path(at);
        let Passed { id, is_answered: is_itself, .. } = self.passed[at as usize];
        let (owner, next) = (NameId(id), *path.get(1)?);
        let named = self.snapshot.id(&next).filter(|_| !is_itself);
        let (zone, rtype, ttl) = self.record(owner, named)?;
        Some(Reached { owner, zone, rtype, ttl, path, walked, is_itself })
    }

    /// The names from an index on, and how many of them a walk passes.
    fn path(&self, mut at: u32) -> (Vec<Name>, usize) {
        let (mut path, mut walked) = (Vec::new(), None);
        loop {
            let name = self.name(at);
            path.push(name);
            if let Some(way) = self.ways.get(&at) {
                self.walk_way(way.from.as_deref().unwrap_or(&name), way.hops, &mut path);
            }
            let Passed { next, is_answered, .. } = self.passed[at as usize];
            if is_answered {
                walked = Some(path.len());
            }
            if next == at {
                let walked = walked.unwrap_or(path.len());
                return (path, walked);
            }
            at = next;
        }
    }

    /// Adds the names that DNAMEs make, one from the other.
    fn walk_way(&self, from: &Name, hops: u8, path: &mut Vec<Name>) {
        let unused = Wanted::new();
        let walk = Walk::anywhere(self.snapshot, &unused);
        let mut name = walk.known_or_made(*from);
        for _ in 0..hops {
            let Step::Link { target, .. } = walk.step(&name, Rtype::A) else { return };
            path.push(walk.name(&target));
            name = target;
        }
    }

    /// Zone, type and TTL of an owner's record that names a name. Seen ones first; a DNAME leads to names that it does
    /// not name, and of who leads nowhere else it is the first link.
    fn record(&self, owner: NameId, named: Option<NameId>) -> Option<(NameId, Rtype, u32)> {
        let slot = self.snapshot.slot(owner);
        let dname = |payload: &Payload<'_>| payload.sets().get(Rtype::DNAME).map(|set| (set.rtype, set.ttl));
        let naming = |payload: &Payload<'_>| record_naming(self.snapshot, payload, named?);
        let by = |find: &dyn Fn(&Payload<'_>) -> Option<(Rtype, u32)>| {
            let found = slot.payloads().filter_map(|payload| {
                let (rtype, ttl) = find(&payload)?;
                Some((!self.snapshot.is_visible(owner, &payload), (payload.zone, rtype, ttl)))
            });
            found.min_by_key(|(is_hidden, _)| *is_hidden).map(|(_, record)| record)
        };
        by(&naming).or_else(|| by(&dname)).or_else(|| by(&first_link))
    }
}

/// Type and TTL of the first link of a payload that is seen; at a cut only the servers are.
pub(super) fn first_link(payload: &Payload<'_>) -> Option<(Rtype, u32)> {
    if let Node::Alias(link, _) = payload.node() {
        return Some((Rtype::CNAME, link.ttl));
    }
    let has_link =
        |set: &RRset<'_>| is_link(set.rtype) && set.iter().any(|data| linked(set.rtype, data).next().is_some());
    payload.sets().iter().find(has_link).map(|set| (set.rtype, set.ttl))
}
