//! Goes through the owners of a scope and looks at each record.
//!
//! ```text
//! All      pages in the order of memory, half of them on another thread ─┐
//! Owners   one by one ───────────────────────────────────────────────────┴─> visit ─> record, follow, cycles, shared
//! ```
//!
//! A clean record costs a look at its octets and one walk from its target. What hides a name is that of its parent, and
//! neighbours share it; the memory of the targets is asked for a page ahead (see `ahead`).

mod hygiene;
mod odd_owner;
mod tell;

use super::cycles::Cycles;
use super::odd::may_be_odd;
use super::record::{is_plain, may_be_address, OF_SET, OF_TARGET};
use super::shared::Addresses;
use super::{record_facts, Asked, Fact, FactKind, Facts, Scope, Shown};
use crate::facts::signed::{Signed, OF_SIGNED};
use crate::graph::node::{Below as Under, Link, NameId, Node, Payload, RRset, Sets, Slot, PAGE};
use crate::graph::snapshot::{Snapshot, Wanted};
use crate::graph::Zone;
use crate::record::Rtype;
use crate::record::{has_target, means_none, targets};
use crate::walk::find::Cover;
use crate::walk::follow::{Chain, Limits};
use crate::walk::graph::{GraphName, Place, Walk};
use crate::walk::links::{Below, Links};
use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hint::black_box;
use std::ops::Range;

/// Pages from which a second thread is worth its start.
const LARGE: usize = 128;

/// A zone that is looked over.
struct Seen<'a> {
    zone: &'a Zone,
    signed: Option<Signed<'a>>,
}

/// An owner that is looked at.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub zone: NameId,
    pub owner: NameId,
    /// Whether questions reach what the zone holds here.
    pub is_visible: bool,
    /// Whether it is a zone cut.
    pub is_cut: bool,
}

/// One search, by one thread.
pub(super) struct Search<'a, 'f> {
    pub snapshot: &'a Snapshot,
    pub links: &'f Links<'f>,
    pub below: &'f Below<'f>,
    pub asked: &'f Asked<'f>,
    pub max_chain: usize,
    pub facts: Facts,
    pub cycles: Cycles,
    /// Room for walks.
    pub chain: Chain<GraphName, Place>,
    zones: HashMap<NameId, Seen<'a>>,
    /// The zone and parent of the name before, and what covers the names below.
    last_cover: Option<(NameId, NameId, Cover)>,
    /// The zone that the name before belongs to, and whether it is one of `zones`.
    last_zone: Option<(NameId, bool)>,
    /// The zone and parent of the owner before, and whether a label of the parent is odd.
    last_odd: Option<(NameId, NameId, bool)>,
    /// A parent whose labels are plain.
    plain_parent: NameId,
    /// A parent whose labels may stand in the names of hosts.
    host_parent: NameId,
    addresses: Option<Addresses>,
}

impl Snapshot {
    /// The facts of a scope; `zones` are all that there are. Chains are followed through all of them.
    pub fn facts(&self, zones: &[Zone], scope: Scope<'_>, asked: &Asked<'_>, limits: Limits) -> Facts {
        let job = Job { snapshot: self, zones, asked, max_chain: limits.max_chain, hasher: RandomState::new() };
        let pages = self.pages.len();
        let (facts, addresses) = match scope {
            Scope::Owners(owners) => return job.of_owners(owners),
            _ if pages < LARGE => job.of_pages(0..pages, scope),
            _ => std::thread::scope(|threads| {
                let other = threads.spawn(|| job.of_pages(pages / 2..pages, scope));
                let (mut facts, mut addresses) = job.of_pages(0..pages / 2, scope);
                let (more, others) = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                facts.absorb(more);
                if let (Some(mine), Some(its)) = (&mut addresses, others) {
                    mine.absorb(its);
                }
                (facts, addresses)
            }),
        };
        let is_wanted = |zone: NameId, _| !matches!(scope, Scope::Zone(one) if one != zone);
        job.with_shared(facts, addresses, is_wanted)
    }
}

/// What is asked of all threads.
struct Job<'a> {
    snapshot: &'a Snapshot,
    zones: &'a [Zone],
    asked: &'a Asked<'a>,
    max_chain: usize,
    hasher: RandomState,
}

impl<'a> Job<'a> {
    fn run<T>(&self, facts: Facts, task: impl FnOnce(&mut Search<'a, '_>) -> T) -> (Facts, T) {
        let snapshot = self.snapshot;
        let is_signed = self.asked.kinds.has_any(OF_SIGNED);
        let signed = |zone: &Zone| if is_signed { Signed::new(snapshot, zone.id) } else { None };
        let unused = Wanted::new();
        let mut search = Search {
            snapshot,
            links: &Links { walk: Walk::anywhere(snapshot, &unused) },
            below: &Below { walk: Walk::anywhere(snapshot, &unused) },
            asked: self.asked,
            max_chain: self.max_chain,
            facts,
            cycles: Cycles::default(),
            chain: Chain::new(),
            zones: self.zones.iter().map(|zone| (zone.id, Seen { zone, signed: signed(zone) })).collect(),
            last_cover: None,
            last_zone: None,
            last_odd: None,
            plain_parent: NameId::ROOT,
            host_parent: NameId::ROOT,
            addresses: self.wants_shared().then(|| Addresses::new(self.hasher.clone())),
        };
        let done = task(&mut search);
        (search.facts, done)
    }

    fn wants_shared(&self) -> bool {
        self.asked.kinds.has(FactKind::SharedAddress)
    }

    fn of_pages(&self, pages: Range<usize>, scope: Scope<'_>) -> (Facts, Option<Addresses>) {
        self.run(Facts::new(self.asked.limit), |search| {
            search.sweep(pages, |zone| !matches!(scope, Scope::Zone(one) if one != zone));
            search.addresses.take()
        })
    }

    fn of_owners(&self, owners: &[NameId]) -> Facts {
        let wanted: HashSet<NameId> = owners.iter().copied().filter(|owner| owner.0 < self.snapshot.ids()).collect();
        let (facts, _) = self.run(Facts::new(self.asked.limit), |search| {
            let mut seen = HashSet::with_capacity(wanted.len());
            for owner in owners.iter().filter(|owner| wanted.contains(owner) && seen.insert(**owner)) {
                let slot = self.snapshot.slot(*owner);
                for payload in slot.payloads() {
                    if search.is_asked(payload.zone) {
                        search.visit(slot, *owner, &payload);
                    }
                }
            }
        });
        if !self.wants_shared() {
            return facts;
        }
        let (facts, addresses) = self.run(facts, |search| {
            search.sweep(0..self.snapshot.pages.len(), |_| false);
            search.addresses.take()
        });
        self.with_shared(facts, addresses, |_, owner| wanted.contains(&owner))
    }

    fn with_shared(
        &self,
        facts: Facts,
        addresses: Option<Addresses>,
        is_wanted: impl Fn(NameId, NameId) -> bool,
    ) -> Facts {
        match addresses {
            Some(addresses) => self.run(facts, |search| search.tell_shared(addresses, is_wanted)).0,
            None => facts,
        }
    }
}

impl<'a> Search<'a, '_> {
    /// Looks at every owner of some pages; those of zones that are not wanted only count for shared addresses.
    fn sweep(&mut self, pages: Range<usize>, is_wanted: impl Fn(NameId) -> bool) {
        for page in pages {
            let first = (page * PAGE) as u32;
            let ids = first..(first + PAGE as u32).min(self.snapshot.ids());
            self.touch_targets(ids.clone());
            for id in ids.map(NameId) {
                let slot = self.snapshot.slot(id);
                for payload in slot.payloads() {
                    if !self.is_asked(payload.zone) {
                        continue;
                    }
                    if is_wanted(payload.zone) {
                        self.visit(slot, id, &payload);
                    } else if self.addresses.is_some() {
                        let cover = self.cover(slot, id, &payload);
                        self.note_addresses(id, &payload, cover == Cover::None);
                    }
                }
            }
        }
    }

    /// Asks for the memory of the names that aliases name, side by side.
    fn touch_targets(&self, ids: Range<u32>) {
        let mut targets = [NameId::ROOT; PAGE];
        let mut count = 0;
        for id in ids {
            if let Some(Node::Alias(link, _)) = self.snapshot.slot(NameId(id)).payloads().next().map(|one| one.node()) {
                targets[count] = link.target;
                count += 1;
            }
        }
        let targets = &targets[..count];
        black_box(targets.iter().fold(0, |seen, id| seen ^ self.snapshot.touch_page(*id)));
        black_box(targets.iter().fold(0, |seen, id| seen ^ self.snapshot.slot(*id).parent().0));
    }

    /// Whether a zone is one of those that there are.
    fn is_asked(&mut self, zone: NameId) -> bool {
        match self.last_zone {
            Some((last, is_asked)) if last == zone => is_asked,
            _ => {
                let is_asked = self.zones.contains_key(&zone);
                self.last_zone = Some((zone, is_asked));
                is_asked
            }
        }
    }

    /// What hides what a zone holds at a name.
    fn cover(&mut self, slot: Slot<'a>, owner: NameId, payload: &Payload<'a>) -> Cover {
        let zone = payload.zone;
        if owner == zone {
            return Cover::None;
        }
        let parent = slot.parent();
        let above = match self.last_cover {
            Some((last, of, cover)) if (last, of) == (zone, parent) => cover,
            _ => self.snapshot.cover(zone, parent),
        };
        self.last_cover = Some((zone, parent, above));
        match above {
            Cover::None if !self.snapshot.is_own(owner, payload) => Cover::Zone(owner),
            above => above,
        }
    }

    fn visit(&mut self, slot: Slot<'a>, owner: NameId, payload: &Payload<'a>) {
        let cover = self.cover(slot, owner, payload);
        let is_cut = payload.below() == Under::Cut;
        let at = At { zone: payload.zone, owner, is_visible: cover == Cover::None, is_cut };
        match payload.node() {
            Node::Empty => {}
            Node::Alias(link, _) => self.visit_alias(at, slot, link, cover),
            Node::Data(sets, below) => self.visit_sets(at, slot, sets, below),
        }
        self.tell_odd_owner(at, slot, payload);
        if let Cover::Redirect(dname) = cover {
            self.tell_below_dname(at, payload, dname);
        }
        if owner == payload.zone && payload.sets().get(Rtype::NS).is_none() {
            self.tell(FactKind::NsMissing, || Fact::new(FactKind::NsMissing, owner, owner, Rtype::NS));
        }
        if self.addresses.is_some() {
            self.note_addresses(owner, payload, at.is_visible);
        }
        self.tell_signed(at, payload);
    }

    pub(super) fn tell(&mut self, kind: FactKind, fact: impl FnOnce() -> Fact) {
        if self.asked.kinds.has(kind) {
            self.facts.add(kind, fact);
        }
    }

    fn visit_alias(&mut self, at: At, slot: Slot<'a>, link: Link, cover: Cover) {
        let kinds = self.asked.kinds;
        if (link.ttl == 0 && kinds.has(FactKind::TtlZero)) || (kinds.has_any(OF_TARGET) && !self.is_plain(link.target))
        {
            let data = self.snapshot.name(link.target);
            self.record_facts(at, Rtype::CNAME, link.ttl, data.as_wire());
        }
        match cover {
            Cover::None if slot.label() == b"*" => self.tell_captured(at, slot.parent(), link),
            Cover::Cut(cut) => self.tell_below_cut(at, link, cut, Rtype::NS),
            Cover::Redirect(dname) => self.tell_below_cut(at, link, dname, Rtype::DNAME),
            _ => {}
        }
        if at.is_visible {
            self.follow_alias(at, link);
        }
    }

    fn visit_sets(&mut self, at: At, slot: Slot<'a>, sets: Sets<'a>, below: Under) {
        for set in sets.iter() {
            if has_target(set.rtype) {
                self.visit_set(at, set);
            } else if set.rtype == Rtype::TXT {
                self.tell_policies(at, slot, set);
            } else if may_be_odd(set.rtype) {
                self.tell_odd_data(at, sets, set);
            }
        }
        self.tell_owner(at, slot, sets);
        if below == Under::Redirect && at.is_visible {
            if let Some(set) = sets.get(Rtype::DNAME) {
                self.follow_dname(at, set);
            }
        }
    }

    fn visit_set(&mut self, at: At, set: RRset<'a>) {
        let mut is_first = true;
        for data in set.iter() {
            if self.asked.kinds.has_any(OF_SET) {
                self.record_facts(at, set.rtype, set.ttl, data);
            }
            // Of what stands at a cut only the name servers are seen.
            let is_seen = at.is_visible && (!at.is_cut || set.rtype == Rtype::NS);
            if means_none(set.rtype, data) || set.rtype == Rtype::DNAME || !is_seen {
                continue;
            }
            if let Some(target) = targets(set.rtype, data).next() {
                self.follow_link(at, set.rtype, set.ttl, data, &target, &mut is_first);
            }
        }
    }

    fn record_facts(&mut self, at: At, rtype: Rtype, ttl: u32, data: &[u8]) {
        let Some(seen) = self.zones.get(&at.zone) else { return };
        let name_of = |id| self.snapshot.name(id);
        let shown = Shown { owner: at.owner, rtype, ttl, data };
        record_facts(seen.zone, shown, &name_of, self.asked, &mut self.facts);
    }

    /// Whether nothing about a name calls for a closer look at its octets.
    fn is_plain(&mut self, id: NameId) -> bool {
        let slot = self.snapshot.slot(id);
        let label = slot.label();
        if may_be_address(label) || !(is_plain(label) || label == b"*") {
            return id == NameId::ROOT;
        }
        let (parent, mut above) = (slot.parent(), slot.parent());
        while above != self.plain_parent && above != NameId::ROOT {
            let slot = self.snapshot.slot(above);
            if !is_plain(slot.label()) {
                return false;
            }
            above = slot.parent();
        }
        self.plain_parent = parent;
        true
    }
}
