//! What a zone holds, as text.

use crate::graph::Graph;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::fmt::Write;
use truename_core::graph::{NameId, Node, Snapshot};
use truename_core::name::Name;
use truename_core::record::{present, Rtype};

#[pyfunction]
pub fn zone_text<'py>(py: Python<'py>, graph: &Graph, zone: &str) -> PyResult<Bound<'py, PyBytes>> {
    let name = Name::from_text(zone, &Name::ROOT);
    let name = name.map_err(|error| PyValueError::new_err(format!("{zone:?} is no name: {error}")))?.to_lowercase();
    let text = py.detach(|| {
        let snapshot = graph.inner.snapshot();
        let apex = snapshot.id(&name).filter(|id| snapshot.slot(*id).payload(*id).is_some_and(|one| one.is_apex()));
        apex.map(|apex| lines(&snapshot, apex)).unwrap_or_default()
    });
    Ok(PyBytes::new(py, text.as_bytes()))
}

fn lines(snapshot: &Snapshot, zone: NameId) -> String {
    let mut text = String::new();
    for id in snapshot.members(zone) {
        let Some(payload) = snapshot.slot(id).payload(zone) else { continue };
        if payload.is_empty() {
            continue;
        }
        let owner = snapshot.name(id).to_string();
        // Writing to a String cannot fail.
        if let Node::Alias(link, _) = payload.node() {
            let _ = writeln!(text, "{owner} {} IN CNAME {}", link.ttl, snapshot.name(link.target));
        }
        let mut sets: Vec<_> = payload.sets().iter().collect();
        sets.sort_by_key(|set| set.rtype != Rtype::SOA); // stable: a master file begins with the SOA
        for set in sets {
            for data in set.iter() {
                let _ = writeln!(text, "{owner} {} IN {} {}", set.ttl, set.rtype, present(set.rtype, data));
            }
        }
    }
    text
}
