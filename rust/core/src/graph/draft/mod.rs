//! The next version of the graph while it is being made.
//!
//! A draft shares everything with the version it began from and copies what it touches. Names that it
//! adds stand in plain vectors until [`Draft::commit`] packs them, so a load of a million names writes
//! each page once; names that were there are edited one by one and only their pages are written again.
//! A draft that is dropped leaves no trace.

mod commit;
mod hold;
mod intern;

pub use intern::{Coming, ROLES};

use super::denial::OrderKey;
use super::index::NameHash;
use super::node::{NameId, Payload};
use super::snapshot::{locate, Snapshot, Tree, Wanted};
use crate::name::Name;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::hint::black_box;
use std::sync::Arc;

const NO_ZONE: NameId = NameId(u32::MAX);

/// A name added by this draft, with at most one payload.
struct Added {
    parent: NameId,
    zone: NameId,
    label: u32,
    body: u32,
    body_len: u32,
    children: u32,
    label_len: u8,
    bits: u8,
}

/// A name that stood in a page, or a recycled id.
#[derive(Default)]
struct Edited {
    parent: u32,
    /// Of an id that the base has for another name or none; else the base's holds.
    label: Option<Box<[u8]>>,
    payloads: Vec<Held>,
    is_free: bool,
}

/// Lets ids that are near each other stand near each other: a zone that is dropped is gone through in their order. Ids are
/// given in turn, nobody outside chooses them.
#[derive(Default)]
struct Near(u64);

impl Hasher for Near {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u32(&mut self, id: u32) {
        // The table tells entries apart by the upper bits.
        self.0 = u64::from(id) | u64::from(id.wrapping_mul(0x9e37_79b1)) << 32;
    }

    fn write(&mut self, octets: &[u8]) {
        octets.iter().for_each(|octet| self.write_u32((self.0 as u32).rotate_left(8) ^ u32::from(*octet)));
    }
}

struct Held {
    zone: NameId,
    bits: u8,
    children: u32,
    body: Vec<u8>,
}

impl Held {
    fn payload(&self) -> Payload<'_> {
        Payload::new(self.zone, self.bits, self.children, &self.body)
    }
}

/// What a draft did to the ids that no name has: of those of the base so many are left, these came in addition.
#[derive(Default)]
pub struct FreeIds {
    pub left: usize,
    pub freed: Vec<u32>,
}

/// A version of the graph that is not published yet.
pub struct Draft {
    base: Snapshot,
    first_added: u32,
    added: Vec<Added>,
    labels: Vec<u8>,
    bodies: Vec<u8>,
    edited: HashMap<u32, Edited, BuildHasherDefault<Near>>,
    /// Ids that no name of the base has; those before `free_left` are used before new ones, from the end on.
    free: Arc<Vec<u32>>,
    free_left: usize,
    new_children: Vec<(u32, u32)>,
    new_links: Vec<(u32, u32)>,
    old_links: Vec<(u32, u32)>,
    new_redirects: Vec<(u32, u32)>,
    old_redirects: Vec<(u32, u32)>,
    new_order: Vec<OrderKey>,
    old_order: Vec<OrderKey>,
    /// Names that may be of no use any more.
    loose: Vec<u32>,
    wanted: Box<Wanted>,
    /// Whether other threads may take part.
    is_helped: bool,
    /// The parent of the name interned last: most names of a file have the same one.
    last_parent: Option<(Name, NameId, NameHash)>,
    /// Room for [`Draft::intern_all`]: the parent of each name, and the name's hash.
    places: Vec<(NameId, NameHash)>,
}

impl Tree for Draft {
    fn label(&self, id: NameId) -> &[u8] {
        if let Some(label) = self.edit_of(id).and_then(|edited| edited.label.as_deref()) {
            return label;
        }
        match self.added_of(id) {
            Some(added) => &self.labels[added.label as usize..added.label as usize + added.label_len as usize],
            None => self.base.slot(id).label(),
        }
    }

    fn parent(&self, id: NameId) -> NameId {
        if let Some(edited) = self.edit_of(id) {
            return NameId(edited.parent);
        }
        match self.added_of(id) {
            Some(added) => added.parent,
            None => self.base.slot(id).parent(),
        }
    }
}

impl Draft {
    /// A draft that begins as a copy of `base`; `free` are ids that no name of it has. About `names`
    /// names will be added (a guess that saves time, nothing more).
    pub fn new(base: &Snapshot, free: Arc<Vec<u32>>, names: usize) -> Draft {
        let mut base = base.clone();
        if base.ids == 1 && names > 1000 {
            base.index = super::index::Index::with_capacity(names);
        }
        Draft {
            first_added: base.ids,
            base,
            added: Vec::with_capacity(names),
            labels: Vec::with_capacity(names * 8),
            bodies: Vec::with_capacity(names * 16),
            edited: HashMap::default(),
            free_left: free.len(),
            free,
            new_children: Vec::with_capacity(names),
            new_links: Vec::with_capacity(names),
            old_links: Vec::new(),
            new_redirects: Vec::new(),
            old_redirects: Vec::new(),
            new_order: Vec::new(),
            old_order: Vec::new(),
            loose: Vec::new(),
            wanted: Box::new(Wanted::new()),
            is_helped: false,
            last_parent: None,
            places: Vec::new(),
        }
    }

    /// The draft, with other threads taking part where that is worth it.
    pub fn helped(self, is_helped: bool) -> Draft {
        Draft { is_helped, ..self }
    }

    /// Whether other threads may take part.
    pub fn is_helped(&self) -> bool {
        self.is_helped
    }

    #[inline]
    fn added_of(&self, id: NameId) -> Option<&Added> {
        self.added.get(id.0.checked_sub(self.first_added)? as usize)
    }

    #[inline]
    fn edit_of(&self, id: NameId) -> Option<&Edited> {
        if self.edited.is_empty() {
            return None;
        }
        self.edited.get(&id.0)
    }

    /// Reads the memory that setting what these names hold reads first, side by side.
    pub fn touch(&self, ids: impl Iterator<Item = NameId>) {
        black_box(ids.fold(0, |seen, id| seen ^ self.added_of(id).map_or(0, |added| added.zone.0)));
    }

    /// The id of a name that the graph knows.
    pub fn id(&self, name: &Name) -> Option<NameId> {
        let mut wanted = Wanted::new();
        wanted.set(*name, self.base.keys());
        let (path, missing) = locate(&self.base.index, self, &wanted);
        (missing == 0).then(|| path.ids()[0])
    }

    /// The name that stands at an id.
    pub fn name(&self, id: NameId) -> Name {
        if id == NameId::ROOT {
            return Name::ROOT;
        }
        // What interned the name was a name: it cannot be too long to be one.
        self.name(self.parent(id)).child(self.label(id)).unwrap_or(Name::ROOT)
    }

    /// The name one label shorter.
    pub fn parent_of(&self, id: NameId) -> NameId {
        self.parent(id)
    }

    /// What `zone` holds at a name.
    pub fn payload(&self, id: NameId, zone: NameId) -> Option<Payload<'_>> {
        if let Some(edited) = self.edit_of(id) {
            return edited.payloads.iter().find(|held| held.zone == zone).map(Held::payload);
        }
        match self.added_of(id) {
            Some(added) => (added.zone == zone).then(|| self.added_payload(added)),
            None => self.base.slot(id).payload(zone),
        }
    }

    fn added_payload(&self, added: &Added) -> Payload<'_> {
        let body = &self.bodies[added.body as usize..added.body as usize + added.body_len as usize];
        Payload::new(added.zone, added.bits, added.children, body)
    }

    /// The version the draft began from; what was edited since is not in it.
    pub fn before(&self) -> &Snapshot {
        &self.base
    }

    fn add_mut(&mut self, id: NameId) -> Option<&mut Added> {
        if !self.edited.is_empty() && self.edited.contains_key(&id.0) {
            return None;
        }
        self.added.get_mut(id.0.checked_sub(self.first_added)? as usize)
    }

    /// The name as an edited one, taken out of its page or the added ones when it is not one yet.
    fn edit(&mut self, id: NameId) -> &mut Edited {
        if !self.edited.contains_key(&id.0) {
            let held = |p: Payload<'_>| {
                let (bits, body) = p.encoded();
                Held { zone: p.zone, bits, children: p.children, body: body.to_vec() }
            };
            let payloads = match self.added_of(id) {
                Some(added) if added.zone == NO_ZONE => Vec::new(),
                Some(added) => vec![held(self.added_payload(added))],
                None => self.base.slot(id).payloads().map(held).collect(),
            };
            self.edited.insert(id.0, Edited { parent: self.parent(id).0, label: None, payloads, is_free: false });
        }
        self.edited.entry(id.0).or_default()
    }

    /// Notes that a record of `owner` names `target`.
    pub fn link(&mut self, target: NameId, owner: NameId) {
        self.new_links.push((target.0, owner.0));
    }

    /// Notes that no record of `owner` names `target` any more.
    pub fn unlink(&mut self, target: NameId, owner: NameId) {
        self.old_links.push((target.0, owner.0));
        self.loose.push(target.0);
    }

    /// Replaces the names that DNAME records of `owner` name.
    pub fn redirect(&mut self, owner: NameId, before: &[NameId], now: &[NameId]) {
        self.old_redirects.extend(before.iter().map(|target| (target.0, owner.0)));
        self.new_redirects.extend(now.iter().map(|target| (target.0, owner.0)));
    }

    /// Replaces places in the order of denial.
    pub fn reorder(&mut self, before: Vec<OrderKey>, now: Vec<OrderKey>) {
        self.old_order.extend(before);
        self.new_order.extend(now);
    }

    /// What the zones hold at a name, in the draft as it is now.
    pub fn payloads(&self, owner: NameId) -> Vec<Payload<'_>> {
        match (self.edit_of(owner), self.added_of(owner)) {
            (Some(edited), _) => edited.payloads.iter().map(Held::payload).collect(),
            (None, Some(added)) if added.zone == NO_ZONE => Vec::new(),
            (None, Some(added)) => vec![self.added_payload(added)],
            (None, None) => self.base.slot(owner).payloads().collect(),
        }
    }

    /// Notes that a name may be of no use.
    pub fn loosen(&mut self, id: NameId) {
        self.loose.push(id.0);
    }
}
