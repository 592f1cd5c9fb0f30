//! Zones as a database keeps them: RRsets in columns, to records.
//!
//! ```text
//! places  "\neu mail\nwww"                       labels below the apex, from the right (the store's `place`)
//! ttls    "300\n300\n60"
//! types   "NS\nA\nCNAME"
//! data    "ns1.example.\x01192.0.2.1\n192.0.2.2\x01mail.example."      a line a record, \x01 between RRsets
//! ```
//!
//! A database that is asked for columns hands over thousands of RRsets at once, which is a fifth of the work of handing
//! over rows; and what stands in columns need not be found first, as in a line of text.

use super::place::Places;
use super::{Missed, Position, Problem, Read, Record, Sink};
use crate::name::Name;
use crate::record::{self, Case, Fault, Rtype, Tokens};
use std::io::Write;
use std::path::PathBuf;

/// Between the data of two RRsets: no octet below the space stands in presentation form.
const SET_END: char = '\x01';
/// Problems that are told of one zone.
const MAX_PROBLEMS: usize = 50;
/// RFC 2181 8.
const MAX_TTL: u32 = 0x7fff_ffff;

/// Some RRsets of a zone.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a> {
    /// Owners below the apex.
    pub places: &'a str,
    /// Seconds.
    pub ttls: &'a str,
    /// Types.
    pub types: &'a str,
    /// The data of each.
    pub data: &'a str,
}

impl<'a> Columns<'a> {
    const ODD: &'static str = "the columns of its RRsets do not fit together";

    /// (place, TTL, type, data) of each RRset; nothing when the columns do not belong together.
    fn sets(self) -> Option<impl Iterator<Item = (&'a str, &'a str, &'a str, &'a str)>> {
        let lines = |column: &str| column.bytes().filter(|octet| *octet == b'\n').count();
        let sets = lines(self.places);
        let is_whole = [self.ttls, self.types].iter().all(|column| lines(column) == sets)
            && self.data.bytes().filter(|octet| *octet == SET_END as u8).count() == sets;
        let heads = self.places.split('\n').zip(self.ttls.split('\n')).zip(self.types.split('\n'));
        let sets = heads.zip(self.data.split(SET_END)).map(|(((place, ttl), rtype), data)| (place, ttl, rtype, data));
        is_whole.then_some(sets)
    }
}

/// The lines of a zone: "owner ttl IN type data", the SOA's first.
pub struct StoredLines {
    reader: StoredReader,
    soa: Vec<u8>,
    others: Vec<u8>,
}

impl StoredLines {
    /// Of the zone `origin`.
    pub fn new(origin: &Name) -> StoredLines {
        StoredLines { reader: StoredReader::new(origin), soa: Vec::new(), others: Vec::new() }
    }

    /// Adds some RRsets; says what is wrong with their columns or places. Data are taken as they are.
    pub fn add(&mut self, columns: &Columns<'_>) -> Result<(), String> {
        let mut start = Vec::new();
        for (place, ttl, rtype, data) in columns.sets().ok_or(Columns::ODD)? {
            self.reader.set_owner(place).map_err(|fault| fault.what)?;
            start.clear();
            // Writing to a vector cannot fail.
            let _ = write!(start, "{} {ttl} IN {rtype} ", self.reader.owner);
            let out = if place.is_empty() && rtype == "SOA" { &mut self.soa } else { &mut self.others };
            for line in data.split('\n') {
                out.extend_from_slice(&start);
                out.extend_from_slice(line.as_bytes());
                out.push(b'\n');
            }
        }
        Ok(())
    }

    /// All of them.
    pub fn finish(self) -> Vec<u8> {
        let StoredLines { mut soa, others, .. } = self;
        if soa.is_empty() {
            return others;
        }
        soa.extend(others);
        soa
    }
}

/// Reads one zone, some RRsets after the others. Positions count RRsets.
pub struct StoredReader {
    origin: Name,
    owner: Name,
    rtype: (String, Rtype),
    rdata: Vec<u8>,
    places: Places,
    sets: u32,
    problems: Vec<Problem>,
    missed: Missed,
}

impl StoredReader {
    /// Of the zone `origin`.
    pub fn new(origin: &Name) -> StoredReader {
        StoredReader {
            origin: *origin,
            owner: *origin,
            rtype: (String::new(), Rtype::SOA),
            rdata: Vec::new(),
            places: Places::new(origin),
            sets: 0,
            problems: Vec::new(),
            missed: Missed::default(),
        }
    }

    /// Gives the records of some RRsets to `sink`.
    pub fn read(&mut self, columns: &Columns<'_>, sink: &mut impl Sink) {
        let Some(sets) = columns.sets() else {
            self.missed = Missed { soa: true, ns: true };
            return self.report(Columns::ODD.to_string(), "");
        };
        for (place, ttl, rtype, data) in sets {
            if sink.is_closed() || self.problems.len() >= MAX_PROBLEMS {
                return;
            }
            self.sets += 1;
            if let Err(Fault { what, hint, .. }) = self.set((place, ttl, rtype), data, sink) {
                let is_type_known = self.rtype.0 == rtype;
                self.missed.note(Some(self.rtype.1).filter(|_| is_type_known));
                self.report(format!("{} {rtype}: {what}", self.owner), &hint);
            }
        }
    }

    /// What came of it.
    pub fn finish(self) -> Read {
        let StoredReader { origin, problems, missed, .. } = self;
        Read {
            origin,
            files: vec![PathBuf::new()],
            problems,
            missed,
            is_named: true,
            remarks: Vec::new(),
            is_guessed: false,
        }
    }

    fn report(&mut self, what: String, hint: &str) {
        let at = Position { file: 0, line: self.sets, column: 1 };
        self.problems.push(Problem { at, what, hint: hint.to_string() });
    }

    fn set(&mut self, (place, ttl, rtype): (&str, &str, &str), data: &str, sink: &mut impl Sink) -> Result<(), Fault> {
        self.set_owner(place)?;
        self.set_type(rtype)?;
        let ttl = ttl.parse().ok().filter(|ttl| *ttl <= MAX_TTL);
        let ttl = ttl.ok_or_else(|| fault(format!("its TTL is no number up to {MAX_TTL}")))?;
        let at = Position { file: 0, line: self.sets, column: 1 };
        for text in data.split('\n') {
            record::rdata(
                self.rtype.1,
                &mut Tokens::new(text.as_bytes()),
                (&Name::ROOT, Case::Canonical),
                &mut self.rdata,
            )
            .map_err(|fault| *fault)?;
            let (owner, rdata, rtype) = (&self.owner, self.rdata.as_slice(), self.rtype.1);
            sink.record(Record { owner, rtype, ttl, rdata, written: text.as_bytes(), at, data_at: at });
        }
        Ok(())
    }

    fn set_type(&mut self, text: &str) -> Result<(), Fault> {
        if self.rtype.0 != text {
            let rtype: Option<Rtype> = text.parse().ok();
            let rtype = rtype.filter(|rtype| !rtype.is_meta()).ok_or_else(|| fault("it is no record type".into()))?;
            self.rtype = (text.to_string(), rtype);
        }
        Ok(())
    }

    fn set_owner(&mut self, place: &str) -> Result<(), Fault> {
        if self.places.read(place, &mut self.owner) {
            return Ok(());
        }
        self.owner = self.origin;
        Err(fault(format!("{place:?} is the key of no owner")))
    }
}

fn fault(what: String) -> Fault {
    Fault { line: 0, column: 0, what, hint: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Lines(Vec<String>);

    impl Sink for Lines {
        fn record(&mut self, record: Record<'_>) {
            let data = record::present(record.rtype, record.rdata);
            self.0.push(format!("{} {} {} {data}", record.owner, record.ttl, record.rtype));
        }
    }

    fn read(origin: &str, columns: [&str; 4]) -> (Vec<String>, Read) {
        let [places, ttls, types, data] = columns;
        let (mut reader, mut lines) =
            (StoredReader::new(&Name::from_text(origin, &Name::ROOT).expect("a name")), Lines::default());
        reader.read(&Columns { places, ttls, types, data }, &mut lines);
        (lines.0, reader.finish())
    }

    #[test]
    fn rrsets_become_records() {
        let columns =
            ["\neu mail\n*", "300\n60\n0", "NS\nA\nTXT", "ns1.Example.\u{1}192.0.2.1\n192.0.2.2\u{1}\"a b\" \"\\010\""];
        let (lines, read) = read("example.", columns);
        let expected = [
            "example. 300 NS ns1.example.",
            "mail.eu.example. 60 A 192.0.2.1",
            "mail.eu.example. 60 A 192.0.2.2",
            "*.example. 0 TXT \"a b\" \"\\010\"",
        ];
        assert_eq!(lines, expected);
        assert!(read.problems.is_empty() && read.missed == Missed::default(), "{read:?}");
    }

    #[test]
    fn owners_of_any_octets() {
        let (lines, read) = read(".", ["!@!J\u{ff}a.\\ !`", "1", "A", "192.0.2.1"]);
        assert!(read.problems.is_empty(), "{read:?}");
        assert_eq!(lines, ["\\032.\\000\\010\\255a\\.\\\\. 1 A 192.0.2.1"]);
    }

    #[test]
    fn what_cannot_be_read_is_told_and_the_rest_is_read() {
        let long = format!("{} ok", "x".repeat(64));
        let places = format!("a\nb\nc\nd\n!\n{long}\n\na  b");
        let columns = [
            places.as_str(),
            "1\n2147483648\n1\n1\n1\n1\n1\n1",
            "A\nA\nOPT\nA\nA\nA\nSOA\nA",
            "192.0.2.1\u{1}192.0.2.1\u{1}x\u{1}192.0.2\u{1}192.0.2.1\u{1}192.0.2.1\u{1}\u{1}192.0.2.1",
        ];
        let (lines, read) = read("example.", columns);
        assert_eq!(lines, ["a.example. 1 A 192.0.2.1"]);
        let told: Vec<&str> = read.problems.iter().map(|problem| problem.what.as_str()).collect();
        assert_eq!(told.len(), 7, "{told:?}");
        assert!(told[0].starts_with("b.example. A: its TTL") && told[2].starts_with("d.example. A: "), "{told:?}");
        assert!(read.missed.soa, "{read:?}");
    }

    #[test]
    fn lines_are_those_of_the_rrsets_and_the_soa_comes_first() {
        let mut lines = StoredLines::new(&Name::from_text("example.", &Name::ROOT).expect("a name"));
        let (types, data) = ("NS\nSOA\nSOA", "a.\nb.\u{1}a. b. 1 2 3 4 5\u{1}x");
        lines.add(&Columns { places: "\n\n!@a", ttls: "1\n2\n3", types, data }).expect("columns");
        assert!(lines.add(&Columns { places: "a", ttls: "1\n2", types: "A", data: "x" }).is_err());
        assert!(lines.add(&Columns { places: "!", ttls: "1", types: "A", data: "x" }).is_err());
        let text = String::from_utf8(lines.finish()).expect("text");
        let expected =
            "example. 2 IN SOA a. b. 1 2 3 4 5\nexample. 1 IN NS a.\nexample. 1 IN NS b.\n\\000a.example. 3 IN SOA x\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn columns_that_do_not_fit_together_are_refused() {
        for columns in [
            ["a\nb", "1\n1", "A\nA", "192.0.2.1"],
            ["a", "1", "TXT", "\"a\u{1}b\""],
            ["a", "1\n2", "A", "192.0.2.1"],
            ["a", "1", "A\nA", "192.0.2.1"],
        ] {
            let (lines, read) = read("example.", columns);
            assert_eq!((lines.len(), read.problems.len()), (0, 1), "{columns:?}");
            assert!(read.missed.soa && read.missed.ns);
        }
    }
}
