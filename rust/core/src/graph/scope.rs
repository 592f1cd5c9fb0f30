//! Which names a change touches: those whose facts may be others afterwards.
//!
//! ```text
//! owners that changed ─> names whose answer changes with them ─> what reaches those whose shape is another ─> scope
//!                        below a cut or DNAME, below a name that begins or ends, under a wildcard
//! ```
//!
//! Two versions are compared. The *shape* of a name is what a walk that comes by can tell of it: absent, empty, an alias
//! of which name, has an address. As long as it stays the same nobody who reaches the name is looked at, so the address
//! under half a million aliases changes at no cost. The scope may hold more names than need be, never less: a property
//! test holds it to that.

use super::find::Found;
use super::links::forwarding;
use super::node::{Below, NameId, Node, Payload};
use super::owner::targets;
use super::snapshot::{Snapshot, Wanted};
use super::walk::Place;
use crate::name::Name;
use crate::record::Rtype;
use std::collections::{BTreeSet, HashSet};

/// What a payload is to a walk.
#[derive(PartialEq, Eq)]
enum Class {
    Empty,
    /// The zone and owner of the record belong to it: they say which record of a loop is the first.
    Alias(NameId, Place),
    Data {
        /// A, AAAA, and anything that is not of the zone itself.
        has: [bool; 3],
        /// ALIAS, HTTPS and SVCB that hand questions on.
        forwards: Box<[Option<(Name, Place)>; 3]>,
    },
}

/// What a walk finds at a name.
#[derive(PartialEq, Eq)]
enum Shape {
    Outside,
    Absent,
    Cut,
    Redirect(NameId, Option<Box<Name>>),
    Held(Class),
}

const FORWARDS: [Rtype; 3] = [Rtype::A, Rtype::HTTPS, Rtype::SVCB];

fn class(payload: &Payload<'_>, owner: NameId) -> Class {
    let place = Place { zone: payload.zone, owner };
    match payload.node() {
        Node::Empty => Class::Empty,
        Node::Alias(link, _) => Class::Alias(link.target, place),
        Node::Data(sets, _) => Class::Data {
            has: [
                sets.get(Rtype::A).is_some(),
                sets.get(Rtype::AAAA).is_some(),
                super::facts::is_useful(payload, Rtype::CNAME),
            ],
            forwards: Box::new(FORWARDS.map(|qtype| {
                let (kind, _, data) = forwarding(payload, qtype)?;
                Some((targets(kind.rtype(), data).next()?, place))
            })),
        },
    }
}

fn dname(payload: &Payload<'_>) -> Option<Name> {
    Name::from_wire(payload.sets().get(Rtype::DNAME)?.iter().next()?).ok()
}

impl Snapshot {
    fn shape(&self, name: &Name) -> Shape {
        let mut wanted = Wanted::new();
        wanted.set(*name, &self.keys);
        match self.find(&wanted, Rtype::A) {
            Found::Outside => Shape::Outside,
            Found::Absent { .. } => Shape::Absent,
            Found::Cut(_) => Shape::Cut,
            Found::Redirect(spot) => Shape::Redirect(spot.owner, dname(&spot.payload).map(Box::new)),
            Found::Exact(spot) | Found::Wildcard(spot) => Shape::Held(class(&spot.payload, spot.owner)),
        }
    }

    /// What `zone` holds at a name that the version may not know.
    pub(super) fn held(&self, zone: NameId, owner: NameId) -> Option<Payload<'_>> {
        if !self.has(owner) {
            return None;
        }
        self.slot(owner).payload(zone)
    }
}

/// The version before a change and the one after it. A number that both know is that of the same name.
pub struct Versions<'a> {
    /// Before.
    pub before: &'a Snapshot,
    /// After.
    pub after: &'a Snapshot,
}

/// What is found out about a change.
pub struct Touched {
    /// All names of the scope, ascending.
    pub scope: Vec<NameId>,
    /// The names whose answer is another because of what changed at or around them; not those that only lead there.
    pub answers: BTreeSet<NameId>,
}

impl<'a> Versions<'a> {
    fn both(&self) -> [&'a Snapshot; 2] {
        [self.before, self.after]
    }

    fn knowing(&self, id: NameId) -> impl Iterator<Item = &'a Snapshot> {
        self.both().into_iter().filter(move |version| version.has(id))
    }

    /// Whether a number stands for a name in either.
    pub fn knows(&self, id: NameId) -> bool {
        self.knowing(id).next().is_some()
    }

    /// The name of a number.
    pub fn name(&self, id: NameId) -> Name {
        self.knowing(id).last().map_or(Name::ROOT, |version| version.name(id))
    }

    fn parent(&self, id: NameId) -> NameId {
        self.knowing(id).last().map_or(NameId::ROOT, |version| version.slot(id).parent())
    }

    fn is_wildcard(&self, id: NameId) -> bool {
        self.knowing(id).last().is_some_and(|version| version.slot(id).label() == b"*")
    }

    /// Names below, of both versions; some may come twice.
    fn children(&self, id: NameId) -> Vec<NameId> {
        self.knowing(id).flat_map(|version| version.children(id)).collect()
    }

    /// Adds all names below to `found`.
    fn below(&self, id: NameId, found: &mut BTreeSet<NameId>) {
        let (mut open, mut seen) = (self.children(id), HashSet::new());
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                found.insert(id);
                open.extend(self.children(id));
            }
        }
    }

    /// Adds the names that a wildcard below `encloser` answers for, of those that are known; perhaps some more.
    fn captured(&self, encloser: NameId, found: &mut BTreeSet<NameId>) {
        let mut absent: Vec<NameId> = self.knowing(encloser).flat_map(|version| version.absent(encloser)).collect();
        // Where zones overlap, a name that one of them has may be absent from the other.
        if self.knowing(encloser).any(|version| version.slot(encloser).payloads().count() > 1) {
            absent = self.children(encloser);
        }
        for id in absent {
            found.insert(id);
            self.below(id, found);
        }
    }

    fn ancestors(&self, id: NameId) -> Vec<NameId> {
        let mut path = vec![id];
        while let Some(last) = path.last().filter(|last| **last != NameId::ROOT) {
            path.push(self.parent(*last));
        }
        path
    }

    /// The scope of a change of these (zone, owner) pairs.
    pub fn scope(&self, changed: &[(NameId, NameId)]) -> Touched {
        let mut search = Search {
            versions: self,
            touched: BTreeSet::new(),
            beside: BTreeSet::new(),
            regions: HashSet::new(),
            forced: Vec::new(),
        };
        for (zone, owner) in changed {
            search.change(*zone, *owner);
        }
        let Search { mut touched, beside, regions, mut forced, .. } = search;
        let shape_differs = |id: &&NameId| {
            let name = self.name(**id);
            self.before.shape(&name) != self.after.shape(&name)
        };
        forced.extend(touched.iter().filter(shape_differs));
        let answers = forced.iter().copied().collect();
        touched.extend(beside);
        let (scope, passed, dnames) = (touched.into_iter().collect(), HashSet::new(), HashSet::new());
        let mut reach = Reach { versions: self, scope, passed, dnames, open: forced };
        regions.into_iter().for_each(|id| reach.through_dnames(id));
        reach.run();
        let mut scope: Vec<NameId> = reach.scope.into_iter().collect();
        scope.sort_unstable();
        Touched { scope, answers }
    }
}

/// From owners that changed to the names whose answer may change with them.
struct Search<'a> {
    versions: &'a Versions<'a>,
    touched: BTreeSet<NameId>,
    /// Names whose facts change, but not their answers.
    beside: BTreeSet<NameId>,
    /// Names below which answers are others, also for names that nobody knows.
    regions: HashSet<NameId>,
    /// Names whose reachers are touched whatever their shape.
    forced: Vec<NameId>,
}

impl Search<'_> {
    fn change(&mut self, zone: NameId, owner: NameId) {
        self.touched.insert(owner);
        let held = self.versions.both().map(|version| version.held(zone, owner));
        let [was, is] = held.map(|payload| payload.map(|payload| class(&payload, owner)));
        // What a cut hides is seen by the cut's own name servers.
        if was != is {
            self.change_answer(owner);
        }
        let below = held.map(|payload| payload.map(|payload| hiding(&payload)));
        if below[0] != below[1] && below.iter().flatten().any(Option::is_some) {
            self.change_below(owner);
        }
        self.change_existence(zone, owner);
    }

    /// A name leads elsewhere, and so do those that it answers for.
    fn change_answer(&mut self, id: NameId) {
        self.forced.push(id);
        if self.versions.is_wildcard(id) {
            self.versions.captured(self.versions.parent(id), &mut self.touched);
        }
    }

    /// Names that begin or cease to exist with an owner: itself, and empty non-terminals above it.
    fn change_existence(&mut self, zone: NameId, owner: NameId) {
        let mut id = owner;
        loop {
            let exists = |version: &Snapshot| version.held(zone, id).is_some_and(|payload| !payload.is_hashed());
            let [was, is] = self.versions.both().map(exists);
            if was == is {
                return;
            }
            self.touched.insert(id);
            self.change_answer(id);
            self.change_below(id);
            let parent = self.versions.parent(id);
            self.touch_wildcard(parent);
            if id == zone {
                return;
            }
            id = parent;
        }
    }

    fn change_below(&mut self, id: NameId) {
        if self.regions.insert(id) {
            self.versions.below(id, &mut self.touched);
        }
    }

    /// The wildcard below a name answers for one child more or less.
    fn touch_wildcard(&mut self, parent: NameId) {
        for version in self.versions.knowing(parent) {
            let wildcard = version.child(parent, version.hash(parent), b"*");
            self.beside.extend(wildcard);
        }
    }
}

/// What hides the names below an owner: the data of its NS or DNAME.
fn hiding(payload: &Payload<'_>) -> Option<(Rtype, Vec<Vec<u8>>)> {
    let rtype = match payload.below() {
        Below::Open => return None,
        Below::Cut => Rtype::NS,
        Below::Redirect => Rtype::DNAME,
    };
    payload.sets().get(rtype).map(|set| (rtype, set.iter().map(<[u8]>::to_vec).collect()))
}

/// From names whose answer is another to all that lead to them.
struct Reach<'a> {
    versions: &'a Versions<'a>,
    scope: HashSet<NameId>,
    passed: HashSet<NameId>,
    dnames: HashSet<NameId>,
    open: Vec<NameId>,
}

impl Reach<'_> {
    fn run(&mut self) {
        while let Some(id) = self.open.pop() {
            if !self.passed.insert(id) {
                continue;
            }
            let inbound = self.versions.knowing(id).flat_map(|version| version.inbound(id, None));
            let mut owners: Vec<NameId> = inbound.collect();
            owners.sort(); // two sorted runs
            owners.dedup();
            for owner in owners {
                self.scope.insert(owner);
                if self.leads_on(owner, id) {
                    self.lead(owner);
                }
            }
            self.through_dnames(id);
        }
    }

    /// Whether an owner's answers are those of `target`.
    fn leads_on(&self, owner: NameId, target: NameId) -> bool {
        self.versions.knowing(owner).any(|version| {
            version.slot(owner).payloads().any(|payload| match payload.node() {
                Node::Alias(link, _) => link.target == target,
                Node::Data(..) => FORWARDS.iter().any(|qtype| forwarding(&payload, *qtype).is_some()),
                Node::Empty => false,
            })
        })
    }

    /// The answers of an owner are others: so are those of the names that it answers for.
    fn lead(&mut self, owner: NameId) {
        self.open.push(owner);
        if self.versions.is_wildcard(owner) {
            let mut found = BTreeSet::new();
            self.versions.captured(self.versions.parent(owner), &mut found);
            self.open.extend(found);
        }
    }

    /// DNAMEs that lead names below them to `id`, or to names below it.
    fn through_dnames(&mut self, id: NameId) {
        if self.versions.both().iter().all(|version| version.redirects.is_empty()) {
            return;
        }
        let mut open = self.versions.ancestors(id);
        while let Some(target) = open.pop() {
            let dnames: BTreeSet<NameId> =
                self.versions.knowing(target).flat_map(|version| version.redirects(target)).collect();
            for dname in dnames {
                self.scope.insert(dname);
                if self.dnames.insert(dname) {
                    let mut found = BTreeSet::new();
                    self.versions.below(dname, &mut found);
                    self.open.extend(found);
                    open.extend(self.versions.ancestors(dname));
                }
            }
        }
    }
}
