//! What a walk that comes by can tell of a name.

use crate::facts::is_useful;
use crate::graph::node::{NameId, Node, Payload};
use crate::graph::snapshot::{Snapshot, Wanted};
use crate::name::Name;
use crate::record::targets;
use crate::record::Rtype;
use crate::walk::find::Found;
use crate::walk::graph::Place;
use crate::walk::links::forwarding;

/// What a payload is to a walk.
#[derive(PartialEq, Eq)]
pub(crate) enum Class {
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
pub(crate) enum Shape {
    Outside,
    Absent,
    Cut,
    Redirect(NameId, Option<Box<Name>>),
    Held(Class),
}

pub(crate) const FORWARDS: [Rtype; 3] = [Rtype::A, Rtype::HTTPS, Rtype::SVCB];

pub(crate) fn class(payload: &Payload<'_>, owner: NameId) -> Class {
    let place = Place { zone: payload.zone, owner };
    match payload.node() {
        Node::Empty => Class::Empty,
        Node::Alias(link, _) => Class::Alias(link.target, place),
        Node::Data(sets, _) => Class::Data {
            has: [sets.get(Rtype::A).is_some(), sets.get(Rtype::AAAA).is_some(), is_useful(payload, Rtype::CNAME)],
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
    pub(crate) fn shape(&self, name: &Name) -> Shape {
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
}
