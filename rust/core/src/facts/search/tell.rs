//! What is told of an owner by where it stands: below a cut or a DNAME, as a wildcard, signed, of many.

use super::{At, Search};
use crate::facts::signed::OF_SIGNED;
use crate::facts::{Fact, FactKind, Other};
use crate::graph::node::{Link, NameId, Payload};
use crate::record::targets;
use crate::record::Rtype;
use crate::walk::find::Found;

impl<'a> Search<'a, '_> {
    pub(super) fn first_data(&self, zone: NameId, owner: NameId, rtype: Rtype) -> Option<Box<Other>> {
        let set = self.snapshot.slot(owner).payload(zone)?.sets().get(rtype)?;
        Some(Box::new(Other { owner, rtype, data: set.iter().next()?.to_vec() }))
    }

    pub(super) fn tell_below_cut(&mut self, at: At, link: Link, hides: NameId, rtype: Rtype) {
        let snapshot = self.snapshot;
        let other = self.first_data(at.zone, hides, rtype);
        self.tell(FactKind::BelowCut, || Fact {
            ttl: link.ttl,
            data: snapshot.name(link.target).as_wire().to_vec(),
            other,
            ..Fact::new(FactKind::BelowCut, at.zone, at.owner, Rtype::CNAME)
        });
    }

    pub(super) fn tell_below_dname(&mut self, at: At, payload: &Payload<'a>, dname: NameId) {
        let Some((rtype, ttl, data)) = self.first_record(payload) else { return };
        let other = self.first_data(at.zone, dname, Rtype::DNAME);
        let fact = Fact { ttl, data, other, ..Fact::new(FactKind::BelowDname, at.zone, at.owner, rtype) };
        self.tell(FactKind::BelowDname, || fact);
    }

    /// Tells of the services of `parent` that a wildcard alias answers for.
    pub(super) fn tell_captured(&mut self, at: At, parent: NameId, link: Link) {
        if self.asked.services.is_empty() || !self.asked.kinds.has(FactKind::WildcardCaptures) {
            return;
        }
        let (snapshot, asked) = (self.snapshot, self.asked);
        let (hash, name) = (snapshot.hash(parent), snapshot.name(parent));
        for service in &asked.services {
            let Ok(captured) = name.child(service) else { continue };
            let is_captured = match snapshot.child(parent, hash, service) {
                None => true,
                Some(id) => {
                    matches!(snapshot.find_known(id, Rtype::A), Found::Wildcard(spot) if spot.owner == at.owner)
                }
            };
            if is_captured {
                self.tell(FactKind::WildcardCaptures, || Fact {
                    ttl: link.ttl,
                    data: snapshot.name(link.target).as_wire().to_vec(),
                    detail: captured.to_string(),
                    number: (parent == at.zone) as u32,
                    ..Fact::new(FactKind::WildcardCaptures, at.zone, at.owner, Rtype::CNAME)
                });
            }
        }
    }

    pub(super) fn note_addresses(&mut self, owner: NameId, payload: &Payload<'a>, is_visible: bool) {
        let Some(addresses) = &mut self.addresses else { return };
        if is_visible {
            addresses.add(owner, payload);
        }
        let sets = payload.sets();
        for set in sets.iter().filter(|set| matches!(set.rtype, Rtype::MX | Rtype::NS | Rtype::SRV)) {
            let hosts = set.iter().flat_map(|data| targets(set.rtype, data));
            hosts.filter_map(|host| self.snapshot.id(&host)).for_each(|host| addresses.add_host(host));
        }
    }

    pub(super) fn tell_signed(&mut self, at: At, payload: &Payload<'a>) {
        if !self.asked.kinds.has_any(OF_SIGNED) {
            return;
        }
        let Some(signed) = self.zones.get(&at.zone).and_then(|seen| seen.signed.as_ref()) else { return };
        let idle = || signed.fault_of_idle(at.owner, payload);
        let idle = self.asked.kinds.has(FactKind::DenialBroken).then(idle).flatten();
        for (kind, rtype, detail) in signed.faults(at.owner, payload).into_iter().chain(idle) {
            if self.asked.kinds.has(kind) {
                self.facts.add(kind, || Fact { detail, ..Fact::new(kind, at.zone, at.owner, rtype) });
            }
        }
    }
}
