//! `Graph`.

use crate::branch::{not_published, Branch};
use crate::facts::{asked, known, read_kinds, Fact};
use crate::prepared::{read_changes, read_set, Prepared, SetText};
use crate::reach::{page, page_to, Reached};
use crate::signed::{rows, SignedRows};
use crate::stored::{next_part, StoredPart};
use crate::values::{Chain, Loaded, Zone};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use truename_core::answer::{Answerer, Settings};
use truename_core::facts::{Asked, Kinds, Scope};
use truename_core::graph::{NameId, Node, Snapshot, Wanted};
use truename_core::listen::{when_idle, Transport};
use truename_core::name::Name;
use truename_core::publish::{self, Stored};
use truename_core::record::Rtype;
use truename_core::record::{is_link, targets};
use truename_core::walk::{self, follow, Limits, Walk};

/// How many facts there are of each kind, and the first ones.
type Survey = (BTreeMap<&'static str, usize>, Vec<Fact>);

/// Names as nodes, aliases as links.
#[pyclass(frozen)]
pub struct Graph {
    /// The core's graph, which listeners share.
    pub inner: Arc<publish::Graph>,
}

fn limits(follow: &str, max_chain: usize) -> PyResult<Limits> {
    let within_zone = match follow {
        "served" => false,
        "zone" => true,
        other => return Err(PyValueError::new_err(format!("follow is \"served\" or \"zone\", not {other:?}"))),
    };
    Ok(Limits { max_chain, within_zone })
}

pub fn read_name(text: &str) -> PyResult<Name> {
    let name = Name::from_text(text, &Name::ROOT);
    name.map(Name::to_lowercase).map_err(|error| PyValueError::new_err(format!("{text:?} is no name: {error}")))
}

pub fn read_names(texts: &[String]) -> PyResult<Vec<Name>> {
    texts.iter().map(|text| read_name(text)).collect()
}

/// Whether each name exists in a version.
pub fn exist(snapshot: &Snapshot, names: &[Name]) -> Vec<bool> {
    names.iter().map(|name| snapshot.exists(name)).collect()
}

pub fn read_type(text: &str) -> PyResult<Rtype> {
    text.parse().map_err(|_| PyValueError::new_err(format!("{text:?} is no record type")))
}

/// How `snapshot` answers.
pub fn explain(snapshot: &Snapshot, name: &Name, qtype: Rtype, limits: Limits) -> Chain {
    let mut wanted = Wanted::new();
    wanted.set(*name, snapshot.keys());
    let walk = Walk::new(snapshot, &wanted);
    let mut chain = walk::Chain::new();
    follow(&walk, walk.start(), qtype, limits, &mut chain);
    Chain::new(&walk, qtype, &chain)
}

/// The types of the records of `owner` that name `target`.
fn types_naming(snapshot: &Snapshot, owner: NameId, target: NameId) -> Vec<Rtype> {
    let name = snapshot.name(target);
    let mut types = Vec::new();
    for payload in snapshot.slot(owner).payloads() {
        if matches!(payload.node(), Node::Alias(link, _) if link.target == target) {
            types.push(Rtype::CNAME);
        }
        let sets = payload.sets();
        let naming = sets.iter().filter(|set| is_link(set.rtype));
        types
            .extend(naming.filter(|set| set.iter().any(|d| targets(set.rtype, d).any(|t| t == name))).map(|s| s.rtype));
    }
    types.dedup();
    types
}

#[pymethods]
impl Graph {
    #[new]
    #[pyo3(signature = (*, follow = "served", max_chain = 16))]
    fn new(follow: &str, max_chain: usize) -> PyResult<Graph> {
        Ok(Graph { inner: Arc::new(publish::Graph::new(limits(follow, max_chain)?)) })
    }

    #[pyo3(signature = (path, origin = None))]
    fn load_zone(&self, py: Python<'_>, path: PathBuf, origin: Option<&str>) -> PyResult<Loaded> {
        let origin = origin.map(read_name).transpose()?;
        Ok(Loaded::new(py.detach(|| self.inner.load(&path, origin.as_ref()))?))
    }

    fn unload_zone(&self, py: Python<'_>, origin: &str) -> PyResult<bool> {
        let origin = read_name(origin)?;
        Ok(py.detach(|| self.inner.unload(&origin)))
    }

    fn change(&self, py: Python<'_>, zone: &str, sets: Vec<(String, String, u32, Vec<String>)>) -> PyResult<usize> {
        let zone = read_name(zone)?;
        let set = |(owner, rtype, ttl, data): &(String, String, u32, Vec<String>)| read_set(owner, rtype, *ttl, data);
        let sets = sets.iter().map(set).collect::<PyResult<Vec<_>>>()?;
        py.detach(|| self.inner.change(&zone, &sets)).map_err(|refused| PyValueError::new_err(refused.to_string()))
    }

    #[pyo3(signature = (changes, *, texts = Vec::new(), drop = Vec::new()))]
    fn prepare(
        &self,
        py: Python<'_>,
        changes: Vec<SetText>,
        texts: Vec<(String, Vec<u8>)>,
        drop: Vec<String>,
    ) -> PyResult<Prepared> {
        let changes = read_changes(&changes, texts, &drop)?;
        let inner =
            py.detach(|| self.inner.prepare(&changes)).map_err(|missing| PyValueError::new_err(missing.to_string()))?;
        Ok(Prepared { inner, graph: self.inner.clone() })
    }

    #[pyo3(signature = (changes, *, texts = Vec::new(), drop = Vec::new()))]
    fn branch(
        &self,
        py: Python<'_>,
        changes: Vec<SetText>,
        texts: Vec<(String, Vec<u8>)>,
        drop: Vec<String>,
    ) -> PyResult<(Prepared, Branch)> {
        Branch::begin(py, &self.inner, &changes, texts, &drop)
    }

    #[pyo3(signature = (zone, parts, *, sets = 0))]
    fn prepare_stored(
        &self,
        py: Python<'_>,
        zone: &str,
        parts: Bound<'_, PyIterator>,
        sets: usize,
    ) -> PyResult<Prepared> {
        let origin = read_name(zone)?;
        let parts = parts.unbind();
        let mut next = || Python::attach(|py| next_part(parts.bind(py)));
        let zone = Stored { origin: &origin, sets };
        let inner = py.detach(|| self.inner.prepare_stored::<StoredPart, PyErr>(zone, &mut next))?;
        Ok(Prepared { inner, graph: self.inner.clone() })
    }

    fn publish(&self, py: Python<'_>, prepared: &Prepared) -> PyResult<()> {
        py.detach(|| self.inner.publish(&prepared.inner)).map_err(not_published)
    }

    fn seen(&self, py: Python<'_>, zones: Vec<String>) -> PyResult<Graph> {
        let zones = read_names(&zones)?;
        Ok(py.detach(|| Graph { inner: Arc::new(self.inner.seen(&zones)) }))
    }

    #[pyo3(signature = (*, follow, max_chain))]
    fn configure(&self, follow: &str, max_chain: usize) -> PyResult<()> {
        self.inner.set_limits(limits(follow, max_chain)?);
        Ok(())
    }

    fn zones(&self, py: Python<'_>) -> Vec<Zone> {
        py.detach(|| self.inner.zones()).into_iter().map(Zone::from).collect()
    }

    #[pyo3(signature = (name, r#type = "A"))]
    fn explain(&self, py: Python<'_>, name: &str, r#type: &str) -> PyResult<Chain> {
        let (name, qtype) = (read_name(name)?, read_type(r#type)?);
        Ok(py.detach(|| explain(&self.inner.snapshot(), &name, qtype, self.inner.limits())))
    }

    fn signed_sets<'py>(&self, py: Python<'py>, zone: &str) -> PyResult<SignedRows<'py>> {
        let zone = read_name(zone)?;
        let sets = py.detach(|| {
            let snapshot = self.inner.snapshot();
            let id = snapshot.id(&zone);
            id.map_or_else(Vec::new, |id| snapshot.signed_sets(id, None))
        });
        Ok(rows(py, sets))
    }

    #[pyo3(signature = (name, *, limit = 100, after = None))]
    fn inbound(
        &self,
        py: Python<'_>,
        name: &str,
        limit: usize,
        after: Option<&str>,
    ) -> PyResult<(usize, Vec<(String, String)>)> {
        let (name, after) = (read_name(name)?, after.map(read_name).transpose()?);
        Ok(py.detach(|| {
            let snapshot = self.inner.snapshot();
            let Some(id) = snapshot.id(&name) else { return (0, Vec::new()) };
            let after = after.and_then(|after| snapshot.id(&after));
            let owners = snapshot.inbound(id, after).take(limit);
            let rows = owners.flat_map(|owner| {
                let text = snapshot.name(owner).to_string();
                types_naming(&snapshot, owner, id).into_iter().map(move |rtype| (text.clone(), rtype.to_string()))
            });
            (snapshot.inbound_count(id), rows.collect())
        }))
    }

    #[pyo3(signature = (name, *, limit = 100, after = None))]
    fn reach(&self, py: Python<'_>, name: &str, limit: usize, after: Option<&str>) -> PyResult<(usize, Vec<Reached>)> {
        let (name, after) = (read_name(name)?, after.map(read_name).transpose()?);
        Ok(py.detach(|| {
            let snapshot = self.inner.snapshot();
            page(&snapshot, snapshot.reach(&name, limit, after.as_ref()))
        }))
    }

    fn answered(&self, py: Python<'_>, wildcard: &str) -> PyResult<Vec<String>> {
        let wildcard = read_name(wildcard)?;
        Ok(py.detach(|| self.inner.snapshot().answered(&wildcard).iter().map(ToString::to_string).collect()))
    }

    #[pyo3(signature = (address, *, limit = 100, after = None))]
    fn reach_address(
        &self,
        py: Python<'_>,
        address: IpAddr,
        limit: usize,
        after: Option<&str>,
    ) -> PyResult<(usize, Vec<Reached>)> {
        let after = after.map(read_name).transpose()?;
        Ok(py.detach(|| {
            let snapshot = self.inner.snapshot();
            page_to(&snapshot, snapshot.reach_address(address, limit, after.as_ref()), Some(address.to_string()))
        }))
    }

    #[pyo3(signature = (kinds, *, scope = None, long = 9, many = 4, services = Vec::new(), limit = 0))]
    #[allow(clippy::too_many_arguments)] // keywords
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
            let (snapshot, zones) = self.inner.version();
            let owners = scope.map(|names| known(&snapshot, &names));
            let scope = owners.as_ref().map_or(Scope::All, |owners| Scope::Owners(owners));
            let facts = snapshot.facts(&zones, scope, &asked, self.inner.limits());
            facts.first.into_iter().map(|fact| Fact::new(fact, &snapshot, None)).collect()
        }))
    }

    fn exists(&self, py: Python<'_>, names: Vec<String>) -> PyResult<Vec<bool>> {
        let names = read_names(&names)?;
        Ok(py.detach(|| exist(&self.inner.snapshot(), &names)))
    }

    #[pyo3(signature = (zone = None, *, kinds = None))]
    fn fact_counts(
        &self,
        py: Python<'_>,
        zone: Option<&str>,
        kinds: Option<Vec<String>>,
    ) -> PyResult<BTreeMap<&'static str, usize>> {
        let kinds = kinds.map_or(Ok(Kinds::ALL), |words| read_kinds(&words))?;
        let zone = zone.map(read_name).transpose()?;
        Ok(py.detach(|| {
            let (snapshot, zones) = self.inner.version();
            let one = zone.map(|zone| zones.iter().find(|other| other.origin == zone).map(|zone| zone.id));
            let scope = match one {
                None => Scope::All,
                Some(Some(id)) => Scope::Zone(id),
                Some(None) => return BTreeMap::new(),
            };
            let asked = Asked { limit: 0, ..Asked::new(kinds) };
            let facts = snapshot.facts(&zones, scope, &asked, self.inner.limits());
            facts.counts().map(|(kind, count)| (kind.word(), count)).collect()
        }))
    }

    fn survey(&self, py: Python<'_>, kinds: Vec<String>, limit: usize) -> PyResult<Survey> {
        let asked = Asked { limit, ..Asked::new(read_kinds(&kinds)?) };
        Ok(py.detach(|| {
            let (snapshot, zones) = self.inner.version();
            let limits = self.inner.limits();
            let facts = when_idle(|| snapshot.facts(&zones, Scope::All, &asked, limits));
            let counts = facts.counts().map(|(kind, count)| (kind.word(), count)).collect();
            (counts, facts.first.into_iter().map(|fact| Fact::new(fact, &snapshot, None)).collect())
        }))
    }

    #[pyo3(signature = (packet, *, tcp = true, udp_size = 1232))]
    fn answer<'py>(&self, py: Python<'py>, packet: Vec<u8>, tcp: bool, udp_size: u16) -> Option<Bound<'py, PyBytes>> {
        let transport = if tcp { Transport::Tcp } else { Transport::Udp };
        let mut answerer = Answerer::new(Settings { udp_size, nsid: Vec::new() });
        let mut out = vec![0; u16::MAX as usize];
        let reply = answerer.answer(&self.inner.snapshot(), self.inner.limits(), &packet, transport, &mut out)?;
        Some(PyBytes::new(py, &out[..reply.len]))
    }
}
