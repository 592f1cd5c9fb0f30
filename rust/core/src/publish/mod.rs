//! The published graph and its one writer.
//!
//! ```text
//! Graph ─ writer (one) ─ Draft ── commit ──> Snapshot ──> published ──> readers (any number)
//! ```
//!
//! What is published is whole, and readers neither wait nor see a mix. A version can be made beside it, looked at and then
//! published (`prepare`); zone files are published at once when nothing is wrong with them.

mod prepare;
mod seen;

pub use prepare::{Branch, Changes, Next, NoPublish, NoZone, Others, Part, Prepared, Refused, SetChange, Stored};

use crate::graph::build::{read_text, Batch, Builder, Built, Expected, Text};
use crate::graph::draft::Draft;
use crate::graph::{owner, Keys, NameId, Snapshot, Zone};
use crate::name::Name;
use crate::walk::Limits;
use crate::zonefile::{Problem, Read};
use arc_swap::ArcSwap;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

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

#[derive(Default)]
struct Writer {
    /// Shared with drafts, as long as they are made.
    free: Arc<Vec<u32>>,
    /// Ids that are or were an apex. They are never used for another name: counters speak of them.
    apexes: Arc<HashSet<u32>>,
    /// What the numbers of apexes name that were given while a branch was made, and not by it.
    elsewhere: HashMap<u32, Name>,
    zones: BTreeMap<Name, Zone>,
    log: Weak<prepare::Log>,
}

/// The published graph and its one writer.
pub struct Graph {
    published: ArcSwap<Snapshot>,
    writer: Mutex<Writer>,
    max_chain: AtomicUsize,
    within_zone: AtomicBool,
    /// Whether anybody answers from it.
    is_answering: AtomicBool,
}

impl Graph {
    /// A graph without zones.
    pub fn new(limits: Limits) -> Graph {
        Graph {
            published: ArcSwap::from_pointee(Snapshot::new()),
            writer: Mutex::default(),
            max_chain: AtomicUsize::new(limits.max_chain),
            within_zone: AtomicBool::new(limits.within_zone),
            is_answering: AtomicBool::new(false),
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

    /// Notes that answers are given from now on: the cores are then theirs, and loading keeps to one.
    pub fn begin_answering(&self) {
        self.is_answering.store(true, Ordering::Relaxed);
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
        let expected = Expected::of(&bytes);
        // The octets are moved along, and gone before the zone is built from what was read.
        let is_helped = !self.is_answering.load(Ordering::Relaxed);
        let file = move |keys, add: &mut dyn FnMut(&Batch)| read_text(&bytes, path, origin, keys, is_helped, add);
        Ok(self.load_with(expected, file))
    }

    /// As [`Graph::load`], of a file that is in memory; `path` names it in positions, and $INCLUDE is relative to it.
    pub fn load_bytes(&self, bytes: &[u8], path: &Path, origin: Option<&Name>) -> Loaded {
        self.load_with(Expected::of(bytes), |keys, add| read_text(bytes, path, origin, keys, false, add))
    }

    fn load_with(&self, expected: Expected, read: impl FnOnce(Keys, &mut dyn FnMut(&Batch)) -> (Read, Text)) -> Loaded {
        let is_helped = !self.is_answering.load(Ordering::Relaxed);
        let mut writer = self.writer();
        let snapshot = self.snapshot();
        let mut builder = Builder::new(Draft::new(&snapshot, writer.free.clone(), expected.names).helped(is_helped));
        let (read, text) = read(*snapshot.keys(), &mut |batch| builder.add(batch));
        let origin = read.origin.to_lowercase();
        let built = builder.finish(&origin, text);
        let mut problems = read.problems;
        // What a half-read file seems to lack is no news.
        if problems.is_empty() {
            problems = built.problems(&origin, builder.draft());
        }
        let Built { zone, serial, records, names, .. } = built;
        let changed = built.changed.len();
        drop(built); // the rows are not needed for publishing, and large
        let zone = Zone { id: zone, origin, serial, records, names };
        let is_new = !writer.zones.contains_key(&origin);
        if problems.is_empty() && (changed > 0 || is_new) {
            self.commit(&mut writer, builder.into_draft(), zone.id);
        }
        if problems.is_empty() {
            writer.zones.insert(origin, zone.clone());
        }
        Loaded { zone, changed, files: read.files, problems }
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
        ids.install(&mut writer.free);
        writer.note(None);
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
        let named = || writer.elsewhere.get(&id.0).copied().unwrap_or_else(|| self.snapshot().name(id));
        writer.apexes.contains(&id.0).then(named)
    }
}

/// Takes everything out that a zone holds.
fn drop_zone(draft: &mut Draft, zone: NameId) {
    let members: Vec<NameId> = draft.before().members(zone).collect();
    for id in members {
        owner::drop_member(draft, zone, id);
    }
}
