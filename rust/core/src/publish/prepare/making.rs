//! The next version of the graph while it is made.

use super::{Changes, NoZone, Prepared, SetChange};
use crate::facts::conflict_fact;
use crate::facts::{Fact, FactKind};
use crate::graph::build::{read_sent, read_stored, Add, Builder, Built, Next, Part, Refusal, Rows, Stored, Text, Why};
use crate::graph::draft::Draft;
use crate::graph::node::NameId;
use crate::graph::owner::{self, pack, place, Entry, Packed};
use crate::graph::snapshot::Snapshot;
use crate::graph::Keys;
use crate::graph::Zone;
use crate::name::Name;
use crate::publish::{drop_zone, Graph};
use crate::record::soa;
use crate::record::{present, Rtype};
use crate::zonefile::{Position, Problem, Read};
use std::collections::{BTreeMap, HashSet};
use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

/// A version while it is made, and what it is made of.
pub(super) struct Making {
    base: Arc<Snapshot>,
    apexes: Arc<HashSet<u32>>,
    /// Those that are touched and go on.
    zones: BTreeMap<Name, Zone>,
    dropped: Vec<Zone>,
    draft: Draft,
    refused: Vec<(Fact, Position)>,
    changed: Vec<(NameId, NameId)>,
}

/// A version, the ids that no name of it has, and those that are or were an apex.
type Ground = (Arc<Snapshot>, Arc<Vec<u32>>, Arc<HashSet<u32>>);

const NOWHERE: Position = Position { file: 0, line: 0, column: 0 };

/// What reads a zone, whatever it is kept in: names go to what is given, the rest comes back.
type Reading<'r, E> = dyn FnOnce(Keys, &mut Add<'_>) -> Result<(Read, Text), E> + 'r;

impl Making {
    /// Of a graph, for changes of the zones that are named and about so many new names.
    pub(super) fn new<'n>(graph: &Graph, named: impl Iterator<Item = &'n Name>, names: usize) -> Making {
        let writer = graph.writer();
        let zones = named.filter_map(|zone| writer.zones.get_key_value(zone));
        let zones = zones.map(|(name, zone)| (*name, zone.clone())).collect();
        let ground = (graph.snapshot(), writer.free.clone(), writer.apexes.clone());
        Making { zones, ..Making::on(graph, ground, names) }
    }

    pub(super) fn on(graph: &Graph, ground: Ground, names: usize) -> Making {
        let is_helped = !graph.is_answering.load(Ordering::Relaxed);
        let (base, free, apexes) = ground;
        Making {
            zones: BTreeMap::new(),
            draft: Draft::new(&base, free, names).helped(is_helped),
            apexes,
            base,
            dropped: Vec::new(),
            refused: Vec::new(),
            changed: Vec::new(),
        }
    }

    /// With those of `zones` that `changes` name.
    pub(super) fn knowing(mut self, changes: &Changes, zones: &BTreeMap<Name, Zone>) -> Making {
        let known = changes.zones().filter_map(|zone| zones.get_key_value(zone));
        self.zones.extend(known.map(|(name, zone)| (*name, zone.clone())));
        self
    }

    pub(super) fn carry_out(mut self, changes: &Changes) -> Result<Making, NoZone> {
        let is_replaced = |zone: &Name| changes.texts.iter().any(|text| text.0 == *zone);
        for origin in changes.drops.iter().filter(|zone| !is_replaced(zone)) {
            self.drop_zone(origin)?;
        }
        for (origin, text) in &changes.texts {
            self = self.text(origin, text);
        }
        let mut by_owner: BTreeMap<(Name, Name), Vec<&SetChange>> = BTreeMap::new();
        for (zone, set) in &changes.sets {
            by_owner.entry((*zone, set.owner)).or_default().push(set);
        }
        for ((origin, owner), sets) in by_owner {
            self.change_owner(&origin, &owner, &sets)?;
        }
        Ok(self)
    }

    fn drop_zone(&mut self, origin: &Name) -> Result<(), NoZone> {
        let zone = self.zones.remove(origin).ok_or_else(|| NoZone(Box::new(*origin)))?;
        self.changed.extend(self.draft.before().members(zone.id).map(|id| (zone.id, id)));
        drop_zone(&mut self.draft, zone.id);
        self.dropped.push(zone);
        Ok(())
    }

    /// Reads a zone's text in place of what the zone held.
    fn text(self, origin: &Name, text: &[u8]) -> Making {
        let read = |keys, add: &mut Add<'_>| Ok::<_, Infallible>(read_sent(text, origin, keys, add));
        match self.whole(origin, Box::new(read)) {
            Ok(making) => making,
            Err(never) => match never {},
        }
    }

    /// Reads a zone as a database keeps it in place of what the zone held. Fails as `next` does.
    pub(super) fn stored<P: Part, E>(self, zone: Stored<'_>, next: &mut Next<'_, P, E>) -> Result<Making, E> {
        let is_helped = self.draft.is_helped();
        let read = |keys, add: &mut Add<'_>| read_stored(zone, keys, is_helped, next, add);
        self.whole(zone.origin, Box::new(read))
    }

    fn whole<E>(mut self, origin: &Name, read: Box<Reading<'_, E>>) -> Result<Making, E> {
        let keys = *self.draft.before().keys();
        let mut builder = Builder::new(self.draft);
        let (read, records) = read(keys, &mut |batch| builder.add(batch))?;
        let built = builder.finish(origin, records);
        let id = built.zone;
        let unreadable = |problem: Problem| {
            let fact = Fact::new(FactKind::Unreadable, id, id, Rtype::SOA);
            (Fact { detail: problem.what, hint: problem.hint, ..fact }, problem.at)
        };
        self.refused.extend(read.problems.into_iter().map(unreadable));
        let is_told = |refusal: &&Refusal| match refusal.why {
            Why::NoNs => false, // such a zone can be held
            Why::NoSoa => !read.missed.soa,
            _ => true,
        };
        let rows = Rows { rows: &built.rows, data: &built.data, origin };
        let fact = |refusal: &Refusal| {
            let owner = refusal.row.map_or(id, |row| built.rows[row as usize].owner);
            rows.fact(refusal, id, &builder.draft().name(owner))
        };
        let mut found: Vec<_> = built.refusals.iter().filter(is_told).map(fact).collect();
        found.sort_by_key(|(_, at)| (at.line, at.column));
        self.refused.extend(found);
        self.changed.extend(built.changed.iter().map(|owner| (id, *owner)));
        let Built { serial, records, names, .. } = built;
        self.zones.insert(*origin, Zone { id, origin: *origin, serial, records, names });
        self.draft = builder.into_draft();
        Ok(self)
    }

    /// Replaces RRsets of one owner; when its records cannot stand together it keeps those that it had.
    fn change_owner(&mut self, origin: &Name, owner: &Name, sets: &[&SetChange]) -> Result<(), NoZone> {
        let mut zone = self.zones.remove(origin).ok_or_else(|| NoZone(Box::new(*origin)))?;
        self.change(&mut zone, owner, sets);
        self.zones.insert(*origin, zone);
        Ok(())
    }

    fn change(&mut self, zone: &mut Zone, owner: &Name, sets: &[&SetChange]) {
        let id = self.draft.intern(owner);
        self.draft.loosen(id);
        let mut records = owner::records(&self.draft, id, zone.id);
        let before = records.len();
        for set in sets {
            records.retain(|(rtype, _, _)| *rtype != set.rtype);
            records.extend(set.data.iter().map(|data| (set.rtype, set.ttl, data.clone())));
        }
        if !owner.is_at_or_below(&zone.origin) {
            return self.refuse_outside(zone, id, owner, sets);
        }
        let mut entries: Vec<Entry<'_>> = records
            .iter()
            .enumerate()
            .map(|(number, (rtype, ttl, data))| Entry { rtype: *rtype, ttl: *ttl, data, number, target: None })
            .collect();
        let mut packed = Packed::new();
        let conflicts = pack(&mut self.draft, &mut entries, id == zone.id, &mut packed).err().unwrap_or_default();
        let found = conflicts.into_iter().map(|conflict| conflict_fact(conflict, zone.id, id, &entries));
        let soas: Vec<&Entry<'_>> = entries.iter().filter(|entry| entry.rtype == Rtype::SOA).collect();
        let refused: Vec<Fact> = found.chain(judge_soa(zone, id, &soas)).collect();
        if !refused.is_empty() {
            return self.refused.extend(refused.into_iter().map(|fact| (worded(fact, owner), NOWHERE)));
        }
        if let Some(serial) = soas.first().and_then(|soa| soa::serial(soa.data)) {
            zone.serial = serial;
        }
        zone.records = zone.records + entries.len() - before;
        zone.names = zone.names + !entries.is_empty() as usize - (before > 0) as usize;
        if place(&mut self.draft, zone.id, id, &packed) {
            self.changed.push((zone.id, id));
        }
    }

    fn refuse_outside(&mut self, zone: &Zone, id: NameId, owner: &Name, sets: &[&SetChange]) {
        for set in sets {
            let data = set.data.first().cloned().unwrap_or_default();
            let fact = Fact { ttl: set.ttl, data, ..Fact::new(FactKind::Outside, zone.id, id, set.rtype) };
            let detail = format!("{owner} lies outside the zone {}", zone.origin);
            let hint = format!("owners are names at or below {}", zone.origin);
            self.refused.push((Fact { detail, hint, ..fact }, NOWHERE));
        }
    }

    pub(super) fn finish(self) -> Prepared {
        let Making { base, apexes, zones, dropped, draft, refused, changed } = self;
        let zones: Vec<Zone> = zones.into_values().collect();
        // What is refused is told of by names that must not go then.
        let is_pinned =
            |id| !refused.is_empty() || apexes.contains(&id) || zones.iter().any(|zone: &Zone| zone.id.0 == id);
        let (snapshot, ids) = draft.commit(&is_pinned);
        let snapshot = Arc::new(snapshot);
        Prepared { base, snapshot, refused, zones, dropped, changed, ids, made_of: None, touched: OnceLock::new() }
    }
}

/// A zone has exactly one SOA, at its apex.
fn judge_soa(zone: &Zone, owner: NameId, soas: &[&Entry<'_>]) -> Vec<Fact> {
    let fact = |kind, soa: &&Entry<'_>| Fact {
        ttl: soa.ttl,
        data: soa.data.to_vec(),
        ..Fact::new(kind, zone.id, owner, Rtype::SOA)
    };
    match soas {
        [] if owner == zone.id => vec![Fact::new(FactKind::SoaMissing, zone.id, owner, Rtype::SOA)],
        soas if owner != zone.id => soas.iter().map(|soa| fact(FactKind::SoaMisplaced, soa)).collect(),
        [_, others @ ..] => others.iter().map(|soa| fact(FactKind::SoaSecond, soa)).collect(),
        [] => Vec::new(),
    }
}

/// The fact with words for those who show no others.
fn worded(fact: Fact, owner: &Name) -> Fact {
    let other = fact.other.as_ref().map(|other| format!("{} {}", other.rtype, present(other.rtype, &other.data)));
    let other = other.unwrap_or_default();
    let detail = match fact.kind {
        FactKind::ConflictApexAlias => format!("{owner} is the zone's apex and cannot be an alias"),
        FactKind::ConflictAliasData => format!("{owner} would be an alias and have other data: {other}"),
        FactKind::ConflictAliases => format!("{owner} would be an alias of two names"),
        FactKind::ConflictDnames => format!("{owner} would have two DNAMEs"),
        FactKind::ConflictDnameNs => format!("{owner} would have a DNAME and be delegated"),
        _ => format!("{owner}: a zone has exactly one SOA, at its apex"),
    };
    Fact { detail, ..fact }
}
