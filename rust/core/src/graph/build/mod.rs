//! A zone's records into a draft: the whole zone at once, in place of the version that was there.
//!
//! ```text
//! zonefile ── Batches ──> Builder::add ── finish ──> Built: what was placed, and what no node can hold
//! ```
//!
//! What cannot be held is left out and told as a [`Refusal`]; the rest is placed all the same. Whoever serves publishes only
//! a draft without refusals; whoever judges goes on with what is there.

mod batch;
mod beside;
mod expected;
mod refusal;

pub use batch::{Batch, Batches, Row};
pub use beside::{read_files, read_text, Event, Source};
pub use expected::Expected;
pub use refusal::{Refusal, Rows, Why};

use super::draft::Draft;
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
    rows: Vec<Row>,
    data: Vec<u8>,
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
    /// The records that no node of the draft holds, as numbers of rows.
    pub left_out: Vec<u32>,
    /// All records; those of an owner stand together, in the order of the file.
    pub rows: Vec<Row>,
    /// The data of the rows.
    pub data: Vec<u8>,
}

impl Built {
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
    /// Begins on `draft`; about `records` are expected in the first zone.
    pub fn new(draft: Draft, records: usize) -> Builder {
        Builder {
            draft,
            rows: Vec::with_capacity(records),
            data: Vec::with_capacity(records * 16),
            ids: Vec::with_capacity(1024),
            owners: Owners::default(),
        }
    }

    /// Adds records of the zone under way; the batch is empty afterwards.
    pub fn add(&mut self, batch: &mut Batch) {
        self.ids.clear();
        for start in (0..batch.names.len()).step_by(STEP) {
            let numbers = start..(start + STEP).min(batch.names.len());
            self.draft.intern_all(numbers.filter_map(|number| batch.names.get(number)), &mut self.ids);
        }
        let start = self.data.len() as u32;
        self.data.extend_from_slice(&batch.data);
        for row in &batch.rows {
            let row = row.placed(&self.ids, start);
            self.owners.add(row.owner);
            self.rows.push(row);
        }
        batch.clear();
    }

    /// The id of a name.
    pub fn intern(&mut self, name: &Name) -> NameId {
        self.draft.intern(name)
    }

    /// Forgets the records of the zone under way.
    pub fn drop_zone(&mut self) {
        self.owners.clear(&self.rows);
        self.rows.clear();
        self.data.clear();
    }

    /// Puts the zone under way into the draft.
    pub fn finish(&mut self, origin: &Name) -> Built {
        let zone = self.draft.intern(origin);
        if self.owners.are_scattered {
            self.rows.sort_by_key(|row| row.owner.0);
        }
        let (rows, data) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.data));
        let mut built = Built {
            zone,
            records: 0,
            names: 0,
            changed: Vec::new(),
            serial: serial(&rows, &data),
            refusals: Vec::new(),
            left_out: Vec::new(),
            rows,
            data,
        };
        let outside = self.judge_zone(&mut built);
        self.place_all(&mut built, &outside);
        let gone = self.remove_others(zone);
        built.changed.extend(gone);
        self.owners.clear(&built.rows);
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

    fn place_all(&mut self, built: &mut Built, outside: &HashSet<NameId>) {
        let rows = std::mem::take(&mut built.rows);
        let data = std::mem::take(&mut built.data);
        let (mut entries, mut packed) = (Vec::new(), Packed::new());
        let (mut start, mut touched) = (0, 0);
        for group in rows.chunk_by(|a, b| a.owner == b.owner) {
            if built.names == touched {
                let coming = rows[start..].iter().take(STEP).map(|row| row.owner);
                self.draft.touch(coming);
                touched += STEP;
            }
            let (owner, first) = (group[0].owner, start as u32);
            entries.clear();
            entries.extend(group.iter().enumerate().map(|(number, row)| entry(&data, row, number)));
            start += group.len();
            built.names += 1;
            if !outside.is_empty() && outside.contains(&owner) {
                built.records += entries.len();
                built.left_out.extend(first..start as u32);
                continue;
            }
            let is_packed = pack(&mut self.draft, &mut entries, owner == built.zone, &mut packed);
            built.records += entries.len();
            if let Err(conflicts) = is_packed {
                built.refusals.extend(conflicts.into_iter().map(|conflict| refusal(conflict, first)));
                let is_apex = owner == built.zone;
                hold(&mut entries, is_apex, |entry| built.left_out.push(first + entry.number as u32));
                // What is left can stand together.
                let _ = pack(&mut self.draft, &mut entries, is_apex, &mut packed);
            }
            if place(&mut self.draft, built.zone, owner, &packed) {
                built.changed.push(owner);
            }
        }
        (built.rows, built.data) = (rows, data);
    }

    /// Takes out what the version before held and this one does not.
    fn remove_others(&mut self, zone: NameId) -> Vec<NameId> {
        if zone.0 >= self.draft.before().ids() || !self.draft.before().slot(zone).is_apex() {
            return Vec::new();
        }
        let gone: Vec<NameId> = self.draft.before().members(zone).filter(|id| !self.owners.has(*id)).collect();
        gone.into_iter().filter(|id| remove(&mut self.draft, zone, *id)).collect()
    }

    /// Refuses what is wrong with the zone as a whole, its SOA and NS, and owners that lie outside; gives those.
    fn judge_zone(&self, built: &mut Built) -> HashSet<NameId> {
        let (zone, rows) = (built.zone, &built.rows);
        let mut outside = HashSet::new();
        let (mut inside, mut last_parent) = (HashSet::from([zone]), zone);
        let (mut soas, mut has_ns, mut start) = (Vec::new(), false, 0);
        for group in rows.chunk_by(|a, b| a.owner == b.owner) {
            let owner = group[0].owner;
            let parent = self.draft.parent_of(owner);
            if parent == last_parent || self.is_inside(owner, &mut inside) {
                last_parent = if owner == zone { last_parent } else { parent };
            } else {
                outside.insert(owner);
                let numbers = start..start + group.len() as u32;
                built.refusals.extend(numbers.map(|row| Refusal { why: Why::Outside, row: Some(row), other: None }));
            }
            for (number, row) in (start..).zip(group) {
                has_ns |= row.rtype == Rtype::NS && owner == zone;
                if row.rtype == Rtype::SOA {
                    soas.push(number);
                }
            }
            start += group.len() as u32;
        }
        judge_soas(built, soas);
        if !has_ns {
            built.refusals.push(Refusal { why: Why::NoNs, row: None, other: None });
        }
        outside
    }

    /// Whether a name lies at or below the apex; `inside` remembers the parents that do.
    fn is_inside(&self, id: NameId, inside: &mut HashSet<NameId>) -> bool {
        let (mut at, mut path) = (id, Vec::new());
        while !inside.contains(&at) {
            if at == NameId::ROOT {
                return false;
            }
            path.push(at);
            at = self.draft.parent_of(at);
        }
        inside.extend(path.into_iter().skip(1));
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
    soa.and_then(super::soa::serial).unwrap_or(0)
}

fn judge_soas(built: &mut Built, mut soas: Vec<u32>) {
    let (rows, data) = (&built.rows, &built.data);
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
