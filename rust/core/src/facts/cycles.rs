//! Cycles of aliases: each is one fact, of the first of its records.
//!
//! A walk of answers ends after `max_chain` hops, and a cycle may be longer. So where a walk ends there it is walked on
//! to its end, once for all names that it passes: what came of it is kept for them.

use super::search::{At, Search};
use super::{Fact, FactKind, Names};
use crate::graph::node::NameId;
use crate::record::Rtype;
use crate::walk::follow::{follow, Chain, End, Hop, Kind, Limits, Lookup};
use crate::walk::graph::{GraphName, Place};
use crate::walk::links::Far;
use std::cmp::Ordering;
use std::collections::HashMap;

/// Most hops of a walk to its end. What is longer counts as endless but no cycle.
const FAR: usize = 100_000;
/// The same where names are compared one by one.
const FAR_BELOW: usize = 1_000;
/// In place of a cycle's number: the walk meets none.
const NONE: u32 = u32::MAX;

/// A cycle.
#[derive(Clone)]
pub struct Cycle {
    /// Zone and owner of its first record, and what kind that is.
    first: (NameId, NameId, Kind),
    ttl: u32,
    chain: Names,
}

/// Cycles that are longer than answers follow, and which names lead to which of them, by type of question.
#[derive(Default)]
pub struct Cycles {
    known: HashMap<Rtype, HashMap<NameId, u32>>,
    cycles: Vec<Cycle>,
}

impl<'a> Search<'a, '_> {
    /// The cycle that ends a walk.
    pub(super) fn cycle<L: Lookup<Name = GraphName, Place = Place>>(
        &self,
        lookup: &L,
        chain: &Chain<GraphName, Place>,
    ) -> Option<Cycle> {
        let back = &chain.hops.last()?.target;
        let start = chain.hops.iter().position(|hop| lookup.is_same(&hop.alias, back))?;
        let hops = &chain.hops[start..];
        let has_alias = hops.iter().any(|hop| hop.kind != Kind::Dname);
        let candidates = (0..hops.len()).filter(|at| !has_alias || hops[*at].kind != Kind::Dname);
        let at = candidates.min_by(|one, other| self.rank(&hops[*one].place, &hops[*other].place))?;
        let first = &hops[at];
        let aliases = hops[at..].iter().chain(&hops[..at]).map(|hop| &hop.alias);
        // All names below a name may come back as fewer of them.
        let end = if at == 0 { back } else { &first.alias };
        Some(Cycle {
            first: (first.place.zone, first.place.owner, first.kind),
            ttl: first.ttl,
            chain: aliases.chain([end]).map(|name| self.links.walk.name(name)).collect(),
        })
    }

    /// Which of two places comes first.
    pub(super) fn rank(&self, one: &Place, other: &Place) -> Ordering {
        let by_order = match self.asked.order {
            Some(order) => order(one.zone, one.owner).cmp(&order(other.zone, other.owner)),
            None => Ordering::Equal,
        };
        let by_name = || self.snapshot.compare(one.owner, other.owner);
        by_order.then_with(by_name).then_with(|| self.snapshot.compare(one.zone, other.zone))
    }

    /// Tells of a cycle if `rtype` at `at` is its first record.
    pub(super) fn tell_cycle(&mut self, cycle: &Cycle, at: At, rtype: Rtype, data: impl FnOnce() -> Vec<u8>) {
        let (zone, owner, kind) = cycle.first;
        if (zone, owner, kind.rtype()) != (at.zone, at.owner, rtype) || !self.asked.kinds.has(FactKind::Loop) {
            return;
        }
        let fact = Fact::new(FactKind::Loop, zone, owner, rtype);
        let number = cycle.chain.iter().count().saturating_sub(1) as u32;
        let fact = || Fact {
            ttl: cycle.ttl,
            data: data(),
            chain: cycle.chain.clone(),
            end: End::<Place>::Loop.word(),
            number,
            ..fact
        };
        self.facts.add(FactKind::Loop, fact);
    }

    /// The cycle that a walk from `start` comes to, however far away.
    pub(super) fn far_cycle<L: Lookup<Name = GraphName, Place = Place>>(
        &mut self,
        lookup: &L,
        start: &GraphName,
        qtype: Rtype,
    ) -> Option<Cycle> {
        let is_exact = qtype != Rtype::DNAME;
        let known = self.cycles.known.remove(&qtype).unwrap_or_default();
        let max_chain = if is_exact { FAR } else { FAR_BELOW };
        let mut chain = Chain::new();
        let limits = Limits { max_chain, within_zone: false };
        follow(&Far::new(lookup, &known, is_exact), start.clone(), qtype, limits, &mut chain);
        let last = chain.hops.last().map_or(start, |hop| &hop.target);
        let number = match (&chain.end, last) {
            (End::Loop, _) => self.cycle(lookup, &chain).map_or(NONE, |cycle| {
                self.cycles.cycles.push(cycle);
                self.cycles.cycles.len() as u32 - 1
            }),
            (End::Unknown, GraphName::Known(id)) => known.get(id).copied().unwrap_or(NONE),
            _ => NONE,
        };
        self.keep(known, &chain.hops, qtype, number);
        self.cycles.cycles.get(number as usize).cloned()
    }

    fn keep(&mut self, mut known: HashMap<NameId, u32>, hops: &[Hop<GraphName, Place>], qtype: Rtype, number: u32) {
        let passed = hops.iter().filter_map(|hop| match hop.alias {
            GraphName::Known(id) => Some((id, number)),
            _ => None,
        });
        known.extend(passed);
        self.cycles.known.insert(qtype, known);
    }
}
