//! Which names a change touches: those whose facts may be others afterwards.
//!
//! ```text
//! owners that changed ─> names whose answer changes with them ─> what reaches those whose shape is another ─> scope
//!                        below a cut or DNAME, below a name that begins or ends, under a wildcard
//! ```
//!
//! Two versions are compared. The *shape* of a name is what a walk that comes by can tell of it: absent, empty, an alias
//! of which name, has an address. As long as it stays the same nobody who reaches the name is looked at, so the address
//! under half a million aliases changes at no cost. The scope may hold more names than need be, never less: a property
//! test holds it to that.

mod answers;
mod change;
mod leads;
mod shape;

pub(super) use answers::{has_same_data, Answers};

use super::node::{NameId, Payload};
use super::snapshot::Snapshot;
use crate::name::Name;
use change::Search;
use leads::Reach;
use std::collections::{BTreeSet, HashSet};

/// The version before a change and the one after it. A number that both know is that of the same name.
pub struct Versions<'a> {
    /// Before.
    pub before: &'a Snapshot,
    /// After.
    pub after: &'a Snapshot,
}

/// What is found out about a change.
pub struct Touched {
    /// All names of the scope, ascending.
    pub scope: Vec<NameId>,
    /// Where answers may be others.
    pub regions: Vec<Region>,
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
    fn both(&self) -> [&'a Snapshot; 2] {
        [self.before, self.after]
    }

    fn knowing(&self, id: NameId) -> impl Iterator<Item = &'a Snapshot> {
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

    fn parent(&self, id: NameId) -> NameId {
        self.knowing(id).last().map_or(NameId::ROOT, |version| version.slot(id).parent())
    }

    fn is_wildcard(&self, id: NameId) -> bool {
        self.knowing(id).last().is_some_and(|version| version.slot(id).label() == b"*")
    }

    /// Names below, of both versions; some may come twice.
    fn children(&self, id: NameId) -> Vec<NameId> {
        self.knowing(id).flat_map(|version| version.children(id)).collect()
    }

    /// Adds all names below to `found`.
    fn below(&self, id: NameId, found: &mut BTreeSet<NameId>) {
        let (mut open, mut seen) = (self.children(id), HashSet::new());
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                found.insert(id);
                open.extend(self.children(id));
            }
        }
    }

    /// Adds the names that a wildcard below `encloser` answers for, of those that are known; perhaps some more.
    fn captured(&self, encloser: NameId, found: &mut BTreeSet<NameId>) {
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

    fn ancestors(&self, id: NameId) -> Vec<NameId> {
        let mut path = vec![id];
        while let Some(last) = path.last().filter(|last| **last != NameId::ROOT) {
            path.push(self.parent(*last));
        }
        path
    }

    /// The scope of a change of these (zone, owner) pairs.
    pub fn scope(&self, changed: &[(NameId, NameId)]) -> Touched {
        let mut search = Search::new(self);
        for (zone, owner) in changed {
            search.change(*zone, *owner);
        }
        let regions = search.regions();
        let Search { mut touched, beside, below, mut forced, .. } = search;
        let shape_differs = |id: &&NameId| {
            let name = self.name(**id);
            self.before.shape(&name) != self.after.shape(&name)
        };
        forced.extend(touched.iter().filter(shape_differs));
        touched.extend(beside);
        let mut reach = Reach::new(self, touched, forced);
        below.into_keys().for_each(|id| reach.through_dnames(id));
        Touched { scope: reach.run(), regions }
    }
}
