//! The order in which a signed zone denies names: its NSEC owners in canonical order, its NSEC3 owners by hash.
//!
//! The sets are kept by every publication, so that the record which covers a name is found by one descent. Only owners
//! that hold NSEC or NSEC3 are in them: an unsigned zone pays nothing.

use super::node::{NameId, Payload};
use super::ordered::Ordered;
use super::snapshot::Snapshot;
use crate::name::Name;
use crate::record::Rtype;
use sha1::{Digest, Sha1};

/// Where an owner stands in the order of its zone. Keys compare without their owner.
#[derive(Clone, Debug)]
pub struct OrderKey {
    zone: NameId,
    /// 0 for NSEC, else what the NSEC3 parameters are known by.
    series: u32,
    /// The first octets of the place, so that comparing rarely needs the others.
    head: u128,
    rest: Box<[u8]>,
    /// Who stands there.
    pub owner: NameId,
}

impl OrderKey {
    fn new(zone: NameId, series: u32, place: &[u8], owner: NameId) -> OrderKey {
        let mut head = [0; 16];
        let len = place.len().min(16);
        head[..len].copy_from_slice(&place[..len]);
        OrderKey { zone, series, head: u128::from_be_bytes(head), rest: place[len..].into(), owner }
    }

    fn parts(&self) -> (NameId, u32, u128, &[u8]) {
        (self.zone, self.series, self.head, &self.rest)
    }
}

impl PartialEq for OrderKey {
    fn eq(&self, other: &OrderKey) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for OrderKey {}

impl Ord for OrderKey {
    fn cmp(&self, other: &OrderKey) -> std::cmp::Ordering {
        self.parts().cmp(&other.parts())
    }
}

impl PartialOrd for OrderKey {
    fn partial_cmp(&self, other: &OrderKey) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// A name below `apex` as octets whose order is the canonical one (RFC 4034 6.1): labels from the right, each closed by
/// 0; within a label 0 and 1 are written as 1 1 and 1 2, so that a label sorts before all that begin with it.
fn canonical_place(name: &Name, apex: &Name) -> Vec<u8> {
    let below = name.label_count().saturating_sub(apex.label_count());
    let labels: Vec<&[u8]> = name.labels().take(below).collect();
    let mut place = Vec::with_capacity(name.len());
    for label in labels.iter().rev() {
        for octet in label.iter().map(u8::to_ascii_lowercase) {
            match octet {
                0 | 1 => place.extend([1, octet + 1]),
                other => place.push(other),
            }
        }
        place.push(0);
    }
    place
}

/// How a zone's NSEC3 owners were made (RFC 5155 3.1, 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nsec3Parameters<'a> {
    algorithm: u8,
    iterations: u16,
    salt: &'a [u8],
}

impl<'a> Nsec3Parameters<'a> {
    /// Reads them from the data of an NSEC3 or NSEC3PARAM record, which begin alike.
    pub fn read(data: &'a [u8]) -> Option<Nsec3Parameters<'a>> {
        let salt = data.get(5..5 + *data.get(4)? as usize)?;
        Some(Nsec3Parameters { algorithm: data[0], iterations: u16::from_be_bytes([data[2], data[3]]), salt })
    }

    /// What the series of owners made with these is known by; never 0.
    fn series(&self) -> u32 {
        let octets = [self.algorithm, (self.iterations >> 8) as u8, self.iterations as u8];
        let step = |sum: u32, octet: &u8| (sum ^ *octet as u32).wrapping_mul(0x0100_0193);
        octets.iter().chain(self.salt).fold(0x811c_9dc5, step) | 1
    }

    /// The hash of a name (RFC 5155 5).
    fn hash(&self, name: &Name) -> [u8; 20] {
        let name = name.to_lowercase();
        let mut digest: [u8; 20] = Sha1::new().chain_update(name.as_wire()).chain_update(self.salt).finalize().into();
        for _ in 0..self.iterations {
            digest = Sha1::new().chain_update(digest).chain_update(self.salt).finalize().into();
        }
        digest
    }
}

/// The octets of a label in base32hex without padding (RFC 4648 7), if it is 20 octets' worth.
fn read_hash(label: &[u8]) -> Option<[u8; 20]> {
    let mut hash = [0; 20];
    if label.len() != 32 {
        return None;
    }
    for (five, eight) in hash.chunks_mut(5).zip(label.chunks(8)) {
        let mut bits = 0u64;
        for digit in eight {
            let value = match digit.to_ascii_lowercase() {
                digit @ b'0'..=b'9' => digit - b'0',
                digit @ b'a'..=b'v' => digit - b'a' + 10,
                _ => return None,
            };
            bits = bits << 5 | value as u64;
        }
        five.copy_from_slice(&bits.to_be_bytes()[3..]);
    }
    Some(hash)
}

/// The places in the order that a payload gives its owner; most give none.
pub fn places(payload: &Payload<'_>, owner: NameId, name: impl Fn(NameId) -> Name) -> Vec<OrderKey> {
    let sets = payload.sets();
    let mut keys = Vec::new();
    if sets.get(Rtype::NSEC).is_some() {
        let place = canonical_place(&name(owner), &name(payload.zone));
        keys.push(OrderKey::new(payload.zone, 0, &place, owner));
    }
    if let Some(set) = sets.get(Rtype::NSEC3) {
        if let Some(hash) = read_hash(name(owner).first_label()) {
            let series = set.iter().filter_map(Nsec3Parameters::read).map(|parameters| parameters.series());
            keys.extend(series.map(|series| OrderKey::new(payload.zone, series, &hash, owner)));
        }
    }
    keys
}

/// Iterations up to which NSEC3 proofs are made. Each costs a hash per name and query, so a zone could make every
/// question expensive; above this resolvers take a zone for unsigned anyhow (RFC 9276 3.2).
const MOST_ITERATIONS: u16 = 150;

/// How a zone denies names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial<'a> {
    /// It does not: it is not signed, or in a way that is not answered.
    None,
    /// By NSEC (RFC 4034 4).
    Nsec,
    /// By NSEC3 (RFC 5155).
    Nsec3(Nsec3Parameters<'a>),
}

impl Snapshot {
    /// How a zone denies names. A zone on its way from NSEC3 to NSEC has both; either is right then.
    pub fn denial(&self, zone: NameId) -> Denial<'_> {
        let Some(apex) = self.slot(zone).payload(zone) else { return Denial::None };
        if apex.sets().get(Rtype::NSEC).is_some() {
            return Denial::Nsec;
        }
        let parameters = apex.sets().get(Rtype::NSEC3PARAM).and_then(|set| set.iter().next());
        match parameters.and_then(Nsec3Parameters::read) {
            // SHA-1 is the one algorithm there is (RFC 5155 11).
            Some(parameters) if parameters.algorithm == 1 && parameters.iterations <= MOST_ITERATIONS => {
                Denial::Nsec3(parameters)
            }
            _ => Denial::None,
        }
    }

    /// The owner of the NSEC record at or before a name.
    pub fn nsec_at_or_before(&self, zone: NameId, name: &Name) -> Option<NameId> {
        let place = canonical_place(name, &self.name(zone));
        let key = OrderKey::new(zone, 0, &place, zone);
        let found = self.order.at_or_before(&key)?;
        (found.zone == zone && found.series == 0).then_some(found.owner)
    }

    /// The owner at or before a name's place in the order in which its zone denies names; before the first stands the
    /// last. For the owner of an NSEC3 record that is the place of its own name.
    pub(crate) fn before_in_order(&self, zone: NameId, name: &Name) -> Option<NameId> {
        match self.denial(zone) {
            Denial::None => None,
            Denial::Nsec => self.nsec_at_or_before(zone, name),
            Denial::Nsec3(parameters) => {
                let series = parameters.series();
                let is_ours = |found: &&OrderKey| found.zone == zone && found.series == series;
                let at =
                    |place: &[u8]| self.order.at_or_before(&OrderKey::new(zone, series, place, zone)).filter(is_ours);
                let hash = read_hash(name.first_label())?;
                at(&hash).or_else(|| at(&[0xff; 24])).map(|found| found.owner)
            }
        }
    }

    /// The owner of the NSEC3 record of a name, and the owner of the one that covers its hash.
    pub fn nsec3_of(
        &self,
        zone: NameId,
        parameters: Nsec3Parameters<'_>,
        name: &Name,
    ) -> (Option<NameId>, Option<NameId>) {
        let series = parameters.series();
        let key = OrderKey::new(zone, series, &parameters.hash(name), zone);
        let is_ours = |found: &&OrderKey| found.zone == zone && found.series == series;
        match self.order.at_or_before(&key).filter(is_ours) {
            Some(found) if *found == key => (Some(found.owner), None),
            Some(found) => (None, Some(found.owner)),
            None => {
                // Before the first hash stands the last (RFC 5155 3.1.7).
                let end = OrderKey::new(zone, series, &[0xff; 24], zone);
                (None, self.order.at_or_before(&end).filter(is_ours).map(|found| found.owner))
            }
        }
    }

    /// The owner that stands behind another in the order of a zone, the first one behind the last.
    pub(crate) fn behind(&self, key: &OrderKey) -> Option<NameId> {
        let is_ours = |found: &&OrderKey| (found.zone, found.series) == (key.zone, key.series);
        let start = OrderKey::new(key.zone, key.series, &[], key.zone);
        let next = self.order.iter_after(key).next().filter(is_ours);
        next.or_else(|| self.order.iter_from(&start).next().filter(is_ours)).map(|found| found.owner)
    }
}

/// The order of all signed zones.
pub type Order = Ordered<OrderKey>;

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.parse().expect("a name")
    }

    #[test]
    fn places_have_the_canonical_order() {
        // RFC 4034 6.1, and labels with the octets that are written in two.
        let order = [
            "example",
            "a.example",
            "yljkjljk.a.example",
            "Z.a.example",
            "zABC.a.EXAMPLE",
            "z.example",
            "\\000.z.example",
            "\\000\\000.z.example",
            "\\001.z.example",
            "*.z.example",
            "\\200.z.example",
        ];
        let places: Vec<_> = order.iter().map(|text| canonical_place(&name(text), &name("example"))).collect();
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
        let keys = places.iter().map(|place| OrderKey::new(NameId(1), 0, place, NameId(2)));
        assert!(keys.clone().zip(keys.skip(1)).all(|(one, two)| one < two));
    }

    #[test]
    fn the_hashes_of_rfc_5155_appendix_a() {
        let parameters = Nsec3Parameters { algorithm: 1, iterations: 12, salt: &[0xaa, 0xbb, 0xcc, 0xdd] };
        for (text, hash) in [
            ("example", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"),
            ("a.example", "35mthgpgcu1qg68fab165klnsnk3dpvl"),
            ("x.w.example", "b4um86eghhds6nea196smvmlo4ors995"),
            ("*.w.example", "r53bq7cc2uvmubfu5ocmm6pers9tk9en"),
        ] {
            assert_eq!(read_hash(hash.as_bytes()), Some(parameters.hash(&name(text))), "{text}");
        }
        assert_eq!(read_hash(b"0p9mhaveqvm6t7vbl5lop2u3t2rp3toz"), None);
        assert_eq!(read_hash(b"www"), None);
    }
}
