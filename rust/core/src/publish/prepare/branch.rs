//! A change that takes seconds to make and to judge, beside which others are published.
//!
//! ```text
//! theirs   S0 ── S1 ── .. ── Sn      what the others publish meanwhile
//! ours     S0 ── P  ── .. ── R       P: the large change; R: with all that the others did
//! ```
//!
//! To make P anew from Sn would take as long again, and find another one published. So what the others did is carried
//! out on P too, which costs what it cost them. Their changes are small, and only what came of them in the end counts.
//!
//! A name that others make has one number in their line and another one in ours, so the two are never compared with each
//! other. They need not be: [`Others`] has their changes as a change of each line, and what the large change adds to all
//! facts is the same as it was when both say the same.

use super::making::Making;
use super::{Changes, NoPublish, NoZone, Prepared, SetChange};
use crate::graph::draft::{Draft, FreeIds};
use crate::graph::node::NameId;
use crate::graph::snapshot::Snapshot;
use crate::graph::Zone;
use crate::name::Name;
use crate::publish::{Graph, Writer};
use crate::record::Rtype;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Changes that are published while a branch is made. None in place of one: what cannot be carried out once more.
#[derive(Default)]
pub struct Log(Mutex<Vec<Option<Arc<Changes>>>>);

/// Octets of texts and number of RRsets of a change that is kept for branches.
const SMALL: (usize, usize) = (1 << 20, 10_000);

impl Log {
    fn entries(&self) -> MutexGuard<'_, Vec<Option<Arc<Changes>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    /// Tells the branch that is made, if there is one, of what is published now.
    pub fn note(&self, made_of: Option<Arc<Changes>>) {
        if let Some(log) = self.log.upgrade() {
            log.entries().push(made_of);
        }
    }
}

/// Changes as they are kept to be carried out once more; None when they are too many.
pub fn kept(changes: &Changes) -> Option<Arc<Changes>> {
    let octets: usize = changes.texts.iter().map(|(_, text)| text.len()).sum();
    (octets <= SMALL.0 && changes.sets.len() <= SMALL.1).then(|| Arc::new(changes.clone()))
}

/// One version with what belongs to it.
#[derive(Clone)]
struct Line {
    snapshot: Arc<Snapshot>,
    free: Arc<Vec<u32>>,
    zones: BTreeMap<Name, Zone>,
}

impl Line {
    fn published(graph: &Graph, writer: &Writer) -> Line {
        Line { snapshot: graph.snapshot(), free: writer.free.clone(), zones: writer.zones.clone() }
    }

    fn prepare(&self, graph: &Graph, changes: &Changes) -> Result<Prepared, NoZone> {
        let apexes = graph.writer().apexes.clone();
        let making = Making::on(graph, (self.snapshot.clone(), self.free.clone(), apexes), 0);
        Ok(making.knowing(changes, &self.zones).carry_out(changes)?.finish())
    }

    /// Goes on to what was prepared on it.
    fn go_on(&mut self, prepared: &Prepared) {
        self.snapshot = prepared.snapshot.clone();
        prepared.ids.install(&mut self.free);
        for zone in &prepared.dropped {
            self.zones.remove(&zone.origin);
        }
        self.zones.extend(prepared.zones.iter().map(|zone| (zone.origin, zone.clone())));
    }
}

impl FreeIds {
    /// Makes them those of the next version.
    pub fn install(&self, free: &mut Arc<Vec<u32>>) {
        let free = Arc::make_mut(free);
        free.truncate(self.left);
        free.extend(&self.freed);
    }
}

/// What others published, as one change of the version before on each line.
pub struct Others {
    /// As they made it.
    pub theirs: Prepared,
    /// The same behind the large change.
    pub ours: Prepared,
}

/// What was published since, and the line that it has led to.
type Since = (Vec<Arc<Changes>>, Line);

/// See the top. There is one at a time; a later one takes its place, and it is stale.
pub struct Branch {
    log: Arc<Log>,
    theirs: Line,
    ours: Line,
    is_refused: bool,
}

impl Branch {
    /// Makes the next version without publishing it, and the branch that it stands on.
    pub fn new(graph: &Graph, changes: &Changes) -> Result<(Prepared, Branch), NoZone> {
        let log = Arc::new(Log::default());
        let theirs = {
            let mut writer = graph.writer();
            keep_numbers(graph, &mut writer, changes.texts.iter().map(|(zone, _)| zone));
            writer.log = Arc::downgrade(&log);
            Line::published(graph, &writer)
        };
        let prepared = theirs.prepare(graph, changes)?;
        let mut ours = theirs.clone();
        ours.go_on(&prepared);
        let is_refused = !prepared.refused.is_empty();
        Ok((prepared, Branch { log, theirs, ours, is_refused }))
    }

    /// Carries out what was published since; None when nothing was. Stale when that cannot be done.
    pub fn follow(&mut self, graph: &Graph) -> Result<Option<Others>, NoPublish> {
        let Some((changes, now)) = self.published_since(graph)? else { return Ok(None) };
        let changes = in_the_end(&changes, &self.theirs.zones);
        let step = |line: &Line| line.prepare(graph, &changes).map_err(|_| NoPublish::Stale);
        let (theirs, ours) = (step(&self.theirs)?, step(&self.ours)?);
        if !theirs.refused.is_empty() || !ours.refused.is_empty() {
            return Err(NoPublish::Stale);
        }
        self.ours.go_on(&ours);
        self.theirs = now;
        Ok(Some(Others { theirs, ours }))
    }

    fn published_since(&self, graph: &Graph) -> Result<Option<Since>, NoPublish> {
        let writer = graph.writer();
        self.check_followed(&writer)?;
        let entries = std::mem::take(&mut *self.log.entries());
        if entries.is_empty() {
            return Ok(None);
        }
        let changes = entries.into_iter().collect::<Option<Vec<_>>>().ok_or(NoPublish::Stale)?;
        Ok(Some((changes, Line::published(graph, &writer))))
    }

    /// Whether all that was published since the branch began stands in its log.
    fn check_followed(&self, writer: &Writer) -> Result<(), NoPublish> {
        let is_followed = writer.log.upgrade().is_some_and(|log| Arc::ptr_eq(&log, &self.log));
        is_followed.then_some(()).ok_or(NoPublish::Stale)
    }

    /// Makes our version the one that is served, unless one was published that it does not know.
    pub fn publish(&self, graph: &Graph) -> Result<(), NoPublish> {
        let mut writer = graph.writer();
        if self.is_refused {
            return Err(NoPublish::Refused);
        }
        if !Arc::ptr_eq(&self.theirs.snapshot, &graph.snapshot()) {
            return Err(NoPublish::Stale);
        }
        self.keep_apexes(&mut writer);
        writer.note(None);
        writer.free = self.ours.free.clone();
        writer.zones = self.ours.zones.clone();
        graph.published.store(self.ours.snapshot.clone());
        Ok(())
    }

    /// Counters go on to speak of the numbers that apexes had in the others' line.
    fn keep_apexes(&self, writer: &mut Writer) {
        let (theirs, ours) = (&self.theirs.snapshot, &self.ours.snapshot);
        let is_same = |id: NameId| ours.has(id) && theirs.name(id) == ours.name(id);
        let known: Vec<NameId> = writer.apexes.iter().map(|id| NameId(*id)).filter(|id| theirs.has(*id)).collect();
        for id in known {
            if !is_same(id) && !writer.elsewhere.contains_key(&id.0) {
                writer.elsewhere.insert(id.0, theirs.name(id));
            }
        }
        Arc::make_mut(&mut writer.apexes).extend(self.ours.zones.values().map(|zone| zone.id.0));
    }
}

/// Gives the apexes of zones that are coming their numbers: counters speak of apexes by number, and others that are made
/// meanwhile must not have the same.
fn keep_numbers<'n>(graph: &Graph, writer: &mut Writer, zones: impl Iterator<Item = &'n Name>) {
    let mut draft = Draft::new(&graph.snapshot(), writer.free.clone(), 0);
    let ids: Vec<u32> = zones.map(|zone| draft.intern(zone).0).collect();
    if ids.iter().all(|id| writer.apexes.contains(id)) {
        return;
    }
    Arc::make_mut(&mut writer.apexes).extend(ids);
    let (snapshot, ids) = draft.commit(&|id| writer.apexes.contains(&id));
    ids.install(&mut writer.free);
    graph.published.store(Arc::new(snapshot));
}

/// What becomes of `changes`, one after the other, where there are `zones`.
fn in_the_end(changes: &[Arc<Changes>], zones: &BTreeMap<Name, Zone>) -> Changes {
    let mut drops: BTreeSet<Name> = BTreeSet::new();
    let mut texts: BTreeMap<Name, &Vec<u8>> = BTreeMap::new();
    let mut sets: BTreeMap<(Name, Name, Rtype), &SetChange> = BTreeMap::new();
    for one in changes {
        for zone in &one.drops {
            texts.remove(zone);
            sets.retain(|(of, _, _), _| of != zone);
            if zones.contains_key(zone) {
                drops.insert(*zone);
            }
        }
        for (zone, text) in &one.texts {
            sets.retain(|(of, _, _), _| of != zone);
            texts.insert(*zone, text);
        }
        sets.extend(one.sets.iter().map(|(zone, set)| ((*zone, set.owner, set.rtype), set)));
    }
    Changes {
        drops: drops.into_iter().collect(),
        texts: texts.into_iter().map(|(zone, text)| (zone, text.clone())).collect(),
        sets: sets.into_iter().map(|((zone, _, _), set)| (zone, set.clone())).collect(),
    }
}
