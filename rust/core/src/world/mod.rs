//! Zone files read for judging: one graph of them all, also of what no server can hold, with positions.
//!
//! ```text
//! files ── read_files (all cores) ── Builder ── commit ──> Snapshot ── facts ─┐
//!                                       └─ Table: rows with positions ────────┴─> Placed: facts in the order of the files
//! ```
//!
//! A world is what a name server that held all these files would know, and what it would refuse. Records that no node holds
//! are left out of the graph and stay in their [`Table`], so that facts about single records are found for them too. A zone
//! without an SOA takes part. Positions cost nothing until a fact asks for one.

mod facts;
mod places;

pub use facts::Placed;
pub use places::TextSpot;

use crate::graph::build::{read_files, Builder, Built, Event, Expected, Refusal, Row, Text, Why};
use crate::graph::draft::Draft;
use crate::graph::node::NameId;
use crate::graph::snapshot::Snapshot;
use crate::graph::Zone;
use crate::name::Name;
use crate::record::{names_in, Rtype};
use crate::walk::Limits;
use crate::zonefile::{Missed, Problem, Read, Texts};
use places::Index;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub use crate::graph::build::Source;

/// Zone files and the graph that they make together.
pub struct World {
    snapshot: Arc<Snapshot>,
    limits: Limits,
    /// One for each file that was read, in their order.
    tables: Vec<Table>,
    index: OnceLock<Index>,
}

/// What one zone file holds.
#[derive(Default)]
struct Table {
    /// The file and all that it includes, as positions count them.
    files: Vec<PathBuf>,
    /// The zone that the file speaks of, when that is known.
    origin: Option<NameId>,
    /// The zone as the file makes it; nothing when there is no record, or another file is the zone's.
    zone: Option<Zone>,
    /// The table that is the zone's, when it is not this one.
    twin: Option<usize>,
    /// What cannot be read.
    problems: Vec<Problem>,
    refusals: Vec<Refusal>,
    differing: Vec<(u32, u32)>,
    /// Owners with escapes that look octal.
    remarks: Vec<Problem>,
    /// All records; those of an owner stand together, in the order of the file.
    rows: Vec<Row>,
    data: Vec<u8>,
    /// The rows that are not in the graph.
    left_out: Vec<u32>,
    /// The number of the first row among those of all tables.
    start: u32,
}

/// What came of reading one file.
#[derive(Debug)]
pub struct Outcome {
    /// The file as it was given.
    pub path: PathBuf,
    /// The zone; nothing when its name is not known.
    pub origin: Option<Name>,
    /// The SOA's.
    pub serial: u32,
    /// Records, each counted once.
    pub records: usize,
    /// Owners that have records.
    pub names: usize,
    /// The file and all that it includes.
    pub files: Vec<PathBuf>,
    /// Whether the file takes part in the graph as a zone.
    pub is_zone: bool,
    /// Whether nothing but the file's name says what the zone is called.
    pub is_guessed: bool,
    /// The names in the SOA of such a zone.
    pub soa_names: Vec<Name>,
    /// Why the file could not be opened.
    pub error: Option<io::Error>,
}

impl World {
    /// A world without files.
    pub fn new(limits: Limits) -> World {
        World { snapshot: Arc::new(Snapshot::new()), limits, tables: Vec::new(), index: OnceLock::new() }
    }

    /// Reads files into the world, beside those that are there. `progress` is told octets read and octets in all, for
    /// each batch of records, and says whether to go on; nothing has changed when it does not.
    pub fn read(&mut self, sources: &[Source], progress: &mut dyn FnMut(u64, u64) -> bool) -> Option<Vec<Outcome>> {
        self.read_with(sources, &Texts::new(), progress)
    }

    /// As [`World::read`]; where a path, also one that is included, is among `texts`, its text stands for the file.
    pub fn read_with(
        &mut self,
        sources: &[Source],
        texts: &Texts,
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Option<Vec<Outcome>> {
        let (sizes, expected) = expect(sources);
        // Room for the names is made while the first of them are read.
        let mut reading = None;
        let mut bar = Progress { done: 0, total: sizes.iter().sum(), records: 0, is_wanted: true, tell: progress };
        read_files(sources, texts, *self.snapshot.keys(), &mut |number, event| {
            let reading = reading.get_or_insert_with(|| self.reading(expected));
            match event {
                Event::Names(batch) => {
                    bar.step(batch.records, sizes[number], &expected);
                    reading.builder.add(batch);
                }
                Event::End(end) => {
                    reading.end(&sources[number], std::mem::replace(&mut **end, Err(io::ErrorKind::Other.into())));
                    bar.finish(sizes[number]);
                }
            }
            bar.is_wanted
        });
        let Some(reading) = reading.filter(|_| bar.is_wanted) else {
            return bar.is_wanted.then(Vec::new);
        };
        let (snapshot, _) = reading.builder.into_draft().commit(&|_| true);
        self.snapshot = Arc::new(snapshot);
        self.tables.extend(reading.tables);
        self.index = OnceLock::new();
        Some(reading.outcomes)
    }

    fn reading(&self, expected: Expected) -> Reading {
        let tables = self.tables.iter().enumerate();
        Reading {
            builder: Builder::new(Draft::new(&self.snapshot, Arc::default(), expected.names).helped(true)),
            zones: tables.filter_map(|(number, table)| Some((table.zone.as_ref()?.origin, number))).collect(),
            tables: Vec::new(),
            outcomes: Vec::new(),
            first: self.tables.len(),
            next_row: self.tables.last().map_or(0, |table| table.start + table.rows.len() as u32),
        }
    }

    /// The graph.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// The files of each table, as [`TextSpot`] counts them.
    pub fn files(&self) -> impl Iterator<Item = &[PathBuf]> {
        self.tables.iter().map(|table| table.files.as_slice())
    }

    /// How far chains are followed.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The zones, in the order of their files.
    pub fn zones(&self) -> impl Iterator<Item = &Zone> {
        self.tables.iter().filter_map(|table| table.zone.as_ref())
    }
}

/// Files on their way into a world.
struct Reading {
    builder: Builder,
    /// By zone, the number of the table that holds it.
    zones: HashMap<Name, usize>,
    tables: Vec<Table>,
    outcomes: Vec<Outcome>,
    /// How many tables there were before.
    first: usize,
    next_row: u32,
}

impl Reading {
    fn end(&mut self, source: &Source, end: io::Result<(Read, Text)>) {
        let outcome = match end {
            Ok((read, text)) => self.end_of_text(source, read, text),
            Err(error) => {
                self.builder.drop_zone();
                Outcome::new(source, Some(error))
            }
        };
        self.outcomes.push(outcome);
    }

    fn end_of_text(&mut self, source: &Source, read: Read, text: Text) -> Outcome {
        let mut outcome = Outcome { files: read.files.clone(), ..Outcome::new(source, None) };
        let (files, problems, remarks) = (read.files, read.problems, read.remarks);
        let mut table = Table { start: self.next_row, files, problems, remarks, ..Table::default() };
        outcome.is_guessed = read.is_guessed;
        if read.is_named {
            let origin = read.origin.to_lowercase();
            outcome.origin = Some(origin);
            table.origin = Some(self.builder.intern(&origin));
            table.twin = self.zones.get(&origin).copied();
        }
        match (outcome.origin, table.twin) {
            (Some(origin), None) => {
                self.zones.insert(origin, self.first + self.tables.len());
                outcome.fill(table.fill(self.builder.finish(&origin, text), origin, read.missed));
                outcome.soa_names = if read.is_guessed { table.soa_names() } else { Vec::new() };
            }
            _ => self.builder.drop_zone(),
        }
        self.next_row += table.rows.len() as u32;
        self.tables.push(table);
        outcome
    }
}

impl Table {
    /// Takes what was built of the zone; gives the zone, if there is one.
    fn fill(&mut self, built: Built, origin: Name, missed: Missed) -> Option<&Zone> {
        let Built { zone: id, records, names, serial, refusals, differing, rows, data, left_out, .. } = built;
        let is_told = |refusal: &Refusal| match refusal.why {
            Why::NoSoa => !missed.soa,
            Why::NoNs => !missed.ns,
            _ => true,
        };
        self.refusals = refusals.into_iter().filter(is_told).collect();
        (self.rows, self.data, self.left_out, self.differing) = (rows, data, left_out, differing);
        self.zone = (records > 0).then_some(Zone { id, origin, serial, records, names });
        self.zone.as_ref()
    }

    /// The names in the first SOA.
    fn soa_names(&self) -> Vec<Name> {
        let soa = self.rows.iter().find(|row| row.rtype == Rtype::SOA).map(|row| row.octets(&self.data));
        let names = soa.into_iter().flat_map(|data| names_in(Rtype::SOA, data));
        names.filter_map(|(_, octets)| Name::from_wire(octets).ok()).collect()
    }
}

impl Outcome {
    fn new(source: &Source, error: Option<io::Error>) -> Outcome {
        let (path, files, soa_names) = (source.path.clone(), Vec::new(), Vec::new());
        let (origin, serial, records, names, is_zone, is_guessed) = (None, 0, 0, 0, false, false);
        Outcome { path, origin, serial, records, names, files, is_zone, is_guessed, soa_names, error }
    }

    fn fill(&mut self, zone: Option<&Zone>) {
        if let Some(zone) = zone {
            (self.serial, self.records, self.names, self.is_zone) = (zone.serial, zone.records, zone.names, true);
        }
    }
}

/// The sizes of files in octets, and how much room their zones will take, judged by the beginning of the largest.
fn expect(sources: &[Source]) -> (Vec<u64>, Expected) {
    let size = |source: &Source| std::fs::metadata(&source.path).map_or(0, |data| data.len());
    let sizes: Vec<u64> = sources.iter().map(size).collect();
    // What has no size is no file, and its beginning can be read only once.
    let largest = sources.iter().zip(&sizes).filter(|(_, size)| **size > 0).max_by_key(|(_, size)| **size);
    let sample = largest.and_then(|(source, _)| beginning(&source.path).ok()).unwrap_or_default();
    let total: u64 = sizes.iter().sum();
    (sizes, Expected::of(&sample).scaled(total as f64 / sample.len().max(1) as f64))
}

fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut sample = Vec::new();
    File::open(path)?.take(Expected::SAMPLE as u64).read_to_end(&mut sample)?;
    Ok(sample)
}

/// How far reading has come, in octets. Inside a file that is guessed from the records.
struct Progress<'a> {
    /// Octets of whole files.
    done: u64,
    total: u64,
    /// Records of the file under way.
    records: usize,
    is_wanted: bool,
    tell: &'a mut dyn FnMut(u64, u64) -> bool,
}

impl Progress<'_> {
    fn step(&mut self, records: usize, size: u64, expected: &Expected) {
        self.records += records;
        let share = self.records as f64 / expected.records.max(1) as f64;
        let guess = (share * self.total as f64) as u64;
        self.is_wanted = (self.tell)(self.done + guess.min(size), self.total);
    }

    fn finish(&mut self, size: u64) {
        (self.done, self.records) = (self.done + size, 0);
        self.is_wanted = (self.tell)(self.done, self.total);
    }
}
