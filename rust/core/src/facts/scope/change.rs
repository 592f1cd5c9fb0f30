//! From owners that changed to the names whose answer may change with them.

use super::shape::class;
use crate::graph::node::{Below, NameId, Payload, RRset};
use crate::graph::snapshot::Snapshot;
use crate::record::Rtype;
use crate::walk::versions::{Extent, Region, Versions};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// From owners that changed to the names whose answer may change with them.
pub(crate) struct Search<'a> {
    versions: &'a Versions<'a>,
    pub touched: BTreeSet<NameId>,
    /// Names whose facts change, but not their answers.
    pub beside: BTreeSet<NameId>,
    /// Names at and below which answers are others, also for names that nobody knows, with the owner that changed.
    pub below: BTreeMap<NameId, NameId>,
    /// As `below`, where only a TTL is another: no walk is led elsewhere.
    slower: BTreeMap<NameId, NameId>,
    /// Names below which a wildcard answers otherwise, each with the zone and the owner that changed.
    captured: BTreeMap<(NameId, NameId), NameId>,
    /// Names whose reachers are touched whatever their shape.
    pub forced: Vec<NameId>,
}

impl<'a> Search<'a> {
    pub fn new(versions: &'a Versions<'a>) -> Search<'a> {
        Search {
            versions,
            touched: BTreeSet::new(),
            beside: BTreeSet::new(),
            below: BTreeMap::new(),
            slower: BTreeMap::new(),
            captured: BTreeMap::new(),
            forced: Vec::new(),
        }
    }

    pub fn regions(&self) -> Vec<Region> {
        let below = self.below.iter().chain(&self.slower).map(|(root, cause)| (*root, Extent::Below, *cause));
        let captured = self.captured.iter().map(|((root, zone), cause)| (*root, Extent::Captured(*zone), *cause));
        below.chain(captured).map(|(root, extent, cause)| Region { root, extent, cause }).collect()
    }

    pub fn change(&mut self, zone: NameId, owner: NameId) {
        self.touched.insert(owner);
        let held = self.versions.both().map(|version| version.held(zone, owner));
        let [was, is] = held.map(|payload| payload.map(|payload| class(&payload, owner)));
        // What a cut hides is seen by the cut's own name servers.
        if was != is {
            self.change_answer(owner);
        }
        // Who walks by tells no difference between one address and another; who asks does.
        if self.versions.is_wildcard(owner) {
            self.captured.insert((self.versions.parent(owner), zone), owner);
        }
        let [was, is] = held.map(|payload| payload.and_then(|payload| hiding(&payload)));
        let data =
            |set: &Option<RRset<'_>>| set.map(|set| (set.rtype, set.iter().map(<[u8]>::to_vec).collect::<Vec<_>>()));
        if data(&was) != data(&is) {
            self.change_below(owner, owner);
        } else if was.map(|set| set.ttl) != is.map(|set| set.ttl) {
            self.slower.insert(owner, owner);
        }
        self.change_existence(zone, owner);
    }

    /// A name leads elsewhere, and so do those that it answers for.
    fn change_answer(&mut self, id: NameId) {
        self.forced.push(id);
        if self.versions.is_wildcard(id) {
            self.versions.captured(self.versions.parent(id), &mut self.touched);
        }
    }

    /// Names that begin or cease to exist with an owner: itself, and empty non-terminals above it.
    fn change_existence(&mut self, zone: NameId, owner: NameId) {
        let mut id = owner;
        loop {
            let exists = |version: &Snapshot| version.held(zone, id).is_some_and(|payload| !payload.is_hashed());
            let [was, is] = self.versions.both().map(exists);
            if was == is {
                return;
            }
            let parent = self.versions.parent(id);
            self.touched.insert(id);
            self.change_answer(id);
            self.change_below(id, owner);
            if self.versions.is_wildcard(id) {
                self.captured.entry((parent, zone)).or_insert(owner);
            }
            self.touch_wildcard(parent);
            if id == zone {
                return;
            }
            id = parent;
        }
    }

    fn change_below(&mut self, id: NameId, cause: NameId) {
        if let Entry::Vacant(free) = self.below.entry(id) {
            free.insert(cause);
            self.versions.below(id, &mut self.touched);
        }
    }

    /// The wildcard below a name answers for one child more or less.
    fn touch_wildcard(&mut self, parent: NameId) {
        for version in self.versions.knowing(parent) {
            let wildcard = version.child(parent, version.hash(parent), b"*");
            self.beside.extend(wildcard);
        }
    }
}

/// What hides the names below an owner: its NS or DNAME.
fn hiding<'p>(payload: &Payload<'p>) -> Option<RRset<'p>> {
    match payload.below() {
        Below::Open => None,
        Below::Cut => payload.sets().get(Rtype::NS),
        Below::Redirect => payload.sets().get(Rtype::DNAME),
    }
}
