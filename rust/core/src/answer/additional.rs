//! Addresses that go along: of hosts that an answer names, and glue.

use super::compose::Composer;
use crate::graph::{NameId, RRset, Sets};
use crate::name::Name;
use crate::packet::Section;
use crate::record::Rtype;
use crate::record::{means_none, targets};
use crate::walk::{Cover, End, GraphName, Lookup, Place, Step};

/// Most hosts of one RRset whose addresses are looked up: more would not fit, and a reply must not cost without bound.
const HOSTS: usize = 128;

/// Whether records of a type name hosts whose addresses a client asks next.
pub(super) fn has_hosts(rtype: Rtype) -> bool {
    !next_types(rtype).is_empty()
}

/// What a client asks next of the hosts that records of a type name.
fn next_types(rtype: Rtype) -> &'static [Rtype] {
    match rtype {
        Rtype::NS | Rtype::MX | Rtype::SRV => &[Rtype::A, Rtype::AAAA],
        Rtype::SVCB => &[Rtype::A, Rtype::AAAA, Rtype::SVCB],
        Rtype::HTTPS => &[Rtype::A, Rtype::AAAA, Rtype::HTTPS],
        _ => &[],
    }
}

/// Adds what a client of these records asks next, as long as it fits (RFC 1035 3.3.9 and 3.3.11, RFC 2782,
/// RFC 9460 4.1). Nothing is truncated for it.
pub(super) fn put_hosts(composer: &mut Composer<'_, '_>, owner: &GraphName, set: RRset<'_>) {
    let wanted = next_types(set.rtype);
    if wanted.is_empty() {
        return;
    }
    let mut done: Vec<NameId> = Vec::new();
    for data in set.iter().take(HOSTS) {
        let Some(host) = host_of(composer, owner, set.rtype, data).filter(|host| !done.contains(host)) else {
            continue;
        };
        done.push(host);
        for rtype in wanted.iter().filter(|rtype| **rtype != set.rtype || name_differs(owner, host)) {
            if !put_host(composer, host, *rtype) {
                return;
            }
        }
    }
}

/// The host that a record means, if it means one.
fn host_of(composer: &Composer<'_, '_>, owner: &GraphName, rtype: Rtype, data: &[u8]) -> Option<NameId> {
    let name = targets(rtype, data).next()?;
    if !means_none(rtype, data) {
        return composer.walk.snapshot.id(&name);
    }
    // A dot is the owner in service mode (a priority that is not 0) and none in alias mode (RFC 9460 2.5).
    let is_service = matches!(rtype, Rtype::SVCB | Rtype::HTTPS) && !data.starts_with(&[0, 0]);
    match owner {
        GraphName::Known(id) if is_service => Some(*id),
        _ => None,
    }
}

/// Whether the host's records of the answer's own type are not in the answer already.
fn name_differs(owner: &GraphName, host: NameId) -> bool {
    !matches!(owner, GraphName::Known(id) if *id == host)
}

fn put_host(composer: &mut Composer<'_, '_>, host: NameId, rtype: Rtype) -> bool {
    let name = GraphName::Known(host);
    let Step::End(End::Data { place, .. }) = composer.walk.step(&name, rtype) else { return true };
    let sets = composer.payload(place).map_or(Sets::NONE, |payload| payload.sets());
    sets.get(rtype).is_none_or(|set| put_addresses_of(composer, &name, set, sets))
}

/// Signatures are left out before addresses are (RFC 4035 3.1.1). Glue has none.
fn put_addresses_of(composer: &mut Composer<'_, '_>, owner: &GraphName, set: RRset<'_>, sets: Sets<'_>) -> bool {
    composer.put_signed(Section::Additional, owner, set, sets) || composer.put_set(Section::Additional, owner, set)
}

/// Adds glue. Without that of name servers below the cut nobody gets there, so all of it has to fit, or the
/// answer is truncated (RFC 9471 3.1); other name servers of the zone are added as long as they fit (3.2).
pub(super) fn put_glue(composer: &mut Composer<'_, '_>, cut: Place, servers: RRset<'_>) -> bool {
    let cut_name = composer.walk.snapshot.name(cut.owner);
    let names = || servers.iter().flat_map(|data| targets(Rtype::NS, data));
    for name in names().filter(|name| name.is_at_or_below(&cut_name)) {
        if !put_addresses(composer, cut.zone, &name) {
            return false;
        }
    }
    for name in names().filter(|name| !name.is_at_or_below(&cut_name)) {
        if !put_addresses(composer, cut.zone, &name) {
            break;
        }
    }
    true
}

fn put_addresses(composer: &mut Composer<'_, '_>, zone: NameId, name: &Name) -> bool {
    let Some(id) = composer.walk.snapshot.id(name) else { return true };
    // What a DNAME of the zone hides is not there to be sent (RFC 6672 2.4); what a cut hides is what glue is. Whether the
    // child that is cut off is served here too, and what it makes of the name, is not asked: glue is the parent's.
    let snapshot = composer.walk.snapshot;
    if matches!(snapshot.cover(zone, snapshot.slot(id).parent()), Cover::Redirect(_)) {
        return true;
    }
    let Some(payload) = composer.payload(Place { zone, owner: id }) else { return true };
    let owner = GraphName::Known(id);
    let sets = payload.sets();
    let mut addresses = [Rtype::A, Rtype::AAAA].into_iter().filter_map(|rtype| sets.get(rtype));
    addresses.all(|set| put_addresses_of(composer, &owner, set, sets))
}
