//! Two versions of the graph, and where their answers may differ.

use crate::graph::{NameId, Payload, Snapshot};
use crate::name::Name;
use std::collections::{BTreeSet, HashSet};

/// The version before a change and the one after it. A number that both know is that of the same name.
pub struct Versions<'a> {
    /// Before.
    pub before: &'a Snapshot,
    /// After.
    pub after: &'a Snapshot,
}

/// Names whose answers may be others because of an owner that changed.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    /// Where it begins.
    pub root: NameId,
    /// Which names belong to it.
    pub extent: Extent,
    /// The owner that changed.
    pub cause: NameId,
}

/// Which names belong to a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The root and all below.
    Below,
    /// Those below the root that a wildcard there answers for in a zone, by its apex.
    Captured(NameId),
}

impl<'a> Versions<'a> {
    pub(crate) fn both(&self) -> [&'a Snapshot; 2] {
        [self.before, self.after]
    }

    pub(crate) fn knowing(&self, id: NameId) -> impl Iterator<Item = &'a Snapshot> {
        self.both().into_iter().filter(move |version| version.has(id))
    }

    /// Whether a number stands for a name in either.
    pub fn knows(&self, id: NameId) -> bool {
        self.knowing(id).next().is_some()
    }

    /// The name of a number.
    pub fn name(&self, id: NameId) -> Name {
        self.knowing(id).last().map_or(Name::ROOT, |version| version.name(id))
    }

    /// Whether questions reach what a zone holds at a name in either.
    pub fn is_visible(&self, owner: NameId, payload: &Payload<'_>) -> bool {
        self.knowing(owner).any(|version| version.is_visible(owner, payload))
    }

    /// As [`Snapshot::arrange`], of names of either.
    pub fn arrange(&self, them: &mut [NameId]) {
        if self.after.only.is_some() {
            them.sort_by_cached_key(|id| self.name(*id));
        }
    }

    pub(crate) fn parent(&self, id: NameId) -> NameId {
        self.knowing(id).last().map_or(NameId::ROOT, |version| version.slot(id).parent())
    }

    pub(crate) fn is_wildcard(&self, id: NameId) -> bool {
        self.knowing(id).last().is_some_and(|version| version.slot(id).label() == b"*")
    }

    /// Names below, of both versions; some may come twice.
    pub(crate) fn children(&self, id: NameId) -> Vec<NameId> {
        self.knowing(id).flat_map(|version| version.children(id)).collect()
    }

    /// Adds all names below to `found`.
    pub(crate) fn below(&self, id: NameId, found: &mut BTreeSet<NameId>) {
        let (mut open, mut seen) = (self.children(id), HashSet::new());
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                found.insert(id);
                open.extend(self.children(id));
            }
        }
    }

    /// Adds the names that a wildcard below `encloser` answers for, of those that are known; perhaps some more.
    pub(crate) fn captured(&self, encloser: NameId, found: &mut BTreeSet<NameId>) {
        let mut absent: Vec<NameId> = self.knowing(encloser).flat_map(|version| version.absent(encloser)).collect();
        // Where zones overlap, a name that one of them has may be absent from the other.
        if self.knowing(encloser).any(|version| version.slot(encloser).payloads().count() > 1) {
            absent = self.children(encloser);
        }
        for id in absent {
            found.insert(id);
            self.below(id, found);
        }
    }

    pub(crate) fn ancestors(&self, id: NameId) -> Vec<NameId> {
        let mut path = vec![id];
        while let Some(last) = path.last().filter(|last| **last != NameId::ROOT) {
            path.push(self.parent(*last));
        }
        path
    }
}

impl Snapshot {
    /// What `zone` holds at a name that the version may not know.
    pub(crate) fn held(&self, zone: NameId, owner: NameId) -> Option<Payload<'_>> {
        if !self.has(owner) {
            return None;
        }
        self.slot(owner).payload(zone)
    }
}
