//! Zones as the store keeps them, in columns.

use crate::graph::read_name;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBytes, PyIterator};
use truename_core::name::Name;
use truename_core::publish::Part;
use truename_core::zonefile::{write_place, Columns, Places, StoredLines};

/// Places, TTLs, types and data of some RRsets, as the database put them together.
#[derive(FromPyObject)]
pub struct StoredPart(PyBackedStr, PyBackedStr, PyBackedStr, PyBackedStr);

impl Part for StoredPart {
    fn columns(&self) -> Columns<'_> {
        Columns { places: &self.0, ttls: &self.1, types: &self.2, data: &self.3 }
    }
}

/// Asks for the next part.
pub fn next_part(parts: &Bound<'_, PyIterator>) -> PyResult<Option<StoredPart>> {
    parts.clone().next().map(|part| part?.extract()).transpose()
}

#[pyfunction]
pub fn stored_text<'py>(py: Python<'py>, zone: &str, parts: Bound<'py, PyIterator>) -> PyResult<Bound<'py, PyBytes>> {
    let mut lines = StoredLines::new(&read_name(zone)?);
    while let Some(part) = next_part(&parts)? {
        py.detach(|| lines.add(&part.columns())).map_err(|wrong| PyValueError::new_err(format!("{zone} {wrong}")))?;
    }
    let text = py.detach(|| lines.finish());
    Ok(PyBytes::new(py, &text))
}

#[pyfunction]
pub fn place_of(owner: &str, zone: &str) -> PyResult<String> {
    let (name, apex) = (read_name(owner)?, read_name(zone)?);
    if !name.is_at_or_below(&apex) {
        return Err(PyValueError::new_err(format!("{owner} is not in {zone}")));
    }
    let mut place = String::new();
    write_place(&name, &apex, &mut place);
    Ok(place)
}

#[pyfunction]
pub fn owner_at(place: &str, zone: &str) -> PyResult<String> {
    let mut owner = Name::ROOT;
    if !Places::new(&read_name(zone)?).read(place, &mut owner) {
        return Err(PyValueError::new_err(format!("{place:?} is the key of no owner in {zone}")));
    }
    Ok(owner.to_string())
}
