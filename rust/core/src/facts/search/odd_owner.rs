//! Owners that were hardly meant: octets that no host or service has, labels that say to be A-labels, the zone's name
//! twice. Which of them is a fault is not decided here.

use super::{At, Search};
use crate::facts::record::is_plain;
use crate::facts::{Fact, FactKind};
use crate::graph::node::{NameId, Node, Payload, Slot};
use crate::record::Rtype;

impl<'a> Search<'a, '_> {
    /// Tells of an owner whose name calls for a closer look, at its first record.
    pub(super) fn tell_odd_owner(&mut self, at: At, slot: Slot<'a>, payload: &Payload<'a>) {
        if !self.asked.kinds.has(FactKind::OddOwner) || !self.is_odd_owner(at, slot) {
            return;
        }
        if let Some((rtype, ttl, data)) = self.first_record(payload) {
            let fact = Fact { ttl, data, ..Fact::new(FactKind::OddOwner, at.zone, at.owner, rtype) };
            self.tell(FactKind::OddOwner, || fact);
        }
    }

    /// Type, TTL and data of the first record that a zone holds at a name.
    pub(super) fn first_record(&self, payload: &Payload<'a>) -> Option<(Rtype, u32, Vec<u8>)> {
        match payload.node() {
            Node::Empty => None,
            Node::Alias(link, _) => Some((Rtype::CNAME, link.ttl, self.snapshot.name(link.target).as_wire().to_vec())),
            Node::Data(sets, _) => {
                let set = sets.iter().next()?;
                Some((set.rtype, set.ttl, set.iter().next().unwrap_or_default().to_vec()))
            }
        }
    }

    /// Whether a label between the owner and its zone is odd. What lies above an owner is that of its neighbours, too.
    fn is_odd_owner(&mut self, at: At, slot: Slot<'a>) -> bool {
        if at.owner == at.zone {
            return false;
        }
        let parent = slot.parent();
        let is_odd_above = match self.last_odd {
            Some((zone, of, is_odd)) if (zone, of) == (at.zone, parent) => is_odd,
            _ => self.is_odd_up_to(at.zone, parent),
        };
        self.last_odd = Some((at.zone, parent, is_odd_above));
        is_odd_above || self.is_odd_label(at.zone, at.owner, slot)
    }

    fn is_odd_up_to(&self, zone: NameId, from: NameId) -> bool {
        let mut id = from;
        while id != zone && id != NameId::ROOT {
            let slot = self.snapshot.slot(id);
            if self.is_odd_label(zone, id, slot) {
                return true;
            }
            id = slot.parent();
        }
        false
    }

    fn is_odd_label(&self, zone: NameId, id: NameId, slot: Slot<'a>) -> bool {
        let label = slot.label();
        let is_usual = is_plain(label) || label == b"*";
        !is_usual
            || label.get(..4).is_some_and(|head| head.eq_ignore_ascii_case(b"xn--"))
            || self.is_twice(zone, id, label)
    }

    /// Whether a name is that of its zone with the zone's behind it. Zones of one label are left alone: com.com exists.
    fn is_twice(&self, zone: NameId, id: NameId, label: &[u8]) -> bool {
        let Some(origin) = self.zones.get(&zone).map(|seen| &seen.zone.origin) else { return false };
        if !label.eq_ignore_ascii_case(origin.first_label()) {
            return false;
        }
        let (name, count) = (self.snapshot.name(id), origin.label_count());
        count > 1
            && name.label_count() == 2 * count
            && name.labels().zip(origin.labels()).take(count).all(|(one, other)| one.eq_ignore_ascii_case(other))
    }
}
