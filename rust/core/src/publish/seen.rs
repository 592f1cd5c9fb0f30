//! What is served, and what a change makes, for who sees some of the zones only (`graph::seen`).

use super::{Graph, Prepared};
use crate::graph::{NameId, Snapshot, Zone};
use crate::name::Name;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};

impl Graph {
    /// The newest version with these zones and no other, to be read: nothing is ever published in it.
    pub fn seen(&self, origins: &[Name]) -> Graph {
        let (snapshot, zones) = {
            let writer = self.writer();
            let zones = origins.iter().filter_map(|origin| writer.zones.get(origin));
            let zones: BTreeMap<Name, Zone> = zones.map(|zone| (zone.origin, zone.clone())).collect();
            (self.snapshot(), zones)
        };
        let seen = Graph::new(self.limits());
        seen.published.store(Arc::new(snapshot.seen(zones.values().map(|zone| zone.id).collect())));
        seen.writer().zones = zones;
        seen
    }
}

impl Prepared {
    /// Both of its versions with these zones and no other, to be judged: it cannot be published.
    pub fn seen(&self, origins: &[Name]) -> Prepared {
        let of = |version: &Snapshot| -> Vec<NameId> { origins.iter().filter_map(|name| version.id(name)).collect() };
        let zones: HashSet<NameId> = of(&self.base).into_iter().chain(of(&self.snapshot)).collect();
        Prepared {
            base: Arc::new(self.base.seen(zones.clone())),
            snapshot: Arc::new(self.snapshot.seen(zones)),
            refused: self.refused.clone(),
            zones: self.zones.clone(),
            dropped: self.dropped.clone(),
            changed: self.changed.clone(),
            ids: Default::default(),
            made_of: None,
            touched: OnceLock::new(),
        }
    }
}
