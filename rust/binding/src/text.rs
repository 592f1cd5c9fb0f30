//! Master files that somebody sent, as RRsets in text.

use crate::graph::read_name;
use crate::rows::{Difference, Keys, Stored};
use crate::values::{problems_of, Problem};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple};
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::OnceLock;
use truename_core::name::Name;
use truename_core::record::targets;
use truename_core::record::{self, canonical, spelled, spelled_in_file, Rtype};
use truename_core::zonefile::{self, Made, Position, Record, Sink};

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

#[pyfunction]
pub fn is_link(r#type: &str) -> bool {
    r#type.parse().is_ok_and(record::is_link)
}

#[pyfunction]
pub fn name_spans(rtype: &str, data: &str) -> Vec<(usize, usize)> {
    let Ok(rtype) = rtype.parse() else { return Vec::new() };
    let characters = |octets: usize| data[..octets].chars().count();
    let spans = record::name_spans(rtype, data).into_iter();
    spans.map(|span| (characters(span.start), characters(span.end))).collect()
}

/// What a master file says.
#[pyclass(frozen)]
pub struct ZoneText {
    #[pyo3(get)]
    origin: String,
    #[pyo3(get)]
    problems: Vec<Problem>,
    sets: Sets,
    keys: OnceLock<Keys>,
}

#[pymethods]
impl ZoneText {
    #[getter]
    fn count(&self) -> usize {
        self.sets.sets.len()
    }

    /// Made without a copy in between: a million RRsets are handed over by way of an import.
    #[pyo3(signature = (start = 0, count = usize::MAX))]
    fn sets<'py>(&self, py: Python<'py>, start: usize, count: usize) -> PyResult<Bound<'py, PyList>> {
        let mut word = Words::new(py);
        let rows = self.sets.range(start, count).iter().map(|set| set_tuple(&self.sets, set, &mut word));
        PyList::new(py, rows.collect::<PyResult<Vec<_>>>()?)
    }

    #[pyo3(signature = (start = 0, count = usize::MAX))]
    fn ordered<'py>(&self, py: Python<'py>, start: usize, count: usize) -> PyResult<Bound<'py, PyList>> {
        self.stored(py, None).ordered(py, (start, count))
    }

    #[pyo3(signature = (zone, each, start = 0, count = usize::MAX, *, soa = None))]
    fn rows<'py>(
        &self,
        py: Python<'py>,
        zone: u32,
        each: usize,
        start: usize,
        count: usize,
        soa: Option<&str>,
    ) -> PyResult<Bound<'py, PyList>> {
        self.stored(py, soa).rows(py, zone, each, (start, count))
    }

    #[pyo3(signature = (zone, start = 0, count = usize::MAX, *, soa = None))]
    fn copied<'py>(
        &self,
        py: Python<'py>,
        zone: u32,
        start: usize,
        count: usize,
        soa: Option<&str>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        self.stored(py, soa).copied(py, zone, (start, count))
    }

    fn compare<'py>(
        &self,
        py: Python<'py>,
        rows: &Bound<'py, PyList>,
        at: usize,
    ) -> PyResult<(usize, Vec<Difference<'py>>)> {
        self.stored(py, None).compare(py, rows, at)
    }

    #[pyo3(signature = (*, soa = None))]
    fn lines<'py>(&self, py: Python<'py>, soa: Option<&str>) -> Bound<'py, PyBytes> {
        let text = py.detach(|| self.written(soa));
        PyBytes::new(py, text.as_bytes())
    }

    #[pyo3(signature = (*, soa = None))]
    fn journal<'py>(&self, py: Python<'py>, soa: Option<&str>) -> Bound<'py, PyString> {
        let text = py.detach(|| self.written(soa));
        PyString::new(py, text.strip_suffix('\n').unwrap_or(&text))
    }
}

/// Counts what is written, so that it is then written into a text of just that length: one that grows takes twice as much.
struct Length(usize);

impl Write for Length {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

impl ZoneText {
    /// All records, one a line, with other data in the place of the SOA's at the apex.
    fn written(&self, soa: Option<&str>) -> String {
        // Writing to either cannot fail.
        let mut length = Length(0);
        let _ = self.write(soa, &mut length);
        let mut text = String::with_capacity(length.0);
        let _ = self.write(soa, &mut text);
        text
    }

    fn write(&self, soa: Option<&str>, out: &mut impl Write) -> std::fmt::Result {
        let mut head = String::new();
        for set in &self.sets.sets {
            head.clear();
            write!(head, "{} {} IN {} ", self.sets.owner(set), set.ttl, set.rtype)?;
            let is_soa = set.rtype == Rtype::SOA && head.split(' ').next() == Some(self.origin.as_str());
            let data = soa.filter(|_| is_soa).unwrap_or(&set.data);
            for line in data.split('\n') {
                out.write_str(&head)?;
                out.write_str(line)?;
                out.write_char('\n')?;
            }
        }
        Ok(())
    }
}

impl ZoneText {
    fn stored<'a>(&'a self, py: Python<'_>, soa: Option<&'a str>) -> Stored<'a> {
        let apex = || Name::from_text(&self.origin, &Name::ROOT).unwrap_or(Name::ROOT);
        let keys = py.detach(|| self.keys.get_or_init(|| Keys::new(&self.sets, &apex())));
        Stored { sets: &self.sets, keys, soa }
    }
}

/// (owner, type, ttl, data)
pub fn set_tuple<'py>(sets: &Sets, set: &Set, word: &mut Words<'py>) -> PyResult<Bound<'py, PyTuple>> {
    let data = PyList::new(word.py, set.data.split('\n'))?;
    let owner = sets.owner(set).to_string();
    (PyString::new(word.py, &owner), word.of(set.rtype), set.ttl, data).into_pyobject(word.py)
}

/// The mnemonic of a type as text; most RRsets have the type of the one before.
pub struct Words<'py> {
    py: Python<'py>,
    last: Option<(Rtype, String, Bound<'py, PyString>)>,
}

impl<'py> Words<'py> {
    pub fn new(py: Python<'py>) -> Words<'py> {
        Words { py, last: None }
    }

    pub fn of(&mut self, rtype: Rtype) -> Bound<'py, PyString> {
        self.both(rtype).1.clone()
    }

    pub fn text(&mut self, rtype: Rtype) -> &str {
        self.both(rtype).0
    }

    fn both(&mut self, rtype: Rtype) -> (&str, &Bound<'py, PyString>) {
        let py = self.py;
        let made = || {
            let text = rtype.to_string();
            let word = PyString::new(py, &text);
            (rtype, text, word)
        };
        let last = match self.last.take() {
            Some(last) if last.0 == rtype => self.last.insert(last),
            _ => self.last.insert(made()),
        };
        (&last.1, &last.2)
    }
}

/// An RRset. Its owner stands in `Sets::names`, its data are in presentation form, one a line: what takes the least
/// room and the fewest allocations while a million of them wait.
pub struct Set {
    name: u32,
    pub rtype: Rtype,
    pub ttl: u32,
    pub data: String,
}

/// RRsets in the order of their first records.
#[derive(Default)]
pub struct Sets {
    pub sets: Vec<Set>,
    /// Owners in wire form, one behind the other.
    names: Vec<u8>,
    /// Where an RRset is, by the hash of its owner and type; of two with one hash the later has the next that is free.
    found: HashMap<u64, u32>,
    keys: RandomState,
    /// The RRset of the record before: most files have the records of one together.
    last: usize,
    /// Whether texts keep their spelling.
    is_ours: bool,
}

impl Sets {
    pub fn owner(&self, set: &Set) -> Name {
        // What was written there was a name.
        Name::from_wire(&self.names[set.name as usize..]).unwrap_or(Name::ROOT)
    }

    fn range(&self, start: usize, count: usize) -> &[Set] {
        let sets = &self.sets[start.min(self.sets.len())..];
        &sets[..count.min(sets.len())]
    }

    fn is(&self, number: usize, owner: &Name, rtype: Rtype) -> bool {
        let found = self.sets.get(number).filter(|set| set.rtype == rtype);
        found.is_some_and(|set| self.names[set.name as usize..].starts_with(owner.as_wire()))
    }

    fn number_of(&mut self, owner: &Name, rtype: Rtype) -> usize {
        if self.is(self.last, owner, rtype) {
            return self.last;
        }
        let mut hash = self.keys.hash_one((owner.as_wire(), rtype));
        while let Some(number) = self.found.get(&hash).map(|number| *number as usize) {
            if self.is(number, owner, rtype) {
                return number;
            }
            hash = hash.wrapping_add(1);
        }
        self.found.insert(hash, self.sets.len() as u32);
        self.sets.push(Set { name: self.names.len() as u32, rtype, ttl: u32::MAX, data: String::new() });
        self.names.extend_from_slice(owner.as_wire());
        self.sets.len() - 1
    }

    /// All was read. Each record stays once (RFC 2181 5), of several spellings the first.
    fn finish(&mut self) {
        self.found = HashMap::new();
        for set in self.sets.iter_mut().filter(|set| set.data.contains('\n')) {
            let (rtype, mut seen) = (set.rtype, HashSet::new());
            let kept: Vec<&str> = set.data.split('\n').filter(|data| seen.insert(canonical(rtype, data))).collect();
            set.data = kept.join("\n");
        }
    }
}

impl Sink for Sets {
    /// The TTL of an RRset is the least of its records' (RFC 2181 5.2).
    fn record(&mut self, record: Record<'_>) {
        let number = self.number_of(record.owner, record.rtype);
        self.last = number;
        let set = &mut self.sets[number];
        set.ttl = record.ttl.min(set.ttl);
        let spell = if self.is_ours { spelled } else { spelled_in_file };
        let data = spell(record.rtype, record.rdata, record.written);
        if set.data.is_empty() {
            set.data = data;
            set.data.shrink_to_fit();
        } else {
            set.data.push('\n');
            set.data.push_str(&data);
        }
    }
}

#[pyfunction]
#[pyo3(signature = (text, origin = None, *, is_ours = false))]
pub fn read_text(py: Python<'_>, text: &[u8], origin: Option<&str>, is_ours: bool) -> PyResult<ZoneText> {
    let origin = origin.map(read_name).transpose()?;
    Ok(py.detach(|| {
        let mut sets = Sets { is_ours, ..Sets::default() };
        let read = zonefile::read_written(text, origin.as_ref(), &mut sets);
        sets.finish();
        ZoneText {
            origin: read.origin.to_lowercase().to_string(),
            problems: problems_of(read.problems, &[]),
            sets,
            keys: OnceLock::new(),
        }
    }))
}

#[pyfunction]
pub fn count_generated(
    py: Python<'_>,
    text: &[u8],
    origin: &str,
    records: u64,
    octets: u64,
) -> PyResult<(u64, u64, Vec<Problem>)> {
    let origin = read_name(origin)?;
    let counted = py.detach(|| zonefile::made(text, Some(&origin), Made { records, octets }));
    Ok(match counted {
        Ok(made) => (made.records, made.octets, Vec::new()),
        Err(beyond) => (0, 0, problems_of(vec![beyond], &[])),
    })
}
