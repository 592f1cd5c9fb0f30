//! Values that the core gives, in Python's types: names and data as text.

use pyo3::prelude::*;
use std::ffi::OsString;
use std::path::PathBuf;
use truename_core::answer::rcode_of;
use truename_core::graph::{self, NameId, Node, Snapshot};
use truename_core::publish;
use truename_core::record::{present, Rtype};
use truename_core::walk::{self, End, GraphName, Place, Walk};
use truename_core::zonefile;

/// One thing that keeps a zone file from being served.
#[pyclass(frozen, get_all)]
#[derive(Clone)]
pub struct Problem {
    file: OsString,
    line: u32,
    column: u32,
    message: String,
    hint: String,
}

/// What came of reading one zone file.
#[pyclass(frozen, get_all)]
pub struct Loaded {
    origin: String,
    serial: u32,
    records: usize,
    names: usize,
    changed: usize,
    files: Vec<OsString>,
    problems: Vec<Problem>,
}

/// One link of a chain.
#[pyclass(frozen, get_all)]
#[derive(Clone)]
pub struct Hop {
    alias: String,
    target: String,
    ttl: u32,
    kind: &'static str,
    wildcard: Option<String>,
    zone: String,
}

/// One walk along aliases.
#[pyclass(frozen, get_all)]
pub struct Chain {
    qname: String,
    qtype: String,
    rcode: &'static str,
    end: &'static str,
    hops: Vec<Hop>,
    canonical_name: String,
    records: Vec<(String, u32, String, String)>,
    ttl: Option<u32>,
}

/// A published zone.
#[pyclass(frozen, get_all)]
pub struct Zone {
    origin: String,
    serial: u32,
    records: usize,
    names: usize,
}

/// The values of `problems`, whose positions number `files`; without a file that is there, text is meant.
pub fn problems_of(problems: Vec<zonefile::Problem>, files: &[OsString]) -> Vec<Problem> {
    let problem = |problem: zonefile::Problem| Problem {
        file: files.get(problem.at.file as usize).cloned().unwrap_or_default(),
        line: problem.at.line,
        column: problem.at.column,
        message: problem.what,
        hint: problem.hint,
    };
    problems.into_iter().map(problem).collect()
}

impl Loaded {
    /// The value of what the core said.
    pub fn new(loaded: publish::Loaded) -> Loaded {
        let files: Vec<OsString> = loaded.files.into_iter().map(PathBuf::into_os_string).collect();
        let problems = problems_of(loaded.problems, &files);
        let (zone, changed) = (loaded.zone, loaded.changed);
        let (serial, records, names) = (zone.serial, zone.records, zone.names);
        Loaded { origin: zone.origin.to_string(), serial, records, names, changed, files, problems }
    }
}

impl From<graph::Zone> for Zone {
    fn from(zone: graph::Zone) -> Zone {
        Zone { origin: zone.origin.to_string(), serial: zone.serial, records: zone.records, names: zone.names }
    }
}

impl Chain {
    /// The value of a walk.
    pub fn new(walk: &Walk<'_>, qtype: Rtype, chain: &walk::Chain<GraphName, Place>) -> Chain {
        let hops: Vec<Hop> = chain.hops.iter().map(|hop| hop_value(walk, hop)).collect();
        let qname = walk.asked.name().to_string();
        let canonical_name = hops.last().map_or_else(|| qname.clone(), |hop| hop.target.clone());
        let records = match chain.end {
            End::Data { place, .. } => records(walk.snapshot, place, qtype, &canonical_name),
            _ => Vec::new(),
        };
        let ttls = hops.iter().map(|hop| hop.ttl).chain(records.iter().map(|record| record.1));
        Chain {
            ttl: ttls.min(),
            qname,
            qtype: qtype.to_string(),
            rcode: rcode_of(chain).mnemonic(),
            end: chain.end.word(),
            hops,
            canonical_name,
            records,
        }
    }
}

fn hop_value(walk: &Walk<'_>, hop: &walk::Hop<GraphName, Place>) -> Hop {
    let name = |id: NameId| walk.snapshot.name(id).to_string();
    Hop {
        alias: walk.name(&hop.alias).to_string(),
        target: walk.name(&hop.target).to_string(),
        ttl: hop.ttl,
        kind: hop.kind.word(),
        wildcard: hop.is_wildcard.then(|| name(hop.place.owner)),
        zone: name(hop.place.zone),
    }
}

/// The records at the end of a walk, as text; for ANY all of them.
fn records(snapshot: &Snapshot, place: Place, qtype: Rtype, owner: &str) -> Vec<(String, u32, String, String)> {
    let Some(payload) = snapshot.slot(place.owner).payload(place.zone) else { return Vec::new() };
    let record = |rtype: Rtype, ttl: u32, data: String| (owner.to_string(), ttl, rtype.to_string(), data);
    let alias = match payload.node() {
        Node::Alias(link, _) => Some(record(Rtype::CNAME, link.ttl, snapshot.name(link.target).to_string())),
        _ => None,
    };
    let is_wanted = |rtype: Rtype| qtype == Rtype::ANY || rtype == qtype;
    let sets = payload.sets();
    let sets = sets.iter().filter(|set| is_wanted(set.rtype));
    let data = sets.flat_map(|set| set.iter().map(move |data| (set, data)).collect::<Vec<_>>());
    let data = data.map(|(set, data)| record(set.rtype, set.ttl, present(set.rtype, data)));
    alias.into_iter().filter(|_| is_wanted(Rtype::CNAME)).chain(data).collect()
}
