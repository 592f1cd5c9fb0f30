//! Who reaches a name, over any number of links, and by which path.
//!
//! ```text
//! ends <── names they answer for <── owners that name those <── owners that name these, if an alias led on <── ..
//!            │ under a wildcard                                  │ a wildcard leads the names that it answers for
//!            └ below a cut, a DNAME, a name that begins          └ a DNAME leads the names below it
//! ```
//!
//! The walk goes backwards, level by level: names that name it, names that name those, and so on; within a level by
//! number. What is listed is the owner of the record, what stands in the path is the name. CNAME, ALIAS and the alias form
//! of HTTPS and SVCB lead on; an MX, a PTR or any other link names a host, and who is an alias of its owner has nothing of
//! that host. Half a million names of one level are not looked up one by one: the pairs of the whole graph are gone through in
//! their order instead. Names that the graph does not know are not kept: a path through them is walked again when it is
//! shown.

mod address;
mod begin;
mod made;
mod page;

use crate::graph::naming::record_naming;
use crate::graph::node::{Below, NameId, Node, Payload};
use crate::graph::snapshot::Snapshot;
use crate::name::Name;
use crate::record::targets;
use crate::record::Rtype;
use crate::walk::find::Cover;
use crate::walk::links::forwarding;
use std::collections::{HashMap, HashSet};

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
    /// From the owner to the name that was asked for, or to the owner that changed.
    pub path: Vec<Name>,
    /// How many names of the path a walk passes: where a wildcard, a cut or a DNAME comes last, all but that one.
    pub walked: usize,
    /// Whether the owner is answered otherwise itself, by what changed around it, not only what it names.
    pub is_itself: bool,
}

/// How many names reach a name, and some of them.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// All of them.
    pub count: usize,
    /// A page, nearest first.
    pub page: Vec<Reached>,
}

/// In place of the number of a name that the graph does not know.
const MADE: u32 = u32::MAX;
/// How many look-ups cost as much as going through all pairs costs a pair.
const LOOK_UP: usize = 16;

/// A name on the way.
#[derive(Clone, Copy)]
struct Passed {
    id: u32,
    /// The name that it leads to, as an index; its own for an end.
    next: u32,
    is_listed: bool,
    /// Whether who names it reaches what it leads to.
    leads: bool,
    /// Whether it leads to `next` only because that one answers for it, or hides it.
    is_answered: bool,
}

/// Numbers of names.
struct Marks(Vec<u64>);

impl Marks {
    fn new(ids: u32) -> Marks {
        Marks(vec![0; ids as usize / 64 + 1])
    }

    fn has(&self, id: NameId) -> bool {
        self.0[id.0 as usize / 64] >> (id.0 % 64) & 1 != 0
    }

    /// Whether it was new.
    fn put(&mut self, id: NameId) -> bool {
        let is_new = !self.has(id);
        self.0[id.0 as usize / 64] |= 1 << (id.0 % 64);
        is_new
    }
}

/// A way through names that the graph does not know: so many of them, behind the first name of the walk.
struct Way {
    from: Option<Box<Name>>,
    hops: u8,
}

struct Backwards<'a> {
    snapshot: &'a Snapshot,
    passed: Vec<Passed>,
    /// Names of ends that the graph does not know, by index.
    unknown: HashMap<u32, Name>,
    /// How those at an index get to the next one, where DNAMEs make names between.
    ways: HashMap<u32, Way>,
    seen: Marks,
    /// Owners that changed, which are not listed.
    quiet: Marks,
    /// Owners that are listed, but whose own name is not led on.
    apart: HashSet<NameId>,
    count: usize,
    made_left: usize,
    last_cover: Option<(NameId, NameId, Cover)>,
    last_above: Option<(NameId, bool)>,
}

impl Snapshot {
    /// Who reaches a name, which is not listed itself: `limit` of them behind the name `after`. A wildcard is reached
    /// by who reaches a name that it answers for.
    pub fn reach(&self, name: &Name, limit: usize, after: Option<&Name>) -> Reach {
        let mut walk = Backwards::new(self);
        walk.begin_at(name);
        walk.run();
        Reach { count: walk.count, page: walk.page(limit, after) }
    }
}

impl<'a> Backwards<'a> {
    fn new(snapshot: &'a Snapshot) -> Backwards<'a> {
        Backwards {
            snapshot,
            passed: Vec::new(),
            unknown: HashMap::new(),
            ways: HashMap::new(),
            seen: Marks::new(snapshot.ids),
            quiet: Marks::new(snapshot.ids),
            apart: HashSet::new(),
            count: 0,
            made_left: made::MOST_MADE,
            last_cover: None,
            last_above: None,
        }
    }

    fn at(&self) -> u32 {
        self.passed.len() as u32
    }

    /// A name that leads on to `next` without a record of its own, over names made by DNAMEs.
    fn pass(&mut self, id: NameId, next: u32, hops: u8) {
        if self.seen.put(id) {
            self.keep_way(hops);
            self.passed.push(Passed { id: id.0, next, is_listed: false, leads: true, is_answered: false });
        }
    }

    /// The name that is passed next gets over so many made names to the one behind it.
    fn keep_way(&mut self, hops: u8) {
        if hops > 0 {
            self.ways.insert(self.at(), Way { from: None, hops });
        }
    }

    fn list(&mut self, owner: NameId, next: u32) {
        if self.seen.put(owner) {
            let is_listed = !self.apart.contains(&owner) && !self.quiet.has(owner);
            self.passed.push(Passed { id: owner.0, next, is_listed, leads: true, is_answered: false });
            self.count += is_listed as usize;
        }
    }

    /// Lists an owner whose own name is not led on: who names it does not get there.
    fn list_apart(&mut self, owner: NameId, next: u32) -> bool {
        let is_listed = !self.seen.has(owner) && !self.quiet.has(owner) && self.apart.insert(owner);
        if is_listed {
            self.passed.push(Passed { id: owner.0, next, is_listed, leads: false, is_answered: false });
            self.count += 1;
        }
        is_listed
    }

    fn run(&mut self) {
        let mut start = 0;
        while start < self.passed.len() {
            let end = self.passed.len();
            let mut level: Vec<u32> = (start as u32..end as u32).filter(|at| self.passed[*at as usize].leads).collect();
            level.sort_by_key(|at| self.passed[*at as usize].id);
            self.arrange(&mut level);
            match self.snapshot.only.is_none() && (end - start) * LOOK_UP > self.snapshot.inbound.len() {
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
                let mut owners: Vec<NameId> = snapshot.inbound(named, None).collect();
                snapshot.arrange(&mut owners, |id| *id);
                owners.into_iter().for_each(|owner| self.step(named, owner, *at));
            }
        }
    }

    /// As [`Snapshot::arrange`], of indexes.
    fn arrange(&self, level: &mut [u32]) {
        if self.snapshot.only.is_some() {
            level.sort_by_cached_key(|at| self.name(*at));
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
        if self.seen.has(owner) && slot.label() != b"*" {
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
            false if is_named => drop(self.list_apart(owner, at)),
            false => {}
        }
        if answers_for_others {
            self.step_through_wildcard(owner, parent, named, at);
        }
    }

    /// As [`Snapshot::is_visible`], which is mostly asked of neighbours.
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
