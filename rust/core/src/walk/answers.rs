//! Whether a name is answered otherwise: the data itself, not only its shape.
//!
//! What a name is answered with by itself is compared, not what it leads to: a referral by its servers, a DNAME by its
//! target, else the records that stand there or that a wildcard gives. Glue is not among it.

use super::versions::Versions;
use crate::graph::node::{Below, NameId, Node, Payload, RRset};
use crate::graph::snapshot::{Snapshot, Wanted};
use crate::name::Name;
use crate::record::soa::minimum;
use crate::record::Rtype;
use crate::walk::find::{Found, Spot};
use crate::walk::graph::{GraphName, Walk};
use crate::walk::links::Links;
use crate::walk::{follow, Chain, Limits};

/// The answers of two versions.
pub struct Answers<'a> {
    /// The versions.
    pub versions: &'a Versions<'a>,
    /// The owners that changed, ascending, each with the zone.
    pub changed: Vec<(NameId, NameId)>,
}

/// An RRset as it is told from others: its type, TTL and data.
type Told = (Rtype, u32, Vec<Vec<u8>>);

impl<'a> Answers<'a> {
    /// Of a change of these (zone, owner) pairs.
    pub fn new(versions: &'a Versions<'a>, changed: impl Iterator<Item = (NameId, NameId)>) -> Answers<'a> {
        let mut changed: Vec<(NameId, NameId)> = changed.map(|(zone, owner)| (owner, zone)).collect();
        changed.sort_unstable();
        changed.dedup();
        Answers { versions, changed }
    }

    /// Whether anything changed at an owner.
    pub fn has_changed(&self, owner: NameId) -> bool {
        self.changed.binary_search_by_key(&owner, |(owner, _)| *owner).is_ok()
    }

    /// Whether a name that the version before knows is answered otherwise.
    pub fn differs(&self, id: NameId) -> bool {
        let Versions { before, after } = *self.versions;
        let name = Named::of(self.versions, id);
        let [was, is] = [before.find_known(id, Rtype::A), name.find(after, Rtype::A)];
        !is_same(&was, &is) || (self.has_parent_side(id) && self.differs_at_parent(id, &name))
    }

    /// The owner because of which a name that the version before knows is answered otherwise, if it is; `cause` when
    /// none that changed answers for it.
    pub fn why(&self, id: NameId, cause: NameId) -> Option<NameId> {
        let name = Named::of(self.versions, id);
        let [was, is] = [self.versions.before.find_known(id, Rtype::A), name.find(self.versions.after, Rtype::A)];
        match is_same(&was, &is) {
            false => Some(self.cause(&was, &is).unwrap_or(cause)),
            true => (self.has_parent_side(id) && self.differs_at_parent(id, &name)).then_some(cause),
        }
    }

    /// As [`Answers::why`], of any name.
    pub fn why_wanted(&self, wanted: &Wanted, cause: NameId) -> Option<NameId> {
        let [was, is] = [self.versions.before, self.versions.after].map(|version| version.find(wanted, Rtype::A));
        (!is_same(&was, &is)).then(|| self.cause(&was, &is).unwrap_or(cause))
    }

    fn cause(&self, was: &Found<'_>, is: &Found<'_>) -> Option<NameId> {
        let owners = [was, is].into_iter().filter_map(spot).map(|spot| spot.owner);
        owners.into_iter().find(|owner| self.has_changed(*owner))
    }

    /// Whether the zone above has something to say of a name: it is a cut there, or the apex of another zone.
    fn has_parent_side(&self, id: NameId) -> bool {
        let is_cut = |payload: Payload<'_>| payload.is_apex() || payload.below() == Below::Cut;
        self.versions.knowing(id).any(|version| version.slot(id).payloads().any(is_cut))
    }

    fn differs_at_parent(&self, id: NameId, name: &Named) -> bool {
        let [was, is] = self.at_parent(id, name);
        was != is
    }

    /// What is answered to who asks the parent's side for DS: nothing where the name does not exist.
    fn at_parent(&self, id: NameId, name: &Named) -> [Option<Vec<Told>>; 2] {
        let Versions { before, after } = *self.versions;
        let said = |version: &Snapshot, found: Found<'_>| {
            let is_asked = |set: &Told| !matches!(found, Found::Exact(_)) || set.0 == Rtype::DS;
            spot(&found).map(|_| sets(version, &found).into_iter().filter(is_asked).collect())
        };
        [said(before, before.find_known(id, Rtype::DS)), said(after, name.find(after, Rtype::DS))]
    }

    /// Whether what changed at an owner is hidden by a cut, as glue is.
    pub fn is_below_cut(&self, id: NameId) -> bool {
        let name = Named::of(self.versions, id);
        let after = name.find(self.versions.after, Rtype::A);
        matches!(self.versions.before.find_known(id, Rtype::A), Found::Cut(_)) || matches!(after, Found::Cut(_))
    }

    /// For how long caches may hold what the version before said of names on a walk and of those that it went on to:
    /// seconds, the largest old TTL of the RRsets that are others now. Where there was none, that of the zone's
    /// negative answers.
    pub fn stale(&self, walked: &[Name], limits: Limits) -> u32 {
        let before = self.versions.before;
        let on = walked.last().map(|last| walk_on(before, last, limits)).unwrap_or_default();
        walked.iter().chain(&on).map(|name| self.stale_name(name)).max().unwrap_or(0)
    }

    fn stale_name(&self, name: &Name) -> u32 {
        let found = [self.versions.before, self.versions.after].map(|version| {
            let mut wanted = Wanted::new();
            wanted.set(*name, version.keys());
            version.find(&wanted, Rtype::A)
        });
        let [was, is] = &found;
        let zone = zone_of(was).map(|zone| (self.versions.before, zone));
        let zone = zone.or(zone_of(is).map(|zone| (self.versions.after, zone)));
        let negative = zone.map_or(0, |(version, zone)| negative_ttl(version, zone));
        let parents = self.versions.before.id(name).filter(|id| self.has_parent_side(*id));
        let ds = parents.map_or(0, |id| self.stale_at_parent(id, negative));
        let [was_sets, is_sets] = [sets(self.versions.before, was), sets(self.versions.after, is)];
        let denied = (!is_link(was)).then_some(negative);
        // No such name, or nothing there: the one may come after the other.
        let nothing = denied.filter(|_| was_sets.is_empty() && !is_same(was, is)).unwrap_or(0);
        ds.max(nothing).max(staleness(&was_sets, &is_sets, denied))
    }

    fn stale_at_parent(&self, id: NameId, negative: u32) -> u32 {
        let [was, is] = self.at_parent(id, &Named::of(self.versions, id));
        let nothing = if was.is_some() != is.is_some() { negative } else { 0 };
        staleness(&was.unwrap_or_default(), &is.unwrap_or_default(), Some(negative)).max(nothing)
    }

    /// As [`Answers::stale`], of addresses that are only glue: those of a name in a zone.
    pub fn stale_glue(&self, name: &Name, zone: NameId) -> u32 {
        let addresses = |version: &Snapshot| -> Vec<Told> {
            let payload = version.id(name).and_then(|id| version.held(zone, id));
            let sets = payload.iter().flat_map(|payload| payload.sets().iter());
            sets.filter(|set| matches!(set.rtype, Rtype::A | Rtype::AAAA)).map(|set| told(&set)).collect()
        };
        let negative = negative_ttl(self.versions.before, zone);
        staleness(&addresses(self.versions.before), &addresses(self.versions.after), Some(negative))
    }
}

/// A name as a version finds it that may not know its number.
enum Named {
    Known(NameId),
    Other(Box<Wanted>),
}

impl Named {
    fn of(versions: &Versions<'_>, id: NameId) -> Named {
        if versions.after.has(id) {
            return Named::Known(id);
        }
        let mut wanted = Box::new(Wanted::new());
        wanted.set(versions.before.name(id), versions.after.keys());
        Named::Other(wanted)
    }

    fn find<'v>(&self, version: &'v Snapshot, qtype: Rtype) -> Found<'v> {
        match self {
            Named::Known(id) => version.find_known(*id, qtype),
            Named::Other(wanted) => version.find(wanted, qtype),
        }
    }
}

fn spot<'f>(found: &Found<'f>) -> Option<Spot<'f>> {
    match found {
        Found::Cut(spot) | Found::Redirect(spot) | Found::Exact(spot) | Found::Wildcard(spot) => Some(*spot),
        Found::Outside | Found::Absent { .. } => None,
    }
}

fn zone_of(found: &Found<'_>) -> Option<NameId> {
    match found {
        Found::Absent { zone, .. } => Some(*zone),
        other => spot(other).map(|spot| spot.zone),
    }
}

/// Whether one RRset stands for all types: nothing is denied there.
fn is_link(found: &Found<'_>) -> bool {
    matches!(found, Found::Cut(_) | Found::Redirect(_))
}

fn is_same(was: &Found<'_>, is: &Found<'_>) -> bool {
    let of = |spot: &Spot<'_>, rtype| (spot.owner, spot.payload.sets().get(rtype).map(|set| told(&set)));
    match (was, is) {
        (Found::Outside, Found::Outside) | (Found::Absent { .. }, Found::Absent { .. }) => true,
        (Found::Cut(was), Found::Cut(is)) => of(was, Rtype::NS) == of(is, Rtype::NS),
        (Found::Redirect(was), Found::Redirect(is)) => of(was, Rtype::DNAME) == of(is, Rtype::DNAME),
        (Found::Exact(was) | Found::Wildcard(was), Found::Exact(is) | Found::Wildcard(is)) => {
            has_same_data(&was.payload, &is.payload)
        }
        _ => false,
    }
}

/// Whether two payloads give the same answers; of an SOA nobody asks who is led to its zone.
pub fn has_same_data(was: &Payload<'_>, is: &Payload<'_>) -> bool {
    if was.content() == is.content() || !was.is_apex() || !is.is_apex() {
        return was.content() == is.content();
    }
    let others = |payload: &Payload<'_>| -> Vec<Told> {
        payload.sets().iter().filter(|set| set.rtype != Rtype::SOA).map(|set| told(&set)).collect()
    };
    others(was) == others(is)
}

fn told(set: &RRset<'_>) -> Told {
    (set.rtype, set.ttl, set.iter().map(<[u8]>::to_vec).collect())
}

/// The RRsets that a name is answered with by itself.
fn sets(version: &Snapshot, found: &Found<'_>) -> Vec<Told> {
    let of = |spot: &Spot<'_>, rtype| spot.payload.sets().get(rtype).iter().map(told).collect();
    match found {
        Found::Outside | Found::Absent { .. } => Vec::new(),
        Found::Cut(spot) => of(spot, Rtype::NS),
        Found::Redirect(spot) => of(spot, Rtype::DNAME),
        Found::Exact(spot) | Found::Wildcard(spot) => {
            let alias = match spot.payload.node() {
                Node::Alias(link, _) => {
                    Some((Rtype::CNAME, link.ttl, vec![version.name(link.target).as_wire().to_vec()]))
                }
                _ => None,
            };
            let sets = spot.payload.sets();
            alias.into_iter().chain(sets.iter().filter(|set| set.rtype != Rtype::SOA).map(|set| told(&set))).collect()
        }
    }
}

/// The largest old TTL of those that differ; `negative` where there was none.
fn staleness(was: &[Told], is: &[Told], negative: Option<u32>) -> u32 {
    let old = was.iter().filter(|set| !is.contains(set)).map(|(_, ttl, _)| *ttl);
    let is_new = |(rtype, ..): &&Told| !was.iter().any(|(other, ..)| other == rtype);
    let new = is.iter().filter(is_new).filter_map(|_| negative);
    old.chain(new).max().unwrap_or(0)
}

/// Seconds that the absence of data in a zone may be remembered (RFC 2308 5).
fn negative_ttl(version: &Snapshot, zone: NameId) -> u32 {
    let soa = version.held(zone, zone).and_then(|payload| payload.sets().get(Rtype::SOA));
    soa.and_then(|soa| Some(soa.ttl.min(minimum(soa.iter().next()?)?))).unwrap_or(0)
}

/// The names that a walk from a name goes on to.
fn walk_on(version: &Snapshot, from: &Name, limits: Limits) -> Vec<Name> {
    let (unused, mut chain) = (Wanted::new(), Chain::new());
    let links = Links { walk: Walk::anywhere(version, &unused) };
    let start: GraphName = links.walk.known_or_made(*from);
    follow(&links, start, Rtype::A, limits, &mut chain);
    chain.hops.iter().map(|hop| links.walk.name(&hop.target)).collect()
}
