//! `Reached`: who leads to a name.

use pyo3::prelude::*;
use truename_core::graph::{self, NameId, Reaching, Snapshot};
use truename_core::name::Name;

/// An owner that leads to a name.
#[pyclass(frozen, get_all)]
pub struct Reached {
    name: String,
    #[pyo3(name = "type")]
    rtype: String,
    zone: String,
    path: Vec<String>,
    ttl: u32,
}

/// How many there are, and the first `limit` of them or of those behind `after`; none behind one that is not among them.
pub fn page(snapshot: &Snapshot, reaching: &Reaching<'_>, limit: usize, after: Option<&Name>) -> (usize, Vec<Reached>) {
    let name = |id: NameId| snapshot.name(id).to_string();
    let value = |one: graph::Reached| Reached {
        name: name(one.owner),
        rtype: one.rtype.to_string(),
        zone: name(one.zone),
        path: one.path.into_iter().map(name).collect(),
        ttl: one.ttl,
    };
    let from = after.map(|name| snapshot.id(name));
    let rows = match from {
        Some(None) => Vec::new(),
        from => reaching.page(from.flatten(), limit).map(value).collect(),
    };
    (reaching.count(), rows)
}
