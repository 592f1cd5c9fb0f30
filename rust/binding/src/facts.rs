//! `Fact`, and how facts are asked for.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use pyo3::IntoPyObjectExt;
use std::ffi::OsString;
use std::sync::Arc;
use truename_core::facts::{self, Asked, FactKind, Kinds};
use truename_core::graph::{NameId, Snapshot};
use truename_core::name::Name;
use truename_core::record::{present, Rtype};

/// Where a record stands: (file, line, column); no file is no place.
#[derive(Clone, Default)]
pub struct Stand {
    pub file: Arc<OsString>,
    pub line: u32,
    pub column: u32,
}

/// Where a fact's records stand in files.
#[derive(Clone, Default)]
pub struct Places {
    /// The record's first field.
    pub record: Stand,
    /// Line and column where its data begin.
    pub data: (u32, u32),
    /// The other record.
    pub other: Stand,
}

/// Something worth telling about what a graph holds.
#[pyclass(frozen)]
pub struct Fact {
    fact: facts::Fact,
    /// The version whose names the fact speaks of.
    snapshot: Arc<Snapshot>,
    places: Option<Box<Places>>,
}

type OtherRecord = (String, String, String, OsString, u32, u32);

impl Fact {
    /// The value of what the core said about `snapshot`.
    pub fn new(fact: facts::Fact, snapshot: &Arc<Snapshot>, places: Option<Places>) -> Fact {
        Fact { fact, snapshot: snapshot.clone(), places: places.map(Box::new) }
    }

    fn name(&self, id: NameId) -> String {
        match id {
            NameId::NONE => String::new(),
            id => self.snapshot.name(id).to_string(),
        }
    }

    fn record(&self) -> Stand {
        self.places.as_ref().map_or_else(Stand::default, |places| places.record.clone())
    }
}

fn shown(rtype: Rtype, data: &[u8]) -> String {
    if data.is_empty() {
        return String::new();
    }
    present(rtype, data)
}

#[pymethods]
impl Fact {
    #[getter]
    fn kind(&self) -> &'static str {
        self.fact.kind.word()
    }

    #[getter]
    fn zone(&self) -> String {
        self.name(self.fact.zone)
    }

    #[getter]
    fn owner(&self) -> String {
        self.name(self.fact.owner)
    }

    #[getter]
    fn r#type(&self) -> String {
        match self.fact.kind {
            FactKind::Unreadable | FactKind::OctalEscape => String::new(),
            _ => self.fact.rtype.to_string(),
        }
    }

    #[getter]
    fn ttl(&self) -> u32 {
        self.fact.ttl
    }

    #[getter]
    fn data(&self) -> String {
        shown(self.fact.rtype, &self.fact.data)
    }

    #[getter]
    fn target(&self) -> String {
        self.fact.target().map_or_else(String::new, |name| name.to_string())
    }

    #[getter]
    fn chain(&self) -> Vec<String> {
        self.fact.chain.iter().map(|name| name.to_string()).collect()
    }

    #[getter]
    fn end(&self) -> &'static str {
        self.fact.end
    }

    #[getter]
    fn number(&self) -> u32 {
        self.fact.number
    }

    #[getter]
    fn detail(&self) -> &str {
        &self.fact.detail
    }

    #[getter]
    fn hint(&self) -> &str {
        &self.fact.hint
    }

    #[getter]
    fn other(&self) -> Option<OtherRecord> {
        let other = self.fact.other.as_ref()?;
        let Stand { file, line, column } =
            self.places.as_ref().map_or_else(Stand::default, |places| places.other.clone());
        let data = shown(other.rtype, &other.data);
        Some((self.name(other.owner), other.rtype.to_string(), data, (*file).clone(), line, column))
    }

    #[getter]
    fn file(&self) -> OsString {
        (*self.record().file).clone()
    }

    #[getter]
    fn line(&self) -> u32 {
        self.record().line
    }

    #[getter]
    fn column(&self) -> u32 {
        self.record().column
    }

    #[getter]
    fn data_line(&self) -> u32 {
        self.places.as_ref().map_or(0, |places| places.data.0)
    }

    #[getter]
    fn data_column(&self) -> u32 {
        self.places.as_ref().map_or(0, |places| places.data.1)
    }
}

/// (kind, zone, owner, type, target, chain, file, line, column, line and column of the data) of a fact.
type Texts<'py> = (
    &'static str,
    Bound<'py, PyString>,
    Bound<'py, PyString>,
    Bound<'py, PyString>,
    Bound<'py, PyString>,
    Vec<Bound<'py, PyString>>,
    Bound<'py, PyAny>,
    u32,
    u32,
    u32,
    u32,
);

/// A text that was made last, because it is often wanted next.
struct Last<'py, K, T> {
    made: Option<(K, Bound<'py, T>)>,
}

impl<'py, K: PartialEq, T> Last<'py, K, T> {
    fn new() -> Self {
        Last { made: None }
    }

    fn get(&mut self, key: K, make: impl FnOnce(&K) -> PyResult<Bound<'py, T>>) -> PyResult<Bound<'py, T>> {
        match &self.made {
            Some((last, made)) if *last == key => Ok(made.clone()),
            _ => {
                let made = make(&key)?;
                self.made = Some((key, made.clone()));
                Ok(made)
            }
        }
    }
}

#[pyfunction]
pub fn fact_texts<'py>(py: Python<'py>, facts: Vec<PyRef<'py, Fact>>) -> PyResult<Vec<Texts<'py>>> {
    let text = |name: &str| PyString::new(py, name);
    let (mut zones, mut types, mut files) = (Last::new(), Last::new(), Last::new());
    let mut texts = Vec::with_capacity(facts.len());
    for fact in &facts {
        let names: Vec<Name> = fact.fact.chain.iter().collect();
        let chain: Vec<_> = names.iter().map(|name| text(&name.to_string())).collect();
        // A chain begins with the owner, and its first link leads to the target.
        let of_chain = |at: usize, name: &Name| names.get(at).filter(|other| *other == name).map(|_| chain[at].clone());
        let owner = match fact.fact.owner {
            NameId::NONE => text(""),
            id => {
                let name = fact.snapshot.name(id);
                of_chain(0, &name).unwrap_or_else(|| text(&name.to_string()))
            }
        };
        let target = match fact.fact.target() {
            None => text(""),
            Some(name) => of_chain(1, &name).unwrap_or_else(|| text(&name.to_string())),
        };
        // A number means a name of its version only.
        let zone = (fact.fact.zone, Arc::as_ptr(&fact.snapshot));
        let zone = zones.get(zone, |(id, _)| Ok(text(&fact.name(*id))))?;
        let rtype = types.get(fact.r#type(), |name| Ok(text(name)))?;
        let Stand { file, line, column } = fact.record();
        let file = files.get(file, |file| file.as_os_str().into_bound_py_any(py))?;
        let data = fact.places.as_ref().map_or((0, 0), |places| places.data);
        texts.push((fact.kind(), zone, owner, rtype, target, chain, file, line, column, data.0, data.1));
    }
    Ok(texts)
}

/// The kinds of some words.
pub fn read_kinds(words: &[String]) -> PyResult<Kinds> {
    let kind = |word: &String| {
        word.parse::<FactKind>().map_err(|()| PyValueError::new_err(format!("{word:?} is no kind of fact")))
    };
    words.iter().map(kind).collect()
}

/// What is asked for; `limit` 0 is no limit.
pub fn asked(
    kinds: &[String],
    long: usize,
    many: usize,
    services: Vec<String>,
    limit: usize,
) -> PyResult<Asked<'static>> {
    let services = services.into_iter().map(|label| label.to_ascii_lowercase().into_bytes()).collect();
    let limit = if limit == 0 { usize::MAX } else { limit };
    Ok(Asked { long, many, services, limit, ..Asked::new(read_kinds(kinds)?) })
}

/// The ids of those of `names` that a version knows.
pub fn known(snapshot: &Snapshot, names: &[Name]) -> Vec<NameId> {
    names.iter().filter_map(|name| snapshot.id(name)).collect()
}
