//! How much the $GENERATEs of a text would make, counted before any of it is made.
//!
//! ```text
//! records   of each range: (stop - start) / step + 1
//! octets    records times the longest line that the template can become, "owner ttl IN type data", names absolute
//! ```

use super::reader::Reader;
use super::{Problem, Record, Sink};
use crate::name::Name;
use crate::record::{self, Fault, Rtype, Token};
use memchr::memchr_iter;
use std::path::Path;

const DIRECTIVE: &[u8] = b"$GENERATE";
/// Octets of a record beside owner and data: a TTL, the class, a type and spaces; what data may grow by when its numbers
/// are written in full; and what it takes to be kept at all.
const BESIDE: u64 = 128;
/// Most names in the data of a record: SOA, MINFO and RP have two.
const NAMES: u64 = 2;
/// What data in hexadecimal digits may grow to: two digits are `\226`, or eight types of a bitmap.
const UNFOLDED: u64 = 2;
const BITS_UNFOLDED: u64 = 40;

/// Records and octets of lines that are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    pub records: u64,
    pub octets: u64,
}

/// What the $GENERATEs of a text would make. Fails with the first that would go beyond `most`.
pub fn made(text: &[u8], origin: Option<&Name>, most: Made) -> Result<Made, Problem> {
    if !may_generate(text) {
        return Ok(Made::default());
    }
    let mut nothing = Nothing;
    let mut reader = Reader::new(&mut nothing, Path::new(""));
    (reader.may_include, reader.counting) = (false, Some(Counting { most, made: Made::default(), beyond: None }));
    reader.counted(text, origin)
}

/// Whether the directive may stand in a text: most have none, and are not read twice.
fn may_generate(text: &[u8]) -> bool {
    let found = |at: usize| text.get(at..at + DIRECTIVE.len()).is_some_and(|word| word.eq_ignore_ascii_case(DIRECTIVE));
    memchr_iter(b'$', text).any(found)
}

/// Takes records and drops them.
struct Nothing;

impl Sink for Nothing {
    fn record(&mut self, _: Record<'_>) {}
}

/// The state of counting.
#[derive(Default)]
pub(super) struct Counting {
    most: Made,
    pub made: Made,
    pub beyond: Option<Fault>,
}

impl Counting {
    /// Adds what a directive makes.
    pub fn add(&mut self, more: Made, directive: &Token<'_>) {
        self.made = Made {
            records: self.made.records.saturating_add(more.records),
            octets: self.made.octets.saturating_add(more.octets),
        };
        let (made, most) = (self.made, self.most);
        let beyond = [
            (made.records, most.records, "records", "generate_records"),
            (made.octets, most.octets, "octets of records", "generate_octets"),
        ];
        let found = beyond.into_iter().find(|(made, most, ..)| made > most);
        self.beyond = found.map(|(made, most, what, key)| {
            let what = format!(
                "$GENERATE would make {made} {what}, with those before it; at most {most} are made of one text"
            );
            *directive.fault(what, format!("take a smaller range, or raise [limits] {key} of the server"))
        });
    }
}

/// The most octets of a line: those of owner and data with what they may grow by.
pub(super) fn line(owner: u64, data: u64, origin: &Name, rtype: Rtype) -> u64 {
    let names = if record::may_name(rtype) { NAMES } else { 0 };
    let origin = written(&origin.to_string());
    [data, owner, (1 + names) * origin].into_iter().fold(BESIDE, u64::saturating_add)
}

/// How many times as long data may be when they are written as text.
pub(super) fn unfolded(data: &[u8], rtype: Rtype) -> u64 {
    match data.starts_with(b"\\#") {
        true if record::has_bits(rtype) => BITS_UNFOLDED,
        true => UNFOLDED,
        false => 1,
    }
}

/// Octets that a text has when it is written as it may be kept: in quotes, with escapes.
pub(super) fn written(text: &str) -> u64 {
    let octets = text.bytes().map(|octet| match octet {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' | b'.' | b':' => 1,
        b' ' | b'\t' => 3,
        0x21..=0x7e => 2,
        _ => 4,
    });
    octets.sum::<u64>() + text.len() as u64 / 64
}
