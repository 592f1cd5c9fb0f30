//! The next version of the graph while it is being made.
//!
//! A draft shares everything with the version it began from and copies what it touches. Names that it
//! adds stand in plain vectors until [`Draft::commit`] packs them, so a load of a million names writes
//! each page once; names that were there are edited one by one and only their pages are written again.
//! A draft that is dropped leaves no trace.

mod commit;

use super::denial::OrderKey;
use super::index::NameHash;
use super::node::{NameId, Node, Payload};
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

/// A name that is to be interned.
#[derive(Clone, Copy)]
pub struct Coming<'n> {
    /// In wire form and lower case.
    pub name: &'n [u8],
    /// Its hash.
    pub hash: NameHash,
    /// What the name is to its record, below [`ROLES`]: names of one role mostly have one parent.
    pub role: usize,
    /// Whether the name before it with this role has the same parent.
    pub has_same_parent: bool,
}

/// Roles of names: owners and targets.
pub const ROLES: usize = 2;

/// The parent of the name that was interned last with each role.
pub type Parents = [NameId; ROLES];

/// What a draft did to the ids that no name has: of those of the base so many are left, these came in addition.
#[derive(Default)]
pub struct FreeIds {
    pub left: usize,
    pub freed: Vec<u32>,
}

fn first_label(name: &[u8]) -> &[u8] {
    &name[1..1 + name[0] as usize]
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

    /// The id of a name; it is added when the graph does not know it.
    pub fn intern(&mut self, name: &Name) -> NameId {
        if name.is_root() {
            return NameId::ROOT;
        }
        let (parent, parent_hash) = self.parent_place(name.as_wire());
        let hash = self.base.keys.child(parent_hash, name.first_label());
        self.intern_child(parent, hash, name.first_label())
    }

    /// Adds to `ids` those of many names, in their order; names that the graph does not know are added.
    ///
    /// Does step by step for all names what [`Draft::intern`] does for one, so that the waits for memory of different
    /// names overlap (see `ahead`).
    pub fn intern_all<'n>(
        &mut self,
        names: impl Iterator<Item = Coming<'n>> + Clone,
        parents: &mut Parents,
        ids: &mut Vec<NameId>,
    ) {
        let mut places = std::mem::take(&mut self.places);
        places.clear();
        for coming in names.clone() {
            if !coming.has_same_parent {
                parents[coming.role] = self.parent_place(coming.name).0;
            }
            places.push((parents[coming.role], coming.hash));
        }
        black_box(places.iter().fold(0, |seen, (_, hash)| seen ^ self.base.index.touch(*hash)));
        black_box(places.iter().fold(0, |seen, (_, hash)| seen ^ self.base.index.touch_counts(*hash)));
        let start = ids.len();
        ids.extend(places.iter().filter_map(|(_, hash)| self.base.index.candidates(*hash).next()).map(NameId));
        black_box(ids[start..].iter().fold(0, |seen, id| seen ^ self.parent(*id).0));
        black_box(ids[start..].iter().fold(0, |seen, id| seen ^ self.label(*id).first().copied().unwrap_or(0)));
        ids.truncate(start);
        for (coming, (parent, hash)) in names.zip(&places) {
            ids.push(match coming.name {
                [0] => NameId::ROOT,
                name => self.intern_child(*parent, *hash, first_label(name)),
            });
        }
        self.places = places;
    }

    fn parent_place(&mut self, name: &[u8]) -> (NameId, NameHash) {
        let rest = &name[(1 + first_label(name).len()).min(name.len() - 1)..];
        match &self.last_parent {
            Some((last, id, hash)) if last.as_wire() == rest => (*id, *hash),
            _ => self.intern_parent(Name::from_wire(rest).unwrap_or(Name::ROOT)),
        }
    }

    fn intern_parent(&mut self, parent: Name) -> (NameId, NameHash) {
        let mut wanted = std::mem::replace(&mut self.wanted, Box::new(Wanted::new()));
        wanted.set(parent, self.base.keys());
        let (path, missing) = locate(&self.base.index, self, &wanted);
        let mut id = path.ids()[0];
        let depth = wanted.labels() - missing;
        let mut hash = wanted.hash(depth);
        let labels: Vec<&[u8]> = parent.labels().collect();
        for label in labels[..missing].iter().rev() {
            hash = self.base.keys.child(hash, label);
            id = self.intern_child(id, hash, label);
        }
        self.wanted = wanted;
        self.last_parent = Some((parent, id, hash));
        (id, hash)
    }

    /// `hash` is that of the whole name.
    fn intern_child(&mut self, parent: NameId, hash: NameHash, label: &[u8]) -> NameId {
        match self.known_child(parent, hash, label) {
            Some(id) => id,
            None => self.create(parent, hash, label),
        }
    }

    fn known_child(&self, parent: NameId, hash: NameHash, label: &[u8]) -> Option<NameId> {
        let mut candidates = self.base.index.candidates(hash).map(NameId);
        candidates.find(|id| self.parent(*id) == parent && self.label(*id) == label)
    }

    fn create(&mut self, parent: NameId, hash: NameHash, label: &[u8]) -> NameId {
        let recycled = self.free_left.checked_sub(1).and_then(|last| self.free.get(last).copied());
        let id = match recycled {
            Some(id) => {
                self.free_left -= 1;
                let edited = Edited { parent: parent.0, label: Some(label.into()), ..Edited::default() };
                self.edited.insert(id, edited);
                id
            }
            None => {
                let start = self.labels.len() as u32;
                self.labels.extend_from_slice(label);
                self.added.push(Added {
                    parent,
                    zone: NO_ZONE,
                    label: start,
                    body: 0,
                    body_len: 0,
                    children: 0,
                    label_len: label.len() as u8,
                    bits: 0,
                });
                self.first_added + self.added.len() as u32 - 1
            }
        };
        self.base.index.insert(hash, id);
        self.new_children.push((parent.0, id));
        NameId(id)
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
