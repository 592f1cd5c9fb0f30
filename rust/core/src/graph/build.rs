//! A zone's records into a draft: the whole zone at once, in place of the version that was there.

use super::draft::Draft;
use super::node::NameId;
use super::owner::{pack, place, remove, Conflict, Entry};
use crate::name::Name;
use crate::record::{present, Rtype};
use crate::zonefile::{Position, Problem, Record, Sink};
use std::collections::HashSet;

/// A record as it waits for the others of its owner.
#[derive(Clone, Copy)]
struct Waiting {
    owner: NameId,
    ttl: u32,
    data: u32,
    len: u16,
    rtype: Rtype,
    at: Position,
}

/// Collects the records of one zone.
pub struct ZoneBuild {
    draft: Draft,
    records: Vec<Waiting>,
    data: Vec<u8>,
    /// The owner read last, which most often is the owner read next.
    last: Option<(Name, NameId)>,
    owners: Owners,
}

/// The owners that were read, and whether the records of each stand together.
#[derive(Default)]
struct Owners {
    bits: Vec<u64>,
    are_scattered: bool,
}

impl Owners {
    fn begin(&mut self, owner: NameId) {
        let (word, bit) = (owner.0 as usize / 64, 1 << (owner.0 % 64));
        if word >= self.bits.len() {
            self.bits.resize((word + 1).next_power_of_two(), 0);
        }
        self.are_scattered |= self.bits[word] & bit != 0;
        self.bits[word] |= bit;
    }

    fn has(&self, owner: NameId) -> bool {
        self.bits.get(owner.0 as usize / 64).is_some_and(|word| word >> (owner.0 % 64) & 1 != 0)
    }
}

/// What a zone came to.
pub struct Built {
    /// The draft with the zone in it; worth committing only without problems.
    pub draft: Draft,
    /// The apex.
    pub zone: NameId,
    /// Records, each counted once.
    pub records: usize,
    /// Owners.
    pub names: usize,
    /// Owners that hold something else than before.
    pub changed: usize,
    /// The SOA's.
    pub serial: u32,
    /// What no server can hold.
    pub problems: Vec<Problem>,
}

impl Sink for ZoneBuild {
    fn record(&mut self, record: Record<'_>) {
        let owner = match &self.last {
            Some((name, id)) if name.as_wire() == record.owner.as_wire() => *id,
            _ => {
                let id = self.draft.intern(record.owner);
                self.last = Some((*record.owner, id));
                self.owners.begin(id);
                id
            }
        };
        let data = self.data.len() as u32;
        self.data.extend_from_slice(record.rdata);
        let len = record.rdata.len() as u16;
        self.records.push(Waiting { owner, ttl: record.ttl, data, len, rtype: record.rtype, at: record.at });
    }
}

impl ZoneBuild {
    /// Begins a zone on `draft`; about `records` are expected.
    pub fn new(draft: Draft, records: usize) -> ZoneBuild {
        let data = Vec::with_capacity(records * 16);
        ZoneBuild { draft, records: Vec::with_capacity(records), data, last: None, owners: Owners::default() }
    }

    /// Puts the zone into the draft.
    pub fn finish(mut self, origin: &Name) -> Built {
        let zone = self.draft.intern(origin);
        if self.owners.are_scattered {
            self.records.sort_by_key(|record| record.owner.0);
        }
        let records = std::mem::take(&mut self.records);
        let mut problems = self.judge_zone(&records, zone, origin);
        let (mut changed, mut names, mut kept) = (0, 0, 0);
        let mut entries = Vec::new();
        let data = std::mem::take(&mut self.data);
        for group in records.chunk_by(|a, b| a.owner == b.owner) {
            entries.clear();
            entries.extend(group.iter().enumerate().map(|(number, record)| entry(&data, record, number)));
            match pack(&mut self.draft, &mut entries, group[0].owner == zone) {
                Ok(packed) => changed += place(&mut self.draft, zone, group[0].owner, &packed) as usize,
                Err(conflict) => problems.push(self.explain(conflict, group, &entries, zone)),
            }
            names += 1;
            kept += entries.len();
        }
        changed += self.remove_others(zone);
        problems.sort_by_key(|problem| (problem.at.file, problem.at.line, problem.at.column));
        let serial = soa_serial(&records, &data);
        Built { draft: self.draft, zone, records: kept, names, changed, serial, problems }
    }

    /// Takes out what the version before held and this one does not.
    fn remove_others(&mut self, zone: NameId) -> usize {
        if zone.0 >= self.draft.before().ids() || !self.draft.before().slot(zone).is_apex() {
            return 0;
        }
        let gone: Vec<NameId> = self.draft.before().members(zone).filter(|id| !self.owners.has(*id)).collect();
        gone.into_iter().filter(|id| remove(&mut self.draft, zone, *id)).count()
    }

    /// What is wrong with the zone as a whole: its SOA, and owners that lie outside.
    fn judge_zone(&self, records: &[Waiting], zone: NameId, origin: &Name) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut inside: HashSet<NameId> = HashSet::from([zone]);
        for group in records.chunk_by(|a, b| a.owner == b.owner) {
            if !self.is_inside(group[0].owner, &mut inside) {
                let owner = self.draft.name(group[0].owner);
                problems.extend(group.iter().map(|record| outside(record, &owner, origin)));
            }
        }
        let mut soas: Vec<&Waiting> = records.iter().filter(|record| record.rtype == Rtype::SOA).collect();
        soas.sort_by_key(|record| (record.at.file, record.at.line));
        soas.dedup_by(|b, a| a.owner == b.owner && self.octets(a) == self.octets(b));
        match soas.as_slice() {
            [] => problems.push(no_soa(origin)),
            [one] if one.owner != zone => problems.push(misplaced_soa(one, origin)),
            [_] => {}
            [one, others @ ..] => problems.extend(others.iter().map(|other| second_soa(one, other))),
        }
        problems
    }

    fn octets(&self, record: &Waiting) -> &[u8] {
        octets(&self.data, record)
    }

    /// Whether a name lies at or below the apex; `inside` remembers the parents that do.
    fn is_inside(&self, id: NameId, inside: &mut HashSet<NameId>) -> bool {
        let (mut at, mut path) = (id, Vec::new());
        while !inside.contains(&at) {
            if at == NameId::ROOT {
                return false;
            }
            path.push(at);
            at = self.draft.parent_of(at);
        }
        inside.extend(path.into_iter().skip(1));
        true
    }

    fn explain(&self, conflict: Conflict, group: &[Waiting], entries: &[Entry<'_>], zone: NameId) -> Problem {
        let owner = self.draft.name(group[0].owner);
        let line = |number: usize| group[number].at.line;
        let shown = |number: usize| {
            let found = entries.iter().find(|entry| entry.number == number);
            found.map_or(String::new(), |entry| format!("{} {}", entry.rtype, present(entry.rtype, entry.data)))
        };
        let (at, what, hint) = match conflict {
            Conflict::AliasWithOtherData(alias, _) if group[0].owner == zone => (
                alias,
                format!("{owner} is the zone's apex and cannot be an alias ({})", shown(alias)),
                "the apex holds SOA and NS, and an alias stands alone; use ALIAS, or give the apex an address".into(),
            ),
            Conflict::AliasWithOtherData(alias, other) => (
                alias,
                format!("{owner} is an alias and also has {} (line {})", shown(other), line(other)),
                "an alias stands alone (RFC 1034 3.6.2): remove the CNAME, or the other records".into(),
            ),
            Conflict::MultipleAliases(one, two) => (
                two,
                format!("{owner} is an alias of two names: {} and {} (line {})", shown(two), shown(one), line(one)),
                "an alias has one target: remove one of the two".into(),
            ),
            Conflict::MultipleDnames(one, two) => (
                two,
                format!("{owner} has two DNAMEs: {} and {} (line {})", shown(two), shown(one), line(one)),
                "a name has one DNAME (RFC 6672 2.4): remove one of the two".into(),
            ),
            Conflict::DnameWithNs(dname, ns) => (
                dname,
                format!("{owner} has a DNAME and is delegated by {} (line {})", shown(ns), line(ns)),
                "what lies below can be redirected or delegated, not both (RFC 6672 2.3): remove one".into(),
            ),
        };
        Problem { at: group[at].at, what, hint }
    }
}

fn octets<'a>(data: &'a [u8], record: &Waiting) -> &'a [u8] {
    &data[record.data as usize..record.data as usize + record.len as usize]
}

fn entry<'a>(data: &'a [u8], record: &Waiting, number: usize) -> Entry<'a> {
    Entry { rtype: record.rtype, ttl: record.ttl, data: octets(data, record), number }
}

/// The serial of the first SOA (RFC 1035 3.3.13: two names, then the serial).
fn soa_serial(records: &[Waiting], data: &[u8]) -> u32 {
    let soa = records.iter().find(|record| record.rtype == Rtype::SOA).map(|record| octets(data, record));
    soa.and_then(super::soa::serial).unwrap_or(0)
}

fn outside(record: &Waiting, owner: &Name, origin: &Name) -> Problem {
    Problem {
        at: record.at,
        what: format!("{owner} lies outside the zone {origin}"),
        hint: format!("owners are names at or below {origin}; was a final dot written, or the wrong origin given?"),
    }
}

fn no_soa(origin: &Name) -> Problem {
    Problem {
        at: Position { file: 0, line: 0, column: 0 },
        what: format!("the zone {origin} has no SOA record"),
        hint: format!("a zone begins with one: {origin} SOA ns1.{origin} hostmaster.{origin} 1 7200 3600 1209600 300"),
    }
}

fn misplaced_soa(soa: &Waiting, origin: &Name) -> Problem {
    Problem {
        at: soa.at,
        what: format!("the SOA record does not stand at the zone's apex {origin}"),
        hint: "give the zone's origin, or write the SOA at @".into(),
    }
}

fn second_soa(first: &Waiting, other: &Waiting) -> Problem {
    Problem {
        at: other.at,
        what: format!("a second SOA record; the first stands on line {}", first.at.line),
        hint: "a zone has one SOA, at its apex: remove one, or split the file into two zones".into(),
    }
}
