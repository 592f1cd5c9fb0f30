//! `Reached`: who leads to a name.

use crate::graph::{read_name, read_names, read_type};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use truename_core::graph::Snapshot;
use truename_core::walk;

/// An owner that leads to a name.
#[pyclass(frozen)]
pub struct Reached {
    #[pyo3(get)]
    name: String,
    #[pyo3(get, name = "type")]
    rtype: String,
    #[pyo3(get)]
    zone: String,
    #[pyo3(get)]
    path: Vec<String>,
    #[pyo3(get)]
    ttl: u32,
    #[pyo3(get)]
    is_itself: bool,
    /// How many names of the path a walk passes.
    walked: usize,
}

impl Reached {
    /// What the core said about `snapshot`.
    pub fn inner(&self, snapshot: &Snapshot) -> PyResult<walk::Reached> {
        let known =
            |name: &str| snapshot.id(&read_name(name)?).ok_or_else(|| PyValueError::new_err("of another version"));
        Ok(walk::Reached {
            owner: known(&self.name)?,
            zone: known(&self.zone)?,
            rtype: read_type(&self.rtype)?,
            ttl: self.ttl,
            path: read_names(&self.path)?,
            walked: self.walked,
            is_itself: self.is_itself,
        })
    }
}

/// The values of what the core said about `snapshot`.
pub fn page(snapshot: &Snapshot, reach: walk::Reach) -> (usize, Vec<Reached>) {
    page_to(snapshot, reach, None)
}

/// As [`page`]; paths go on to `end`.
pub fn page_to(snapshot: &Snapshot, reach: walk::Reach, end: Option<String>) -> (usize, Vec<Reached>) {
    let value = |one: walk::Reached| Reached {
        name: snapshot.name(one.owner).to_string(),
        rtype: one.rtype.to_string(),
        zone: snapshot.name(one.zone).to_string(),
        path: one.path.iter().map(ToString::to_string).chain(end.clone()).collect(),
        ttl: one.ttl,
        is_itself: one.is_itself,
        walked: one.walked,
    };
    (reach.count, reach.page.into_iter().map(value).collect())
}
