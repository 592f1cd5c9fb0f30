//! Master files that somebody sent, as RRsets in text.

use crate::values::{problems_of, Problem};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::collections::HashMap;
use std::fmt::Write;
use truename_core::name::Name;
use truename_core::record::{present, Rtype};
use truename_core::zonefile::{self, Record, Sink};

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

    #[pyo3(signature = (start = 0, count = usize::MAX))]
    fn sets(&self, start: usize, count: usize) -> Vec<Set> {
        self.sets.iter().skip(start).take(count).cloned().collect()
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
    let origin = origin.map(|text| {
        let name = Name::from_text(text, &Name::ROOT);
        name.map(Name::to_lowercase).map_err(|error| PyValueError::new_err(format!("{text:?} is no name: {error}")))
    });
    let origin = origin.transpose()?;
    Ok(py.detach(|| {
        let mut sets = Sets::default();
        let read = zonefile::read_text(text, origin.as_ref(), &mut sets);
        let sets = sets.sets.into_iter().map(without_repeats).collect();
        ZoneText { origin: read.origin.to_lowercase().to_string(), problems: problems_of(read.problems, &[]), sets }
    }))
}
