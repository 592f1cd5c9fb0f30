//! `World`: zone files read for judging.

use crate::facts::{asked, known, Fact, Places, Stand};
use crate::graph::{exist, explain, read_name, read_names, read_type};
use crate::signed::{rows, SignedRows};
use crate::values::{Chain, Zone};
use pyo3::prelude::*;
use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};
use truename_core::graph::Snapshot;
use truename_core::name::Name;
use truename_core::walk::Limits;
use truename_core::world::{self, Outcome, Placed, Source, TextSpot};

/// Zone files and the graph that they make together.
#[pyclass(frozen)]
pub struct World {
    inner: RwLock<world::World>,
}

/// What came of reading one file.
#[pyclass(frozen, get_all)]
pub struct Read {
    path: OsString,
    origin: String,
    serial: u32,
    records: usize,
    names: usize,
    files: Vec<OsString>,
    is_zone: bool,
    is_guessed: bool,
    soa_names: Vec<String>,
    error: String,
}

impl From<Outcome> for Read {
    fn from(outcome: Outcome) -> Read {
        let Outcome { path, origin, serial, records, names, files, is_zone, is_guessed, soa_names, error } = outcome;
        Read {
            path: path.into_os_string(),
            origin: origin.map_or_else(String::new, |name| name.to_string()),
            serial,
            records,
            names,
            files: files.into_iter().map(PathBuf::into_os_string).collect(),
            is_zone,
            is_guessed,
            soa_names: soa_names.iter().map(Name::to_string).collect(),
            error: error.as_ref().map_or_else(String::new, reason),
        }
    }
}

/// The system's words without its number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_string()
}

/// Tells Python how far reading is, now and then, and hears from it whether to go on.
struct Bar {
    tell: Option<Py<PyAny>>,
    last: Instant,
    failed: Option<PyErr>,
}

impl Bar {
    /// Often enough for an eye, seldom enough to cost nothing.
    const PAUSE: Duration = Duration::from_millis(50);

    fn show(&mut self, done: u64, total: u64) -> bool {
        if self.last.elapsed() < Bar::PAUSE {
            return true;
        }
        self.last = Instant::now();
        let told = Python::attach(|py| {
            py.check_signals()?;
            self.tell.as_ref().map_or(Ok(()), |tell| tell.call1(py, (done, total)).map(drop))
        });
        self.failed = told.err();
        self.failed.is_none()
    }
}

impl World {
    fn shared(&self) -> RwLockReadGuard<'_, world::World> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn alone(&self) -> RwLockWriteGuard<'_, world::World> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The names of the files of each table.
type Files = Vec<Vec<Arc<OsString>>>;

fn fact(placed: Placed, snapshot: &Arc<Snapshot>, files: &Files) -> Fact {
    let stand = |at: TextSpot| Stand {
        file: files[at.table as usize][at.file as usize].clone(),
        line: at.line,
        column: at.column,
    };
    let other = placed.other_at.map_or_else(Stand::default, stand);
    let places = Places { record: stand(placed.at), data: placed.data_at, other };
    Fact::new(placed.fact, snapshot, Some(places))
}

#[pymethods]
impl World {
    #[new]
    #[pyo3(signature = (*, max_chain = 16))]
    fn new(max_chain: usize) -> World {
        World { inner: RwLock::new(world::World::new(Limits { max_chain, within_zone: false })) }
    }

    #[pyo3(signature = (files, *, now = HashMap::new(), progress = None))]
    fn read(
        &self,
        py: Python<'_>,
        files: Vec<(PathBuf, Option<String>)>,
        now: HashMap<PathBuf, Vec<u8>>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Vec<Read>> {
        let source = |(path, origin): (PathBuf, Option<String>)| {
            Ok(Source { path, origin: origin.as_deref().map(read_name).transpose()? })
        };
        let sources = files.into_iter().map(source).collect::<PyResult<Vec<Source>>>()?;
        let mut bar = Bar { tell: progress, last: Instant::now(), failed: None };
        let outcomes = py.detach(|| self.alone().read_with(&sources, &now, &mut |done, total| bar.show(done, total)));
        match (outcomes, bar.failed) {
            (_, Some(error)) => Err(error),
            (outcomes, None) => Ok(outcomes.unwrap_or_default().into_iter().map(Read::from).collect()),
        }
    }

    #[pyo3(signature = (kinds, *, scope = None, long = 9, many = 4, services = Vec::new(), limit = 0))]
    #[allow(clippy::too_many_arguments)] // Python sees one and keywords
    fn facts(
        &self,
        py: Python<'_>,
        kinds: Vec<String>,
        scope: Option<Vec<String>>,
        long: usize,
        many: usize,
        services: Vec<String>,
        limit: usize,
    ) -> PyResult<Vec<Fact>> {
        let asked = asked(&kinds, long, many, services, limit)?;
        let scope = scope.map(|names| read_names(&names)).transpose()?;
        Ok(py.detach(|| {
            let world = self.shared();
            let snapshot = world.snapshot();
            let scope = scope.map(|names| known(snapshot, &names));
            let name = |path: &PathBuf| Arc::new(path.clone().into_os_string());
            let files: Files = world.files().map(|files| files.iter().map(name).collect()).collect();
            let placed = world.facts(scope.as_deref(), &asked);
            placed.into_iter().map(|placed| fact(placed, snapshot, &files)).collect()
        }))
    }

    fn signed_sets<'py>(&self, py: Python<'py>, zone: &str) -> PyResult<SignedRows<'py>> {
        let zone = read_name(zone)?;
        let sets = py.detach(|| {
            let world = self.shared();
            let id = world.snapshot().id(&zone);
            id.map_or_else(Vec::new, |id| world.snapshot().signed_sets(id, None))
        });
        Ok(rows(py, sets))
    }

    #[pyo3(signature = (name, r#type = "A"))]
    fn explain(&self, py: Python<'_>, name: &str, r#type: &str) -> PyResult<Chain> {
        let (name, qtype) = (read_name(name)?, read_type(r#type)?);
        Ok(py.detach(|| {
            let world = self.shared();
            explain(world.snapshot(), &name, qtype, world.limits())
        }))
    }

    fn exists(&self, py: Python<'_>, names: Vec<String>) -> PyResult<Vec<bool>> {
        let names = read_names(&names)?;
        Ok(py.detach(|| exist(self.shared().snapshot(), &names)))
    }

    fn zones(&self, py: Python<'_>) -> Vec<Zone> {
        py.detach(|| self.shared().zones().cloned().map(Zone::from).collect())
    }
}
