//! The alias graph: names are nodes, records that name another name are links.
//!
//! ```text
//! Graph ─ writer (one) ─ Draft ── commit ──> Snapshot ──> published ──> readers (any number)
//! ```
//!
//! A [`Snapshot`] is a whole version that never changes; it shares all that did not change with the
//! version before, so publishing costs what the change touches and readers neither wait nor see a mix.
//! Stations, in order: `node` (what a name holds, packed), `table`, `index`, `keyset` (the persistent
//! structures), `snapshot`, `draft`, `owner` and `build` (records into a draft), `find`, `follow`, `walk`, `facts`.

mod ahead;
mod build;
mod denial;
mod draft;
mod facts;
mod find;
mod follow;
mod index;
mod keyset;
mod node;
mod ordered;
mod owner;
mod prepare;
mod signed;
mod snapshot;
mod soa;
mod table;
mod walk;

pub use ahead::Ahead;
pub use denial::{Denial, Nsec3Parameters};
pub use facts::{record_facts, Asked, Fact, FactKind, Facts, Kinds, Names, Order, Other, Scope, Shown};
pub use find::{Found, Spot};
pub use follow::{follow, Chain, End, Hop, Kind, Limits, Lookup, Step};
pub use index::Keys;
pub use node::{Below, Link, NameId, Node, Payload, RRset, Sets, Slot};
pub use owner::{is_link, means_none, targets};
pub use prepare::{Changes, NoPublish, NoZone, Prepared, Refused, SetChange};
pub use snapshot::{Snapshot, Wanted};
pub use soa::{minimum as soa_minimum, serial as soa_serial};
pub use walk::{GraphName, Place, Walk};

use crate::name::Name;
use crate::zonefile::{self, Problem, Read};
use arc_swap::ArcSwap;
use build::ZoneBuild;
use draft::{Draft, FreeIds};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A published zone.
#[derive(Clone, Debug)]
pub struct Zone {
    /// The apex.
    pub id: NameId,
    /// Its name.
    pub origin: Name,
    /// The SOA's serial.
    pub serial: u32,
    /// Records, each counted once.
    pub records: usize,
    /// Owners that hold records.
    pub names: usize,
}

/// What came of loading a zone file. The zone was published exactly when there are no problems.
#[derive(Debug)]
pub struct Loaded {
    /// The zone as it was read.
    pub zone: Zone,
    /// Owners that hold something else than in the version before.
    pub changed: usize,
    /// The file and all it includes.
    pub files: Vec<PathBuf>,
    /// Why the zone was not published.
    pub problems: Vec<Problem>,
}

/// How much room a file's zone will take, judged by its beginning: room that is made at once is not made again and
/// again while reading, and too much of it would stay (the index of names keeps its size).
struct Expected {
    names: usize,
    records: usize,
}

impl Expected {
    const SAMPLE: usize = 1 << 18;
    const MOST: usize = 1 << 24;

    fn of(bytes: &[u8]) -> Expected {
        let sample = &bytes[..bytes.len().min(Expected::SAMPLE)];
        let lines = sample.split(|octet| *octet == b'\n').filter(|line| !line.is_empty());
        let first_word = |line: &'_ [u8]| line.iter().take_while(|octet| !octet.is_ascii_whitespace()).count();
        let (mut names, mut records, mut last) = (0, 0, &[][..]);
        for line in lines {
            let owner = &line[..first_word(line)];
            records += 1;
            names += (!owner.is_empty() && owner != last) as usize;
            last = if owner.is_empty() { last } else { owner };
        }
        let scaled = |count: usize| (count as f64 * bytes.len() as f64 / sample.len().max(1) as f64) as usize;
        Expected { names: scaled(names).min(Expected::MOST), records: scaled(records).min(Expected::MOST) }
    }
}

#[derive(Default)]
struct Writer {
    /// Shared with drafts, as long as they are made.
    free: Arc<Vec<u32>>,
    /// Ids that are or were an apex. They are never used for another name: counters speak of them.
    apexes: Arc<HashSet<u32>>,
    zones: BTreeMap<Name, Zone>,
}

/// The published graph and its one writer.
pub struct Graph {
    published: ArcSwap<Snapshot>,
    writer: Mutex<Writer>,
    max_chain: AtomicUsize,
    within_zone: AtomicBool,
}

impl Graph {
    /// A graph without zones.
    pub fn new(limits: Limits) -> Graph {
        Graph {
            published: ArcSwap::from_pointee(Snapshot::new()),
            writer: Mutex::default(),
            max_chain: AtomicUsize::new(limits.max_chain),
            within_zone: AtomicBool::new(limits.within_zone),
        }
    }

    /// How far answers follow.
    pub fn limits(&self) -> Limits {
        Limits {
            max_chain: self.max_chain.load(Ordering::Relaxed),
            within_zone: self.within_zone.load(Ordering::Relaxed),
        }
    }

    /// Changes how far answers follow.
    pub fn set_limits(&self, limits: Limits) {
        self.max_chain.store(limits.max_chain, Ordering::Relaxed);
        self.within_zone.store(limits.within_zone, Ordering::Relaxed);
    }

    /// The newest version.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.published.load_full()
    }

    /// Where the newest version is found; a worker keeps a cache on it.
    pub fn published(&self) -> &ArcSwap<Snapshot> {
        &self.published
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        // A writer that panicked published nothing: what it holds is still that of the published version,
        // but for free ids that it took, and those are then never used.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a zone file and publishes it in place of the version before. Only what differs is written.
    ///
    /// Fails only when the file itself cannot be read; what is wrong in it is in [`Loaded::problems`].
    pub fn load(&self, path: &Path, origin: Option<&Name>) -> std::io::Result<Loaded> {
        let bytes = std::fs::read(path)?;
        // The octets are moved along, and gone before the zone is built from what was read.
        Ok(self.load_with(Expected::of(&bytes), move |build| zonefile::read_bytes(&bytes, path, origin, build)))
    }

    /// As [`Graph::load`], of a file that is in memory; `path` names it in positions, and $INCLUDE is relative to it.
    pub fn load_bytes(&self, bytes: &[u8], path: &Path, origin: Option<&Name>) -> Loaded {
        self.load_with(Expected::of(bytes), |build| zonefile::read_bytes(bytes, path, origin, build))
    }

    fn load_with(&self, expected: Expected, read: impl FnOnce(&mut ZoneBuild) -> Read) -> Loaded {
        let mut writer = self.writer();
        let draft = Draft::new(&self.snapshot(), writer.free.clone(), expected.names);
        let mut build = ZoneBuild::new(draft, expected.records);
        let read = read(&mut build);
        let origin = read.origin.to_lowercase();
        let mut built = build.finish(&origin);
        let mut problems = read.problems;
        // What a half-read file seems to lack is no news.
        if problems.is_empty() {
            let problem = |(fact, at): (Fact, _)| Problem { at, what: fact.detail, hint: fact.hint };
            problems = std::mem::take(&mut built.refused).into_iter().map(problem).collect();
        }
        let zone = Zone { id: built.zone, origin, serial: built.serial, records: built.records, names: built.names };
        let is_new = !writer.zones.contains_key(&origin);
        if problems.is_empty() && (!built.changed.is_empty() || is_new) {
            self.commit(&mut writer, built.draft, built.zone);
        }
        if problems.is_empty() {
            writer.zones.insert(origin, zone.clone());
        }
        Loaded { zone, changed: built.changed.len(), files: read.files, problems }
    }

    /// Stops serving a zone; whether it was served.
    pub fn unload(&self, origin: &Name) -> bool {
        let mut writer = self.writer();
        let Some(zone) = writer.zones.remove(&origin.to_lowercase()) else { return false };
        let mut draft = Draft::new(&self.snapshot(), writer.free.clone(), 0);
        drop_zone(&mut draft, zone.id);
        self.commit(&mut writer, draft, zone.id);
        true
    }

    fn commit(&self, writer: &mut Writer, draft: Draft, zone: NameId) {
        Arc::make_mut(&mut writer.apexes).insert(zone.0);
        let (snapshot, ids) = draft.commit(&|id| writer.apexes.contains(&id));
        writer.install(&ids);
        self.published.store(Arc::new(snapshot));
    }

    /// The published zones, in canonical order.
    pub fn zones(&self) -> Vec<Zone> {
        self.writer().zones.values().cloned().collect()
    }

    /// The newest version with its zones, in canonical order.
    pub fn version(&self) -> (Arc<Snapshot>, Vec<Zone>) {
        let writer = self.writer();
        (self.snapshot(), writer.zones.values().cloned().collect())
    }

    /// The name of an apex, also of a zone that is not served any more.
    pub fn apex(&self, id: NameId) -> Option<Name> {
        let writer = self.writer();
        writer.apexes.contains(&id.0).then(|| self.snapshot().name(id))
    }
}

impl Writer {
    fn install(&mut self, ids: &FreeIds) {
        let free = Arc::make_mut(&mut self.free);
        free.truncate(ids.left);
        free.extend(&ids.freed);
    }
}

/// Takes everything out that a zone holds.
fn drop_zone(draft: &mut Draft, zone: NameId) {
    let members: Vec<NameId> = draft.before().members(zone).collect();
    for id in members {
        owner::drop_member(draft, zone, id);
    }
}
