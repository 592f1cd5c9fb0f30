//! A zone's records into a draft: the whole zone at once, in place of the version that was there.

use super::draft::Draft;
use super::facts::{Fact, FactKind};
use super::node::NameId;
use super::owner::{conflict_fact, pack, place, remove, Conflict, Entry, Packed};
use crate::name::Name;
use crate::record::{present, Rtype};
use crate::zonefile::{Position, Record, Sink};
use std::collections::HashSet;

/// A record as it waits for the others of its owner.
#[derive(Clone, Copy)]
struct Waiting {
    owner: NameId,
    target: NameId,
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
    /// How many records have ids; the others have numbers of `names` in their place.
    interned: usize,
    names: Names,
    ids: Vec<NameId>,
    last_owner: usize,
    owners: Owners,
}

const NO_NAME: NameId = NameId(u32::MAX);

/// Names in wire form, one behind the other.
#[derive(Default)]
struct Names {
    octets: Vec<u8>,
    ends: Vec<usize>,
}

impl Names {
    fn push(&mut self, name: &[u8]) -> usize {
        self.octets.extend_from_slice(name);
        self.ends.push(self.octets.len());
        self.ends.len() - 1
    }

    fn get(&self, number: usize) -> Option<&[u8]> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.octets[start..end])
    }

    fn clear(&mut self) {
        self.octets.clear();
        self.ends.clear();
    }
}

/// The owners that were read, and whether the records of each stand together.
#[derive(Default)]
struct Owners {
    bits: Vec<u64>,
    last: Option<NameId>,
    are_scattered: bool,
}

impl Owners {
    fn add(&mut self, owner: NameId) {
        if self.last.replace(owner) == Some(owner) {
            return;
        }
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
    pub changed: Vec<NameId>,
    /// The SOA's.
    pub serial: u32,
    /// What no server can hold, and where it stands, in the order of the text.
    pub refused: Vec<(Fact, Position)>,
}

/// Records are interned so many at a time; the cost of a name's memory is then shared (see `ahead`).
const BATCH: usize = 64;

impl Sink for ZoneBuild {
    fn record(&mut self, record: Record<'_>) {
        let data = self.data.len() as u32;
        self.data.extend_from_slice(record.rdata);
        let len = record.rdata.len() as u16;
        let (owner, target) = (self.owner_number(record.owner), self.target_number(&record));
        self.records.push(Waiting { owner, target, ttl: record.ttl, data, len, rtype: record.rtype, at: record.at });
        if self.names.ends.len() + 2 > BATCH {
            self.intern();
        }
    }
}

/// Whether the data of the type is one name and nothing else.
fn is_one_name(rtype: Rtype) -> bool {
    matches!(rtype, Rtype::CNAME | Rtype::DNAME | Rtype::NS | Rtype::PTR | Rtype::ALIAS)
}

impl ZoneBuild {
    /// Begins a zone on `draft`; about `records` are expected.
    pub fn new(draft: Draft, records: usize) -> ZoneBuild {
        ZoneBuild {
            draft,
            records: Vec::with_capacity(records),
            data: Vec::with_capacity(records * 16),
            interned: 0,
            names: Names::default(),
            ids: Vec::with_capacity(BATCH),
            last_owner: usize::MAX,
            owners: Owners::default(),
        }
    }

    /// The number of an owner among the names that wait to be interned, as if it were its id.
    fn owner_number(&mut self, owner: &Name) -> NameId {
        // The owner read last is most often the owner read next.
        match self.names.get(self.last_owner) {
            Some(last) if last == owner.as_wire() => {}
            _ => self.last_owner = self.names.push(owner.as_wire()),
        }
        NameId(self.last_owner as u32)
    }

    fn target_number(&mut self, record: &Record<'_>) -> NameId {
        match is_one_name(record.rtype) {
            true => NameId(self.names.push(record.rdata) as u32),
            false => NO_NAME,
        }
    }

    /// Turns numbers of names into ids for the records that wait.
    fn intern(&mut self) {
        let names = (0..self.names.ends.len()).filter_map(|number| self.names.get(number));
        self.draft.intern_all(names, &mut self.ids);
        for record in &mut self.records[self.interned..] {
            record.owner = self.ids[record.owner.0 as usize];
            if record.target != NO_NAME {
                record.target = self.ids[record.target.0 as usize];
            }
            self.owners.add(record.owner);
        }
        self.interned = self.records.len();
        self.names.clear();
        self.last_owner = usize::MAX;
    }

    /// Puts the zone into the draft.
    pub fn finish(mut self, origin: &Name) -> Built {
        self.intern();
        let zone = self.draft.intern(origin);
        if self.owners.are_scattered {
            self.records.sort_by_key(|record| record.owner.0);
        }
        let records = std::mem::take(&mut self.records);
        let mut refused = self.judge_zone(&records, zone, origin);
        let (mut changed, mut names, mut kept) = (Vec::new(), 0, 0);
        let (mut entries, mut packed) = (Vec::new(), Packed::new());
        let data = std::mem::take(&mut self.data);
        let mut touched = 0;
        for group in records.chunk_by(|a, b| a.owner == b.owner) {
            if names == touched {
                let coming = records[kept.min(records.len())..].iter().take(BATCH).map(|record| record.owner);
                self.draft.touch(coming);
                touched += BATCH;
            }
            entries.clear();
            entries.extend(group.iter().enumerate().map(|(number, record)| entry(&data, record, number)));
            let owner = group[0].owner;
            match pack(&mut self.draft, &mut entries, owner == zone, &mut packed) {
                Ok(()) if place(&mut self.draft, zone, owner, &packed) => changed.push(owner),
                Ok(()) => {}
                Err(conflicts) => {
                    refused.extend(conflicts.into_iter().map(|c| self.explain(c, group, &entries, zone)));
                }
            }
            names += 1;
            kept += entries.len();
        }
        changed.extend(self.remove_others(zone));
        refused.sort_by_key(|(_, at)| (at.file, at.line, at.column));
        let serial = soa_serial(&records, &data);
        Built { draft: self.draft, zone, records: kept, names, changed, serial, refused }
    }

    /// Takes out what the version before held and this one does not.
    fn remove_others(&mut self, zone: NameId) -> Vec<NameId> {
        if zone.0 >= self.draft.before().ids() || !self.draft.before().slot(zone).is_apex() {
            return Vec::new();
        }
        let gone: Vec<NameId> = self.draft.before().members(zone).filter(|id| !self.owners.has(*id)).collect();
        gone.into_iter().filter(|id| remove(&mut self.draft, zone, *id)).collect()
    }

    /// What is wrong with the zone as a whole: its SOA, and owners that lie outside.
    fn judge_zone(&self, records: &[Waiting], zone: NameId, origin: &Name) -> Vec<(Fact, Position)> {
        let mut refused = Vec::new();
        let (mut inside, mut last_parent) = (HashSet::from([zone]), zone);
        for group in records.chunk_by(|a, b| a.owner == b.owner) {
            let parent = self.draft.parent_of(group[0].owner);
            if parent == last_parent || self.is_inside(group[0].owner, &mut inside) {
                last_parent = if group[0].owner == zone { last_parent } else { parent };
            } else {
                let owner = self.draft.name(group[0].owner);
                let outside =
                    |record: &Waiting| (outside(self.fact(FactKind::Outside, zone, record), &owner, origin), record.at);
                refused.extend(group.iter().map(outside));
            }
        }
        let mut soas: Vec<&Waiting> = records.iter().filter(|record| record.rtype == Rtype::SOA).collect();
        soas.sort_by_key(|record| (record.at.file, record.at.line));
        soas.dedup_by(|b, a| a.owner == b.owner && self.octets(a) == self.octets(b));
        let misplaced = |soa: &Waiting| (misplaced_soa(self.fact(FactKind::SoaMisplaced, zone, soa), origin), soa.at);
        match soas.as_slice() {
            [] => refused.push((no_soa(zone, origin), NOWHERE)),
            [one] if one.owner != zone => refused.push(misplaced(one)),
            [_] => {}
            [one, others @ ..] => refused.extend(
                others.iter().map(|other| (second_soa(self.fact(FactKind::SoaSecond, zone, other), one), other.at)),
            ),
        }
        refused
    }

    fn fact(&self, kind: FactKind, zone: NameId, record: &Waiting) -> Fact {
        let data = self.octets(record).to_vec();
        Fact { ttl: record.ttl, data, ..Fact::new(kind, zone, record.owner, record.rtype) }
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

    fn explain(&self, conflict: Conflict, group: &[Waiting], entries: &[Entry<'_>], zone: NameId) -> (Fact, Position) {
        let owner = self.draft.name(group[0].owner);
        let line = |number: usize| group[number].at.line;
        let shown = |number: usize| {
            let found = entries.iter().find(|entry| entry.number == number);
            found.map_or(String::new(), |entry| format!("{} {}", entry.rtype, present(entry.rtype, entry.data)))
        };
        let (at, detail, hint) = match conflict {
            Conflict::ApexAlias(alias) => (
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
        (Fact { detail, hint, ..conflict_fact(conflict, zone, group[0].owner, entries) }, group[at].at)
    }
}

fn octets<'a>(data: &'a [u8], record: &Waiting) -> &'a [u8] {
    &data[record.data as usize..record.data as usize + record.len as usize]
}

fn entry<'a>(data: &'a [u8], record: &Waiting, number: usize) -> Entry<'a> {
    let target = Some(record.target).filter(|target| *target != NO_NAME);
    Entry { rtype: record.rtype, ttl: record.ttl, data: octets(data, record), number, target }
}

/// The serial of the first SOA (RFC 1035 3.3.13: two names, then the serial).
fn soa_serial(records: &[Waiting], data: &[u8]) -> u32 {
    let soa = records.iter().find(|record| record.rtype == Rtype::SOA).map(|record| octets(data, record));
    soa.and_then(super::soa::serial).unwrap_or(0)
}

const NOWHERE: Position = Position { file: 0, line: 0, column: 0 };

fn outside(fact: Fact, owner: &Name, origin: &Name) -> Fact {
    let detail = format!("{owner} lies outside the zone {origin}");
    let hint = format!("owners are names at or below {origin}; was a final dot written, or the wrong origin given?");
    Fact { detail, hint, ..fact }
}

fn no_soa(zone: NameId, origin: &Name) -> Fact {
    let detail = format!("the zone {origin} has no SOA record");
    let hint = format!("a zone begins with one: {origin} SOA ns1.{origin} hostmaster.{origin} 1 7200 3600 1209600 300");
    Fact { detail, hint, ..Fact::new(FactKind::SoaMissing, zone, zone, Rtype::SOA) }
}

fn misplaced_soa(fact: Fact, origin: &Name) -> Fact {
    let detail = format!("the SOA record does not stand at the zone's apex {origin}");
    Fact { detail, hint: "give the zone's origin, or write the SOA at @".into(), ..fact }
}

fn second_soa(fact: Fact, first: &Waiting) -> Fact {
    let detail = format!("a second SOA record; the first stands on line {}", first.at.line);
    let hint = "a zone has one SOA, at its apex: remove one, or split the file into two zones".into();
    Fact { detail, hint, ..fact }
}
