//! `Branch`: a large change, beside which others are published.

use crate::prepared::{read_changes, Prepared, SetText};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use truename_core::publish::{self, NoPublish};

/// The core's, and the graph that it stands on.
#[pyclass(frozen)]
pub struct Branch {
    inner: Mutex<publish::Branch>,
    graph: Arc<publish::Graph>,
}

/// Why a version is not published.
pub fn not_published(error: NoPublish) -> PyErr {
    PyValueError::new_err(match error {
        NoPublish::Stale => "stale",
        NoPublish::Refused => "refused",
    })
}

impl Branch {
    /// Of the version that is published now.
    pub fn begin(
        py: Python<'_>,
        graph: &Arc<publish::Graph>,
        sets: &[SetText],
        texts: Vec<(String, Vec<u8>)>,
        drop: &[String],
    ) -> PyResult<(Prepared, Branch)> {
        let changes = read_changes(sets, texts, drop)?;
        let made = py.detach(|| publish::Branch::new(graph, &changes));
        let (prepared, inner) = made.map_err(|missing| PyValueError::new_err(missing.to_string()))?;
        let branch = Branch { inner: Mutex::new(inner), graph: graph.clone() };
        Ok((Prepared { inner: prepared, graph: graph.clone() }, branch))
    }

    fn inner(&self) -> MutexGuard<'_, publish::Branch> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Branch {
    fn follow(&self, py: Python<'_>) -> PyResult<Option<(Prepared, Prepared)>> {
        let followed = py.detach(|| self.inner().follow(&self.graph)).map_err(not_published)?;
        let prepared = |inner| Prepared { inner, graph: self.graph.clone() };
        Ok(followed.map(|others| (prepared(others.theirs), prepared(others.ours))))
    }

    fn publish(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.inner().publish(&self.graph)).map_err(not_published)
    }
}
