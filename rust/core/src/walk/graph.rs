//! The served graph as what the walker looks names up in.

use crate::graph::node::{NameId, Node};
use crate::graph::snapshot::{Path, Snapshot, Wanted};
use crate::name::Name;
use crate::record::Rtype;
use crate::walk::find::{Found, Spot};
use crate::walk::follow::{End, Kind, Lookup, Step};

/// A name on a walk through the graph.
#[derive(Clone, Debug)]
pub enum GraphName {
    /// The name that was asked for, which the graph does not know.
    Asked,
    /// A name the graph knows, existing or only named.
    Known(NameId),
    /// A name that a DNAME made and that the graph does not know.
    Made(Box<Name>),
}

/// Where a record stands in the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The apex of the zone.
    pub zone: NameId,
    /// The owner; for a name that does not exist its closest encloser.
    pub owner: NameId,
}

/// The served graph as a [`Lookup`], for one question.
pub struct Walk<'a> {
    /// The version that is walked.
    pub snapshot: &'a Snapshot,
    /// The question's name.
    pub asked: &'a Wanted,
    /// What the graph knows of it: the path from its longest known suffix to the root.
    pub path: Path,
    /// How many of its labels lie below that.
    pub missing: usize,
}

impl<'a> Walk<'a> {
    /// A walk that begins at `asked`.
    #[inline]
    pub fn new(snapshot: &'a Snapshot, asked: &'a Wanted) -> Walk<'a> {
        let (path, missing) = snapshot.locate(asked);
        Walk { snapshot, asked, path, missing }
    }

    /// A walk that begins at a name the graph knows; `unused` is only borrowed.
    pub fn known(snapshot: &'a Snapshot, unused: &'a Wanted, id: NameId) -> Walk<'a> {
        Walk { snapshot, asked: unused, path: snapshot.path(id, false), missing: 0 }
    }

    /// The question's name as a name on the walk.
    #[inline]
    pub fn start(&self) -> GraphName {
        match self.missing {
            0 => GraphName::Known(self.path.ids()[0]),
            _ => GraphName::Asked,
        }
    }

    /// The name on the wire, in lower case.
    pub fn name(&self, name: &GraphName) -> Name {
        match name {
            GraphName::Asked => *self.asked.name(),
            GraphName::Known(id) => self.snapshot.name(*id),
            GraphName::Made(name) => **name,
        }
    }

    fn find(&self, name: &GraphName, qtype: Rtype) -> Found<'_> {
        match name {
            GraphName::Asked => self.snapshot.find_on_path(&self.path, self.missing, qtype, Some(self.asked)),
            GraphName::Known(id) if self.missing == 0 && self.path.ids().first() == Some(id) => {
                self.snapshot.find_on_path(&self.path, 0, qtype, None)
            }
            GraphName::Known(id) => self.snapshot.find_known(*id, qtype),
            GraphName::Made(name) => {
                let mut wanted = Wanted::new();
                wanted.set(**name, self.snapshot.keys());
                self.snapshot.find(&wanted, qtype)
            }
        }
    }

    /// Where the DNAME at `spot` leads a name at or below it.
    pub(super) fn redirect(&self, name: &GraphName, spot: Spot<'_>) -> Step<GraphName, Place> {
        let place = Place { zone: spot.zone, owner: spot.owner };
        let set = spot.payload.sets().get(Rtype::DNAME);
        let target = set.and_then(|set| Some((set.ttl, Name::from_wire(set.iter().next()?).ok()?)));
        let Some((ttl, target)) = target else { return Step::End(End::NoData { place, is_wildcard: false }) };
        match self.name(name).replace_suffix(&self.snapshot.name(spot.owner), &target) {
            Ok(made) => {
                Step::Link { target: self.known_or_made(made), place, ttl, kind: Kind::Dname, is_wildcard: false }
            }
            Err(_) => Step::End(End::Overflow(place)),
        }
    }
}

/// What the payload at a name means for a question.
fn judge(spot: Spot<'_>, qtype: Rtype, is_wildcard: bool) -> Step<GraphName, Place> {
    let place = Place { zone: spot.zone, owner: spot.owner };
    let has_type = match spot.payload.node() {
        Node::Empty => false,
        Node::Alias(_, _) if matches!(qtype, Rtype::CNAME | Rtype::ANY) => true,
        Node::Alias(link, proofs) if proofs.get(qtype).is_none() => {
            let target = GraphName::Known(link.target);
            return Step::Link { target, place, ttl: link.ttl, kind: Kind::Cname, is_wildcard };
        }
        Node::Alias(_, _) => true,
        Node::Data(sets, _) if qtype == Rtype::ANY => !sets.is_empty(),
        Node::Data(sets, _) => sets.get(qtype).is_some(),
    };
    Step::End(match has_type {
        true => End::Data { place, is_wildcard },
        false => End::NoData { place, is_wildcard },
    })
}

impl Lookup for Walk<'_> {
    type Name = GraphName;
    type Place = Place;

    #[inline]
    fn step(&self, name: &GraphName, qtype: Rtype) -> Step<GraphName, Place> {
        match self.find(name, qtype) {
            Found::Exact(spot) => judge(spot, qtype, false),
            Found::Wildcard(spot) => judge(spot, qtype, true),
            Found::Redirect(spot) => self.redirect(name, spot),
            Found::Cut(spot) => Step::End(End::Referral(Place { zone: spot.zone, owner: spot.owner })),
            Found::Absent { zone, encloser } => Step::End(End::NxDomain(Place { zone, owner: encloser })),
            Found::Outside => Step::End(End::OutOfZone),
        }
    }

    fn is_same(&self, left: &GraphName, right: &GraphName) -> bool {
        match (left, right) {
            (GraphName::Known(left), GraphName::Known(right)) => left == right,
            // A name that the graph knows is never carried as octets.
            (GraphName::Known(_), _) | (_, GraphName::Known(_)) => false,
            _ => self.name(left) == self.name(right),
        }
    }

    fn is_same_zone(&self, left: &Place, right: &Place) -> bool {
        left.zone == right.zone
    }
}
