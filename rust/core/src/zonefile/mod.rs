//! Master files (RFC 1035 5): text to records, with positions.

use crate::name::Name;
use crate::record::Rtype;
use std::path::{Path, PathBuf};

/// Where something stands: `file` indexes [`Read::files`]; line and column count from 1 (columns in octets).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub file: u32,
    pub line: u32,
    pub column: u32,
}

/// One record as read: owner and names in the data are absolute and lower case.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    pub owner: &'a Name,
    pub rtype: Rtype,
    /// Seconds.
    pub ttl: u32,
    /// Uncompressed wire form.
    pub rdata: &'a [u8],
    /// Where the record's first field stands (owner, or type when the owner was left out).
    pub at: Position,
    /// Where the data begins.
    pub data_at: Position,
}

/// Takes the records of a file as they are read.
pub trait Sink {
    fn record(&mut self, record: Record<'_>);
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
}
