//! Any octets as a zone file: problems are bounded, and every record that is read can be written and read again.

use crate::graph;
use std::path::Path;
use truename_core::name::Name;
use truename_core::record::{is_well_formed, names_in, present, rdata_from_text};
use truename_core::zonefile::{read_bytes, Record, Sink};

/// Problems that are told at most: fifty, and that there are more.
const PROBLEMS: usize = 51;
const MAX_TTL: u32 = 0x7fff_ffff;
/// Types whose names are in lower case in what signatures cover (RFC 4034 6.2): NS, CNAME, SOA, PTR, MX, SRV, DNAME. Of
/// others the case is kept.
const LOWERED: [u16; 7] = [2, 5, 6, 12, 15, 33, 39];
/// Digits in a row that one $GENERATE is allowed here: more make so many records that nothing is learnt from the wait.
const DIGITS: usize = 3;

/// Reads `text`. Panics when something that must hold does not.
pub fn check(text: &[u8]) {
    if !is_quick(text) {
        return;
    }
    let path = Path::new("/nonexistent/example.com.zone");
    for origin in [None, Name::from_text("example.", &Name::ROOT).ok()] {
        let read = read_bytes(text, path, origin.as_ref(), &mut Judge { lines: lines(text) });
        assert!(read.problems.len() <= PROBLEMS);
        for problem in &read.problems {
            assert!((problem.at.file as usize) < read.files.len() && !problem.what.is_empty());
            assert!(problem.at.line <= lines(text), "line {} of {}", problem.at.line, lines(text));
        }
    }
    publish(text, path);
}

/// A zone that can be published is the same when it is published again.
fn publish(text: &[u8], path: &Path) {
    let graph = graph();
    let first = graph.load_bytes(text, path, None);
    assert_eq!(graph.zones().len(), first.problems.is_empty() as usize);
    let again = graph.load_bytes(text, path, None);
    assert_eq!((again.problems.len(), again.zone.records), (first.problems.len(), first.zone.records));
    if first.problems.is_empty() {
        assert_eq!(again.changed, 0, "the same text changed something");
        assert!(graph.unload(&first.zone.origin) && graph.zones().is_empty());
    }
}

/// Whether `text` reads no file of this machine and makes a number of records that can be waited for.
fn is_quick(text: &[u8]) -> bool {
    let has = |word: &[u8]| text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    let is_long = text.windows(DIGITS + 1).any(|window| window.iter().all(u8::is_ascii_digit));
    !has(b"$INCLUDE") && !(has(b"$GENERATE") && is_long)
}

fn lines(text: &[u8]) -> u32 {
    text.iter().filter(|octet| **octet == b'\n').count() as u32 + 1
}

struct Judge {
    lines: u32,
}

impl Sink for Judge {
    fn record(&mut self, record: Record<'_>) {
        let Record { owner, rtype, ttl, rdata, at, data_at, .. } = record;
        assert!(ttl <= MAX_TTL && rdata.len() <= 65_535 && !rtype.is_meta());
        assert!((1..=self.lines).contains(&at.line) && data_at.line >= at.line && at.column >= 1);
        let shown = owner.to_string();
        let read = Name::from_text(&shown, &Name::ROOT).unwrap_or_else(|error| panic!("owner {shown}: {error}"));
        assert_eq!(read.as_wire(), owner.as_wire(), "owner {shown}");
        assert_eq!(owner.to_lowercase().as_wire(), owner.as_wire(), "owner {shown}");
        assert!(is_well_formed(rtype, rdata), "{rtype} {rdata:02x?}");
        for (at, name) in names_in(rtype, rdata) {
            let is_as_it_may_be = !LOWERED.contains(&rtype.0) || !name.iter().any(u8::is_ascii_uppercase);
            assert!(rdata[at..].starts_with(name) && is_as_it_may_be, "{rtype} {rdata:02x?}");
        }
        let text = present(rtype, rdata);
        assert_eq!(rdata_from_text(rtype, &text, &Name::ROOT).as_deref(), Ok(rdata), "{rtype} {text}");
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_zone_and_what_is_none() {
        check(b"");
        check(b"@ 60 IN SOA ns h 1 1 1 1 1\n@ 60 IN NS ns\n$GENERATE 1-9 h$ 60 A 192.0.2.$\n");
        check(b"$ORIGIN x.\n@ 60 TXT \"\\000\\255\" (\n ;\n) \\# 1 00\n");
    }
}
