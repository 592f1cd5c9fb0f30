//! Links beyond those that a packet follows, as look-ups for the one walker.
//!
//! [`Links`] adds what a server or a client follows by itself: ALIAS for addresses, AliasMode for HTTPS and SVCB.
//! [`Below`] walks all names below a name at once: DNAMEs alone can make a cycle, without any name that would show it.

use crate::graph::node::{NameId, Payload, RRset};
use crate::graph::snapshot::{Path, Snapshot, Wanted};
use crate::name::{Name, MAX_NAME};
use crate::record::Rtype;
use crate::record::{is_alias_mode, targets};
use crate::walk::find::{Cover, Spot};
use crate::walk::follow::{End, Hop, Kind, Lookup, Step};
use crate::walk::graph::{GraphName, Place, Walk};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// The served graph with ALIAS, and HTTPS and SVCB in AliasMode, as links.
pub struct Links<'a> {
    /// The links that answers follow.
    pub walk: Walk<'a>,
}

/// The record of a name that hands a question on, if there is one: the first of its RRset.
pub fn forwarding<'a>(payload: &Payload<'a>, qtype: Rtype) -> Option<(Kind, RRset<'a>, &'a [u8])> {
    let sets = payload.sets();
    let (kind, set) = match qtype {
        // Both addresses of its own leave an ALIAS nothing to say.
        Rtype::A if sets.get(Rtype::A).is_some() && sets.get(Rtype::AAAA).is_some() => return None,
        Rtype::A => (Kind::Alias, sets.get(Rtype::ALIAS)?),
        Rtype::HTTPS => (Kind::Https, sets.get(Rtype::HTTPS)?),
        Rtype::SVCB => (Kind::Svcb, sets.get(Rtype::SVCB)?),
        _ => return None,
    };
    let data = set.iter().find(|data| is_alias_mode(set.rtype, data))?;
    Some((kind, set, data))
}

impl Lookup for Links<'_> {
    type Name = GraphName;
    type Place = Place;

    #[inline]
    fn step(&self, name: &GraphName, qtype: Rtype) -> Step<GraphName, Place> {
        let step = self.walk.step(name, qtype);
        let Step::End(End::Data { place, is_wildcard } | End::NoData { place, is_wildcard }) = step else {
            return step;
        };
        let payload = self.walk.snapshot.slot(place.owner).payload(place.zone);
        match payload.and_then(|payload| forwarding(&payload, qtype)) {
            Some((kind, set, data)) => match targets(set.rtype, data).next() {
                Some(target) => {
                    Step::Link { target: self.walk.known_or_made(target), place, ttl: set.ttl, kind, is_wildcard }
                }
                None => step,
            },
            None => step,
        }
    }

    fn is_same(&self, left: &GraphName, right: &GraphName) -> bool {
        self.walk.is_same(left, right)
    }

    fn is_same_zone(&self, left: &Place, right: &Place) -> bool {
        self.walk.is_same_zone(left, right)
    }
}

/// All names below a name at once: a name on the walk stands for those below it, and only DNAMEs lead on.
pub struct Below<'a> {
    /// The graph.
    pub walk: Walk<'a>,
}

impl Below<'_> {
    fn cover(&self, name: &GraphName) -> Option<(NameId, NameId, Cover)> {
        let snapshot = self.walk.snapshot;
        let path = match name {
            GraphName::Known(id) => snapshot.path(*id, false),
            other => {
                let mut wanted = Wanted::new();
                wanted.set(self.walk.name(other), snapshot.keys());
                snapshot.locate(&wanted).0
            }
        };
        let zone = *path.ids().iter().find(|id| snapshot.slot(**id).is_apex())?;
        Some((zone, path.ids()[0], snapshot.cover(zone, path.ids()[0])))
    }
}

impl Lookup for Below<'_> {
    type Name = GraphName;
    type Place = Place;

    fn step(&self, name: &GraphName, _: Rtype) -> Step<GraphName, Place> {
        let Some((zone, owner, cover)) = self.cover(name) else { return Step::End(End::OutOfZone) };
        let dname = match cover {
            Cover::None | Cover::Zone(_) => {
                return Step::End(End::NoData { place: Place { zone, owner }, is_wildcard: false })
            }
            Cover::Cut(cut) => return Step::End(End::Referral(Place { zone, owner: cut })),
            Cover::Redirect(dname) => dname,
        };
        let Some(payload) = self.walk.snapshot.slot(dname).payload(zone) else { return Step::End(End::Unknown) };
        let step = self.walk.redirect(name, Spot { zone, owner: dname, payload });
        match &step {
            // The shortest name below takes two octets more.
            Step::Link { target, place, .. } if self.walk.name(target).len() + 2 > MAX_NAME => {
                Step::End(End::Overflow(*place))
            }
            _ => step,
        }
    }

    /// Whether all names below `right` lie below `left` too. The names were passed then, and what was done to them is
    /// done again.
    fn is_same(&self, left: &GraphName, right: &GraphName) -> bool {
        self.walk.is_same(left, right) || self.walk.name(right).is_at_or_below(&self.walk.name(left))
    }

    fn is_same_zone(&self, left: &Place, right: &Place) -> bool {
        left.zone == right.zone
    }
}

/// A look-up for walks of any length: it ends, as unknown, at names whose outcome is known from another walk.
pub struct Far<'a, L> {
    lookup: &'a L,
    known: &'a HashMap<NameId, u32>,
    /// The known names that were passed; to compare with all of them would be too slow on a long walk.
    passed: RefCell<HashSet<NameId>>,
    is_exact: bool,
}

impl<'a, L> Far<'a, L> {
    /// With `is_exact`, names are the same only when they are equal.
    pub fn new(lookup: &'a L, known: &'a HashMap<NameId, u32>, is_exact: bool) -> Far<'a, L> {
        Far { lookup, known, passed: RefCell::default(), is_exact }
    }
}

impl<L: Lookup<Name = GraphName, Place = Place>> Lookup for Far<'_, L> {
    type Name = GraphName;
    type Place = Place;

    fn step(&self, name: &GraphName, qtype: Rtype) -> Step<GraphName, Place> {
        match name {
            GraphName::Known(id) if self.known.contains_key(id) => Step::End(End::Unknown),
            _ => self.lookup.step(name, qtype),
        }
    }

    fn was_passed(&self, hops: &[Hop<GraphName, Place>], target: &GraphName) -> bool {
        if !self.is_exact {
            return hops.iter().any(|hop| self.is_same(&hop.alias, target));
        }
        let mut passed = self.passed.borrow_mut();
        if let Some(GraphName::Known(id)) = hops.last().map(|hop| &hop.alias) {
            passed.insert(*id);
        }
        match target {
            GraphName::Known(id) => passed.contains(id),
            made => hops.iter().any(|hop| self.is_same(&hop.alias, made)),
        }
    }

    fn is_same(&self, left: &GraphName, right: &GraphName) -> bool {
        self.lookup.is_same(left, right)
    }

    fn is_same_zone(&self, left: &Place, right: &Place) -> bool {
        self.lookup.is_same_zone(left, right)
    }
}

impl<'a> Walk<'a> {
    /// A walk that begins at any name on it; `unused` is only borrowed.
    pub fn anywhere(snapshot: &'a Snapshot, unused: &'a Wanted) -> Walk<'a> {
        Walk { snapshot, asked: unused, path: Path::new(), missing: 0 }
    }

    /// A name on the walk: its number, if the graph knows it.
    pub fn known_or_made(&self, name: Name) -> GraphName {
        match self.snapshot.id(&name) {
            Some(id) => GraphName::Known(id),
            None => GraphName::Made(Box::new(name)),
        }
    }
}
