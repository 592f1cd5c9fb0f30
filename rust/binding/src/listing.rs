//! What a zone holds, as text.

use crate::graph::Graph;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::fmt::Write;
use truename_core::graph::{NameId, Node, Snapshot};
use truename_core::name::Name;
use truename_core::record::{present, Rtype};
use truename_core::zonefile::write_place;

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
    for id in in_order(snapshot, zone) {
        let Some(payload) = snapshot.slot(id).payload(zone) else { continue };
        let owner = snapshot.name(id).to_string();
        // Writing to a String cannot fail.
        if let Node::Alias(link, _) = payload.node() {
            let _ = writeln!(text, "{owner} {} IN CNAME {}", link.ttl, snapshot.name(link.target));
        }
        let mut sets: Vec<_> = payload.sets().iter().collect();
        // As the store has them; a master file begins with the SOA.
        sets.sort_by_cached_key(|set| (set.rtype != Rtype::SOA, set.rtype.to_string()));
        for set in sets {
            for data in set.iter() {
                let _ = writeln!(text, "{owner} {} IN {} {}", set.ttl, set.rtype, present(set.rtype, data));
            }
        }
    }
    text
}

/// Who holds records in a zone, in the canonical order (RFC 4034 6.1).
fn in_order(snapshot: &Snapshot, zone: NameId) -> Vec<NameId> {
    let apex = snapshot.name(zone);
    let holds = |id: &NameId| snapshot.slot(*id).payload(zone).is_some_and(|payload| !payload.is_empty());
    let mut owners: Vec<NameId> = snapshot.members(zone).filter(holds).collect();
    owners.sort_by_cached_key(|id| {
        let mut place = String::new();
        write_place(&snapshot.name(*id), &apex, &mut place);
        place
    });
    owners
}
