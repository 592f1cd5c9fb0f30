//! Master files (RFC 1035 5): text to records, with positions.
//!
//! ```text
//! bytes -> record::Tokens -> reader (entries: owner, TTL, class, type) -> record::rdata -> Sink
//!                              |-> directives ($ORIGIN $TTL $INCLUDE), generate ($GENERATE)
//! ```
//!
//! A file is read in one go and its records are handed over one at a time, from buffers that are used again:
//! beside the file's own octets the memory does not grow with it. A bad entry is a [`Problem`] and reading
//! goes on with the next one, so all problems of a file are known at once.

mod directives;
mod escapes;
mod generate;
mod made;
mod origin;
mod place;
mod reader;
mod stored;

pub use made::{made, Made};
pub use place::{write_place, Places};
pub use stored::{Columns, StoredLines, StoredReader};

use crate::name::Name;
use crate::record::{Case, Rtype};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

/// Where something stands: `file` indexes [`Read::files`]; line and column count from 1 (columns in octets).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub file: u32,
    pub line: u32,
    pub column: u32,
}

/// One record as read: owner and names in the data are absolute; the owner is in lower case, and so are names in the data
/// of types whose canonical form has them so (`record::names`), unless they were wanted as they are written.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub owner: &'a Name,
    pub rtype: Rtype,
    /// Seconds.
    pub ttl: u32,
    /// Uncompressed wire form.
    pub rdata: &'a [u8],
    /// The text of the data as it stands there.
    pub written: &'a [u8],
    /// Where the record's first field stands (owner, or type when the owner was left out).
    pub at: Position,
    /// Where the data begins.
    pub data_at: Position,
}

/// Takes the records of a file as they are read.
pub trait Sink {
    fn record(&mut self, record: Record<'_>);

    /// Whether no more is wanted; reading then ends early.
    #[inline]
    fn is_closed(&self) -> bool {
        false
    }
}

/// Something that makes a file no zone.
#[derive(Clone, Debug)]
pub struct Problem {
    pub at: Position,
    /// What is wrong, in words, without the position.
    pub what: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

/// What came of reading a file.
#[derive(Debug)]
pub struct Read {
    pub origin: Name,
    /// The file itself and every file it includes.
    pub files: Vec<PathBuf>,
    pub problems: Vec<Problem>,
    /// What can be read, and probably means something else; the first of it.
    pub remarks: Vec<Problem>,
    pub missed: Missed,
    /// Whether the zone's name is known; else `origin` is the root and nothing was read.
    pub is_named: bool,
    /// Whether nothing but the file's name says what the zone is called.
    pub is_guessed: bool,
}

/// What the text that could not be read may have held: what a half-read file seems to lack is no news.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missed {
    /// An SOA.
    pub soa: bool,
    /// An NS.
    pub ns: bool,
}

impl Missed {
    fn note(&mut self, rtype: Option<Rtype>) {
        self.soa |= rtype.is_none_or(|rtype| rtype == Rtype::SOA);
        self.ns |= rtype.is_none_or(|rtype| rtype == Rtype::NS);
    }
}

/// Reads the master file at `path`. Without `origin` the zone is named by the owner of its SOA, the file's $ORIGIN,
/// or the file's name (`NAME.zone`, `NAME.db`, `db.NAME`), in this order. Fails only when `path` itself cannot be read.
pub fn read(path: &Path, origin: Option<&Name>, sink: &mut impl Sink) -> io::Result<Read> {
    let bytes = std::fs::read(path)?;
    Ok(read_bytes(&bytes, path, origin, sink))
}

/// Reads a master file that somebody sent: it includes no files, which would show what only this machine may read.
pub fn read_text(text: &[u8], origin: Option<&Name>, sink: &mut impl Sink) -> Read {
    read_sent(text, origin, Case::Canonical, sink)
}

/// The same with names in data in the case that they are written in.
pub fn read_written(text: &[u8], origin: Option<&Name>, sink: &mut impl Sink) -> Read {
    read_sent(text, origin, Case::Written, sink)
}

fn read_sent(text: &[u8], origin: Option<&Name>, case: Case, sink: &mut impl Sink) -> Read {
    let mut reader = reader::Reader::new(sink, Path::new(""));
    (reader.may_include, reader.case) = (false, case);
    reader.read(text, origin)
}

/// Reads a master file that is in memory; `path` names it in positions, and $INCLUDE is relative to it.
pub fn read_bytes(bytes: &[u8], path: &Path, origin: Option<&Name>, sink: &mut impl Sink) -> Read {
    reader::Reader::new(sink, path).read(bytes, origin)
}

/// Texts that stand for what is stored under a path, which is written as [`Read::files`] writes it.
pub type Texts = HashMap<PathBuf, Vec<u8>>;

/// As [`read_bytes`], for judging: problems are all reported, as long as there are more records than problems. Of files
/// that are included and in `texts` those are read.
pub fn read_all(bytes: &[u8], path: &Path, origin: Option<&Name>, texts: &Texts, sink: &mut impl Sink) -> Read {
    let mut reader = reader::Reader::new(sink, path);
    reader.wants_all = true;
    reader.texts = Some(texts);
    reader.read(bytes, origin)
}
