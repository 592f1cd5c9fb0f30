//! One version of the graph: everything a reader needs, and nothing that changes.

use super::denial::Order;
use super::index::{Index, Keys, NameHash};
use super::keyset::KeySet;
use super::node::{slot, NameId, Slot, PAGE};
use super::table::Table;
use crate::name::{Name, MAX_LABELS, MAX_NAME};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

/// A whole version of the graph. A clone is cheap and never changes.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) pages: Table<Arc<[u8]>>,
    /// Ids from 0 to here are in use or were.
    pub(crate) ids: u32,
    pub(crate) index: Index,
    pub(crate) keys: Keys,
    /// (named, naming): who holds a record that names a name, alias or not.
    pub(crate) inbound: KeySet,
    /// (named, naming) of DNAME records alone.
    pub(crate) redirects: KeySet,
    /// (parent, child).
    pub(crate) children: KeySet,
    /// (parent, child) where no zone has the child: it is only named, or has such names below it.
    pub(crate) absent: KeySet,
    /// Who denies what, of all signed zones.
    pub(crate) order: Order,
    /// The zones that are seen, by their apexes, where not all are (`seen`).
    pub(crate) only: Option<Arc<HashSet<NameId>>>,
}

/// A name that is looked for, with the hash of each of its suffixes.
///
/// Workers keep one and fill it anew for each question: it is too large to be made per packet.
#[derive(Clone)]
pub struct Wanted {
    name: Name,
    /// Where each label starts in the name, from the left.
    starts: [u8; MAX_LABELS + 1],
    /// The hash of the rightmost `n` labels, at `n`.
    hashes: [NameHash; MAX_LABELS + 1],
    labels: usize,
}

/// A path of ids from a name upwards. It is made for every query, so one of usual length is short and stands in itself.
pub struct Path {
    near: [NameId; NEAR],
    len: usize,
    /// Where the deepest apex stands in it.
    apex: Option<usize>,
    /// All of it when it is longer.
    far: Vec<NameId>,
}

/// Ids of a path that is not long: those of a name below ip6.arpa, and the root.
const NEAR: usize = 36;

impl Path {
    /// Nothing yet.
    #[inline]
    pub(crate) fn new() -> Path {
        Path { near: [NameId::ROOT; NEAR], len: 0, apex: None, far: Vec::new() }
    }

    #[inline]
    fn clear(&mut self) {
        (self.len, self.apex) = (0, None);
    }

    #[inline]
    fn push(&mut self, id: NameId, is_apex: bool) {
        if is_apex && self.apex.is_none() {
            self.apex = Some(self.len);
        }
        match self.near.get_mut(self.len) {
            Some(place) => *place = id,
            None => self.push_far(id),
        }
        self.len += 1;
    }

    #[cold]
    fn push_far(&mut self, id: NameId) {
        if self.len == NEAR {
            self.far.clear();
            self.far.extend(self.near);
        }
        self.far.push(id);
    }

    /// The ids, the deepest first.
    #[inline]
    pub fn ids(&self) -> &[NameId] {
        self.near.get(..self.len).unwrap_or(&self.far)
    }

    /// Adds the ids of `other` from the one at `from` on.
    #[inline]
    fn follow(&mut self, other: &Path, from: usize) {
        let apex = other.apex.and_then(|at| at.checked_sub(from)).map(|at| at + self.len);
        other.ids()[from..].iter().for_each(|id| self.push(*id, false));
        self.apex = self.apex.or(apex);
    }

    /// Where the deepest apex of a zone stands in it.
    #[inline]
    pub(crate) fn apex(&self) -> Option<usize> {
        self.apex
    }
}

impl Wanted {
    /// Nothing wanted yet: the root.
    pub fn new() -> Wanted {
        Wanted { name: Name::ROOT, starts: [0; MAX_LABELS + 1], hashes: [NameHash::ROOT; MAX_LABELS + 1], labels: 0 }
    }

    /// Takes `name`, in any case, as what is looked for.
    pub fn set(&mut self, name: Name, keys: &Keys) {
        self.set_wire(name.as_wire(), keys);
    }

    /// Takes the octets of a name, in any case, as what is looked for.
    #[inline]
    pub fn set_wire(&mut self, wire: &[u8], keys: &Keys) {
        self.read(wire);
        self.hash_from(1, keys);
    }

    /// As [`Wanted::set_wire`], after another name: where both have the same parent, its hashes are taken over. To hash
    /// labels is dear, and most questions that come together are for names beside each other.
    #[inline]
    pub(crate) fn set_wire_after(&mut self, before: &Wanted, wire: &[u8], keys: &Keys) {
        self.read(wire);
        let (above, its) = (self.labels.saturating_sub(1), before.labels.saturating_sub(1));
        if above != its || self.above() != before.above() {
            return self.hash_from(1, keys);
        }
        self.hashes[..=above].copy_from_slice(&before.hashes[..=above]);
        self.hash_from(above + 1, keys);
    }

    /// Takes the octets, and finds their labels.
    #[inline]
    fn read(&mut self, wire: &[u8]) {
        self.name.assign_lowercase(wire);
        let wire = self.name.as_wire();
        let (mut at, mut labels) = (0, 0);
        while wire[at] != 0 {
            self.starts[labels] = at as u8;
            labels += 1;
            at += 1 + wire[at] as usize;
        }
        self.labels = labels;
    }

    /// Hashes the suffixes of `depth` labels and more.
    #[inline]
    fn hash_from(&mut self, depth: usize, keys: &Keys) {
        for depth in depth..=self.labels {
            self.hashes[depth] = keys.child(self.hashes[depth - 1], self.label(depth));
        }
    }

    /// The name, in lower case.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// How many labels the name has.
    pub fn labels(&self) -> usize {
        self.labels
    }

    /// Where the suffix of `depth` labels starts in the name.
    #[inline]
    pub fn start(&self, depth: usize) -> usize {
        match depth {
            0 => self.name.len() - 1,
            _ => self.starts[self.labels - depth] as usize,
        }
    }

    /// The octets of the name without its first label; those of the root are its own.
    #[inline]
    fn above(&self) -> &[u8] {
        &self.name.as_wire()[self.start(self.labels.saturating_sub(1))..]
    }

    /// The leftmost label of the suffix of `depth` labels.
    #[inline]
    fn label(&self, depth: usize) -> &[u8] {
        let start = self.start(depth);
        let wire = self.name.as_wire();
        &wire[start + 1..start + 1 + wire[start] as usize]
    }

    /// The hash of the suffix of `depth` labels.
    #[inline]
    pub(crate) fn hash(&self, depth: usize) -> NameHash {
        self.hashes[depth]
    }
}

/// Ids with their label and parent: a published version, or one that is being drafted.
pub(crate) trait Tree {
    fn label(&self, id: NameId) -> &[u8];
    fn parent(&self, id: NameId) -> NameId;

    /// Label, parent, and whether an apex stands there, if that is of use.
    #[inline]
    fn look(&self, id: NameId) -> (&[u8], NameId, bool) {
        (self.label(id), self.parent(id), false)
    }
}

impl Tree for Snapshot {
    #[inline]
    fn label(&self, id: NameId) -> &[u8] {
        self.slot(id).label()
    }

    #[inline]
    fn parent(&self, id: NameId) -> NameId {
        self.slot(id).parent()
    }

    #[inline]
    fn look(&self, id: NameId) -> (&[u8], NameId, bool) {
        let slot = self.slot(id);
        (slot.label(), slot.parent(), slot.is_apex())
    }
}

/// The parent of a name that was found, to find others beside it: the names of a batch often have the same one, and to climb
/// from it to the root is most of finding a name.
pub struct Beside {
    parent: Name,
    /// From the parent up to the root.
    path: Path,
    is_known: bool,
}

impl Beside {
    /// Nothing known yet.
    pub(crate) fn new() -> Beside {
        Beside { parent: Name::ROOT, path: Path::new(), is_known: false }
    }

    /// Forgets the parent: another version comes.
    pub(crate) fn clear(&mut self) {
        self.is_known = false;
    }

    fn is_parent_of(&self, wanted: &Wanted) -> bool {
        self.is_known && wanted.labels > 0 && wanted.above() == self.parent.as_wire()
    }

    /// Remembers what was found for `wanted`, if its parent was found.
    fn note(&mut self, wanted: &Wanted, path: &Path, missing: usize) {
        // Above an apex another one may stand, which the path says nothing of.
        let is_apex = missing == 0 && path.apex == Some(0);
        self.is_known = wanted.labels > 0 && missing <= 1 && !is_apex;
        if self.is_known {
            self.parent.assign_lowercase(wanted.above());
            self.path.clear();
            self.path.follow(path, 1 - missing);
        }
    }
}

#[inline]
pub(crate) fn locate(index: &Index, tree: &impl Tree, wanted: &Wanted) -> (Path, usize) {
    let mut path = Path::new();
    for depth in (1..=wanted.labels).rev() {
        for id in index.candidates(wanted.hashes[depth]) {
            path.clear();
            if climb(tree, NameId(id), wanted, depth, &mut path) {
                return (path, wanted.labels - depth);
            }
        }
    }
    path.clear();
    path.push(NameId::ROOT, tree.look(NameId::ROOT).2);
    (path, wanted.labels)
}

/// Climbs from `id` to the root as long as the labels are those of `wanted`.
#[inline]
fn climb(tree: &impl Tree, mut id: NameId, wanted: &Wanted, depth: usize, path: &mut Path) -> bool {
    for depth in (1..=depth).rev() {
        let (label, parent, is_apex) = tree.look(id);
        if id == NameId::ROOT || label != wanted.label(depth) {
            return false;
        }
        path.push(id, is_apex);
        id = parent;
    }
    path.push(id, tree.look(id).2);
    id == NameId::ROOT
}

impl Snapshot {
    /// A graph that knows the root and nothing else.
    pub fn new() -> Snapshot {
        let mut pages = Table::new();
        let mut page = super::node::PageWriter::new();
        page.push(NameId::ROOT, b"", &[]);
        pages.extend([page.finish()]);
        Snapshot {
            pages,
            ids: 1,
            index: Index::new(),
            keys: Keys::random(),
            inbound: KeySet::new(),
            redirects: KeySet::new(),
            children: KeySet::new(),
            absent: KeySet::new(),
            order: Order::new(),
            only: None,
        }
    }

    /// How many ids there are; each is below.
    pub fn ids(&self) -> u32 {
        self.ids
    }

    /// The keys that names are hashed with.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What stands at an id.
    #[inline]
    pub fn slot(&self, id: NameId) -> Slot<'_> {
        slot(self.pages.get(id.0 as usize / PAGE), id.0 as usize % PAGE).only(self.only.as_deref())
    }

    /// Reads the memory of an id's page that says where its slot is.
    #[inline]
    pub(crate) fn touch_page(&self, id: NameId) -> u32 {
        super::node::offset(self.pages.get(id.0 as usize / PAGE), id.0 as usize % PAGE)
    }

    /// The longest suffix of `wanted` that the graph knows: its path up to the root, and how many labels
    /// of `wanted` lie below it.
    #[inline]
    pub fn locate(&self, wanted: &Wanted) -> (Path, usize) {
        locate(&self.index, self, wanted)
    }

    /// As [`Snapshot::locate`], where names of the same parent were located before; `beside` is of this version.
    #[inline]
    pub(crate) fn locate_beside(&self, wanted: &Wanted, beside: &mut Beside) -> (Path, usize) {
        if !beside.is_parent_of(wanted) {
            let (path, missing) = self.locate(wanted);
            beside.note(wanted, &path, missing);
            return (path, missing);
        }
        let (mut path, parent) = (Path::new(), beside.path.ids()[0]);
        let label = wanted.label(wanted.labels);
        for id in self.index.candidates(wanted.hash(wanted.labels)).map(NameId) {
            let seen = self.look(id);
            if (seen.0, seen.1) == (label, parent) && id != NameId::ROOT {
                path.push(id, seen.2);
                path.follow(&beside.path, 0);
                return (path, 0);
            }
        }
        path.follow(&beside.path, 0);
        (path, 1)
    }

    /// The path from a name up to the apex of its zone, or to the root when it is in none.
    #[inline]
    pub fn path(&self, mut id: NameId, past_apex: bool) -> Path {
        let mut path = Path::new();
        loop {
            let (_, parent, is_apex) = self.look(id);
            path.push(id, is_apex);
            if id == NameId::ROOT || (is_apex && !past_apex) {
                return path;
            }
            id = parent;
        }
    }

    /// The id of `label` below `parent`, whose hash is `hash`.
    pub fn child(&self, parent: NameId, hash: NameHash, label: &[u8]) -> Option<NameId> {
        self.index.candidates(self.keys.child(hash, label)).map(NameId).find(|id| {
            let slot = self.slot(*id);
            slot.parent() == parent && slot.label() == label
        })
    }

    /// The id of a name, if the graph knows it.
    pub fn id(&self, name: &Name) -> Option<NameId> {
        let mut wanted = Wanted::new();
        wanted.set(*name, &self.keys);
        let (path, missing) = self.locate(&wanted);
        (missing == 0).then(|| path.ids()[0])
    }

    /// Whether a name has data, or names below it, in a zone; one that holds nothing but NSEC3 is none.
    pub fn exists(&self, name: &Name) -> bool {
        self.id(name).is_some_and(|id| self.slot(id).payloads().any(|payload| !payload.is_hashed()))
    }

    /// The name that stands at an id.
    pub fn name(&self, id: NameId) -> Name {
        let mut octets = [0; MAX_NAME];
        let (mut at, mut id) = (0, id);
        while id != NameId::ROOT {
            let slot = self.slot(id);
            let label = slot.label();
            octets[at] = label.len() as u8;
            octets[at + 1..at + 1 + label.len()].copy_from_slice(label);
            at += 1 + label.len();
            id = slot.parent();
        }
        // What interned the name was a name: it cannot be too long to be one.
        Name::from_wire(&octets).unwrap_or(Name::ROOT)
    }

    /// Which of two names comes first in canonical order (RFC 4034 6.1).
    pub fn compare(&self, one: NameId, other: NameId) -> Ordering {
        if one == other {
            return Ordering::Equal;
        }
        let (left, right) = (self.slot(one), self.slot(other));
        match left.parent() == right.parent() {
            true => left.label().cmp(right.label()),
            false => self.name(one).cmp(&self.name(other)),
        }
    }

    /// The hash of the name at an id.
    pub(crate) fn hash(&self, id: NameId) -> NameHash {
        self.keys.name(&self.name(id))
    }

    /// The ids directly below a name, in the order in which they were first seen.
    pub fn children(&self, id: NameId) -> impl Iterator<Item = NameId> + '_ {
        self.children.partners(id.0, None).map(NameId)
    }

    /// Who holds a record that names a name, from `after` (excluded) on.
    pub fn inbound(&self, id: NameId, after: Option<NameId>) -> impl Iterator<Item = NameId> + '_ {
        let naming = self.inbound.partners(id.0, after.map(|id| id.0)).map(NameId);
        naming.filter(move |owner| self.only.is_none() || self.is_seen_naming(*owner, id))
    }

    /// How many names hold a record that names a name.
    pub fn inbound_count(&self, id: NameId) -> usize {
        match self.only {
            None => self.inbound.count(id.0),
            Some(_) => self.inbound(id, None).count(),
        }
    }

    /// Who holds a DNAME record that names a name.
    pub fn redirects(&self, id: NameId) -> impl Iterator<Item = NameId> + '_ {
        let naming = self.redirects.partners(id.0, None).map(NameId);
        naming.filter(move |owner| self.only.is_none() || self.is_seen_naming(*owner, id))
    }

    /// The ids directly below a name that exist in no zone.
    pub fn absent(&self, id: NameId) -> impl Iterator<Item = NameId> + '_ {
        let all = self.only.is_none().then(|| self.absent.partners(id.0, None).map(NameId));
        // Of those that others have, nothing is there for who does not see their zones.
        let unseen =
            self.only.as_ref().map(|_| self.children(id).filter(|child| self.slot(*child).payloads().next().is_none()));
        all.into_iter().flatten().chain(unseen.into_iter().flatten())
    }

    /// Whether an id stands for a name in this version.
    pub fn has(&self, id: NameId) -> bool {
        id.0 < self.ids && (id == NameId::ROOT || !self.slot(id).is_free())
    }

    /// Every name of a zone that exists in it, apex first; costs the names below the apex.
    pub fn members(&self, zone: NameId) -> impl Iterator<Item = NameId> + '_ {
        let mut open = vec![zone];
        std::iter::from_fn(move || {
            let id = open.pop()?;
            open.extend(self.children(id).filter(|child| self.slot(*child).payload(zone).is_some()));
            Some(id)
        })
    }
}
