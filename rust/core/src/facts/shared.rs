//! Addresses that many names repeat.
//!
//! The names are not kept by address, so this looks at every name of the graph, whatever the scope: whether an address is
//! shared, and who names its hosts, is said by names that no edit of them touches. An index by address would cost every
//! edit and each name its room for a fact that nobody asks for while editing; `prepare` leaves it out. Most addresses
//! belong to one name: a small table of counts by hash tells which may belong to more, and only those are sorted.

use super::search::Search;
use super::{Fact, FactKind};
use crate::graph::node::{Below, NameId, Node, Payload, Sets};
use crate::record::Rtype;
use crate::walk::graph::Place;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

const COUNTS: usize = 1 << 20;
/// Owners that a fact names.
const NAMED: usize = 10;

/// Names that hold just an address, and what keeps a name from being one of them.
pub struct Addresses {
    hasher: RandomState,
    counts: Vec<u8>,
    /// (hash of zone and addresses, zone, owner)
    held: Vec<(u64, NameId, NameId)>,
    /// Names that MX, NS or SRV name, by bit.
    hosts: Vec<u64>,
}

/// Data of an A and of an AAAA record.
type Pair<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

/// What of a name's records are its addresses, if it holds nothing but one of a family or of each.
fn addresses<'a>(sets: Sets<'a>) -> Option<Pair<'a>> {
    let (mut four, mut six) = (None, None);
    for set in sets.iter() {
        let slot = match set.rtype {
            Rtype::A => &mut four,
            Rtype::AAAA => &mut six,
            beside if beside.stands_beside_alias() => continue, // the alias that it could be may have them too
            _ => return None,
        };
        let mut data = set.iter();
        *slot = data.next();
        if data.next().is_some() {
            return None;
        }
    }
    (four.is_some() || six.is_some()).then_some((four, six))
}

impl Addresses {
    pub fn new(hasher: RandomState) -> Addresses {
        Addresses { hasher, counts: vec![0; COUNTS], held: Vec::new(), hosts: Vec::new() }
    }

    /// Takes note of a name that nothing hides.
    #[inline]
    pub fn add(&mut self, owner: NameId, payload: &Payload<'_>) {
        let Node::Data(sets, Below::Open) = payload.node() else { return };
        if owner == payload.zone {
            return;
        }
        if let Some(found) = addresses(sets) {
            let hash = self.hasher.hash_one((payload.zone, found));
            let count = &mut self.counts[hash as usize % COUNTS];
            *count = count.saturating_add(1);
            self.held.push((hash, payload.zone, owner));
        }
    }

    /// Takes note of a name that must not become an alias.
    pub fn add_host(&mut self, host: NameId) {
        let (word, bit) = (host.0 as usize / 64, 1 << (host.0 % 64));
        if word >= self.hosts.len() {
            self.hosts.resize((word + 1).next_power_of_two(), 0);
        }
        self.hosts[word] |= bit;
    }

    fn is_host(&self, name: NameId) -> bool {
        self.hosts.get(name.0 as usize / 64).is_some_and(|word| word >> (name.0 % 64) & 1 != 0)
    }

    /// Takes over what another thread found.
    pub fn absorb(&mut self, other: Addresses) {
        for (mine, its) in self.counts.iter_mut().zip(&other.counts) {
            *mine = mine.saturating_add(*its);
        }
        self.held.extend(other.held);
        let longest = self.hosts.len().max(other.hosts.len());
        self.hosts.resize(longest, 0);
        for (mine, its) in self.hosts.iter_mut().zip(other.hosts) {
            *mine |= its;
        }
    }

    /// The groups of names that share an address, `many` or more each.
    fn groups(&mut self, many: usize) -> Vec<Vec<(NameId, NameId)>> {
        let least = many.clamp(1, u8::MAX as usize) as u8;
        let held = std::mem::take(&mut self.held).into_iter();
        let mut held: Vec<_> = held
            .filter(|(hash, _, owner)| self.counts[*hash as usize % COUNTS] >= least && !self.is_host(*owner))
            .collect();
        held.sort_unstable_by_key(|(hash, ..)| *hash);
        let groups = held.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() >= many);
        groups.map(|group| group.iter().map(|(_, zone, owner)| (*zone, *owner)).collect()).collect()
    }
}

impl Search<'_, '_> {
    /// Tells of shared addresses whose first name `is_wanted`.
    pub(super) fn tell_shared(&mut self, mut addresses: Addresses, is_wanted: impl Fn(NameId, NameId) -> bool) {
        for group in addresses.groups(self.asked.many) {
            let mut places: Vec<Place> =
                group.iter().map(|(zone, owner)| Place { zone: *zone, owner: *owner }).collect();
            let named = NAMED.min(places.len());
            if named < places.len() {
                places.select_nth_unstable_by(named - 1, |one, other| self.rank(one, other));
            }
            let first = &mut places[..named];
            first.sort_by(|one, other| self.rank(one, other));
            let Some(Place { zone, owner }) = first.first().copied().filter(|at| is_wanted(at.zone, at.owner)) else {
                continue;
            };
            let Some(payload) = self.snapshot.slot(owner).payload(zone) else { continue };
            let sets = payload.sets();
            let Some(set) = sets.get(Rtype::A).or(sets.get(Rtype::AAAA)) else { continue };
            let fact = Fact {
                ttl: set.ttl,
                data: set.iter().next().unwrap_or_default().to_vec(),
                number: group.len() as u32,
                chain: first.iter().map(|place| self.snapshot.name(place.owner)).collect(),
                ..Fact::new(FactKind::SharedAddress, zone, owner, set.rtype)
            };
            self.facts.add(FactKind::SharedAddress, || fact);
        }
    }
}
