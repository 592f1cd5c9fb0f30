//! Records on their way from the text to the builder.
//!
//! A batch owns what it holds and is used again, so it can cross from the thread that reads to the one that builds. Names
//! stand in it once for all records of one owner, and are numbers of the batch until the builder gives them ids.

use crate::graph::node::NameId;
use crate::name::Name;
use crate::record::Rtype;
use crate::zonefile::{Position, Record, Sink};
use std::cell::Cell;

/// A record: where its data stand among those of its zone, and where it stands in the text.
#[derive(Clone, Copy)]
pub struct Row {
    /// Whose record; in a batch the number of a name there.
    pub owner: NameId,
    /// The only name in the data, or [`NO_NAME`].
    pub target: NameId,
    /// Seconds.
    pub ttl: u32,
    data: u32,
    len: u16,
    /// Its type.
    pub rtype: Rtype,
    /// Where its first field stands.
    pub at: Position,
    /// Line and column of its data, in the same file.
    pub data_at: (u32, u32),
}

/// In place of a target: there is none, or not just one.
pub const NO_NAME: NameId = NameId(u32::MAX);

impl Row {
    /// The record's data, of all those of its zone.
    #[inline]
    pub fn octets<'a>(&self, data: &'a [u8]) -> &'a [u8] {
        &data[self.data as usize..self.data as usize + self.len as usize]
    }

    /// The record with ids for its names, its data moved to `start`.
    #[inline]
    pub fn placed(mut self, ids: &[NameId], start: u32) -> Row {
        self.owner = ids[self.owner.0 as usize];
        if self.target != NO_NAME {
            self.target = ids[self.target.0 as usize];
        }
        self.data += start;
        self
    }
}

/// Names in wire form, one behind the other.
#[derive(Default)]
pub struct Names {
    octets: Vec<u8>,
    ends: Vec<u32>,
}

impl Names {
    fn push(&mut self, name: &[u8]) -> usize {
        self.octets.extend_from_slice(name);
        self.ends.push(self.octets.len() as u32);
        self.ends.len() - 1
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The name of a number.
    #[inline]
    pub fn get(&self, number: usize) -> Option<&[u8]> {
        let end = *self.ends.get(number)? as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        Some(&self.octets[start..end])
    }

    fn clear(&mut self) {
        self.octets.clear();
        self.ends.clear();
    }
}

/// Some records of one file, in its order.
pub struct Batch {
    /// Owners, and targets that are the only name in their data.
    pub names: Names,
    /// The records.
    pub rows: Vec<Row>,
    /// Their data.
    pub data: Vec<u8>,
    last_owner: usize,
}

impl Batch {
    /// Names in a full batch: handing one over costs little beside them, and it fits the cache.
    const NAMES: usize = 1024;
    const ROWS: usize = 4096;
    const OCTETS: usize = 1 << 18;

    /// An empty batch.
    pub fn new() -> Batch {
        Batch { names: Names::default(), rows: Vec::new(), data: Vec::new(), last_owner: usize::MAX }
    }

    /// Forgets all records.
    pub fn clear(&mut self) {
        self.names.clear();
        self.rows.clear();
        self.data.clear();
        self.last_owner = usize::MAX;
    }

    fn is_full(&self) -> bool {
        self.names.len() + 2 > Batch::NAMES || self.rows.len() >= Batch::ROWS || self.data.len() >= Batch::OCTETS
    }

    fn push(&mut self, record: Record<'_>) {
        let data = self.data.len() as u32;
        self.data.extend_from_slice(record.rdata);
        let row = Row {
            owner: self.owner(record.owner),
            target: self.target(&record),
            ttl: record.ttl,
            data,
            len: record.rdata.len() as u16,
            rtype: record.rtype,
            at: record.at,
            data_at: (record.data_at.line, record.data_at.column),
        };
        self.rows.push(row);
    }

    fn owner(&mut self, owner: &Name) -> NameId {
        // The owner read last is most often the owner read next.
        match self.names.get(self.last_owner) {
            Some(last) if last == owner.as_wire() => {}
            _ => self.last_owner = self.names.push(owner.as_wire()),
        }
        NameId(self.last_owner as u32)
    }

    fn target(&mut self, record: &Record<'_>) -> NameId {
        match is_one_name(record.rtype) {
            true => NameId(self.names.push(record.rdata) as u32),
            false => NO_NAME,
        }
    }
}

/// Whether the data of the type is one name and nothing else.
fn is_one_name(rtype: Rtype) -> bool {
    matches!(rtype, Rtype::CNAME | Rtype::DNAME | Rtype::NS | Rtype::PTR | Rtype::ALIAS)
}

/// Fills batches with what is read and hands each full one on; `hand` leaves an empty one in its place.
pub struct Batches<'c, F: FnMut(&mut Batch)> {
    batch: Batch,
    hand: F,
    closed: Option<&'c Cell<bool>>,
}

impl<'c, F: FnMut(&mut Batch)> Batches<'c, F> {
    /// Batches for `hand`.
    pub fn new(hand: F) -> Batches<'c, F> {
        Batches { batch: Batch::new(), hand, closed: None }
    }

    /// Reading ends early when `closed` is set.
    pub fn closed_by(self, closed: &'c Cell<bool>) -> Batches<'c, F> {
        Batches { closed: Some(closed), ..self }
    }

    /// Hands on what is left.
    pub fn finish(mut self) {
        (self.hand)(&mut self.batch);
    }
}

impl<F: FnMut(&mut Batch)> Sink for Batches<'_, F> {
    #[inline]
    fn record(&mut self, record: Record<'_>) {
        self.batch.push(record);
        if self.batch.is_full() {
            (self.hand)(&mut self.batch);
        }
    }

    #[inline]
    fn is_closed(&self) -> bool {
        self.closed.is_some_and(Cell::get)
    }
}
