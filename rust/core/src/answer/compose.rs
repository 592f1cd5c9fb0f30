//! A chain as the sections of a message.

use super::additional;
use crate::graph::{NameId, Node, Payload, RRset, Sets, Wanted};
use crate::packet::{Section, Writer};
use crate::record::{names_in, soa, Rtype};
use crate::walk::{Chain, End, GraphName, Hop, Kind, Place, Walk};

/// Where the question's name stands in every message.
const QUESTION: usize = crate::packet::HEADER;

/// Writes one chain into one message.
pub(super) struct Composer<'a, 'b> {
    pub walk: &'a Walk<'a>,
    pub writer: &'a mut Writer<'b>,
    pub qtype: Rtype,
    /// Whether signatures and proofs are wanted (RFC 3225).
    pub dnssec_ok: bool,
    /// The NSEC and NSEC3 records that were written: zone and owner.
    pub proved: Vec<(NameId, NameId)>,
}

type GraphChain = Chain<GraphName, Place>;

impl<'a> Composer<'a, '_> {
    /// Writes all sections; what has to be in them and does not fit truncates the message (RFC 2181 9).
    pub fn compose(&mut self, chain: &GraphChain) {
        if !matches!((chain.end, chain.hops.len()), (End::Referral(_) | End::OutOfZone | End::Unknown, 0)) {
            // AA speaks of the first owner (RFC 1035 4.1.1).
            self.writer.set_authoritative();
        }
        self.remember_question();
        if !(self.put_answer(chain) && self.put_authority(chain) && self.put_glue(chain)) {
            return self.writer.set_truncated();
        }
        self.put_hosts(chain);
    }

    /// CNAMEs come first, in the order of the chain; stub resolvers rely on it.
    fn put_answer(&mut self, chain: &GraphChain) -> bool {
        for (number, hop) in chain.hops.iter().enumerate() {
            if !self.put_hop(hop, &chain.hops[..number]) {
                return false;
            }
        }
        match chain.end {
            // A DNAME that made a link of the chain may also be what was asked for.
            End::Data { place, is_wildcard: false } if self.is_in_chain(chain, place) => true,
            End::Data { place, .. } => self.put_data(chain, place),
            End::Overflow(place) => has_dname(&chain.hops, place) || self.put_dname(place),
            _ => true,
        }
    }

    fn put_authority(&mut self, chain: &GraphChain) -> bool {
        let has_fit = match chain.end {
            End::NoData { place, .. } | End::NxDomain(place) => self.put_soa(place.zone),
            End::Referral(place) => self.put_referral(place),
            _ => true,
        };
        has_fit && (!self.dnssec_ok || self.put_proofs(chain))
    }

    /// Each zone that the chain passes through proves its own part.
    fn put_proofs(&mut self, chain: &GraphChain) -> bool {
        for hop in chain.hops.iter().filter(|hop| hop.is_wildcard) {
            if !self.put_expansion(&hop.alias, hop.place) {
                return false;
            }
        }
        let name = || self.walk.name(&self.last_name(chain));
        match chain.end {
            End::Data { place, is_wildcard: true } => self.put_expansion(&self.last_name(chain), place),
            End::NoData { place, is_wildcard: false } => self.prove_no_data(place, &name()),
            End::NoData { place, is_wildcard: true } => self.prove_no_wildcard_data(place, &name()),
            End::NxDomain(place) => self.prove_absence(place, &name()),
            End::Referral(place) => self.prove_delegation(place),
            _ => true,
        }
    }

    fn put_expansion(&mut self, name: &GraphName, wildcard: Place) -> bool {
        let encloser = self.walk.snapshot.slot(wildcard.owner).parent();
        self.prove_expansion(wildcard.zone, &self.walk.name(name), encloser)
    }

    /// The name that the chain ends at.
    fn last_name(&self, chain: &GraphChain) -> GraphName {
        chain.hops.last().map_or_else(|| self.walk.start(), |hop| hop.target.clone())
    }

    fn put_glue(&mut self, chain: &GraphChain) -> bool {
        let End::Referral(cut) = chain.end else { return true };
        let set = self.payload(cut).and_then(|payload| payload.sets().get(Rtype::NS));
        set.is_none_or(|set| additional::put_glue(self, cut, set))
    }

    fn put_hosts(&mut self, chain: &GraphChain) {
        let End::Data { place, .. } = chain.end else { return };
        if self.qtype != Rtype::ANY && !additional::has_hosts(self.qtype) {
            return; // most answers: what they say is not looked at once more
        }
        if let Some((_, set)) = self.answered(place) {
            additional::put_hosts(self, &self.last_name(chain), set);
        }
    }

    fn remember_question(&mut self) {
        let depth = self.walk.asked.labels() - self.walk.missing;
        for (up, id) in self.walk.path.ids().iter().enumerate().take(depth) {
            self.writer.remember(id.0, QUESTION + self.walk.asked.start(depth - up));
        }
    }

    /// What a zone holds at a place.
    pub fn payload(&self, place: Place) -> Option<Payload<'a>> {
        self.walk.snapshot.slot(place.owner).payload(place.zone)
    }

    fn payload_if(&self, is_wanted: bool, place: Place) -> Option<Payload<'a>> {
        is_wanted.then(|| self.payload(place))?
    }

    fn put_hop(&mut self, hop: &Hop<GraphName, Place>, before: &[Hop<GraphName, Place>]) -> bool {
        if hop.kind == Kind::Dname {
            let has_fit = has_dname(before, hop.place) || self.put_dname(hop.place);
            return has_fit && self.put_cname(&hop.alias, hop.ttl, &hop.target, Sets::NONE);
        }
        let signed = self.payload_if(self.dnssec_ok, hop.place).map_or(Sets::NONE, |payload| payload.sets());
        self.put_cname(&hop.alias, hop.ttl, &hop.target, signed)
    }

    /// Writes a CNAME and the signatures over it that `sets` has.
    fn put_cname(&mut self, owner: &GraphName, ttl: u32, target: &GraphName, sets: Sets<'_>) -> bool {
        let mark = self.writer.mark();
        self.put_name(owner);
        let start = self.writer.begin_record(Section::Answer, Rtype::CNAME, ttl);
        self.put_name(target);
        self.writer.end_record(start);
        self.put_signatures(Section::Answer, owner, (Rtype::CNAME, ttl), sets);
        self.writer.settle(mark)
    }

    fn put_dname(&mut self, place: Place) -> bool {
        let sets = self.payload(place).map_or(Sets::NONE, |payload| payload.sets());
        let set = sets.get(Rtype::DNAME);
        set.is_none_or(|set| self.put_signed(Section::Answer, &GraphName::Known(place.owner), set, sets))
    }

    /// The RRset at a place that answers the question, if it is not a CNAME.
    fn answered(&self, place: Place) -> Option<(Sets<'a>, RRset<'a>)> {
        let payload = self.payload(place)?;
        let sets = payload.sets();
        let set = match payload.node() {
            Node::Alias(..) if matches!(self.qtype, Rtype::CNAME | Rtype::ANY) => None,
            // One RRset is enough for ANY (RFC 8482 4.1); signatures and proofs say nothing alone.
            _ if self.qtype == Rtype::ANY => sets.iter().find(|set| !is_proof(set.rtype)).or(sets.iter().next()),
            _ => sets.get(self.qtype),
        };
        set.map(|set| (sets, set))
    }

    fn put_data(&mut self, chain: &GraphChain, place: Place) -> bool {
        let owner = self.last_name(chain);
        if let Some((sets, set)) = self.answered(place) {
            return match set.rtype {
                Rtype::RRSIG => self.put_all_signatures(&owner, place, set),
                _ => self.put_signed(Section::Answer, &owner, set, sets),
            };
        }
        match self.payload(place).map(|payload| payload.node()) {
            Some(Node::Alias(link, proofs)) => self.put_cname(&owner, link.ttl, &GraphName::Known(link.target), proofs),
            _ => true,
        }
    }

    /// Writes RRSIG records that were asked for, each with the TTL of what it covers (RFC 4034 3).
    fn put_all_signatures(&mut self, owner: &GraphName, place: Place, signatures: RRset<'_>) -> bool {
        let node = self.payload(place).map(|payload| payload.node());
        let mark = self.writer.mark();
        for data in signatures.iter() {
            let covered = data.first_chunk().map_or(Rtype(0), |octets| Rtype(u16::from_be_bytes(*octets)));
            let ttl = match node {
                Some(Node::Alias(link, _)) if covered == Rtype::CNAME => Some(link.ttl),
                Some(Node::Alias(_, sets) | Node::Data(sets, _)) => sets.get(covered).map(|set| set.ttl),
                _ => None,
            };
            self.put_name(owner);
            let start = self.writer.begin_record(Section::Answer, Rtype::RRSIG, ttl.unwrap_or(signatures.ttl));
            self.writer.put(data);
            self.writer.end_record(start);
        }
        self.writer.settle(mark)
    }

    /// Whether the RRset at the end is a DNAME that the chain went through.
    fn is_in_chain(&self, chain: &GraphChain, place: Place) -> bool {
        self.qtype == Rtype::DNAME && has_dname(&chain.hops, place)
    }

    /// The SOA that lets a negative answer be remembered, for no longer than it says (RFC 2308 3, 5).
    fn put_soa(&mut self, zone: NameId) -> bool {
        let sets = self.payload(Place { zone, owner: zone }).map_or(Sets::NONE, |payload| payload.sets());
        let Some(set) = sets.get(Rtype::SOA) else { return true };
        let minimum = set.iter().next().and_then(soa::minimum).unwrap_or(set.ttl);
        let set = set.with_ttl(set.ttl.min(minimum));
        self.put_signed(Section::Authority, &GraphName::Known(zone), set, sets)
    }

    /// The delegation's NS records are the child's to sign, not ours.
    fn put_referral(&mut self, cut: Place) -> bool {
        let set = self.payload(cut).and_then(|payload| payload.sets().get(Rtype::NS));
        set.is_none_or(|set| self.put_set(Section::Authority, &GraphName::Known(cut.owner), set))
    }

    /// Writes a whole RRset with the signatures over it that `sets` has, or nothing of it.
    pub fn put_signed(&mut self, section: Section, owner: &GraphName, set: RRset<'_>, sets: Sets<'_>) -> bool {
        let mark = self.writer.mark();
        self.put_records(section, owner, set);
        self.put_signatures(section, owner, (set.rtype, set.ttl), sets);
        self.writer.settle(mark)
    }

    /// Writes a whole RRset, or nothing of it.
    pub fn put_set(&mut self, section: Section, owner: &GraphName, set: RRset<'_>) -> bool {
        let mark = self.writer.mark();
        self.put_records(section, owner, set);
        self.writer.settle(mark)
    }

    fn put_records(&mut self, section: Section, owner: &GraphName, set: RRset<'_>) {
        for data in set.iter() {
            self.put_name(owner);
            let start = self.writer.begin_record(section, set.rtype, set.ttl);
            self.put_rdata(set.rtype, data);
            self.writer.end_record(start);
        }
    }

    /// Writes the RRSIG records that cover a type, with the TTL of what they cover (RFC 4034 3).
    fn put_signatures(&mut self, section: Section, owner: &GraphName, (covered, ttl): (Rtype, u32), sets: Sets<'_>) {
        let Some(signatures) = self.dnssec_ok.then(|| sets.get(Rtype::RRSIG)).flatten() else { return };
        for data in signatures.iter().filter(|data| data.starts_with(&covered.0.to_be_bytes())) {
            self.put_name(owner);
            let start = self.writer.begin_record(section, Rtype::RRSIG, ttl);
            self.writer.put(data);
            self.writer.end_record(start);
        }
    }

    fn put_rdata(&mut self, rtype: Rtype, data: &[u8]) {
        // Only the types of RFC 1035 may have their names compressed (RFC 3597 4).
        if !matches!(rtype, Rtype::NS | Rtype::SOA | Rtype::MX | Rtype::PTR) {
            return self.writer.put(data);
        }
        let mut at = 0;
        for (offset, name) in names_in(rtype, data) {
            self.writer.put(&data[at..offset]);
            self.put_octets(name);
            at = offset + name.len();
        }
        self.writer.put(&data[at..]);
    }

    #[inline]
    fn put_name(&mut self, name: &GraphName) {
        match name {
            GraphName::Asked => self.writer.put_pointer(QUESTION as u16),
            GraphName::Known(id) => self.put_known(*id),
            GraphName::Made(name) => self.put_octets(name.as_wire()),
        }
    }

    #[inline]
    fn put_known(&mut self, mut id: NameId) {
        while id != NameId::ROOT {
            if let Some(offset) = self.writer.recall(id.0) {
                return self.writer.put_pointer(offset);
            }
            let slot = self.walk.snapshot.slot(id);
            let label = slot.label();
            self.writer.remember(id.0, self.writer.position());
            self.writer.put(&[label.len() as u8]);
            self.writer.put(label);
            id = slot.parent();
        }
        self.writer.put(&[0]);
    }

    /// Writes a name given as octets; the part of it that the graph knows may be compressed.
    fn put_octets(&mut self, name: &[u8]) {
        let mut wanted = Wanted::new();
        wanted.set_wire(name, self.walk.snapshot.keys());
        let (path, missing) = self.walk.snapshot.locate(&wanted);
        let known_at = wanted.start(wanted.labels() - missing);
        self.writer.put(&name[..known_at]);
        self.put_known(path.ids()[0]);
    }
}

/// One DNAME may make several links of a chain; it is written once, before the first.
fn has_dname(before: &[Hop<GraphName, Place>], place: Place) -> bool {
    before.iter().any(|hop| hop.kind == Kind::Dname && hop.place == place)
}

fn is_proof(rtype: Rtype) -> bool {
    matches!(rtype, Rtype::RRSIG | Rtype::NSEC | Rtype::NSEC3)
}
