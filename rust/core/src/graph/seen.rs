//! A version as somebody knows it who sees some of its zones only: the others might as well not be there.
//!
//! Nothing is copied. What is hidden is left out where payloads are read, so every walk, fact and comparison is made as
//! if those zones were served nowhere. Numbers of names differ between graphs that differ in what is hidden, so what
//! is told in their order is told in that of the names instead.

use super::naming::record_naming;
use super::node::NameId;
use super::snapshot::Snapshot;
use std::collections::HashSet;
use std::sync::Arc;

impl Snapshot {
    /// This version with the zones of these apexes and no other.
    pub fn seen(&self, zones: HashSet<NameId>) -> Snapshot {
        Snapshot { only: Some(Arc::new(zones)), ..self.clone() }
    }

    /// Whether a zone that is seen has a record of `owner` that names a name.
    pub(crate) fn is_seen_naming(&self, owner: NameId, named: NameId) -> bool {
        self.slot(owner).payloads().any(|payload| record_naming(self, &payload, named).is_some())
    }

    /// Puts names into an order that does not tell when they came to be known, where that is nobody's business.
    pub(crate) fn arrange<T>(&self, them: &mut [T], id: impl Fn(&T) -> NameId) {
        if self.only.is_some() {
            them.sort_by(|one, other| self.compare(id(one), id(other)));
        }
    }
}
