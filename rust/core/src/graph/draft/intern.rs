//! Names become ids.

use super::{Added, Draft, Edited, NO_ZONE};
use crate::graph::index::NameHash;
use crate::graph::node::NameId;
use crate::graph::snapshot::{locate, Tree, Wanted};
use crate::name::Name;
use std::hint::black_box;

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

fn first_label(name: &[u8]) -> &[u8] {
    &name[1..1 + name[0] as usize]
}

impl Draft {
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
}
