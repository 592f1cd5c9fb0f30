//! What following a link shows.
//!
//! The record itself is the first hop; the walk begins at the name that it names.

use super::search::{At, Search};
use super::{Fact, FactKind, Kinds, Names};
use crate::graph::node::{Link, NameId, Node, Payload, RRset};
use crate::name::Name;
use crate::record::is_alias_mode;
use crate::record::Rtype;
use crate::walk::find::Found;
use crate::walk::follow::{follow, Chain, End, Hop, Kind, Limits};
use crate::walk::graph::{GraphName, Place};
use crate::walk::links::forwarding;

const OF_ALIAS: Kinds = Kinds::of(&[
    FactKind::Loop,
    FactKind::TooLong,
    FactKind::LongChain,
    FactKind::Overflow,
    FactKind::AliasChain,
    FactKind::TargetMissing,
    FactKind::TargetEmpty,
]);
const OF_HOST: Kinds =
    Kinds::of(&[FactKind::TargetMissing, FactKind::HostIsAlias, FactKind::HostWithoutAddress, FactKind::GlueMissing]);
const OF_SERVICE: Kinds = Kinds::of(&[FactKind::Loop, FactKind::TargetMissing]);
const OF_DNAME: Kinds =
    Kinds::of(&[FactKind::Loop, FactKind::TooLong, FactKind::LongChain, FactKind::Overflow, FactKind::TargetMissing]);

/// A record that is followed.
#[derive(Clone, Copy)]
struct Record<'d> {
    at: At,
    rtype: Rtype,
    ttl: u32,
    target: &'d GraphName,
    /// Wire form; that of an alias is its target.
    data: Option<&'d [u8]>,
}

type Hops = [Hop<GraphName, Place>];

impl<'a> Search<'a, '_> {
    pub(super) fn follow_alias(&mut self, at: At, link: Link) {
        if self.asked.kinds.has_any(OF_ALIAS) {
            let target = GraphName::Known(link.target);
            self.judge_alias(Record { at, rtype: Rtype::CNAME, ttl: link.ttl, target: &target, data: None });
        }
    }

    /// Any other link but DNAME. Of several that hand on all questions only the first is followed.
    pub(super) fn follow_link(
        &mut self,
        at: At,
        rtype: Rtype,
        ttl: u32,
        data: &[u8],
        target: &Name,
        is_first: &mut bool,
    ) {
        let id = self.snapshot.id(target);
        let target = id.map_or_else(|| GraphName::Made(Box::new(*target)), GraphName::Known);
        let record = Record { at, rtype, ttl, target: &target, data: Some(data) };
        let leads_on = is_alias_mode(rtype, data) && std::mem::take(is_first);
        match rtype {
            Rtype::ALIAS if self.asked.kinds.has_any(OF_ALIAS) => self.judge_alias(record),
            Rtype::MX | Rtype::NS | Rtype::SRV if self.asked.kinds.has_any(OF_HOST) => self.judge_host(record),
            Rtype::SVCB | Rtype::HTTPS if self.asked.kinds.has_any(OF_SERVICE) => self.judge_service(record, leads_on),
            Rtype::PTR if self.asked.kinds.has_any(OF_HOST) => self.judge_pointer(record),
            _ => {}
        }
    }

    fn walk(&mut self, target: &GraphName, qtype: Rtype, most: usize) -> Chain<GraphName, Place> {
        let mut chain = std::mem::replace(&mut self.chain, Chain::new());
        let limits = Limits { max_chain: most, within_zone: false };
        follow(self.links, target.clone(), qtype, limits, &mut chain);
        chain
    }

    /// The names of a walk, from the owner on.
    fn passed(&self, record: &Record<'_>, hops: &Hops) -> Names {
        let names = [self.snapshot.name(record.at.owner), self.links.walk.name(record.target)];
        names.into_iter().chain(hops.iter().map(|hop| self.links.walk.name(&hop.target))).collect()
    }

    fn data(&self, record: &Record<'_>) -> Vec<u8> {
        match record.data {
            Some(data) => data.to_vec(),
            None => self.links.walk.name(record.target).as_wire().to_vec(),
        }
    }

    fn tell_walk(&mut self, kind: FactKind, record: &Record<'_>, hops: &Hops, end: &'static str) {
        if self.asked.kinds.has(kind) && self.facts.count(kind) {
            let fact = Fact {
                ttl: record.ttl,
                data: self.data(record),
                chain: self.passed(record, hops),
                end,
                number: hops.len() as u32 + 1,
                ..Fact::new(kind, record.at.zone, record.at.owner, record.rtype)
            };
            self.facts.first.push(fact);
        }
    }

    fn payload(&self, place: &Place) -> Option<Payload<'a>> {
        self.snapshot.slot(place.owner).payload(place.zone)
    }

    fn judge_alias(&mut self, record: Record<'_>) {
        let chain = self.walk(record.target, Rtype::A, self.max_chain.saturating_sub(1));
        // What an ALIAS hands on is no part of the chain that clients see: there is data at its owner.
        let plain = chain.hops.iter().take_while(|hop| matches!(hop.kind, Kind::Cname | Kind::Dname)).count();
        let hops = &chain.hops[..plain];
        match (&chain.end, plain == chain.hops.len()) {
            (End::Loop, _) => {
                if let Some(cycle) = self.cycle(self.links, &chain) {
                    self.tell_cycle_of(&cycle, &record);
                }
            }
            (End::TooLong, is_plain) => self.judge_endless(&record, hops, is_plain),
            (end, true) => self.judge_end(&record, hops, end),
            (_, false) => self.judge_handed_on(&record, &chain.hops, plain),
        }
        self.chain = chain;
    }

    fn tell_cycle_of(&mut self, cycle: &super::cycles::Cycle, record: &Record<'_>) {
        let data = self.data(record);
        self.tell_cycle(cycle, record.at, record.rtype, || data);
    }

    /// A walk of as many hops as answers follow: it may be a cycle all the same.
    fn judge_endless(&mut self, record: &Record<'_>, hops: &Hops, is_plain: bool) {
        match self.far_cycle(self.links, record.target, Rtype::A) {
            Some(cycle) => self.tell_cycle_of(&cycle, record),
            None if is_plain => self.tell_walk(FactKind::TooLong, record, hops, End::<Place>::TooLong.word()),
            None => self.judge_length(record, hops, "data"),
        }
    }

    fn judge_end(&mut self, record: &Record<'_>, hops: &Hops, end: &End<Place>) {
        let word = end.word();
        match end {
            End::NxDomain(_) => self.tell_walk(FactKind::TargetMissing, record, hops, word),
            End::Overflow(_) => return self.tell_walk(FactKind::Overflow, record, hops, word),
            End::Data { place, .. } | End::NoData { place, .. } => {
                let payload = self.payload(place);
                if !payload.is_some_and(|payload| is_useful(&payload, record.rtype)) {
                    self.tell_walk(FactKind::TargetEmpty, record, hops, word);
                }
                if let Some(payload) = payload.filter(|payload| has_services(payload)) {
                    self.judge_mixed(record, &payload);
                }
            }
            _ => {}
        }
        self.judge_length(record, hops, word);
    }

    fn judge_length(&mut self, record: &Record<'_>, hops: &Hops, end: &'static str) {
        if hops.len() + 1 >= self.asked.long {
            self.tell_walk(FactKind::LongChain, record, hops, end);
        }
        if record.rtype == Rtype::CNAME && !hops.is_empty() && end != End::NxDomain(()).word() {
            let between = if hops.iter().any(|hop| hop.is_wildcard) { "wildcard" } else { "" };
            self.tell_chain(record, hops, end, between);
        }
    }

    /// A chain that ends at a name whose ALIAS hands questions on.
    fn judge_handed_on(&mut self, record: &Record<'_>, hops: &Hops, plain: usize) {
        match hops.get(plain).filter(|hop| plain == 0 && hop.place.owner == hop.place.zone) {
            Some(_) if record.rtype == Rtype::CNAME => self.tell_chain(record, &hops[..1], "data", "apex"),
            _ => self.judge_length(record, &hops[..plain], "data"),
        }
    }

    fn tell_chain(&mut self, record: &Record<'_>, hops: &Hops, end: &'static str, between: &str) {
        let before = self.facts.first.len();
        self.tell_walk(FactKind::AliasChain, record, hops, end);
        self.facts.first[before..].iter_mut().for_each(|fact| fact.detail = between.to_string());
    }

    /// An alias whose name holds HTTPS or SVCB records: they may lead back.
    fn judge_mixed(&mut self, record: &Record<'_>, payload: &Payload<'a>) {
        for qtype in [Rtype::HTTPS, Rtype::SVCB] {
            if record.rtype == Rtype::CNAME && forwarding(payload, qtype).is_some() {
                self.judge_service_loop(record, qtype);
            }
        }
    }

    fn judge_service_loop(&mut self, record: &Record<'_>, qtype: Rtype) {
        if !self.asked.kinds.has(FactKind::Loop) {
            return;
        }
        let mut chain = Chain::new();
        let limits = Limits { max_chain: self.max_chain, within_zone: false };
        follow(self.links, record.target.clone(), qtype, limits, &mut chain);
        let cycle = match chain.end {
            End::Loop => self.cycle(self.links, &chain),
            End::TooLong => self.far_cycle(self.links, record.target, qtype),
            _ => None,
        };
        if let Some(cycle) = cycle {
            self.tell_cycle_of(&cycle, record);
        }
    }

    fn judge_service(&mut self, record: Record<'_>, leads_on: bool) {
        let chain = self.walk(record.target, Rtype::A, self.max_chain);
        if let End::NxDomain(_) = chain.end {
            self.tell_walk(FactKind::TargetMissing, &record, &chain.hops, chain.end.word());
        }
        self.chain = chain;
        if leads_on {
            self.judge_service_loop(&record, record.rtype);
        }
    }

    fn judge_pointer(&mut self, record: Record<'_>) {
        let chain = self.walk_to_name(&record);
        self.chain = chain;
    }

    /// Walks to a name that is no alias, or should be none, and exists, or should.
    fn walk_to_name(&mut self, record: &Record<'_>) -> Chain<GraphName, Place> {
        let chain = self.walk(record.target, Rtype::A, self.max_chain);
        let word = chain.end.word();
        if chain.hops.first().is_some_and(|hop| matches!(hop.kind, Kind::Cname | Kind::Dname)) {
            self.tell_walk(FactKind::HostIsAlias, record, &chain.hops, word);
        }
        if let End::NxDomain(_) = chain.end {
            self.tell_walk(FactKind::TargetMissing, record, &chain.hops, word);
        }
        chain
    }

    fn judge_host(&mut self, record: Record<'_>) {
        let chain = self.walk_to_name(&record);
        match &chain.end {
            End::Data { place, .. } | End::NoData { place, .. }
                if !self.payload(place).is_some_and(|payload| has_address(&payload)) =>
            {
                self.tell_walk(FactKind::HostWithoutAddress, &record, &chain.hops, chain.end.word());
            }
            _ => {}
        }
        self.chain = chain;
        if record.rtype == Rtype::NS && record.at.is_cut {
            self.judge_glue(&record);
        }
    }

    /// A name server at or below the cut that it stands at: the parent must know its address (RFC 9471).
    fn judge_glue(&mut self, record: &Record<'_>) {
        let host = self.links.walk.name(record.target);
        if !host.is_at_or_below(&self.snapshot.name(record.at.owner)) {
            return;
        }
        let held = match record.target {
            GraphName::Known(id) => self.payload(&Place { zone: record.at.zone, owner: *id }),
            _ => None,
        };
        match held.map(|payload| (payload.node(), payload)) {
            Some((Node::Alias(link, _), _)) => {
                let place = Place { zone: record.at.zone, owner: self.known(record.target) };
                let (alias, target) = (record.target.clone(), GraphName::Known(link.target));
                let hop = Hop { alias, target, place, ttl: link.ttl, kind: Kind::Cname, is_wildcard: false };
                self.tell_walk(FactKind::HostIsAlias, record, &[hop], End::<Place>::Referral(place).word());
            }
            Some((_, payload)) if has_address(&payload) => {}
            _ => self.tell_walk(FactKind::GlueMissing, record, &[], ""),
        }
    }

    fn known(&self, name: &GraphName) -> NameId {
        match name {
            GraphName::Known(id) => *id,
            _ => NameId::ROOT,
        }
    }

    /// Walks all names below a DNAME at once.
    pub(super) fn follow_dname(&mut self, at: At, set: RRset<'a>) {
        let Some(data) = set.iter().next().filter(|_| self.asked.kinds.has_any(OF_DNAME)) else { return };
        let Ok(target) = Name::from_wire(data) else { return };
        let target = self.links.walk.known_or_made(target);
        let record = Record { at, rtype: Rtype::DNAME, ttl: set.ttl, target: &target, data: Some(data) };
        let start = GraphName::Known(at.owner);
        let mut chain = std::mem::replace(&mut self.chain, Chain::new());
        let limits = Limits { max_chain: self.max_chain, within_zone: false };
        follow(self.below, start.clone(), Rtype::DNAME, limits, &mut chain);
        let hops = chain.hops.get(1..).unwrap_or_default();
        match &chain.end {
            End::Loop => {
                if let Some(cycle) = self.cycle(self.below, &chain) {
                    self.tell_cycle_of(&cycle, &record);
                }
            }
            End::TooLong => match self.far_cycle(self.below, &start, Rtype::DNAME) {
                Some(cycle) => self.tell_cycle_of(&cycle, &record),
                None => self.tell_walk(FactKind::TooLong, &record, hops, chain.end.word()),
            },
            End::Overflow(_) => self.tell_walk(FactKind::Overflow, &record, hops, chain.end.word()),
            _ => {
                if hops.len() + 1 >= self.asked.long {
                    self.tell_walk(FactKind::LongChain, &record, hops, "");
                }
            }
        }
        self.chain = chain;
        if let GraphName::Known(id) = target {
            if matches!(self.snapshot.find_known(id, Rtype::A), Found::Absent { .. }) {
                let end = End::NxDomain(()).word();
                self.tell_walk(FactKind::TargetMissing, &record, &[], end);
            }
        }
    }
}

fn has_services(payload: &Payload<'_>) -> bool {
    payload.sets().iter().any(|set| matches!(set.rtype, Rtype::HTTPS | Rtype::SVCB))
}

fn has_address(payload: &Payload<'_>) -> bool {
    payload.sets().iter().any(|set| matches!(set.rtype, Rtype::A | Rtype::AAAA | Rtype::ALIAS))
}

/// Whether a client that came by a record of the type finds something at a name: for ALIAS an address, else anything
/// but what belongs to zones and their signatures: NS SOA DS RRSIG NSEC DNSKEY NSEC3 NSEC3PARAM CDS CDNSKEY CSYNC ZONEMD
/// CAA.
pub fn is_useful(payload: &Payload<'_>, rtype: Rtype) -> bool {
    let is_of_zone = |rtype: Rtype| matches!(rtype.0, 2 | 6 | 43 | 46 | 47 | 48 | 50 | 51 | 59 | 60 | 62 | 63 | 257);
    match rtype {
        Rtype::ALIAS => has_address(payload),
        _ => matches!(payload.node(), Node::Alias(..)) || payload.sets().iter().any(|set| !is_of_zone(set.rtype)),
    }
}
