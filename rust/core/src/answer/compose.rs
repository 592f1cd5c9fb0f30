//! A chain as the sections of a message.

use super::additional;
use crate::graph::{
    soa_minimum, Chain, End, GraphName, Hop, Kind, Link, NameId, Node, Payload, Place, RRset, Walk, Wanted,
};
use crate::packet::{Section, Writer};
use crate::record::{names_in, Rtype};

/// Where the question's name stands in every message.
const QUESTION: usize = crate::packet::HEADER;

/// Writes one chain into one message.
pub(super) struct Composer<'a, 'b> {
    pub walk: &'a Walk<'a>,
    pub writer: &'a mut Writer<'b>,
    pub qtype: Rtype,
}

impl<'a> Composer<'a, '_> {
    /// Writes all sections. CNAMEs come first, in the order of the chain; stub resolvers rely on it.
    pub fn compose(&mut self, chain: &Chain<GraphName, Place>) {
        if !matches!((chain.end, chain.hops.len()), (End::Referral(_) | End::OutOfZone | End::Unknown, 0)) {
            // AA speaks of the first owner (RFC 1035 4.1.1).
            self.writer.set_authoritative();
        }
        self.remember_question();
        for (number, hop) in chain.hops.iter().enumerate() {
            if !self.put_hop(hop, &chain.hops[..number]) {
                return self.writer.set_truncated();
            }
        }
        let has_fit = match chain.end {
            // A DNAME that made a link of the chain may also be what was asked for.
            End::Data { place, is_wildcard: false } if self.is_in_chain(chain, place) => true,
            End::Data { place, .. } => self.put_data(chain, place),
            End::NoData(place) | End::NxDomain(place) => self.put_soa(place.zone),
            End::Referral(place) => self.put_referral(place),
            End::Overflow(place) => has_dname(&chain.hops, place) || self.put_dname(place),
            End::Link | End::Loop | End::TooLong | End::OutOfZone | End::Unknown => true,
        };
        if !has_fit {
            self.writer.set_truncated();
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

    fn put_hop(&mut self, hop: &Hop<GraphName, Place>, before: &[Hop<GraphName, Place>]) -> bool {
        if hop.kind == Kind::Dname && !has_dname(before, hop.place) && !self.put_dname(hop.place) {
            return false;
        }
        let mark = self.writer.mark();
        self.put_name(&hop.alias);
        let start = self.writer.begin_record(Section::Answer, Rtype::CNAME, hop.ttl);
        self.put_name(&hop.target);
        self.writer.end_record(start);
        self.writer.settle(mark)
    }

    fn put_dname(&mut self, place: Place) -> bool {
        let set = self.payload(place).and_then(|payload| payload.sets().get(Rtype::DNAME));
        set.is_none_or(|set| self.put_set(Section::Answer, &GraphName::Known(place.owner), set))
    }

    fn put_data(&mut self, chain: &Chain<GraphName, Place>, place: Place) -> bool {
        let start = self.walk.start();
        let owner = chain.hops.last().map_or(&start, |hop| &hop.target);
        let Some(payload) = self.payload(place) else { return true };
        let set = match payload.node() {
            Node::Alias(link, _) if matches!(self.qtype, Rtype::CNAME | Rtype::ANY) => {
                return self.put_link(owner, link)
            }
            // One RRset is enough for ANY (RFC 8482 4.1).
            node if self.qtype == Rtype::ANY => sets_of(&node).next(),
            _ => payload.sets().get(self.qtype),
        };
        let Some(set) = set else { return true };
        if !self.put_set(Section::Answer, owner, set) {
            return false;
        }
        additional::put_hosts(self, owner, set);
        true
    }

    /// Whether the RRset at the end is a DNAME that the chain went through.
    fn is_in_chain(&self, chain: &Chain<GraphName, Place>, place: Place) -> bool {
        self.qtype == Rtype::DNAME && has_dname(&chain.hops, place)
    }

    fn put_link(&mut self, owner: &GraphName, link: Link) -> bool {
        let mark = self.writer.mark();
        self.put_name(owner);
        let start = self.writer.begin_record(Section::Answer, Rtype::CNAME, link.ttl);
        self.put_known(link.target);
        self.writer.end_record(start);
        self.writer.settle(mark)
    }

    /// The SOA that lets a negative answer be remembered, for no longer than it says (RFC 2308 3, 5).
    fn put_soa(&mut self, zone: NameId) -> bool {
        let payload = self.payload(Place { zone, owner: zone });
        let Some(set) = payload.and_then(|payload| payload.sets().get(Rtype::SOA)) else { return true };
        let minimum = set.iter().next().and_then(soa_minimum).unwrap_or(set.ttl);
        let set = set.with_ttl(set.ttl.min(minimum));
        self.put_set(Section::Authority, &GraphName::Known(zone), set)
    }

    fn put_referral(&mut self, cut: Place) -> bool {
        let set = self.payload(cut).and_then(|payload| payload.sets().get(Rtype::NS));
        let Some(set) = set else { return true };
        self.put_set(Section::Authority, &GraphName::Known(cut.owner), set) && additional::put_glue(self, cut, set)
    }

    /// Writes a whole RRset, or nothing of it.
    pub fn put_set(&mut self, section: Section, owner: &GraphName, set: RRset<'_>) -> bool {
        let mark = self.writer.mark();
        for data in set.iter() {
            self.put_name(owner);
            let start = self.writer.begin_record(section, set.rtype, set.ttl);
            self.put_rdata(set.rtype, data);
            self.writer.end_record(start);
        }
        self.writer.settle(mark)
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

fn sets_of<'a>(node: &Node<'a>) -> impl Iterator<Item = RRset<'a>> {
    let sets = match node {
        Node::Empty => crate::graph::Sets::NONE,
        Node::Alias(_, sets) | Node::Data(sets, _) => *sets,
    };
    // Signatures say nothing alone.
    sets.iter().filter(|set| set.rtype != Rtype::RRSIG)
}
