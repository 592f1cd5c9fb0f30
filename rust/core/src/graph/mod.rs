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
mod signed;
mod snapshot;
mod soa;
mod table;
mod walk;
mod world;

pub use ahead::Ahead;
pub use denial::{Denial, Nsec3Parameters};
pub use facts::{record_facts, Asked, Fact, FactKind, Facts, Kinds, Names, Order, Other, Scope, Shown};
pub use find::{Found, Spot};
pub use follow::{follow, Chain, End, Hop, Kind, Limits, Lookup, Step};
pub use index::Keys;
pub use node::{Below, Link, NameId, Node, Payload, RRset, Sets, Slot};
pub use owner::{is_link, means_none, targets};
pub use snapshot::{Snapshot, Wanted};
pub use soa::{minimum as soa_minimum, serial as soa_serial};
pub use walk::{GraphName, Place, Walk};
pub use world::{Outcome, Placed, Source, TextSpot, World};

use crate::name::Name;
use crate::record::Rtype;
use crate::zonefile::{Problem, Read};
use arc_swap::ArcSwap;
use build::{read_text, Batch, Builder, Built, Expected, Text};
use draft::Draft;
use owner::{pack, place, Entry, Packed};
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

/// A change of one RRset: `data` in uncompressed wire form replaces what is there; none deletes it.
#[derive(Clone, Debug)]
pub struct SetChange {
    /// Whose RRset.
    pub owner: Name,
    /// Its type.
    pub rtype: Rtype,
    /// Seconds.
    pub ttl: u32,
    /// The data of each record.
    pub data: Vec<Vec<u8>>,
}

/// Why a change was not made; nothing of it was.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// No such zone is published.
    NoZone(Box<Name>),
    /// An owner is not in the zone.
    Outside(Box<Name>),
    /// An owner's records cannot stand together.
    Conflict(Box<Name>, owner::Conflict),
    /// The zone would not have exactly one SOA, at its apex.
    Soa(Box<Name>),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::NoZone(zone) => write!(f, "no zone {zone} is served here"),
            Refused::Outside(owner) => write!(f, "{owner} lies outside the zone"),
            Refused::Conflict(owner, owner::Conflict::ApexAlias(_)) => {
                write!(f, "{owner} is the zone's apex and cannot be an alias")
            }
            Refused::Conflict(owner, owner::Conflict::AliasWithOtherData(..)) => {
                write!(f, "{owner} would be an alias and have other data")
            }
            Refused::Conflict(owner, owner::Conflict::MultipleAliases(..)) => {
                write!(f, "{owner} would be an alias of two names")
            }
            Refused::Conflict(owner, owner::Conflict::MultipleDnames(..)) => write!(f, "{owner} would have two DNAMEs"),
            Refused::Conflict(owner, owner::Conflict::DnameWithNs(..)) => {
                write!(f, "{owner} would have a DNAME and be delegated")
            }
            Refused::Soa(owner) => write!(f, "{owner}: a zone has exactly one SOA, at its apex"),
        }
    }
}

#[derive(Default)]
struct Writer {
    free: Vec<u32>,
    /// Ids that are or were an apex. They are never used for another name: counters speak of them.
    apexes: HashSet<u32>,
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
        Ok(self.load_with(Expected::of(&bytes), move |keys, add| read_text(&bytes, path, origin, keys, add)))
    }

    /// As [`Graph::load`], of a file that is in memory; `path` names it in positions, and $INCLUDE is relative to it.
    pub fn load_bytes(&self, bytes: &[u8], path: &Path, origin: Option<&Name>) -> Loaded {
        self.load_with(Expected::of(bytes), |keys, add| read_text(bytes, path, origin, keys, add))
    }

    fn load_with(&self, expected: Expected, read: impl FnOnce(Keys, &mut dyn FnMut(&Batch)) -> (Read, Text)) -> Loaded {
        let mut writer = self.writer();
        let snapshot = self.snapshot();
        let mut builder = Builder::new(Draft::new(&snapshot, writer.free.clone(), expected.names));
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
            self.publish(&mut writer, builder.into_draft(), zone.id);
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
        let snapshot = self.snapshot();
        let mut draft = Draft::new(&snapshot, writer.free.clone(), 0);
        for id in snapshot.members(zone.id) {
            owner::drop_member(&mut draft, zone.id, id);
        }
        self.publish(&mut writer, draft, zone.id);
        true
    }

    /// Replaces RRsets of a zone in one publication; gives how many owners changed.
    pub fn change(&self, origin: &Name, sets: &[SetChange]) -> Result<usize, Refused> {
        let mut writer = self.writer();
        let origin = origin.to_lowercase();
        let mut zone = writer.zones.get(&origin).cloned().ok_or(Refused::NoZone(Box::new(origin)))?;
        let mut draft = Draft::new(&self.snapshot(), writer.free.clone(), 0);
        let mut changed = 0;
        let mut by_owner: BTreeMap<Name, Vec<&SetChange>> = BTreeMap::new();
        for set in sets {
            by_owner.entry(set.owner.to_lowercase()).or_default().push(set);
        }
        for (owner, sets) in by_owner {
            changed += change_owner(&mut draft, &mut zone, &owner, &sets)? as usize;
        }
        if changed > 0 {
            self.publish(&mut writer, draft, zone.id);
        }
        writer.zones.insert(origin, zone);
        Ok(changed)
    }

    fn publish(&self, writer: &mut Writer, draft: Draft, zone: NameId) {
        writer.apexes.insert(zone.0);
        let (snapshot, free) = draft.commit(&|id| writer.apexes.contains(&id));
        writer.free = free;
        self.published.store(Arc::new(snapshot));
    }

    /// The published zones, in canonical order.
    pub fn zones(&self) -> Vec<Zone> {
        self.writer().zones.values().cloned().collect()
    }

    /// The name of an apex, also of a zone that is not served any more.
    pub fn apex(&self, id: NameId) -> Option<Name> {
        let writer = self.writer();
        writer.apexes.contains(&id.0).then(|| self.snapshot().name(id))
    }
}

fn change_owner(draft: &mut Draft, zone: &mut Zone, owner: &Name, sets: &[&SetChange]) -> Result<bool, Refused> {
    if !owner.is_at_or_below(&zone.origin) {
        return Err(Refused::Outside(Box::new(*owner)));
    }
    let id = draft.intern(owner);
    let mut records = owner::records(draft, id, zone.id);
    let before = records.len();
    for set in sets {
        records.retain(|(rtype, _, _)| *rtype != set.rtype);
        records.extend(set.data.iter().map(|data| (set.rtype, set.ttl, data.clone())));
    }
    let mut entries: Vec<Entry<'_>> = records
        .iter()
        .enumerate()
        .map(|(number, (rtype, ttl, data))| Entry { rtype: *rtype, ttl: *ttl, data, number, target: None })
        .collect();
    let mut packed = Packed::new();
    if let Err(conflicts) = pack(draft, &mut entries, id == zone.id, &mut packed) {
        return Err(Refused::Conflict(Box::new(*owner), conflicts[0]));
    }
    let soas: Vec<&Entry<'_>> = entries.iter().filter(|entry| entry.rtype == Rtype::SOA).collect();
    if soas.len() != (id == zone.id) as usize {
        return Err(Refused::Soa(Box::new(*owner)));
    }
    if let Some(serial) = soas.first().and_then(|soa| soa_serial(soa.data)) {
        zone.serial = serial;
    }
    zone.records = zone.records + entries.len() - before;
    zone.names = zone.names + !entries.is_empty() as usize - (before > 0) as usize;
    let is_changed = place(draft, zone.id, id, &packed);
    draft.loosen(id);
    Ok(is_changed)
}
