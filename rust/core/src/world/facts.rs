//! Facts about the files, each where its record stands.

use super::places::{Finder, TextSpot};
use super::{Table, World};
use crate::facts::{record_facts, Asked, Fact, FactKind, Facts, Kinds, Other, Scope, Shown};
use crate::graph::build::{Refusal, Row, Rows, Why};
use crate::graph::node::NameId;
use crate::record::Rtype;
use crate::zonefile::{Position, Problem};
use std::collections::HashSet;

/// A fact and where it stands.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The fact. Zone and owner are [`NameId::NONE`] when the zone's name is not known.
    pub fact: Fact,
    /// Where the record's first field stands.
    pub at: TextSpot,
    /// Line and column of the record's data.
    pub data_at: (u32, u32),
    /// Where the record stands that the fact names besides its own.
    pub other_at: Option<TextSpot>,
}

/// Kinds that come from reading, not from the graph.
const OF_READING: Kinds = Kinds::of(&[
    FactKind::ConflictAliasData,
    FactKind::ConflictApexAlias,
    FactKind::ConflictAliases,
    FactKind::ConflictDnames,
    FactKind::ConflictDnameNs,
    FactKind::Outside,
    FactKind::SoaMissing,
    FactKind::SoaSecond,
    FactKind::SoaMisplaced,
    FactKind::NsMissing,
    FactKind::Unreadable,
    FactKind::ZoneTwice,
    FactKind::TtlsDiffer,
    FactKind::OctalEscape,
]);
/// Kinds that one record shows by itself, whether it is in the graph or not.
const OF_ONE_RECORD: Kinds = Kinds::of(&[
    FactKind::TargetAddress,
    FactKind::OddTarget,
    FactKind::HostCharacters,
    FactKind::TtlZero,
    FactKind::AliasNotFollowed,
]);
/// The other kinds of the graph, which a record that is left out does not show.
const OF_THE_GRAPH: Kinds = Kinds::ALL.without(OF_READING);

impl World {
    /// The facts of the kinds asked for, in the order of the files, lines and columns; of some owners or of all.
    /// `asked.order` is not looked at: files have an order of their own.
    pub fn facts(&self, scope: Option<&[NameId]>, asked: &Asked<'_>) -> Vec<Placed> {
        let within = scope.map(|owners| owners.iter().copied().collect::<HashSet<NameId>>());
        let is_within = |owner: NameId| within.as_ref().is_none_or(|within| within.contains(&owner));
        let mut placed = self.of_reading(asked.kinds, within.is_none(), &is_within);
        let mut finder = Finder::new(self);
        let order = |zone: NameId, owner: NameId| self.order(zone, owner);
        let all = Asked { limit: usize::MAX, order: Some(&order), services: asked.services.clone(), ..*asked };
        let left_out = self.of_left_out(&all, &is_within);
        let found = self.of_the_graph(scope, &all);
        placed.extend(left_out.into_iter().chain(found).map(|fact| self.place(fact, &mut finder)));
        placed.sort_by_key(|placed| placed.at);
        placed.truncate(asked.limit);
        placed
    }

    fn of_the_graph(&self, scope: Option<&[NameId]>, asked: &Asked<'_>) -> Vec<Fact> {
        if !asked.kinds.has_any(OF_THE_GRAPH) {
            return Vec::new();
        }
        let zones: Vec<_> = self.zones().cloned().collect();
        let scope = scope.map_or(Scope::All, Scope::Owners);
        let kinds = asked.kinds.without(OF_READING);
        let asked = Asked { kinds, services: asked.services.clone(), ..*asked };
        self.snapshot.facts(&zones, scope, &asked, self.limits).first
    }

    fn of_left_out(&self, asked: &Asked<'_>, is_within: &dyn Fn(NameId) -> bool) -> Vec<Fact> {
        let mut facts = Facts::new(usize::MAX);
        if !asked.kinds.has_any(OF_ONE_RECORD) {
            return Vec::new();
        }
        for table in &self.tables {
            let Some(zone) = &table.zone else { continue };
            let rows = table.left_out.iter().map(|number| &table.rows[*number as usize]);
            for row in rows.filter(|row| is_within(row.owner)) {
                let Row { owner, rtype, ttl, .. } = *row;
                let shown = Shown { owner, rtype, ttl, data: row.octets(&table.data) };
                record_facts(zone, shown, &|id| self.snapshot.name(id), asked, &mut facts);
            }
        }
        facts.first
    }

    fn place(&self, fact: Fact, finder: &mut Finder<'_>) -> Placed {
        let other = fact.other.as_ref().and_then(|other| finder.find(fact.zone, other.owner, other.rtype, &other.data));
        let other_at = other.map(|(table, row)| self.tables[table].spot(table, &self.tables[table].rows[row as usize]));
        match finder.find(fact.zone, fact.owner, fact.rtype, &fact.data) {
            Some((number, row)) => {
                let table = &self.tables[number];
                let row = &table.rows[row as usize];
                Placed { fact, at: table.spot(number, row), data_at: row.data_at, other_at }
            }
            // A name that no record stands at: the zone's file as a whole.
            None => {
                let number =
                    self.tables.iter().position(|table| table.zone.is_some() && table.origin == Some(fact.zone));
                Placed { fact, at: TextSpot::whole(number.unwrap_or(0)), data_at: (0, 0), other_at }
            }
        }
    }

    fn of_reading(&self, kinds: Kinds, is_all: bool, is_within: &dyn Fn(NameId) -> bool) -> Vec<Placed> {
        let mut placed = Vec::new();
        if !kinds.has_any(OF_READING) {
            return placed;
        }
        for (number, table) in self.tables.iter().enumerate() {
            if is_all && kinds.has(FactKind::Unreadable) {
                placed.extend(table.problems.iter().map(|problem| table.unreadable(number, problem)));
            }
            if is_all && kinds.has(FactKind::OctalEscape) {
                placed.extend(table.remarks.iter().map(|remark| table.octal_escape(number, remark)));
            }
            if kinds.has(FactKind::TtlsDiffer) {
                let differing = table.differing.iter().filter(|(row, _)| is_within(table.rows[*row as usize].owner));
                placed.extend(differing.map(|(row, other)| table.ttls_differ(number, *row, *other)));
            }
            let twin = table.twin.filter(|_| kinds.has(FactKind::ZoneTwice));
            placed.extend(twin.and_then(|twin| self.zone_twice(number, twin)).filter(|it| is_within(it.fact.owner)));
            let Some(origin) = table.origin.filter(|_| !table.refusals.is_empty()) else { continue };
            let origin_name = self.snapshot.name(origin);
            let rows = Rows { rows: &table.rows, data: &table.data, origin: &origin_name };
            for refusal in table.refusals.iter().filter(|refusal| kinds.has(refusal.why.kind())) {
                let owner = table.row(refusal.row).map_or(origin, |row| row.owner);
                if is_within(owner) {
                    placed.push(self.refused(number, refusal, &rows, owner));
                }
            }
        }
        placed
    }

    fn refused(&self, number: usize, refusal: &Refusal, rows: &Rows<'_>, owner: NameId) -> Placed {
        let table = &self.tables[number];
        let zone = table.origin.unwrap_or(NameId::ROOT);
        let (mut fact, _) = rows.fact(refusal, zone, &self.snapshot.name(owner));
        if refusal.why == Why::NoNs {
            fact.rtype = Rtype::NS;
        }
        // What the zone lacks stands where the zone begins: at its SOA, if it has one.
        let row = table.row(refusal.row).or_else(|| table.rows.iter().find(|row| row.rtype == Rtype::SOA));
        Placed {
            fact,
            at: row.map_or(TextSpot::whole(number), |row| table.spot(number, row)),
            data_at: row.map_or((0, 0), |row| row.data_at),
            other_at: table.row(refusal.other).map(|row| table.spot(number, row)),
        }
    }

    fn zone_twice(&self, number: usize, twin: usize) -> Option<Placed> {
        let zone = self.tables[number].origin?;
        let mut fact = Fact::new(FactKind::ZoneTwice, zone, zone, Rtype::SOA);
        fact.detail = self.tables[twin].files[0].display().to_string();
        let at = TextSpot::whole(number);
        Some(Placed { fact, at, data_at: (0, 0), other_at: Some(TextSpot::whole(twin)) })
    }
}

impl Table {
    fn row(&self, number: Option<u32>) -> Option<&Row> {
        self.rows.get(number? as usize)
    }

    fn ttls_differ(&self, number: usize, row: u32, other: u32) -> Placed {
        let (row, other) = (&self.rows[row as usize], &self.rows[other as usize]);
        let zone = self.origin.unwrap_or(NameId::ROOT);
        let fact = Fact {
            ttl: row.ttl,
            data: row.octets(&self.data).to_vec(),
            number: other.ttl,
            other: Some(Box::new(Other {
                owner: other.owner,
                rtype: other.rtype,
                data: other.octets(&self.data).to_vec(),
            })),
            ..Fact::new(FactKind::TtlsDiffer, zone, row.owner, row.rtype)
        };
        let other_at = Some(self.spot(number, other));
        Placed { fact, at: self.spot(number, row), data_at: row.data_at, other_at }
    }

    fn octal_escape(&self, number: usize, remark: &Problem) -> Placed {
        let placed = self.unreadable(number, remark);
        Placed { fact: Fact { kind: FactKind::OctalEscape, ..placed.fact }, ..placed }
    }

    fn unreadable(&self, number: usize, problem: &Problem) -> Placed {
        let zone = self.origin.unwrap_or(NameId::NONE);
        let Position { file, line, column } = problem.at;
        let (detail, hint) = (problem.what.clone(), problem.hint.clone());
        Placed {
            fact: Fact { detail, hint, ..Fact::new(FactKind::Unreadable, zone, zone, Rtype(0)) },
            at: TextSpot { table: number as u32, file, line, column },
            data_at: (line, column),
            other_at: None,
        }
    }
}
