//! `Prepared`, and reading of what is to be changed.

use crate::facts::{asked, Fact, Places, Stand};
use crate::graph::{exist, explain, read_name, read_names, read_type};
use crate::reach::{page, Reached};
use crate::signed::{rows, SignedRows};
use crate::values::{Chain, Zone};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::sync::Arc;
use truename_core::facts;
use truename_core::name::Name;
use truename_core::publish::{self, Changes, SetChange};
use truename_core::record::{self, expanded, is_well_formed, present, rdata_from_text, Fault, Rtype};
use truename_core::walk::Limits;

/// (zone, owner, type, ttl, data)
pub type SetText = (String, String, String, u32, Vec<String>);

/// A version that is not published yet.
#[pyclass(frozen)]
pub struct Prepared {
    /// The core's.
    pub inner: publish::Prepared,
    /// Of the graph that it was made of.
    pub graph: Arc<publish::Graph>,
}

fn read_data(rtype: Rtype, text: &str) -> Result<Vec<u8>, String> {
    read_data_by(rdata_from_text, rtype, text)
}

type ReadData = fn(Rtype, &str, &Name) -> Result<Vec<u8>, Fault>;

fn read_data_by(read: ReadData, rtype: Rtype, text: &str) -> Result<Vec<u8>, String> {
    if rtype.is_meta() {
        return Err(format!("{rtype} exists only in questions and messages: no name has data of this type"));
    }
    let wrong = |fault: Fault| format!("{rtype}: {} (column {})", fault.what, fault.column);
    read(rtype, text, &Name::ROOT).map_err(wrong)
}

/// The largest TTL (RFC 2181 8).
const MAX_TTL: u32 = 0x7fff_ffff;

pub fn read_set(owner: &str, rtype: &str, ttl: u32, data: &[String]) -> PyResult<SetChange> {
    if ttl > MAX_TTL {
        return Err(PyValueError::new_err(format!("{owner} {rtype}: the TTL {ttl} is over {MAX_TTL} seconds")));
    }
    let rtype = read_type(rtype)?;
    let read =
        |text: &String| read_data(rtype, text).map_err(|wrong| PyValueError::new_err(format!("{owner} {wrong}")));
    Ok(SetChange { owner: read_name(owner)?, rtype, ttl, data: data.iter().map(read).collect::<PyResult<_>>()? })
}

/// What is to be changed; texts are read later.
pub fn read_changes(sets: &[SetText], texts: Vec<(String, Vec<u8>)>, drops: &[String]) -> PyResult<Changes> {
    let set = |(zone, owner, rtype, ttl, data): &SetText| -> PyResult<(Name, SetChange)> {
        Ok((read_name(zone)?, read_set(owner, rtype, *ttl, data)?))
    };
    let sets = sets.iter().map(set).collect::<PyResult<_>>()?;
    let drops = drops.iter().map(|zone| read_name(zone)).collect::<PyResult<_>>()?;
    let mut read = Vec::with_capacity(texts.len());
    for (zone, text) in texts {
        let zone = read_name(&zone)?;
        if read.iter().any(|(other, _)| *other == zone) {
            return Err(PyValueError::new_err(format!("two texts for the zone {zone}")));
        }
        read.push((zone, text));
    }
    Ok(Changes { sets, texts: read, drops })
}

impl Prepared {
    fn limits(&self) -> Limits {
        self.graph.limits()
    }
}

#[pymethods]
impl Prepared {
    #[getter]
    fn refused(&self) -> Vec<Fact> {
        let fact = |(fact, at): &(facts::Fact, truename_core::zonefile::Position)| {
            let record = Stand { line: at.line, column: at.column, ..Stand::default() };
            Fact::new(fact.clone(), &self.inner.snapshot, Some(Places { record, ..Places::default() }))
        };
        self.inner.refused.iter().map(fact).collect()
    }

    fn seen(&self, py: Python<'_>, zones: Vec<String>) -> PyResult<Prepared> {
        let zones = read_names(&zones)?;
        Ok(py.detach(|| Prepared { inner: self.inner.seen(&zones), graph: self.graph.clone() }))
    }

    #[getter]
    fn zones(&self) -> Vec<Zone> {
        self.inner.zones.iter().cloned().map(Zone::from).collect()
    }

    #[pyo3(signature = (kinds, *, long = 9, many = 4, services = Vec::new(), limit = 0))]
    fn facts(
        &self,
        py: Python<'_>,
        kinds: Vec<String>,
        long: usize,
        many: usize,
        services: Vec<String>,
        limit: usize,
    ) -> PyResult<Vec<Fact>> {
        let asked = asked(&kinds, long, many, services, limit)?;
        let facts = py.detach(|| self.inner.facts(&asked, self.limits()));
        Ok(facts.first.into_iter().map(|fact| Fact::new(fact, &self.inner.snapshot, None)).collect())
    }

    #[pyo3(signature = (kinds, *, long = 9, many = 4, services = Vec::new(), limit = 0))]
    fn facts_before(
        &self,
        py: Python<'_>,
        kinds: Vec<String>,
        long: usize,
        many: usize,
        services: Vec<String>,
        limit: usize,
    ) -> PyResult<Vec<Fact>> {
        let asked = asked(&kinds, long, many, services, limit)?;
        let facts = py.detach(|| self.inner.facts_before(&asked, self.limits()));
        Ok(facts.first.into_iter().map(|fact| Fact::new(fact, &self.inner.base, None)).collect())
    }

    fn outlived(&self, py: Python<'_>, renumbered: Vec<String>) -> PyResult<Vec<Fact>> {
        let renumbered = read_names(&renumbered)?;
        let facts = py.detach(|| self.inner.outlived(&renumbered));
        Ok(facts.into_iter().map(|fact| Fact::new(fact, &self.inner.snapshot, None)).collect())
    }

    #[pyo3(signature = (zone, owners, *, is_before = false))]
    fn signed_sets<'py>(
        &self,
        py: Python<'py>,
        zone: &str,
        owners: Vec<String>,
        is_before: bool,
    ) -> PyResult<SignedRows<'py>> {
        let (zone, owners) = (read_name(zone)?, read_names(&owners)?);
        let sets = py.detach(|| self.inner.signed_sets(&zone, &owners, is_before));
        Ok(rows(py, sets))
    }

    fn exists(&self, py: Python<'_>, names: Vec<String>) -> PyResult<Vec<bool>> {
        let names = read_names(&names)?;
        Ok(py.detach(|| exist(&self.inner.snapshot, &names)))
    }

    fn existed(&self, py: Python<'_>, names: Vec<String>) -> PyResult<Vec<bool>> {
        let names = read_names(&names)?;
        Ok(py.detach(|| exist(&self.inner.base, &names)))
    }

    fn scope(&self, py: Python<'_>) -> Vec<String> {
        py.detach(|| self.inner.scope().iter().map(ToString::to_string).collect())
    }

    #[pyo3(signature = (*, limit = 100, after = None))]
    fn reach(&self, py: Python<'_>, limit: usize, after: Option<&str>) -> PyResult<(usize, Vec<Reached>)> {
        let after = after.map(read_name).transpose()?;
        Ok(py.detach(|| page(&self.inner.base, self.inner.reach(limit, after.as_ref()))))
    }

    fn stale(&self, py: Python<'_>, one: &Reached) -> PyResult<u32> {
        let one = one.inner(&self.inner.base)?;
        Ok(py.detach(|| self.inner.stale(&one, self.limits())))
    }

    #[pyo3(signature = (name, r#type = "A"))]
    fn explain(&self, py: Python<'_>, name: &str, r#type: &str) -> PyResult<Chain> {
        let (name, qtype) = (read_name(name)?, read_type(r#type)?);
        Ok(py.detach(|| explain(&self.inner.snapshot, &name, qtype, self.limits())))
    }
}

#[pyfunction]
pub fn normalize(r#type: &str, data: &str) -> PyResult<String> {
    let rtype = read_type(r#type)?;
    let octets = read_data_by(record::rdata_as_written, rtype, data).map_err(PyValueError::new_err)?;
    Ok(record::spelled(rtype, &octets, data.as_bytes()))
}

#[pyfunction]
pub fn canonical(r#type: &str, data: &str) -> PyResult<String> {
    Ok(record::canonical(read_type(r#type)?, data).into_owned())
}

/// Record data of a message as text.
#[pyfunction]
pub fn text_of(number: u16, message: &[u8], start: usize, length: usize) -> PyResult<String> {
    let rtype = Rtype(number);
    if rtype.is_meta() {
        return Err(PyValueError::new_err(format!("no name has data of the type {rtype}")));
    }
    match expanded(rtype, message, start, length) {
        Some(rdata) if is_well_formed(rtype, &rdata) => Ok(present(rtype, &rdata)),
        _ => Err(PyValueError::new_err(format!("the data is none of the type {rtype}"))),
    }
}

#[pyfunction]
pub fn type_text(number: u16) -> String {
    Rtype(number).to_string()
}

#[pyfunction]
pub fn normalize_name(name: &str) -> PyResult<String> {
    Ok(read_name(name)?.to_string())
}

#[pyfunction]
pub fn written_labels(name: &str) -> Vec<&str> {
    truename_core::name::written_labels(name).collect()
}
