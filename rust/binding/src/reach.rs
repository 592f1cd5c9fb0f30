//! `Reached`: who leads to a name.

use pyo3::prelude::*;
use truename_core::graph::{self, Snapshot};

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

/// The values of what the core said about `snapshot`.
pub fn page(snapshot: &Snapshot, reach: graph::Reach) -> (usize, Vec<Reached>) {
    page_to(snapshot, reach, None)
}

/// As [`page`]; paths go on to `end`.
pub fn page_to(snapshot: &Snapshot, reach: graph::Reach, end: Option<String>) -> (usize, Vec<Reached>) {
    let value = |one: graph::Reached| Reached {
        name: snapshot.name(one.owner).to_string(),
        rtype: one.rtype.to_string(),
        zone: snapshot.name(one.zone).to_string(),
        path: one.path.iter().map(ToString::to_string).chain(end.clone()).collect(),
        ttl: one.ttl,
    };
    (reach.count, reach.page.into_iter().map(value).collect())
}
