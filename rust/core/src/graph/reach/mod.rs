//! Who reaches a name, over any number of links, and by which path.
//!
//! ```text
//! starts <── owners that name them <── owners that name those, if an alias led on <── ..
//!              │ a wildcard leads the names that it answers for
//!              └ a DNAME leads the names below it
//! ```
//!
//! The walk goes backwards, level by level: names that name it, names that name those, and so on; within a level by
//! number. What is listed is the owner of the record, what stands in the path is the name. CNAME, ALIAS and the alias form
//! of HTTPS and SVCB lead on; an MX, a PTR or any other link names a host, and who is an alias of its owner has nothing of
//! that host. Half a million names of one level are not looked up one by one: the pairs of the whole graph are gone through in
//! their order instead.

mod address;
mod made;

use super::find::Cover;
use super::links::forwarding;
use super::node::{Below, NameId, Node, Payload};
use super::owner::{is_link, targets};
use super::snapshot::Snapshot;
use crate::name::Name;
use crate::record::Rtype;
use std::collections::HashSet;

/// A name that reaches another.
#[derive(Clone, Debug)]
pub struct Reached {
    /// The owner of the record.
    pub owner: NameId,
    /// The apex of its zone.
    pub zone: NameId,
    /// The type of the record that names the next name of the path.
    pub rtype: Rtype,
    /// Seconds.
    pub ttl: u32,
    /// From the owner to the name that was asked for.
    pub path: Vec<Name>,
}

/// How many names reach a name, and some of them.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// All of them.
    pub count: usize,
    /// A page, nearest first.
    pub page: Vec<Reached>,
}

/// Names that no record names are passed on the way through DNAMEs; so many at most, since DNAMEs can make names
/// without end.
const MOST_MADE: usize = 1_000;
/// In place of the number of a name that the graph does not know.
const MADE: u32 = u32::MAX;
/// How many look-ups cost as much as going through all pairs costs a pair.
const LOOK_UP: usize = 16;

/// A name on the way.
#[derive(Clone, Copy)]
struct Passed {
    id: u32,
    /// The name that it leads to, as an index; its own for a start. For a made name it follows that of the name.
    next: u32,
    is_listed: bool,
    /// Whether who names it reaches what it leads to.
    leads: bool,
}

struct Backwards<'a> {
    snapshot: &'a Snapshot,
    passed: Vec<Passed>,
    /// Names that the graph does not know, with their index in `passed`.
    made: Vec<(u32, Name)>,
    seen_made: HashSet<Name>,
    seen: Vec<u64>,
    /// Owners that are listed, but whose own name is not led on.
    apart: HashSet<NameId>,
    count: usize,
    last_cover: Option<(NameId, NameId, Cover)>,
    last_above: Option<(NameId, bool)>,
}

impl Snapshot {
    /// Who reaches any of `starts`, which are not listed themselves: `limit` of them behind the name `after`.
    pub fn reach(&self, starts: &[Name], limit: usize, after: Option<&Name>) -> Reach {
        self.reach_of(&[], starts, limit, after)
    }

    /// As [`Snapshot::reach`]; some of the starts are names that the graph knows.
    pub fn reach_of(&self, known: &[NameId], starts: &[Name], limit: usize, after: Option<&Name>) -> Reach {
        let walk = self.backwards(known, starts);
        Reach { count: walk.count, page: walk.page(limit, after) }
    }

    /// The whole walk from these starts.
    fn backwards(&self, known: &[NameId], starts: &[Name]) -> Backwards<'_> {
        let mut walk = Backwards {
            snapshot: self,
            passed: Vec::new(),
            made: Vec::new(),
            seen_made: HashSet::new(),
            seen: vec![0; self.ids as usize / 64 + 1],
            apart: HashSet::new(),
            count: 0,
            last_cover: None,
            last_above: None,
        };
        for id in known {
            let next = walk.passed.len() as u32;
            walk.pass_known(*id, next);
        }
        for name in starts {
            let next = walk.passed.len() as u32;
            walk.pass_name(name, next);
        }
        walk.run();
        walk
    }
}

impl Backwards<'_> {
    fn was_seen(&self, id: NameId) -> bool {
        self.seen[id.0 as usize / 64] >> (id.0 % 64) & 1 != 0
    }

    fn is_seen(&mut self, id: NameId) -> bool {
        let (word, bit) = (id.0 as usize / 64, 1u64 << (id.0 % 64));
        let was = self.seen[word] & bit != 0;
        self.seen[word] |= bit;
        was
    }

    /// A name that leads on to `next` without a record of its own.
    fn pass_name(&mut self, name: &Name, next: u32) {
        match self.snapshot.id(name) {
            Some(id) => self.pass_known(id, next),
            None if self.made.len() < MOST_MADE && self.seen_made.insert(*name) => {
                self.made.push((self.passed.len() as u32, *name));
                self.passed.push(Passed { id: MADE, next, is_listed: false, leads: true });
            }
            None => {}
        }
    }

    fn pass_known(&mut self, id: NameId, next: u32) {
        if !self.is_seen(id) {
            self.passed.push(Passed { id: id.0, next, is_listed: false, leads: true });
        }
    }

    fn list(&mut self, owner: NameId, next: u32) {
        if !self.is_seen(owner) {
            let is_listed = !self.apart.contains(&owner);
            self.passed.push(Passed { id: owner.0, next, is_listed, leads: true });
            self.count += is_listed as usize;
        }
    }

    /// Lists an owner whose own name is not led on: who names it does not get there.
    fn list_apart(&mut self, owner: NameId, next: u32) {
        if !self.was_seen(owner) && self.apart.insert(owner) {
            self.passed.push(Passed { id: owner.0, next, is_listed: true, leads: false });
            self.count += 1;
        }
    }

    fn run(&mut self) {
        let mut start = 0;
        while start < self.passed.len() {
            let end = self.passed.len();
            let mut level: Vec<u32> = (start as u32..end as u32).filter(|at| self.passed[*at as usize].leads).collect();
            level.sort_by_key(|at| self.passed[*at as usize].id);
            match (end - start) * LOOK_UP > self.snapshot.inbound.len() {
                true => self.step_through_all(&level),
                false => self.step_one_by_one(&level),
            }
            if !self.snapshot.redirects.is_empty() {
                level.iter().for_each(|at| self.step_through_dnames(*at));
            }
            start = end;
        }
    }

    fn step_one_by_one(&mut self, level: &[u32]) {
        let snapshot = self.snapshot;
        for at in level {
            let named = NameId(self.passed[*at as usize].id);
            if named.0 != MADE {
                snapshot.inbound(named, None).for_each(|owner| self.step(named, owner, *at));
            }
        }
    }

    fn step_through_all(&mut self, level: &[u32]) {
        let snapshot = self.snapshot;
        let mut coming = level.iter().copied().peekable();
        for (named, owner) in snapshot.inbound.iter() {
            while coming.next_if(|at| self.passed[*at as usize].id < named).is_some() {}
            match coming.peek().copied() {
                Some(at) if self.passed[at as usize].id == named => self.step(NameId(named), NameId(owner), at),
                Some(_) => {}
                None => return,
            }
        }
    }

    /// `owner` holds a record that names `named`.
    #[inline]
    fn step(&mut self, named: NameId, owner: NameId, at: u32) {
        let slot = self.snapshot.slot(owner);
        // Nothing new is found there, unless it answers for others.
        if self.was_seen(owner) && slot.label() != b"*" {
            return;
        }
        let parent = slot.parent();
        let (mut is_named, mut leads, mut answers_for_others) = (false, false, false);
        for payload in slot.payloads() {
            let Some((rtype, _)) = record_naming(self.snapshot, &payload, named) else { continue };
            let (is_wildcard, is_cut) = (slot.label() == b"*", payload.below() == Below::Cut);
            // At a cut nothing is seen but the servers; a wildcard answers for others whatever it has.
            if !self.is_visible(owner, parent, &payload) || (is_cut && !is_wildcard && rtype != Rtype::NS) {
                continue;
            }
            is_named = true;
            if leads_to(self.snapshot, &payload, named) {
                // A zone of this very name takes its answers over.
                leads |= owner == payload.zone || (!slot.is_apex() && !is_cut);
                answers_for_others |= is_wildcard;
            }
        }
        match leads {
            true => self.list(owner, at),
            false if is_named => self.list_apart(owner, at),
            false => {}
        }
        if answers_for_others {
            self.step_through_wildcard(owner, parent, named, at);
        }
    }

    /// Whether questions reach what a zone holds at an owner.
    fn is_visible(&mut self, owner: NameId, parent: NameId, payload: &Payload<'_>) -> bool {
        let zone = payload.zone;
        if owner == zone {
            return true;
        }
        let above = match self.last_cover {
            Some((last, of, cover)) if (last, of) == (zone, parent) => cover,
            _ => self.snapshot.cover(zone, parent),
        };
        self.last_cover = Some((zone, parent, above));
        above == Cover::None && self.snapshot.is_own(owner, payload)
    }

    fn name(&self, at: u32) -> Name {
        match self.passed[at as usize].id {
            MADE => {
                let found = self.made.binary_search_by_key(&at, |(index, _)| *index);
                found.map_or(Name::ROOT, |found| self.made[found].1)
            }
            id => self.snapshot.name(NameId(id)),
        }
    }

    fn page(&self, limit: usize, after: Option<&Name>) -> Vec<Reached> {
        let mut listed = (0..self.passed.len() as u32).filter(|at| self.passed[*at as usize].is_listed);
        if let Some(after) = after {
            let Some(id) = self.snapshot.id(after) else { return Vec::new() };
            listed.find(|at| self.passed[*at as usize].id == id.0);
        }
        listed.take(limit).filter_map(|at| self.reached(at)).collect()
    }

    fn reached(&self, at: u32) -> Option<Reached> {
        let mut path = vec![self.name(at)];
        let mut here = at;
        while self.passed[here as usize].next != here {
            here = self.passed[here as usize].next;
            path.push(self.name(here));
        }
        let owner = NameId(self.passed[at as usize].id);
        let next = *path.get(1)?;
        let slot = self.snapshot.slot(owner);
        let named = self.snapshot.id(&next);
        let direct = slot.payloads().filter_map(|payload| {
            let (rtype, ttl) = record_naming(self.snapshot, &payload, named?)?;
            Some((self.hides(owner, &payload), payload.zone, rtype, ttl))
        });
        let dname = slot.payloads().filter_map(|payload| {
            let set = payload.sets().get(Rtype::DNAME)?;
            Some((self.hides(owner, &payload), payload.zone, Rtype::DNAME, set.ttl))
        });
        // Seen ones first; a DNAME leads to names that it does not name.
        let mut found: Vec<_> = direct.chain(dname).collect();
        found.sort_by_key(|(is_hidden, ..)| *is_hidden);
        let (_, zone, rtype, ttl) = *found.first()?;
        Some(Reached { owner, zone, rtype, ttl, path })
    }

    fn hides(&self, owner: NameId, payload: &Payload<'_>) -> bool {
        owner != payload.zone && self.snapshot.cover(payload.zone, self.snapshot.slot(owner).parent()) != Cover::None
    }
}

fn names(payload: &Payload<'_>, rtype: Rtype, name: &Name) -> bool {
    let set = payload.sets().get(rtype);
    set.is_some_and(|set| set.iter().flat_map(|data| targets(rtype, data)).any(|target| target == *name))
}

/// Type and TTL of the first record of a payload that names a name.
#[inline]
fn record_naming(snapshot: &Snapshot, payload: &Payload<'_>, named: NameId) -> Option<(Rtype, u32)> {
    if let Node::Alias(link, _) = payload.node() {
        return (link.target == named).then_some((Rtype::CNAME, link.ttl));
    }
    let sets = payload.sets();
    let mut links = sets.iter().filter(|set| is_link(set.rtype)).peekable();
    links.peek()?;
    let name = snapshot.name(named);
    links.find(|set| names(payload, set.rtype, &name)).map(|set| (set.rtype, set.ttl))
}

/// Whether who asks for the owner is handed on to a name.
fn leads_to(snapshot: &Snapshot, payload: &Payload<'_>, named: NameId) -> bool {
    if let Node::Alias(link, _) = payload.node() {
        return link.target == named;
    }
    let forwards = [Rtype::A, Rtype::HTTPS, Rtype::SVCB].into_iter().filter_map(|qtype| forwarding(payload, qtype));
    let mut names = forwards.filter_map(|(kind, _, data)| targets(kind.rtype(), data).next());
    names.any(|name| name == snapshot.name(named))
}
