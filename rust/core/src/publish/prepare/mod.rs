//! A change that is ready to be published, and can be looked at before.
//!
//! ```text
//! Changes ─ prepare ─ Draft ── commit ──> Prepared { snapshot, refused, .. } ── publish ──> readers
//! ```
//!
//! [`Graph::prepare`] makes the next version beside the published one, which costs what the change touches and what
//! nobody else notices. It is judged as a graph like any other. [`Graph::publish`] then makes it the version that is
//! served, unless another one came in between. What no graph can hold comes back as facts, all of it.

mod branch;
mod making;
mod signed;

pub use crate::graph::build::{Next, Part, Stored};
pub use branch::{Branch, Log, Others};

use super::Graph;
use crate::facts::scope::Touched;
use crate::facts::signed::OF_SIGNED;
use crate::facts::{Asked, Fact, FactKind, Facts, Kinds, Scope};
use crate::graph::draft::FreeIds;
use crate::graph::node::NameId;
use crate::graph::snapshot::Snapshot;
use crate::graph::Zone;
use crate::name::Name;
use crate::record::Rtype;
use crate::walk::answers::{has_same_data, Answers};
use crate::walk::reach::{Reach, Reached};
use crate::walk::versions::{Extent, Region, Versions};
use crate::walk::Limits;
use crate::zonefile::Position;
use making::Making;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

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

/// What is to become another version, in this order.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Zones that are not served any more. One that has a text too is replaced.
    pub drops: Vec<Name>,
    /// Zones made or replaced as a whole, with their master file text.
    pub texts: Vec<(Name, Vec<u8>)>,
    /// RRsets, each with its zone.
    pub sets: Vec<(Name, SetChange)>,
}

impl Changes {
    /// The zones that are named, each once or more.
    fn zones(&self) -> impl Iterator<Item = &Name> {
        let named = self.sets.iter().map(|set| &set.0).chain(&self.drops);
        named.chain(self.texts.iter().map(|text| &text.0))
    }
}

/// A version that is not published yet.
pub struct Prepared {
    /// The version it was made from.
    pub base: Arc<Snapshot>,
    /// The version as it would be; without what is refused.
    pub snapshot: Arc<Snapshot>,
    /// What no graph can hold, with its place in the zone's text. Then it cannot be published.
    pub refused: Vec<(Fact, Position)>,
    /// The zones that are touched and go on.
    pub zones: Vec<Zone>,
    /// The zones that are dropped.
    pub dropped: Vec<Zone>,
    /// (apex, owner) of all that hold something else.
    pub changed: Vec<(NameId, NameId)>,
    pub(super) ids: FreeIds,
    /// To be carried out once more on a [`Branch`].
    pub(super) made_of: Option<Arc<Changes>>,
    pub(super) touched: OnceLock<Touched>,
}

/// Kinds that belong to a zone as a whole, of which an edit is not told; those of signed zones are looked for apart.
const OF_ZONES: Kinds = Kinds::of(&[FactKind::SharedAddress]);

impl Prepared {
    fn versions(&self) -> Versions<'_> {
        Versions { before: &self.base, after: &self.snapshot }
    }

    /// A change of so much that every name may as well be touched: finding out which ones would take longer.
    fn touches_all(&self) -> bool {
        let names = match self.snapshot.only {
            None => self.snapshot.ids() as usize,
            Some(_) => self.zones.iter().chain(&self.dropped).map(|zone| zone.names).sum(),
        };
        self.changed.len() > 1000 && self.changed.len() > names / 8
    }

    fn touched(&self) -> &Touched {
        self.touched.get_or_init(|| self.versions().scope(&self.changed))
    }

    /// The names whose facts may be others than before: those that are touched and, where their shape changed, what
    /// reaches them.
    pub fn scope(&self) -> Vec<Name> {
        let versions = self.versions();
        if self.touches_all() {
            let ids = self.base.ids().max(self.snapshot.ids());
            return (0..ids).map(NameId).filter(|id| versions.knows(*id)).map(|id| versions.name(id)).collect();
        }
        self.touched().scope.iter().map(|id| versions.name(*id)).collect()
    }

    /// Who reached, in the version before, an owner that changed or a name whose answer is another because of what
    /// changed around it, and owners of links that are answered otherwise themselves. Owners that changed are not
    /// listed. An apex that only has another SOA counts for nothing: each change gives it one, and nobody is led to it.
    pub fn reach(&self, limit: usize, after: Option<&Name>) -> Reach {
        let versions = self.versions();
        let answers = self.answers(&versions);
        match self.touches_all() {
            true => self.base.reach_of(&answers, &self.whole_zones(), limit, after),
            false => self.base.reach_of(&answers, &self.touched().regions, limit, after),
        }
    }

    /// Seconds for which caches may hold what one who reached the change was answered before.
    pub fn stale(&self, one: &Reached, limits: Limits) -> u32 {
        let versions = self.versions();
        let answers = self.answers(&versions);
        let glue = match (one.rtype, one.path.last()) {
            (Rtype::NS, Some(host)) if one.path.len() == 2 => answers.stale_glue(host, one.zone),
            _ => 0,
        };
        glue.max(answers.stale(&one.path[..one.walked], limits))
    }

    fn answers<'a>(&self, versions: &'a Versions<'a>) -> Answers<'a> {
        let is_told = |at: &&(NameId, NameId)| self.holds(at) && !self.is_only_numbered(at);
        Answers::new(versions, self.changed.iter().filter(is_told).copied())
    }

    /// The zones that are touched, as regions.
    fn whole_zones(&self) -> Vec<Region> {
        let apexes = self.zones.iter().chain(&self.dropped).map(|zone| zone.id);
        apexes.map(|apex| Region { root: apex, extent: Extent::Below, cause: apex }).collect()
    }

    /// Whether an owner had or has records: of a zone that is dropped, names without any are told too.
    fn holds(&self, (zone, owner): &(NameId, NameId)) -> bool {
        let held = [&self.base, &self.snapshot].map(|version| version.held(*zone, *owner));
        held.iter().flatten().any(|payload| !payload.is_empty())
    }

    fn is_only_numbered(&self, (zone, owner): &(NameId, NameId)) -> bool {
        let held = (self.base.held(*zone, *owner), self.snapshot.held(*zone, *owner));
        let (Some(before), Some(after)) = held else { return false };
        zone == owner && has_same_data(&before, &after)
    }

    /// Facts of the version as it would be, in the scope of the change. Of shared addresses, which belong to a zone as a
    /// whole, an edit is not told.
    pub fn facts(&self, asked: &Asked<'_>, limits: Limits) -> Facts {
        self.facts_of(&self.snapshot, asked, limits)
    }

    /// The facts of the version before, in the same scope.
    pub fn facts_before(&self, asked: &Asked<'_>, limits: Limits) -> Facts {
        self.facts_of(&self.base, asked, limits)
    }

    fn facts_of(&self, version: &Snapshot, asked: &Asked<'_>, limits: Limits) -> Facts {
        let mut facts = self.scoped_facts(version, asked, limits);
        for fact in self.signed_facts(version, asked.kinds) {
            facts.add(fact.kind, || fact);
        }
        facts
    }

    fn scoped_facts(&self, version: &Snapshot, asked: &Asked<'_>, limits: Limits) -> Facts {
        let kinds = asked.kinds.without(OF_ZONES | OF_SIGNED);
        let asked = Asked { kinds, services: asked.services.clone(), ..*asked };
        if self.touches_all() {
            let ids = (0..version.ids()).map(NameId);
            let zones: Vec<Zone> =
                ids.filter(|id| version.slot(*id).is_apex()).map(|id| zone_of(version, id)).collect();
            return version.facts(&zones, Scope::All, &asked, limits);
        }
        let owners: Vec<NameId> = self.touched().scope.iter().copied().filter(|id| version.has(*id)).collect();
        let zones: BTreeSet<NameId> =
            owners.iter().flat_map(|id| version.slot(*id).payloads()).map(|payload| payload.zone).collect();
        let zones: Vec<Zone> = zones.into_iter().map(|id| zone_of(version, id)).collect();
        version.facts(&zones, Scope::Owners(&owners), &asked, limits)
    }
}

/// A zone by its apex, as far as facts need it.
fn zone_of(version: &Snapshot, id: NameId) -> Zone {
    Zone { id, origin: version.name(id), serial: 0, records: 0, names: 0 }
}

/// A zone that is to be changed and is not served here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoZone(pub Box<Name>);

impl std::fmt::Display for NoZone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no zone {} is served here", self.0)
    }
}

/// Why a prepared version was not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPublish {
    /// Another version was published since it was prepared.
    Stale,
    /// It holds what no graph can hold.
    Refused,
}

/// Why a change was not made; nothing of it was.
#[derive(Clone, Debug)]
pub enum Refused {
    /// No such zone is served.
    NoZone(NoZone),
    /// What no graph can hold, in words.
    Facts(Vec<String>),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::NoZone(missing) => missing.fmt(f),
            Refused::Facts(words) => f.write_str(&words.join("; ")),
        }
    }
}

impl Graph {
    /// Makes the next version without publishing it.
    pub fn prepare(&self, changes: &Changes) -> Result<Prepared, NoZone> {
        let making = Making::new(self, changes.zones(), 0).carry_out(changes)?;
        Ok(Prepared { made_of: branch::kept(changes), ..making.finish() })
    }

    /// Makes the next version with a zone as a database keeps it, in place of what the zone held, without publishing it.
    /// `next` gives its RRsets part by part, while those before are read. Fails as `next` does.
    pub fn prepare_stored<P: Part, E>(&self, zone: Stored<'_>, next: &mut Next<'_, P, E>) -> Result<Prepared, E> {
        let making = Making::new(self, std::iter::once(zone.origin), zone.sets);
        Ok(making.stored(zone, next)?.finish())
    }

    /// Makes a prepared version the one that is served; one that changes nothing is not published.
    pub fn publish(&self, prepared: &Prepared) -> Result<(), NoPublish> {
        let mut writer = self.writer();
        if !prepared.refused.is_empty() {
            return Err(NoPublish::Refused);
        }
        if !Arc::ptr_eq(&prepared.base, &self.snapshot()) {
            return Err(NoPublish::Stale);
        }
        if prepared.changed.is_empty() && prepared.dropped.is_empty() {
            return Ok(());
        }
        for zone in &prepared.dropped {
            writer.zones.remove(&zone.origin);
        }
        for zone in &prepared.zones {
            if !writer.apexes.contains(&zone.id.0) {
                Arc::make_mut(&mut writer.apexes).insert(zone.id.0);
                writer.elsewhere.remove(&zone.id.0);
            }
            writer.zones.insert(zone.origin, zone.clone());
        }
        prepared.ids.install(&mut writer.free);
        writer.note(prepared.made_of.clone());
        self.published.store(prepared.snapshot.clone());
        Ok(())
    }

    /// Replaces RRsets of a zone in one publication; gives how many owners changed.
    pub fn change(&self, origin: &Name, sets: &[SetChange]) -> Result<usize, Refused> {
        let origin = origin.to_lowercase();
        // A change of nothing asks for no zone.
        if !self.writer().zones.contains_key(&origin) {
            return Err(Refused::NoZone(NoZone(Box::new(origin))));
        }
        let sets = sets.iter().map(|set| (origin, set.clone())).collect();
        let changes = Changes { sets, ..Changes::default() };
        loop {
            let prepared = self.prepare(&changes).map_err(Refused::NoZone)?;
            match self.publish(&prepared) {
                Ok(()) => return Ok(prepared.changed.len()),
                Err(NoPublish::Stale) => {}
                Err(NoPublish::Refused) => {
                    return Err(Refused::Facts(prepared.refused.into_iter().map(|(fact, _)| fact.detail).collect()))
                }
            }
        }
    }
}
