//! A zone's records into a draft: the whole zone at once, in place of the version that was there.
//!
//! ```text
//! zonefile ─ Parts ─┬─ names ──> Builder::add
//!                   └─ text ───> Builder::finish ──> Built: what was placed, and what no node can hold
//! ```
//!
//! What cannot be held is left out and told as a [`Refusal`]; the rest is placed all the same. Whoever serves publishes only
//! a draft without refusals; whoever judges goes on with what is there.

mod batch;
mod beside;
mod expected;
mod refusal;
mod stored;

pub use batch::{Batch, Row, Text};
pub use beside::{read_files, read_sent, read_text, Event, Source};
pub use expected::Expected;
pub use refusal::{Refusal, Rows, Why};
pub use stored::{read_stored, Add, Next, Part, Stored};

use super::draft::{Draft, ROLES};
use super::node::NameId;
use super::owner::{hold, pack, place, remove, Conflict, Entry, Packed};
use crate::name::Name;
use crate::record::Rtype;
use crate::zonefile::Problem;
use batch::NO_NAME;
use std::collections::HashSet;

/// Collects the records of one zone after the other.
pub struct Builder {
    draft: Draft,
    /// Of the names of the zone under way.
    ids: Vec<NameId>,
    owners: Owners,
}

/// The owners that were read, and whether the records of each stand together.
#[derive(Default)]
struct Owners {
    bits: Vec<u64>,
    last: Option<NameId>,
    are_scattered: bool,
}

impl Owners {
    fn add(&mut self, owner: NameId) {
        if self.last.replace(owner) == Some(owner) {
            return;
        }
        let (word, bit) = (owner.0 as usize / 64, 1 << (owner.0 % 64));
        if word >= self.bits.len() {
            self.bits.resize((word + 1).next_power_of_two(), 0);
        }
        self.are_scattered |= self.bits[word] & bit != 0;
        self.bits[word] |= bit;
    }

    fn has(&self, owner: NameId) -> bool {
        self.bits.get(owner.0 as usize / 64).is_some_and(|word| word >> (owner.0 % 64) & 1 != 0)
    }

    /// Forgets all; costs the owners, not the names of the graph.
    fn clear(&mut self, rows: &[Row]) {
        for row in rows {
            if let Some(word) = self.bits.get_mut(row.owner.0 as usize / 64) {
                *word = 0;
            }
        }
        (self.last, self.are_scattered) = (None, false);
    }
}

/// What a zone came to.
#[derive(Default)]
pub struct Built {
    /// The apex.
    pub zone: NameId,
    /// Records, each counted once, those left out too.
    pub records: usize,
    /// Owners.
    pub names: usize,
    /// Owners that hold something else than before.
    pub changed: Vec<NameId>,
    /// The SOA's.
    pub serial: u32,
    /// What no server can hold.
    pub refusals: Vec<Refusal>,
    /// Of RRsets whose records have different TTLs (RFC 2181 5.2): a record that differs, and the first, as numbers of rows.
    pub differing: Vec<(u32, u32)>,
    /// The records that no node of the draft holds, as numbers of rows.
    pub left_out: Vec<u32>,
    /// All records; those of an owner stand together, in the order of the file.
    pub rows: Vec<Row>,
    /// The data of the rows.
    pub data: Vec<u8>,
    soas: Vec<u32>,
    has_ns: bool,
}

impl Built {
    /// Notes what the zone as a whole is judged by.
    fn note_whole(&mut self, owner: NameId, group: &[Row], first: u32) {
        for (number, row) in (first..).zip(group) {
            match row.rtype {
                Rtype::SOA => self.soas.push(number),
                Rtype::NS => self.has_ns |= owner == self.zone,
                _ => {}
            }
        }
        if group.iter().any(|row| row.ttl != group[0].ttl) {
            self.note_ttls(group, first);
        }
    }

    /// Notes each RRset of an owner whose records have different TTLs. Signatures have those of what they cover.
    fn note_ttls(&mut self, group: &[Row], first: u32) {
        let mut sets: Vec<(Rtype, u32, u32)> = Vec::new(); // type, TTL and number of the first record
        let mut told = HashSet::new();
        for (number, row) in (first..).zip(group).filter(|(_, row)| row.rtype != Rtype::RRSIG) {
            match sets.iter().find(|(rtype, ..)| *rtype == row.rtype) {
                Some((_, ttl, other)) if *ttl != row.ttl && told.insert(row.rtype) => {
                    self.differing.push((number, *other));
                }
                Some(_) => {}
                None => sets.push((row.rtype, row.ttl, number)),
            }
        }
    }

    fn refuse_outside(&mut self, rows: std::ops::Range<u32>) {
        let outside = |row| Refusal { why: Why::Outside, row: Some(row), other: None };
        self.refusals.extend(rows.clone().map(outside));
        self.left_out.extend(rows);
    }

    /// Why the zone cannot be served, in the order of the file: of each owner the first reason.
    pub fn problems(&self, origin: &Name, draft: &Draft) -> Vec<Problem> {
        let rows = Rows { rows: &self.rows, data: &self.data, origin };
        let owner = |refusal: &Refusal| refusal.row.map_or(self.zone, |row| self.rows[row as usize].owner);
        let mut seen = HashSet::new();
        let is_told = |refusal: &&Refusal| match refusal.why {
            Why::NoNs => false,
            Why::Outside | Why::NoSoa | Why::SecondSoa | Why::MisplacedSoa => true,
            _ => seen.insert(owner(refusal)),
        };
        let told = self.refusals.iter().filter(is_told);
        let mut problems: Vec<Problem> =
            told.map(|refusal| rows.problem(refusal, &draft.name(owner(refusal)))).collect();
        problems.sort_by_key(|problem| (problem.at.file, problem.at.line, problem.at.column));
        problems
    }
}

/// Names are interned, and owners are placed, so many at a time; the cost of a name's memory is then shared (see `ahead`).
const STEP: usize = 64;

impl Builder {
    /// Begins on `draft`.
    pub fn new(draft: Draft) -> Builder {
        Builder { draft, ids: Vec::new(), owners: Owners::default() }
    }

    /// Gives ids to names of the zone under way.
    pub fn add(&mut self, batch: &Batch) {
        let mut parents = [NameId::ROOT; ROLES];
        for start in (0..batch.len()).step_by(STEP) {
            let names = batch.names(start..(start + STEP).min(batch.len()));
            self.draft.intern_all(names, &mut parents, &mut self.ids);
        }
    }

    /// The id of a name.
    pub fn intern(&mut self, name: &Name) -> NameId {
        self.draft.intern(name)
    }

    /// Forgets the names of the zone under way.
    pub fn drop_zone(&mut self) {
        self.ids.clear();
    }

    /// Puts the zone under way into the draft; `text` has its records.
    pub fn finish(&mut self, origin: &Name, text: Text) -> Built {
        let zone = self.draft.intern(origin);
        let Text { mut rows, data, .. } = text;
        for row in &mut rows {
            row.name(&self.ids);
            self.owners.add(row.owner);
        }
        self.ids.clear();
        if self.owners.are_scattered {
            rows.sort_by_key(|row| row.owner.0);
        }
        let mut built = Built { zone, serial: serial(&rows, &data), ..Built::default() };
        self.place_all(&mut built, &rows, &data);
        judge_soas(&mut built, &rows, &data);
        if !built.has_ns {
            built.refusals.push(Refusal { why: Why::NoNs, row: None, other: None });
        }
        let gone = self.remove_others(zone);
        built.changed.extend(gone);
        self.owners.clear(&rows);
        (built.rows, built.data) = (rows, data);
        built
    }

    /// The draft with what was placed.
    pub fn into_draft(self) -> Draft {
        self.draft
    }

    /// The draft with what was placed so far.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    fn place_all(&mut self, built: &mut Built, rows: &[Row], data: &[u8]) {
        let (zone, mut inside) = (built.zone, Inside::new(built.zone));
        let (mut entries, mut packed) = (Vec::new(), Packed::new());
        let (mut start, mut touched) = (0, 0);
        for group in rows.chunk_by(|a, b| a.owner == b.owner) {
            if built.names == touched {
                let coming = rows[start..].iter().take(STEP).map(|row| row.owner);
                self.draft.touch(coming);
                touched += STEP;
            }
            let (owner, first) = (group[0].owner, start as u32);
            start += group.len();
            built.names += 1;
            built.note_whole(owner, group, first);
            entries.clear();
            entries.extend(group.iter().enumerate().map(|(number, row)| entry(data, row, number)));
            if !inside.has(owner, &self.draft) {
                built.records += entries.len();
                built.refuse_outside(first..start as u32);
                continue;
            }
            let is_packed = pack(&mut self.draft, &mut entries, owner == zone, &mut packed);
            built.records += entries.len();
            if let Err(conflicts) = is_packed {
                built.refusals.extend(conflicts.into_iter().map(|conflict| refusal(conflict, first)));
                hold(&mut entries, owner == zone, |entry| built.left_out.push(first + entry.number as u32));
                // What is left can stand together.
                let _ = pack(&mut self.draft, &mut entries, owner == zone, &mut packed);
            }
            if place(&mut self.draft, zone, owner, &packed) {
                built.changed.push(owner);
            }
        }
    }

    /// Takes out what the version before held and this one does not.
    fn remove_others(&mut self, zone: NameId) -> Vec<NameId> {
        if zone.0 >= self.draft.before().ids() || !self.draft.before().slot(zone).is_apex() {
            return Vec::new();
        }
        let gone: Vec<NameId> = self.draft.before().members(zone).filter(|id| !self.owners.has(*id)).collect();
        gone.into_iter().filter(|id| remove(&mut self.draft, zone, *id)).collect()
    }
}

/// Which names lie at or below the apex.
struct Inside {
    zone: NameId,
    /// Parents that do.
    known: HashSet<NameId>,
    /// The parent asked about last.
    last: NameId,
}

impl Inside {
    fn new(zone: NameId) -> Inside {
        Inside { zone, known: HashSet::from([zone]), last: zone }
    }

    fn has(&mut self, id: NameId, draft: &Draft) -> bool {
        let parent = draft.parent_of(id);
        if id == self.zone || parent == self.last {
            return true;
        }
        let (mut at, mut path) = (parent, Vec::new());
        while !self.known.contains(&at) {
            if at == NameId::ROOT {
                return false;
            }
            path.push(at);
            at = draft.parent_of(at);
        }
        self.known.extend(path);
        self.last = parent;
        true
    }
}

fn entry<'a>(data: &'a [u8], row: &Row, number: usize) -> Entry<'a> {
    let target = Some(row.target).filter(|target| *target != NO_NAME);
    Entry { rtype: row.rtype, ttl: row.ttl, data: row.octets(data), number, target }
}

/// The serial of the first SOA.
fn serial(rows: &[Row], data: &[u8]) -> u32 {
    let soa = rows.iter().find(|row| row.rtype == Rtype::SOA).map(|row| row.octets(data));
    soa.and_then(crate::record::soa::serial).unwrap_or(0)
}

fn judge_soas(built: &mut Built, rows: &[Row], data: &[u8]) {
    let mut soas = std::mem::take(&mut built.soas);
    let row = |number: u32| &rows[number as usize];
    soas.sort_by_key(|number| (row(*number).at.file, row(*number).at.line, *number));
    let mut seen = HashSet::new();
    soas.retain(|number| seen.insert((row(*number).owner, row(*number).octets(data))));
    match soas.as_slice() {
        [] => built.refusals.push(Refusal { why: Why::NoSoa, row: None, other: None }),
        [one] if row(*one).owner != built.zone => {
            built.refusals.push(Refusal { why: Why::MisplacedSoa, row: Some(*one), other: None })
        }
        [one, others @ ..] => built.refusals.extend(others.iter().map(|other| Refusal {
            why: Why::SecondSoa,
            row: Some(*other),
            other: Some(*one),
        })),
    }
}

/// What a conflict of an owner, whose rows begin with `first`, says of its rows.
fn refusal(conflict: Conflict, first: u32) -> Refusal {
    let (why, row, other) = match conflict {
        Conflict::ApexAlias(alias) => (Why::ApexAlias, alias, None),
        Conflict::AliasWithOtherData(alias, other) => (Why::AliasWithData, alias, Some(other)),
        Conflict::MultipleAliases(one, two) => (Why::SecondAlias, two, Some(one)),
        Conflict::MultipleDnames(one, two) => (Why::SecondDname, two, Some(one)),
        Conflict::DnameWithNs(dname, ns) => (Why::DnameAtCut, dname, Some(ns)),
    };
    let number = |number: usize| first + number as u32;
    Refusal { why, row: Some(number(row)), other: other.map(number) }
}
