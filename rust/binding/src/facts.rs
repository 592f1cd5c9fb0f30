//! `Fact`, and how facts are asked for.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::ffi::OsString;
use std::sync::Arc;
use truename_core::graph::{self, Asked, FactKind, Kinds, NameId, Snapshot};
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
    fact: graph::Fact,
    /// The version whose names the fact speaks of.
    snapshot: Arc<Snapshot>,
    places: Option<Box<Places>>,
}

type OtherRecord = (String, String, String, OsString, u32, u32);

impl Fact {
    /// The value of what the core said about `snapshot`.
    pub fn new(fact: graph::Fact, snapshot: &Arc<Snapshot>, places: Option<Places>) -> Fact {
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
            FactKind::Unreadable => String::new(),
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
