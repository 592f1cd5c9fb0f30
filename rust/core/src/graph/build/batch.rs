//! Records on their way from the text to the builder.
//!
//! ```text
//! reader ─┬─ Batch: names ──> Builder::add, which gives each an id
//!         └─ Text: all records of the file, names as numbers ──> Builder::finish, which puts the ids in
//! ```
//!
//! Names go ahead because giving them ids is most of the work. A batch owns what it holds and is used again, so it can cross
//! from the thread that reads to the one that builds. A name stands in it once for the records of one owner that follow
//! each other.

use crate::graph::draft::{Coming, ROLES};
use crate::graph::index::{Keys, NameHash};
use crate::graph::node::NameId;
use crate::name::Name;
use crate::record::Rtype;
use crate::zonefile::{Missed, Position, Problem, Read, Record, Sink};

/// A record: where its data stand among those of its zone, and where it stands in the text.
#[derive(Clone, Copy)]
pub struct Row {
    /// Whose record; until it is built the number of a name.
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

    /// Puts ids in the place of numbers.
    #[inline]
    pub fn name(&mut self, ids: &[NameId]) {
        self.owner = ids[self.owner.0 as usize];
        if self.target != NO_NAME {
            self.target = ids[self.target.0 as usize];
        }
    }
}

/// The records of one file.
#[derive(Default)]
pub struct Text {
    /// In the order of the file.
    pub rows: Vec<Row>,
    /// Their data.
    pub data: Vec<u8>,
    is_over: bool,
}

impl Text {
    /// Says so when there are more records than can be numbered; those behind are not here.
    pub fn complain(&self, read: &mut Read) {
        if self.is_over {
            let what = "the zone holds more than 4 GiB of data; the file was not read further".to_string();
            let at = Position { file: 0, line: 0, column: 0 };
            read.problems.push(Problem { at, what, hint: "split it into several zones".to_string() });
            read.missed = Missed { soa: true, ns: true };
        }
    }
}

/// A name in a batch.
#[derive(Clone, Copy)]
struct Named {
    end: u32,
    role: u8,
    has_same_parent: bool,
    hash: NameHash,
}

/// Names that stand in a file, one behind the other.
pub struct Batch {
    octets: Vec<u8>,
    names: Vec<Named>,
    /// How many records were read since the batch before.
    pub records: usize,
}

impl Batch {
    /// Names in a full batch: handing one over costs little beside them, and it fits the cache.
    const NAMES: usize = 4096;

    /// No names.
    pub fn new() -> Batch {
        Batch { octets: Vec::new(), names: Vec::new(), records: 0 }
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The names with some numbers.
    pub fn names(&self, numbers: std::ops::Range<usize>) -> impl Iterator<Item = Coming<'_>> + Clone {
        let start = numbers.start.checked_sub(1).map_or(0, |before| self.names[before].end as usize);
        let names = &self.names[numbers];
        names.iter().scan(start, |start, named| {
            let name = &self.octets[*start..named.end as usize];
            *start = named.end as usize;
            let Named { hash, role, has_same_parent, .. } = *named;
            Some(Coming { name, hash, role: role as usize, has_same_parent })
        })
    }

    fn clear(&mut self) {
        self.octets.clear();
        self.names.clear();
        self.records = 0;
    }
}

/// The parent of the name last read with a role.
struct Parent {
    name: Name,
    hash: NameHash,
    is_in_batch: bool,
}

/// Takes what is read apart, into names and the records between them. `hand` is given each full batch and leaves an empty
/// one, or this one, in its place.
pub struct Parts<F: FnMut(&mut Batch) -> bool> {
    keys: Keys,
    batch: Batch,
    text: Text,
    hand: F,
    /// Names in the batches before.
    before: u32,
    /// Where the last owner stands in the batch.
    last_owner: Option<(usize, usize)>,
    parents: [Parent; ROLES],
    is_closed: bool,
    most_octets: usize,
}

/// Most octets of data: they are numbered in 32 bits.
const OCTETS: usize = u32::MAX as usize - u16::MAX as usize;

impl<F: FnMut(&mut Batch) -> bool> Parts<F> {
    /// Names are hashed with `keys`; about so many records are expected. `hand` says whether to go on.
    pub fn new(keys: Keys, records: usize, hand: F) -> Parts<F> {
        let parent = || Parent { name: Name::ROOT, hash: NameHash::ROOT, is_in_batch: false };
        let text = Text { rows: Vec::with_capacity(records), data: Vec::with_capacity(records * 16), is_over: false };
        let (batch, parents) = (Batch::new(), [parent(), parent()]);
        Parts { keys, batch, text, hand, before: 0, last_owner: None, parents, is_closed: false, most_octets: OCTETS }
    }

    /// Hands on the last names; gives the records.
    pub fn finish(mut self) -> Text {
        self.hand_on();
        self.text
    }

    fn hand_on(&mut self) {
        self.before += self.batch.len() as u32;
        self.is_closed |= !(self.hand)(&mut self.batch);
        self.batch.clear();
        self.last_owner = None;
        self.parents.iter_mut().for_each(|parent| parent.is_in_batch = false);
    }

    fn owner(&mut self, owner: &Name) -> NameId {
        // The owner read last is most often the owner read next.
        let number = match self.last_owner {
            Some((number, start)) if self.batch.octets[start..].starts_with(owner.as_wire()) => number,
            _ => {
                let start = self.batch.octets.len();
                let number = self.push(owner.as_wire(), 0);
                self.last_owner = Some((number, start));
                number
            }
        };
        NameId(self.before + number as u32)
    }

    fn target(&mut self, record: &Record<'_>) -> NameId {
        match is_one_name(record.rtype) {
            true => NameId(self.before + self.push(record.rdata, 1) as u32),
            false => NO_NAME,
        }
    }

    fn push(&mut self, name: &[u8], role: u8) -> usize {
        let (label, rest) = match name.split_at_checked(1 + name[0] as usize) {
            Some((label, rest)) if !rest.is_empty() => (&label[1..], rest),
            _ => (&[][..], name),
        };
        let parent = &mut self.parents[role as usize];
        let is_same = parent.name.as_wire() == rest;
        if !is_same {
            parent.name = Name::from_wire(rest).unwrap_or(Name::ROOT);
            parent.hash = self.keys.name(&parent.name);
        }
        let has_same_parent = is_same && parent.is_in_batch;
        parent.is_in_batch = true;
        let hash = if label.is_empty() { NameHash::ROOT } else { self.keys.child(parent.hash, label) };
        self.batch.octets.extend_from_slice(name);
        let end = self.batch.octets.len() as u32;
        self.batch.names.push(Named { end, role, has_same_parent, hash });
        self.batch.names.len() - 1
    }
}

/// Whether the data of the type is one name and nothing else.
fn is_one_name(rtype: Rtype) -> bool {
    matches!(rtype, Rtype::CNAME | Rtype::DNAME | Rtype::NS | Rtype::PTR | Rtype::ALIAS)
}

impl<F: FnMut(&mut Batch) -> bool> Sink for Parts<F> {
    #[inline]
    fn record(&mut self, record: Record<'_>) {
        // Each record has at most two names, so names are numbered too.
        if self.text.data.len() > self.most_octets || self.text.rows.len() >= (u32::MAX / 4) as usize {
            (self.text.is_over, self.is_closed) = (true, true);
            return;
        }
        let data = self.text.data.len() as u32;
        self.text.data.extend_from_slice(record.rdata);
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
        self.text.rows.push(row);
        self.batch.records += 1;
        if self.batch.len() + 2 > Batch::NAMES || self.batch.records >= 2 * Batch::NAMES {
            self.hand_on();
        }
    }

    #[inline]
    fn is_closed(&self) -> bool {
        self.is_closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zonefile::read_bytes;
    use std::path::Path;

    #[test]
    fn names_are_those_of_the_records_whatever_their_parents() {
        let keys = Keys::random();
        let text = "$ORIGIN a.example.\n$TTL 60\n@ CNAME x\nw CNAME x.b\nw CNAME y.b\nw.c A 192.0.2.1\n. NS .\n. NS a.\nz NS .\n";
        let mut seen = Vec::new();
        let mut parts = Parts::new(keys, 0, |batch: &mut Batch| {
            let mut parents = [None; ROLES];
            for Coming { name, hash, role, has_same_parent } in batch.names(0..batch.len()) {
                let name = Name::from_wire(name).expect("a name");
                let parent = name.parent().unwrap_or(Name::ROOT);
                assert_eq!(hash, keys.name(&name), "{name}");
                assert!(!has_same_parent || parents[role] == Some(parent), "{name}");
                parents[role] = Some(parent);
                seen.push(name.to_string());
            }
            true
        });
        let read = read_bytes(text.as_bytes(), Path::new("x"), None, &mut parts);
        assert!(read.problems.is_empty(), "{:?}", read.problems);
        let text = parts.finish();
        let name = |number: NameId| seen[number.0 as usize].as_str();
        let rows: Vec<(&str, &str)> = text
            .rows
            .iter()
            .map(|row| (name(row.owner), if row.target == NO_NAME { "" } else { name(row.target) }))
            .collect();
        let expected = [
            ("a.example.", "x.a.example."),
            ("w.a.example.", "x.b.a.example."),
            ("w.a.example.", "y.b.a.example."),
            ("w.c.a.example.", ""),
            (".", "."),
            (".", "a."),
            ("z.a.example.", "."),
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn more_data_than_can_be_numbered() {
        let mut parts = Parts::new(Keys::random(), 0, |_: &mut Batch| true);
        parts.most_octets = 10;
        let text = "$ORIGIN a.\n$TTL 60\nw A 192.0.2.1\nw A 192.0.2.2\nw A 192.0.2.3\nw A 192.0.2.4\nw A 192.0.2.5\n";
        let mut read = read_bytes(text.as_bytes(), Path::new("x"), None, &mut parts);
        let text = parts.finish();
        text.complain(&mut read);
        assert_eq!((text.rows.len(), read.problems.len()), (3, 1));
    }
}
