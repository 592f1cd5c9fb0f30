//! What names hold, and which names exist because of it.

use super::{Draft, Edited, Held, NO_ZONE};
use crate::graph::node::{NameId, Node};
use crate::graph::snapshot::Tree;

impl Draft {
    /// Lets `zone` hold `node` at a name, in place of what it held.
    pub fn set(&mut self, zone: NameId, id: NameId, node: &Node<'_>) {
        let start = self.bodies.len();
        let bits = node.encode(zone == id, &mut self.bodies);
        let len = self.bodies.len() - start;
        if let Some(added) = self.add_mut(id).filter(|added| added.zone == NO_ZONE || added.zone == zone) {
            let is_new = added.zone == NO_ZONE;
            (added.zone, added.bits, added.body, added.body_len) = (zone, bits, start as u32, len as u32);
            if is_new {
                self.begin(zone, id);
            }
            return;
        }
        let body = self.bodies.split_off(start);
        let edited = self.edit(id);
        match edited.payloads.iter_mut().find(|held| held.zone == zone) {
            Some(held) => (held.bits, held.body) = (bits, body),
            None => {
                edited.payloads.push(Held { zone, bits, children: 0, body });
                self.begin(zone, id);
            }
        }
    }

    /// Lets `zone` hold nothing at a name; with names of the zone below it stays an empty non-terminal.
    pub fn clear(&mut self, zone: NameId, id: NameId) {
        let Some(payload) = self.payload(id, zone) else { return };
        if payload.children > 0 && id != zone {
            return self.set(zone, id, &Node::Empty);
        }
        self.edit(id).payloads.retain(|held| held.zone != zone);
        self.loose.push(id.0);
        self.cease(zone, id);
    }

    /// Takes what `zone` holds at a name out, the zone being dropped as a whole: nothing is kept or counted.
    pub fn drop_payload(&mut self, zone: NameId, id: NameId) {
        self.loose.push(id.0);
        let is_alone = self.edit_of(id).is_none() && self.added_of(id).is_none() && {
            let mut payloads = self.base.slot(id).payloads();
            payloads.next().is_some_and(|payload| payload.zone == zone) && payloads.next().is_none()
        };
        if is_alone {
            // Nearly all names: what they held is not copied only to be dropped.
            self.edited.insert(id.0, Edited { parent: self.parent(id).0, ..Edited::default() });
        } else {
            self.edit(id).payloads.retain(|held| held.zone != zone);
        }
    }

    /// A name begins to exist in a zone: so do its ancestors up to the apex.
    fn begin(&mut self, zone: NameId, mut id: NameId) {
        while id != zone && id != NameId::ROOT {
            id = self.parent(id);
            if self.count_child(zone, id, 1) {
                return;
            }
            self.set_empty(zone, id);
        }
    }

    fn set_empty(&mut self, zone: NameId, id: NameId) {
        let mut body = Vec::new();
        let bits = Node::Empty.encode(zone == id, &mut body);
        match self.add_mut(id).filter(|added| added.zone == NO_ZONE) {
            Some(added) => (added.zone, added.bits, added.children) = (zone, bits, 1),
            None => self.edit(id).payloads.push(Held { zone, bits, children: 1, body }),
        }
    }

    /// Adds to a name's count of children in a zone; false when the zone has no such name.
    fn count_child(&mut self, zone: NameId, id: NameId, by: i32) -> bool {
        if let Some(added) = self.add_mut(id) {
            if added.zone == zone {
                added.children = added.children.saturating_add_signed(by);
                return true;
            }
            if added.zone == NO_ZONE {
                return false;
            }
        }
        if self.payload(id, zone).is_none() {
            return false;
        }
        for held in self.edit(id).payloads.iter_mut().filter(|held| held.zone == zone) {
            held.children = held.children.saturating_add_signed(by);
        }
        true
    }

    /// A name ceases to exist in a zone: so do empty ancestors that have nothing else below them.
    fn cease(&mut self, zone: NameId, mut id: NameId) {
        while id != zone && id != NameId::ROOT {
            id = self.parent(id);
            self.count_child(zone, id, -1);
            let is_gone = self.payload(id, zone).is_some_and(|p| p.is_empty() && p.children == 0 && !p.is_apex());
            if !is_gone {
                return;
            }
            self.edit(id).payloads.retain(|held| held.zone != zone);
            self.loose.push(id.0);
        }
    }
}
