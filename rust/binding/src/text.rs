//! Master files that somebody sent, as RRsets in text.

use crate::graph::read_name;
use crate::values::{problems_of, Problem};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};
use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt::Write;
use std::path::PathBuf;
use truename_core::graph::targets;
use truename_core::name::Name;
use truename_core::record::{present, Rtype};
use truename_core::zonefile::{self, Position, Record, Sink};

/// Notes where the records stand that name something.
struct Places {
    owner: Name,
    rtype: Rtype,
    target: Name,
    at: Vec<Position>,
}

impl Sink for Places {
    fn record(&mut self, record: Record<'_>) {
        let is_meant = record.rtype == self.rtype && *record.owner == self.owner;
        if is_meant && targets(record.rtype, record.rdata).any(|name| name == self.target) {
            self.at.push(record.at);
        }
    }
}

#[pyfunction]
pub fn find_links(
    py: Python<'_>,
    path: PathBuf,
    origin: &str,
    owner: &str,
    r#type: &str,
    target: &str,
) -> PyResult<Vec<(OsString, u32)>> {
    let rtype = r#type.parse().map_err(|_| PyValueError::new_err(format!("{:?} is no record type", r#type)))?;
    let (origin, owner, target) = (read_name(origin)?, read_name(owner)?, read_name(target)?);
    let mut places = Places { owner, rtype, target, at: Vec::new() };
    let read = py.detach(|| zonefile::read(&path, Some(&origin), &mut places))?;
    let file = |at: &Position| read.files.get(at.file as usize).cloned().unwrap_or_default().into_os_string();
    Ok(places.at.iter().map(|at| (file(at), at.line)).collect())
}

/// An RRset: owner, type, TTL, data.
type Set = (String, String, u32, Vec<String>);

/// What a master file says.
#[pyclass(frozen)]
pub struct ZoneText {
    #[pyo3(get)]
    origin: String,
    #[pyo3(get)]
    problems: Vec<Problem>,
    sets: Vec<Set>,
}

#[pymethods]
impl ZoneText {
    #[getter]
    fn count(&self) -> usize {
        self.sets.len()
    }

    /// Made without a copy in between: a million RRsets are handed over by way of an import.
    #[pyo3(signature = (start = 0, count = usize::MAX))]
    fn sets<'py>(&self, py: Python<'py>, start: usize, count: usize) -> PyResult<Bound<'py, PyList>> {
        let sets = &self.sets[start.min(self.sets.len())..];
        let sets = &sets[..count.min(sets.len())];
        let mut rtype = ("", PyString::new(py, ""));
        let rows = sets.iter().map(|(owner, of, ttl, data)| {
            if rtype.0 != of {
                rtype = (of, PyString::new(py, of));
            }
            let data = PyList::new(py, data)?;
            (PyString::new(py, owner), rtype.1.clone(), *ttl, data).into_pyobject(py)
        });
        PyList::new(py, rows.collect::<PyResult<Vec<_>>>()?)
    }

    /// As the store's tables have them (`store.schema`, `store.place`); the values of all rows one after the other, for
    /// that is how they are bound.
    fn rows<'py>(&self, py: Python<'py>, zone: u32, start: usize, count: usize) -> PyResult<Rows<'py>> {
        let sets = &self.sets[start.min(self.sets.len())..];
        let sets = &sets[..count.min(sets.len())];
        let (mut owners, mut rows) = (Vec::with_capacity(sets.len() * 3), Vec::with_capacity(sets.len() * 8));
        let zone = zone.into_pyobject(py)?.into_any();
        let word = |text: &str| PyString::new(py, text).into_any();
        let (nothing, alias, data_kind) = (word(""), word("alias"), word("data"));
        let apex = Name::from_text(&self.origin, &Name::ROOT).unwrap_or(Name::ROOT);
        let mut last = String::new();
        let mut rtype = ("", nothing.clone());
        for (owner, of, ttl, data) in sets {
            if rtype.0 != of {
                rtype = (of, word(of));
            }
            let place = place_of(owner, &apex)?;
            let at = word(&place);
            let is_beside = matches!(of.as_str(), "RRSIG" | "NSEC");
            let kind = if of == "CNAME" { &alias } else { &data_kind };
            if !is_beside && (last != place || owners.is_empty()) {
                owners.extend([zone.clone(), at.clone(), kind.clone()]);
                last = place;
            }
            let kind = if is_beside { py.None().into_bound(py) } else { kind.clone() };
            let ttl = ttl.into_pyobject(py)?.into_any();
            let served = word(&data.join("\n"));
            rows.extend([zone.clone(), at, rtype.1.clone(), ttl, kind, served, nothing.clone(), nothing.clone()]);
        }
        Ok((PyList::new(py, owners)?, PyList::new(py, rows)?))
    }

    fn lines<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let text = py.detach(|| {
            let mut text = String::new();
            for (owner, rtype, ttl, data) in &self.sets {
                for one in data {
                    // Writing to a String cannot fail.
                    let _ = writeln!(text, "{owner} {ttl} IN {rtype} {one}");
                }
            }
            text
        });
        PyBytes::new(py, text.as_bytes())
    }
}

/// (values of owners, values of rrsets)
type Rows<'py> = (Bound<'py, PyList>, Bound<'py, PyList>);

/// The key of an owner in the store: its labels below the zone, from the right. Octets up to `!` are two characters.
fn place_of(owner: &str, apex: &Name) -> PyResult<String> {
    let name = read_name(owner)?;
    if !name.is_at_or_below(apex) {
        return Err(PyValueError::new_err(format!("{owner} is not in {apex}")));
    }
    let below: Vec<&[u8]> = name.labels().collect();
    let mut place = String::with_capacity(owner.len());
    for label in below[..below.len() - apex.labels().count()].iter().rev() {
        if !place.is_empty() {
            place.push(' ');
        }
        for octet in *label {
            match octet {
                ..=b'!' => place.extend(['!', char::from(0x40 + octet)]),
                octet => place.push(char::from(*octet)),
            }
        }
    }
    Ok(place)
}

/// RRsets in the order of their first records.
#[derive(Default)]
struct Sets {
    found: HashMap<(Vec<u8>, Rtype), usize>,
    sets: Vec<Set>,
    /// The RRset of the record before: most files have the records of one together.
    last: Option<(Vec<u8>, Rtype, usize)>,
}

impl Sets {
    fn number_of(&mut self, owner: &Name, rtype: Rtype) -> usize {
        if let Some((last, of, number)) = &self.last {
            if *of == rtype && last == owner.as_wire() {
                return *number;
            }
        }
        let next = self.sets.len();
        let number = *self.found.entry((owner.as_wire().to_vec(), rtype)).or_insert(next);
        if number == next {
            self.sets.push((owner.to_string(), rtype.to_string(), u32::MAX, Vec::new()));
        }
        self.last = Some((owner.as_wire().to_vec(), rtype, number));
        number
    }
}

impl Sink for Sets {
    /// The TTL of an RRset is the least of its records' (RFC 2181 5.2); the same record twice is one (5).
    fn record(&mut self, record: Record<'_>) {
        let number = self.number_of(record.owner, record.rtype);
        let (_, _, ttl, data) = &mut self.sets[number];
        *ttl = record.ttl.min(*ttl);
        data.push(present(record.rtype, record.rdata));
    }
}

fn without_repeats(mut set: Set) -> Set {
    if set.3.len() > 1 {
        let mut seen = std::collections::HashSet::with_capacity(set.3.len());
        set.3.retain(|data| seen.insert(data.clone()));
    }
    set
}

#[pyfunction]
#[pyo3(signature = (text, origin = None))]
pub fn read_text(py: Python<'_>, text: &[u8], origin: Option<&str>) -> PyResult<ZoneText> {
    let origin = origin.map(read_name).transpose()?;
    Ok(py.detach(|| {
        let mut sets = Sets::default();
        let read = zonefile::read_text(text, origin.as_ref(), &mut sets);
        let sets = sets.sets.into_iter().map(without_repeats).collect();
        ZoneText { origin: read.origin.to_lowercase().to_string(), problems: problems_of(read.problems, &[]), sets }
    }))
}
