//! The records of one owner as a node, or the reason why no node can hold them.
//!
//! The one place where "CNAME beside other data" and its kin are decided: zone files and edits both
//! come through here.

use super::denial::{places, OrderKey};
use super::draft::Draft;
use super::node::{push_set, Below, Link, NameId, Node, Payload, Sets};
use crate::name::Name;
use crate::record::{is_link, linked, Rtype};

/// One record of an owner.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its type.
    pub rtype: Rtype,
    /// Seconds.
    pub ttl: u32,
    /// Uncompressed wire form.
    pub data: &'a [u8],
    /// The caller's number for it, given back in a [`Conflict`].
    pub number: usize,
    /// The name that it names, when that is known and the only one.
    pub target: Option<NameId>,
}

/// Why the records of one owner cannot stand together. The numbers are those of the entries; of two records of one type
/// the second is the one too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// A CNAME at the zone's apex, where an SOA belongs (RFC 1034 3.6.2).
    ApexAlias(usize),
    /// A CNAME and another record (RFC 1034 3.6.2).
    AliasWithOtherData(usize, usize),
    /// Two CNAMEs with different targets (RFC 2181 10.1).
    MultipleAliases(usize, usize),
    /// Two DNAMEs (RFC 6672 2.4).
    MultipleDnames(usize, usize),
    /// A DNAME and NS records below the apex (RFC 6672 2.3).
    DnameWithNs(usize, usize),
}

/// What an owner's records come to. Its room can be used for the next owner.
pub struct Packed {
    sets: Vec<u8>,
    link: Option<Link>,
    below: Below,
    /// The names that the records name.
    pub targets: Vec<NameId>,
    /// The one that a DNAME names.
    dname: Option<NameId>,
    /// Whether NSEC or NSEC3 is among them.
    is_proof: bool,
}

impl Packed {
    /// No records.
    pub fn new() -> Packed {
        Packed { sets: Vec::new(), link: None, below: Below::Open, targets: Vec::new(), dname: None, is_proof: false }
    }

    fn clear(&mut self) {
        self.sets.clear();
        self.targets.clear();
        (self.link, self.below, self.dname, self.is_proof) = (None, Below::Open, None, false);
    }

    /// The node.
    pub fn node(&self) -> Node<'_> {
        let sets = Sets::from_packed(&self.sets);
        match self.link {
            Some(link) => Node::Alias(link, sets),
            None if sets.is_empty() => Node::Empty,
            None => Node::Data(sets, self.below),
        }
    }
}

/// Packs the records of one owner. Sorts `entries` and drops records that stand there twice
/// (RFC 2181 5); the TTL of an RRset is the least of its records' (RFC 2181 5.2). Fails with all conflicts.
pub fn pack(
    draft: &mut Draft,
    entries: &mut Vec<Entry<'_>>,
    is_apex: bool,
    packed: &mut Packed,
) -> Result<(), Vec<Conflict>> {
    packed.clear();
    entries.sort_by(|a, b| (a.rtype, a.data).cmp(&(b.rtype, b.data)));
    entries.dedup_by(|later, kept| {
        let is_same = (later.rtype, later.data) == (kept.rtype, kept.data);
        kept.ttl = if is_same { kept.ttl.min(later.ttl) } else { kept.ttl };
        is_same
    });
    let conflicts = find_conflicts(entries, is_apex);
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    for set in entries.chunk_by(|a, b| a.rtype == b.rtype) {
        pack_set(draft, set, is_apex, packed);
    }
    Ok(())
}

fn pack_set(draft: &mut Draft, set: &[Entry<'_>], is_apex: bool, packed: &mut Packed) {
    let rtype = set[0].rtype;
    let ttl = set.iter().map(|entry| entry.ttl).min().unwrap_or(0);
    for entry in set.iter().filter(|_| is_link(rtype)) {
        match entry.target {
            Some(target) => packed.targets.push(target),
            None => packed.targets.extend(linked(rtype, entry.data).map(|name| draft.intern(&name))),
        }
    }
    match rtype {
        Rtype::CNAME => {
            packed.link = packed.targets.last().map(|target| Link { ttl, target: *target });
            return;
        }
        Rtype::DNAME => (packed.below, packed.dname) = (Below::Redirect, packed.targets.last().copied()),
        Rtype::NSEC | Rtype::NSEC3 => packed.is_proof = true,
        Rtype::NS if !is_apex => packed.below = Below::Cut,
        _ => {}
    }
    push_set(&mut packed.sets, rtype, ttl, set.iter().map(|entry| entry.data));
}

fn find_conflicts(entries: &[Entry<'_>], is_apex: bool) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    // Nearly every owner holds one record.
    if entries.len() < 2 && !is_apex {
        return conflicts;
    }
    let alias = numbers(entries, Rtype::CNAME);
    if let Some(first) = alias.first() {
        let others = entries.iter().filter(|entry| entry.rtype != Rtype::CNAME && !entry.rtype.stands_beside_alias());
        match others.map(|entry| entry.number).min() {
            _ if is_apex => conflicts.push(Conflict::ApexAlias(*first)),
            Some(other) => conflicts.push(Conflict::AliasWithOtherData(*first, other)),
            None => {}
        }
        conflicts.extend(alias[1..].iter().map(|later| Conflict::MultipleAliases(*first, *later)));
    }
    let dname = numbers(entries, Rtype::DNAME);
    if let Some(first) = dname.first() {
        conflicts.extend(dname[1..].iter().map(|later| Conflict::MultipleDnames(*first, *later)));
        let ns = numbers(entries, Rtype::NS);
        conflicts.extend(ns.first().filter(|_| !is_apex).map(|ns| Conflict::DnameWithNs(*first, *ns)));
    }
    conflicts
}

/// Leaves of entries that cannot stand together those that can: the alias, but the data at the apex; the cut before a
/// DNAME; of several aliases or DNAMEs the first. The others are given to `leave_out`.
pub fn hold(entries: &mut Vec<Entry<'_>>, is_apex: bool, mut leave_out: impl FnMut(&Entry<'_>)) {
    let first = |rtype: Rtype| entries.iter().filter(|e| e.rtype == rtype).map(|e| e.number).min();
    let alias = first(Rtype::CNAME).filter(|_| !is_apex);
    let dname = first(Rtype::DNAME).filter(|_| is_apex || first(Rtype::NS).is_none());
    entries.retain(|entry| {
        let is_held = match entry.rtype {
            Rtype::CNAME => Some(entry.number) == alias,
            rtype if alias.is_some() => rtype.stands_beside_alias(),
            Rtype::DNAME => Some(entry.number) == dname,
            _ => true,
        };
        if !is_held {
            leave_out(entry);
        }
        is_held
    });
}

/// The numbers of the entries of one type, ascending.
fn numbers(entries: &[Entry<'_>], rtype: Rtype) -> Vec<usize> {
    let mut numbers: Vec<usize> = entries.iter().filter(|entry| entry.rtype == rtype).map(|e| e.number).collect();
    numbers.sort_unstable();
    numbers
}

/// The names that a payload's records name, looked up, not added.
pub fn links(draft: &Draft, payload: &Payload<'_>) -> Vec<NameId> {
    let mut found: Vec<NameId> = match payload.node() {
        Node::Alias(link, _) => vec![link.target],
        _ => Vec::new(),
    };
    for set in payload.sets().iter().filter(|set| is_link(set.rtype)) {
        found.extend(set.iter().flat_map(|data| linked(set.rtype, data)).filter_map(|name| draft.id(&name)));
    }
    found
}

/// What a payload is entered under besides its name: the names that it names, its places in the order of denial.
#[derive(Default)]
struct Entries {
    links: Vec<NameId>,
    redirection: Option<NameId>,
    places: Vec<OrderKey>,
}

impl Entries {
    fn of(draft: &Draft, payload: Option<Payload<'_>>, owner: NameId) -> Entries {
        let Some(payload) = payload else { return Entries::default() };
        let redirection = match payload.below() {
            Below::Redirect => redirection(draft, &payload),
            _ => None,
        };
        Entries { links: links(draft, &payload), redirection, places: places(&payload, owner, |id| draft.name(id)) }
    }
}

/// Puts what an owner's records come to into the draft and keeps the links and the order of denial right.
/// Whether anything changed.
pub fn place(draft: &mut Draft, zone: NameId, owner: NameId, packed: &Packed) -> bool {
    let node = packed.node();
    let held = draft.payload(owner, zone);
    match held {
        Some(payload) => {
            let mut body = Vec::new();
            let bits = node.encode(zone == owner, &mut body);
            if payload.encoded() == (bits, &body) {
                return false;
            }
        }
        None if matches!(node, Node::Empty) => return false,
        None => {}
    }
    let before = Entries::of(draft, held, owner);
    match node {
        Node::Empty => draft.clear(zone, owner),
        node => draft.set(zone, owner, &node),
    }
    relink(draft, owner, &before.links, &packed.targets);
    redirect(draft, owner, before.redirection, packed.dname);
    if packed.is_proof || !before.places.is_empty() {
        let now = draft.payload(owner, zone).map(|payload| places(&payload, owner, |id| draft.name(id)));
        draft.reorder(before.places, now.unwrap_or_default());
    }
    true
}

/// Takes everything that `zone` holds at a name out of the draft.
pub fn remove(draft: &mut Draft, zone: NameId, owner: NameId) -> bool {
    take_out(draft, zone, owner, Draft::clear)
}

/// Takes a member of a zone out that is being dropped whole.
pub fn drop_member(draft: &mut Draft, zone: NameId, owner: NameId) {
    if !take_out(draft, zone, owner, Draft::drop_payload) {
        draft.drop_payload(zone, owner);
    }
}

fn take_out(draft: &mut Draft, zone: NameId, owner: NameId, how: impl FnOnce(&mut Draft, NameId, NameId)) -> bool {
    let held = draft.payload(owner, zone).filter(|payload| !payload.is_empty());
    if held.is_none() {
        return false;
    }
    let before = Entries::of(draft, held, owner);
    how(draft, zone, owner);
    relink(draft, owner, &before.links, &[]);
    redirect(draft, owner, before.redirection, None);
    draft.reorder(before.places, Vec::new());
    true
}

fn relink(draft: &mut Draft, owner: NameId, before: &[NameId], now: &[NameId]) {
    for target in now.iter().filter(|target| !before.contains(target)) {
        draft.link(*target, owner);
    }
    for target in before.iter().filter(|target| !now.contains(target)) {
        // The owner may name it in another zone's version too.
        if !is_linked(draft, owner, *target) {
            draft.unlink(*target, owner);
        }
    }
}

/// Whether any zone holds a record at `owner` that names `target`, in the draft as it is now.
pub fn is_linked(draft: &Draft, owner: NameId, target: NameId) -> bool {
    draft.payloads(owner).iter().any(|payload| links(draft, payload).contains(&target))
}

/// The name that a payload's DNAME names.
fn redirection(draft: &Draft, payload: &Payload<'_>) -> Option<NameId> {
    let set = payload.sets().get(Rtype::DNAME)?;
    draft.id(&Name::from_wire(set.iter().next()?).ok()?)
}

/// As [`is_linked`], of DNAME records alone.
pub fn is_redirected(draft: &Draft, owner: NameId, target: NameId) -> bool {
    draft.payloads(owner).iter().any(|payload| redirection(draft, payload) == Some(target))
}

fn redirect(draft: &mut Draft, owner: NameId, before: Option<NameId>, now: Option<NameId>) {
    if before == now {
        return;
    }
    let gone = before.filter(|target| !is_redirected(draft, owner, *target));
    draft.redirect(owner, gone.as_slice(), now.as_slice());
}

/// The records that `zone` holds at a name: type, TTL in seconds, data in wire form.
pub fn records(draft: &Draft, owner: NameId, zone: NameId) -> Vec<(Rtype, u32, Vec<u8>)> {
    let Some(payload) = draft.payload(owner, zone) else { return Vec::new() };
    let alias = match payload.node() {
        Node::Alias(link, _) => Some((Rtype::CNAME, link.ttl, draft.name(link.target).as_wire().to_vec())),
        _ => None,
    };
    let sets = payload.sets();
    let data = sets.iter().flat_map(|set| set.iter().map(move |data| (set.rtype, set.ttl, data.to_vec())));
    alias.into_iter().chain(data).collect()
}
