//! Where records stand: from what the graph holds back to the text.

use super::{Table, World};
use crate::graph::build::Row;
use crate::graph::node::NameId;
use crate::record::Rtype;
use std::collections::HashMap;

/// A record of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextSpot {
    /// The table.
    pub table: u32,
    /// The file, among those of the table.
    pub file: u32,
    /// From 1; 0 for the file as a whole.
    pub line: u32,
    /// From 1, in octets; 0 for the file as a whole.
    pub column: u32,
}

impl TextSpot {
    /// A file as a whole.
    pub(super) fn whole(table: usize) -> TextSpot {
        TextSpot { table: table as u32, file: 0, line: 0, column: 0 }
    }
}

/// Where the rows of each owner begin, as numbers among those of all tables.
pub struct Index {
    /// By owner, in the first table that has it.
    first: Vec<u32>,
    /// By zone and owner, in other tables.
    more: HashMap<(NameId, NameId), u32>,
}

const NO_ROW: u32 = u32::MAX;

impl Index {
    fn new(world: &World) -> Index {
        let mut index = Index { first: vec![NO_ROW; world.snapshot.ids() as usize], more: HashMap::new() };
        for table in &world.tables {
            let mut number = table.start;
            for group in table.rows.chunk_by(|a, b| a.owner == b.owner) {
                let owner = group[0].owner;
                match index.first.get_mut(owner.0 as usize) {
                    Some(first) if *first == NO_ROW => *first = number,
                    _ => drop(index.more.insert((table.origin.unwrap_or(NameId::ROOT), owner), number)),
                }
                number += group.len() as u32;
            }
        }
        index
    }
}

impl World {
    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(self))
    }

    /// The table that holds a row.
    fn table_of(&self, row: u32) -> usize {
        self.tables.partition_point(|table| table.start <= row).saturating_sub(1)
    }

    /// The rows that a zone has of an owner: table, number of the first in it, rows.
    pub(super) fn rows_of(&self, zone: NameId, owner: NameId) -> Option<(usize, u32, &[Row])> {
        let index = self.index();
        let first = index.first.get(owner.0 as usize).copied().filter(|row| *row != NO_ROW)?;
        let (first, number) = match self.table_of(first) {
            number if self.tables[number].origin == Some(zone) => (first, number),
            _ => {
                let row = *index.more.get(&(zone, owner))?;
                (row, self.table_of(row))
            }
        };
        let start = first - self.tables[number].start;
        let rows = &self.tables[number].rows[start as usize..];
        let end = rows.iter().position(|row| row.owner != owner).unwrap_or(rows.len());
        Some((number, start, &rows[..end]))
    }

    /// A number that grows in the order of the files: files as they were given, included ones behind, then lines.
    pub(super) fn order(&self, zone: NameId, owner: NameId) -> u64 {
        let Some((table, _, rows)) = self.rows_of(zone, owner) else { return u64::MAX };
        let at = rows[0].at;
        (table as u64) << 44 | (at.file.min(0xfff) as u64) << 32 | at.line as u64
    }
}

impl Table {
    /// Where a row stands.
    pub(super) fn spot(&self, table: usize, row: &Row) -> TextSpot {
        TextSpot { table: table as u32, file: row.at.file, line: row.at.line, column: row.at.column }
    }
}

/// The records of one owner, to find many of them.
pub(super) struct Finder<'w> {
    world: &'w World,
    key: Option<(NameId, NameId)>,
    found: Option<(usize, u32, &'w [Row])>,
    by_data: HashMap<(Rtype, &'w [u8]), u32>,
}

/// An owner with more records has them hashed.
const FEW: usize = 16;

impl<'w> Finder<'w> {
    pub fn new(world: &'w World) -> Finder<'w> {
        Finder { world, key: None, found: None, by_data: HashMap::new() }
    }

    /// The table and the row of a record; of one that stands there twice the first.
    pub fn find(&mut self, zone: NameId, owner: NameId, rtype: Rtype, data: &[u8]) -> Option<(usize, u32)> {
        if self.key != Some((zone, owner)) {
            (self.key, self.found) = (Some((zone, owner)), self.world.rows_of(zone, owner));
            self.by_data.clear();
        }
        let (table, start, rows) = self.found?;
        let all = &self.world.tables[table].data;
        if rows.len() > FEW && self.by_data.is_empty() {
            for (number, row) in (0..).zip(rows) {
                self.by_data.entry((row.rtype, row.octets(all))).or_insert(number);
            }
        }
        let number = match self.by_data.is_empty() {
            true => rows.iter().position(|row| row.rtype == rtype && row.octets(all) == data).map(|at| at as u32),
            false => self.by_data.get(&(rtype, data)).copied(),
        };
        // What is said of the RRset stands at its first record.
        let of_type = || rows.iter().position(|row| row.rtype == rtype).map(|at| at as u32);
        Some((table, start + number.or_else(of_type).unwrap_or(0)))
    }
}
