//! Master files as a user writes them: what is read, and what is said about what cannot be.

mod data;
mod directives;
mod entries;
mod faults;
mod generate;
mod generated;
mod origin;
mod sizes;
mod ttls;

use std::path::{Path, PathBuf};
use truename_core::name::Name;
use truename_core::record::{names_in, present, rdata_from_text, Rtype};
use truename_core::zonefile::{made, read, read_bytes, read_text, Made, Read, Record, Sink};

#[derive(Default)]
struct Lines {
    records: Vec<String>,
    positions: Vec<(u32, u32, u32, u32)>,
}

impl Sink for Lines {
    fn record(&mut self, record: Record<'_>) {
        let Record { owner, rtype, ttl, rdata, at, data_at, .. } = record;
        self.records.push(format!("{owner} {ttl} {rtype} {}", present(rtype, rdata)));
        self.positions.push((at.line, at.column, data_at.line, data_at.column));
    }
}

/// Counts, so that a million records need no memory.
struct Count(u64);

impl Sink for Count {
    fn record(&mut self, _: Record<'_>) {
        self.0 += 1;
    }
}

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

fn parse(text: &[u8]) -> (Lines, Read) {
    let mut lines = Lines::default();
    let origin = name("example.com");
    let read = read_bytes(text, Path::new("test.zone"), Some(&origin), &mut lines);
    (lines, read)
}

/// The records of a text without problems, `$TTL 60` before it.
fn records(text: &str) -> Vec<String> {
    let (lines, read) = parse(format!("$TTL 60\n{text}").as_bytes());
    assert!(read.problems.is_empty(), "{text:?}: {:?}", read.problems);
    lines.records
}

/// `line:column: what | hint` of each problem of a text.
fn problems(text: impl AsRef<[u8]>) -> Vec<String> {
    let problems = parse(text.as_ref()).1.problems;
    problems.iter().map(|p| format!("{}:{}: {} | {}", p.at.line, p.at.column, p.what, p.hint)).collect()
}

/// Asserts that a text has one problem that begins so and has a hint like that.
#[track_caller]
fn assert_problem(text: &str, begins: &str, hint: &str) {
    let found = problems(format!("$TTL 60\n{text}"));
    assert_eq!(found.len(), 1, "{text:?}: {found:?}");
    assert!(found[0].starts_with(begins), "{text:?}: {}", found[0]);
    assert!(found[0].split(" | ").nth(1).is_some_and(|h| h.contains(hint)), "{text:?}: {}", found[0]);
}
