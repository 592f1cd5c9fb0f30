//! Entries of a master file: owner, TTL, class, type, and what each leaves for the next.

use super::escapes::octal_escape;
use super::made::{Counting, Made};
use super::origin::origin_of;
use super::{Missed, Position, Problem, Read, Record, Sink, Texts};
use crate::name::Name;
use crate::record::{self, quote, seconds, Case, Fault, Faulty, Rtype, Token, Tokens};
use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

/// Problems reported before reading stops: a file that is no zone at all has one in every line.
const MAX_PROBLEMS: usize = 50;
/// The same where all problems are wanted, as long as records outnumber them.
const MAX_WANTED: usize = 100_000;
/// RFC 2181 8.
const MAX_TTL: u64 = 0x7fff_ffff;

/// What an entry without an owner belongs to.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Owner {
    /// Nothing: no entry had an owner yet.
    None,
    Known,
    /// An owner that could not be read; that is reported once and its records are left out.
    Bad,
}

/// The TTLs that a record without one may take, the first that there is (RFC 2308 4, RFC 1035 5.1).
#[derive(Default)]
pub(super) struct Ttls {
    pub directive: Option<u32>,
    pub last: Option<u32>,
    pub soa_minimum: Option<u32>,
}

/// The state of reading one zone with all that it includes.
pub(super) struct Reader<'s, S> {
    pub sink: &'s mut S,
    pub files: Vec<PathBuf>,
    pub file_numbers: HashMap<PathBuf, u32>,
    pub problems: Vec<Problem>,
    remarks: Vec<Problem>,
    /// Whether reading goes on for as long as there is sense in it.
    pub wants_all: bool,
    is_over: bool,
    missed: Missed,
    /// The type of the record being read, as soon as it is known.
    pub under_way: Option<Rtype>,
    /// How many records were handed over.
    records: usize,
    /// The file being read, as an index of `files`.
    pub file: u32,
    pub origin: Name,
    /// The owner of the first SOA.
    soa_owner: Option<Name>,
    pub owner: Name,
    pub owner_state: Owner,
    pub ttls: Ttls,
    /// The case of names in data.
    pub case: Case,
    pub rdata: Vec<u8>,
    /// The files being read, the outermost first, as the file system names them.
    pub including: Vec<PathBuf>,
    /// What stands for files that are included.
    pub texts: Option<&'s Texts>,
    /// Whether $INCLUDE is carried out.
    pub may_include: bool,
    /// How many files were included so far.
    pub included: u32,
    /// How many records $GENERATE has made.
    pub generated: u64,
    /// Where nothing but what $GENERATE would make is wanted.
    pub counting: Option<Counting>,
}

/// What stands between an entry's owner and its data.
pub(super) struct Head {
    pub ttl: Option<u32>,
    pub rtype: Rtype,
}

impl<'s, S: Sink> Reader<'s, S> {
    pub fn new(sink: &'s mut S, path: &Path) -> Reader<'s, S> {
        Reader {
            sink,
            files: vec![path.to_path_buf()],
            file_numbers: HashMap::from([(path.to_path_buf(), 0)]),
            problems: Vec::new(),
            remarks: Vec::new(),
            wants_all: false,
            is_over: false,
            missed: Missed::default(),
            under_way: None,
            records: 0,
            file: 0,
            origin: Name::ROOT,
            soa_owner: None,
            owner: Name::ROOT,
            owner_state: Owner::None,
            ttls: Ttls::default(),
            case: Case::Canonical,
            rdata: Vec::new(),
            including: vec![std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())],
            texts: None,
            may_include: true,
            included: 0,
            generated: 0,
            counting: None,
        }
    }

    pub fn read(mut self, bytes: &[u8], origin: Option<&Name>) -> Read {
        match origin.map(|name| (name.to_lowercase(), false)).or_else(|| origin_of(bytes, &self.files[0])) {
            Some((name, is_guessed)) => {
                self.origin = name;
                self.entries(bytes);
                let origin = origin.map(|_| name).or(self.soa_owner).unwrap_or(name);
                let Reader { files, problems, remarks, missed, .. } = self;
                let is_guessed = is_guessed && origin == name;
                Read { origin, files, problems, remarks, missed, is_named: true, is_guessed }
            }
            None => self.without_a_name(),
        }
    }

    /// What $GENERATE would make, or where that is too much.
    pub fn counted(mut self, bytes: &[u8], origin: Option<&Name>) -> Result<Made, Problem> {
        self.origin = origin.copied().unwrap_or(Name::ROOT).to_lowercase();
        self.entries(bytes);
        let Counting { made, beyond, .. } = self.counting.unwrap_or_default();
        beyond.map_or(Ok(made), |fault| Err(problem(0, fault)))
    }

    fn without_a_name(mut self) -> Read {
        let what =
            "the zone's name is not known: no $ORIGIN, no SOA with an absolute owner, and the file's name is none";
        let hint = "begin the file with `$ORIGIN example.com.`".to_string();
        self.report(Fault { line: 1, column: 1, what: what.to_string(), hint });
        let missed = Missed { soa: true, ns: true };
        let Reader { files, problems, remarks, .. } = self;
        Read { origin: Name::ROOT, files, problems, remarks, missed, is_named: false, is_guessed: false }
    }

    /// Reads all entries of one file.
    pub fn entries(&mut self, bytes: &[u8]) {
        let mut tokens = Tokens::new(bytes);
        loop {
            self.under_way = None;
            if let Err(fault) = self.entry(&mut tokens) {
                self.missed.note(self.under_way);
                let also = tokens.skip_entry().filter(|other| *other != fault);
                self.report(*fault);
                also.into_iter().for_each(|fault| self.report(*fault));
            }
            if self.is_full() || self.sink.is_closed() || !tokens.next_entry() {
                return;
            }
        }
    }

    pub fn report(&mut self, fault: Fault) {
        let at = Position { file: self.file, line: fault.line, column: fault.column };
        if self.counting.is_some() {
            // The reading itself reports it, and perhaps has less to report: it must not go further than this.
        } else if self.problems.len() < self.most() {
            self.problems.push(problem(self.file, fault));
        } else if !self.is_full() {
            let what = format!("more than {} problems; the file was not read further", self.problems.len());
            self.problems.push(Problem { at, what, hint: "is this a zone file?".to_string() });
            self.is_over = true;
            self.missed = Missed { soa: true, ns: true };
        }
    }

    #[cold]
    fn remark(&mut self, owner: &Token<'_>) {
        let Some(fault) = octal_escape(owner).filter(|_| self.remarks.len() < MAX_WANTED) else { return };
        self.remarks.push(problem(self.file, fault));
    }

    fn most(&self) -> usize {
        match self.wants_all {
            true => self.records.clamp(MAX_PROBLEMS, MAX_WANTED),
            false => MAX_PROBLEMS,
        }
    }

    /// Whether so many problems were found that reading ends.
    pub fn is_full(&self) -> bool {
        self.is_over || self.counting.as_ref().is_some_and(|counting| counting.beyond.is_some())
    }

    #[inline]
    fn entry(&mut self, tokens: &mut Tokens<'_>) -> Faulty<()> {
        let is_indented = matches!(tokens.peek_octet(), Some(b' ' | b'\t' | b'\r'));
        let Some(first) = tokens.next()? else { return Ok(()) };
        if is_indented {
            return self.record(tokens, &first, Some(first));
        }
        if first.text.first() == Some(&b'$') && !first.is_quoted {
            return self.directive(tokens, &first);
        }
        self.owner_state = Owner::Bad;
        record::read_name(&mut self.owner, &first, &self.origin)?;
        self.owner_state = Owner::Known;
        if first.text.contains(&b'\\') {
            self.remark(&first);
        }
        let next = tokens.next()?;
        self.record(tokens, &first, next)
    }

    /// The record whose first field is `first`; `token` follows its owner.
    #[inline]
    fn record<'a>(&mut self, tokens: &mut Tokens<'a>, first: &Token<'a>, token: Option<Token<'a>>) -> Faulty<()> {
        let head = self.head(tokens, token)?;
        self.under_way = Some(head.rtype);
        tokens.skip_blank()?;
        let data_at = tokens.position();
        let start = tokens.offset();
        record::rdata(head.rtype, tokens, (&self.origin, self.case), &mut self.rdata)?;
        let written = tokens.since(start);
        if self.owner_state == Owner::None {
            return Err(first.fault("the record has no owner", "begin the line with the owner; `@` is the origin"));
        }
        self.emit(&head, first, (data_at, written))
    }

    /// Hands over the record whose owner and data have been read; `data`: where its text stands, and the text.
    #[inline]
    pub fn emit(&mut self, head: &Head, first: &Token<'_>, data: ((u32, u32), &[u8])) -> Faulty<()> {
        if head.rtype == Rtype::SOA {
            self.note_soa();
        }
        let ttl = self.ttl(head, first)?;
        if self.owner_state == Owner::Known {
            let at = |(line, column)| Position { file: self.file, line, column };
            let (at, data_at) = (at((first.line, first.column)), at(data.0));
            self.records += 1;
            let (owner, rdata) = (&self.owner, self.rdata.as_slice());
            self.sink.record(Record { owner, rtype: head.rtype, ttl, rdata, written: data.1, at, data_at });
        }
        Ok(())
    }

    #[inline]
    fn ttl(&mut self, head: &Head, first: &Token<'_>) -> Faulty<u32> {
        let Ttls { directive, last, soa_minimum } = self.ttls;
        if head.ttl.is_some() {
            self.ttls.last = head.ttl;
        }
        let ttl = head.ttl.or(directive).or(last).or(soa_minimum).filter(|ttl| u64::from(*ttl) <= MAX_TTL);
        ttl.ok_or_else(|| {
            first.fault("the record has no TTL", "write `$TTL 3600` at the top, or a TTL behind the owner")
        })
    }

    fn note_soa(&mut self) {
        let minimum = self.rdata.last_chunk::<4>().map(|octets| u32::from_be_bytes(*octets));
        self.ttls.soa_minimum = self.ttls.soa_minimum.or(minimum);
        if self.owner_state == Owner::Known {
            self.soa_owner = self.soa_owner.or(Some(self.owner));
        }
    }

    /// TTL and class, in any order or not at all, and the type.
    #[inline]
    pub fn head<'a>(&mut self, tokens: &mut Tokens<'a>, mut next: Option<Token<'a>>) -> Faulty<Head> {
        let (mut ttl, mut has_class) = (None, false);
        loop {
            let hint = "an entry is: owner [TTL] [IN] type data";
            let token = next.ok_or_else(|| tokens.fault("the record's type is missing", hint))?;
            if token.is_quoted {
                return Err(token.fault("a quoted string where the type should be", hint));
            }
            if token.text.first().is_some_and(u8::is_ascii_digit) {
                if ttl.replace(ttl_of(&token)?).is_some() {
                    return Err(token.fault("a second TTL", hint));
                }
            } else if is_class(&token)? {
                if std::mem::replace(&mut has_class, true) {
                    return Err(token.fault("a second class", hint));
                }
            } else {
                return Ok(Head { ttl, rtype: type_of(&token)? });
            }
            next = tokens.next()?;
        }
    }
}

fn problem(file: u32, fault: Fault) -> Problem {
    let at = Position { file, line: fault.line, column: fault.column };
    Problem { at, what: fault.what, hint: fault.hint }
}

/// A TTL in seconds or with units.
pub(super) fn ttl_of(token: &Token<'_>) -> Faulty<u32> {
    let value = seconds(token.text).ok_or_else(|| {
        let text = token.as_str();
        let address = match text.parse::<Ipv4Addr>().is_ok() {
            true => Some("A"),
            false => text.parse::<Ipv6Addr>().ok().map(|_| "AAAA"),
        };
        match address {
            Some(rtype) => token.fault("an address where the type should be", format!("write: {rtype} {text}")),
            None => token.fault(format!("{} is no TTL", token.shown()), "a TTL is written 3600 or 1h"),
        }
    })?;
    match u32::try_from(value).ok().filter(|_| value <= MAX_TTL) {
        Some(ttl) => Ok(ttl),
        None => Err(token.fault(format!("the TTL {} is over {MAX_TTL} seconds", token.shown()), "write 86400 or less")),
    }
}

/// Whether the token is the class IN; another class is a fault.
#[inline]
fn is_class(token: &Token<'_>) -> Faulty<bool> {
    let text = token.text;
    if text.eq_ignore_ascii_case(b"IN") {
        return Ok(true);
    }
    // No type begins like a class, so most types are told apart by one octet.
    if !matches!(text.first(), Some(b'C' | b'c' | b'H' | b'h')) {
        return Ok(false);
    }
    let number = text.split_at_checked(5).filter(|(prefix, _)| prefix.eq_ignore_ascii_case(b"CLASS"));
    let number = number.and_then(|(_, digits)| record::number(digits));
    match number {
        Some(1) => Ok(true),
        None if ![&b"CH"[..], b"CHAOS", b"HS", b"HESIOD", b"CS"]
            .iter()
            .any(|class| text.eq_ignore_ascii_case(class)) =>
        {
            Ok(false)
        }
        _ => Err(token
            .fault(format!("the class {}", token.shown()), "zones are of class IN; write IN or leave the class out")),
    }
}

#[inline]
fn type_of(token: &Token<'_>) -> Faulty<Rtype> {
    match Rtype::from_word(token.text) {
        Some(rtype) if rtype.is_meta() => {
            Err(token.fault(format!("{rtype} exists only in questions and messages"), "no name has data of this type"))
        }
        Some(rtype) => Ok(rtype),
        None => Err(unknown_type(token)),
    }
}

fn unknown_type(token: &Token<'_>) -> Box<Fault> {
    let text = token.text;
    let hint = if text.starts_with(b"$") {
        "a directive begins in the first column".to_string()
    } else if let Ok(address) = token.as_str().parse::<Ipv6Addr>() {
        format!("the type is missing; write: AAAA {address}")
    } else if let Some(name) = Rtype::nearest(text) {
        format!("did you mean {name}?")
    } else if text.contains(&b'.') {
        format!("the type is missing; to point to a name write: CNAME {}", token.as_str())
    } else {
        "a type without a mnemonic is written TYPE123 (RFC 3597)".to_string()
    };
    token.fault(format!("{} is no record type", quote(text)), hint)
}
