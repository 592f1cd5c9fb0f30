//! What is wrong with a zone that was signed elsewhere. It is served as it is; these are facts to tell.

use super::denial::{places, Denial};
use super::facts::FactKind;
use super::find::Found;
use super::node::{NameId, Node, Payload};
use super::snapshot::Snapshot;
use crate::name::Name;
use crate::record::Rtype;
use std::time::{SystemTime, UNIX_EPOCH};

/// A signed zone that is looked over.
pub struct Signed<'a> {
    snapshot: &'a Snapshot,
    zone: NameId,
    denial: Denial<'a>,
    /// Seconds since 1970, modulo 2^32 as in RRSIG records (RFC 4034 3.1.5).
    now: u32,
}

type Fault = (FactKind, Rtype);

impl Snapshot {
    /// Whether a zone shows any sign of having been signed: at its apex keys, signatures or proofs.
    pub fn is_signed(&self, zone: NameId) -> bool {
        let signs = [Rtype::RRSIG, Rtype::DNSKEY, Rtype::NSEC, Rtype::NSEC3PARAM];
        let apex = self.slot(zone).payload(zone);
        apex.is_some_and(|apex| signs.into_iter().any(|rtype| apex.sets().get(rtype).is_some()))
    }
}

impl<'a> Signed<'a> {
    /// Nothing when the zone shows no sign of having been signed.
    pub fn new(snapshot: &'a Snapshot, zone: NameId) -> Option<Signed<'a>> {
        if !snapshot.is_signed(zone) {
            return None;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as u32);
        Some(Signed { snapshot, zone, denial: snapshot.denial(zone), now })
    }

    /// What is wrong at one name of the zone, with the type that it is about.
    pub fn faults(&self, owner: NameId, payload: &Payload<'a>) -> Vec<Fault> {
        let is_cut = match self.snapshot.find_known(owner, Rtype::A) {
            _ if payload.is_hashed() => false,
            Found::Exact(spot) if spot.zone == self.zone => false,
            Found::Cut(spot) if spot.owner == owner => true,
            // Below a cut or a DNAME: not this zone's to sign.
            _ => return Vec::new(),
        };
        let sets = payload.sets();
        let alias = matches!(payload.node(), Node::Alias(..)).then_some(Rtype::CNAME);
        let types = alias.into_iter().chain(sets.iter().map(|set| set.rtype)).filter(|rtype| *rtype != Rtype::RRSIG);
        let is_ours = |rtype: &Rtype| !is_cut || matches!(*rtype, Rtype::DS | Rtype::NSEC);
        let unsigned = types.filter(is_ours).filter_map(|rtype| Some((self.signature_fault(payload, rtype)?, rtype)));
        // Without keys nothing of the zone can be verified.
        let is_keyless = owner == self.zone && sets.get(Rtype::DNSKEY).is_none();
        let keys = is_keyless.then_some((FactKind::SignatureMissing, Rtype::DNSKEY));
        unsigned.chain(self.denial_fault(owner, payload, is_cut)).chain(keys).collect()
    }

    fn signature_fault(&self, payload: &Payload<'a>, covered: Rtype) -> Option<FactKind> {
        let signatures = payload.sets().get(Rtype::RRSIG);
        let data =
            signatures.iter().flat_map(|set| set.iter()).filter(|data| data.starts_with(&covered.0.to_be_bytes()));
        let expirations: Vec<u32> = data.filter_map(expiration).collect();
        // Serial number arithmetic (RFC 1982), as the fields ask for.
        let is_expired = |expiration: &u32| (self.now.wrapping_sub(*expiration) as i32) > 0;
        match expirations.is_empty() {
            true => Some(FactKind::SignatureMissing),
            false => expirations.iter().all(is_expired).then_some(FactKind::SignatureExpired),
        }
    }

    fn denial_fault(&self, owner: NameId, payload: &Payload<'a>, is_cut: bool) -> Option<Fault> {
        let is_sound = match self.denial {
            Denial::None => false,
            Denial::Nsec => payload.is_empty() || self.leads_on(owner, payload, Rtype::NSEC),
            Denial::Nsec3(_) if payload.sets().get(Rtype::NSEC3).is_some() => {
                self.leads_on(owner, payload, Rtype::NSEC3)
            }
            Denial::Nsec3(parameters) => {
                let (matching, covering) = self.snapshot.nsec3_of(self.zone, parameters, &self.snapshot.name(owner));
                // Opting out leaves out delegations that are not secure, and what only leads to them (RFC 5155 6).
                let may_opt_out = is_cut || payload.is_empty();
                matching.is_some() || (may_opt_out && covering.is_some_and(|owner| self.opts_out(owner)))
            }
        };
        let rtype = if self.denial == Denial::Nsec { Rtype::NSEC } else { Rtype::NSEC3 };
        (!is_sound).then_some((FactKind::DenialBroken, rtype))
    }

    /// Whether the record at a name names the one that follows it.
    fn leads_on(&self, owner: NameId, payload: &Payload<'a>, rtype: Rtype) -> bool {
        let Some(data) = payload.sets().get(rtype).and_then(|set| set.iter().next()) else { return false };
        let keys = places(payload, owner, |id| self.snapshot.name(id));
        let next = keys.first().and_then(|key| self.snapshot.behind(key)).map(|next| self.snapshot.name(next));
        match (rtype, next) {
            (Rtype::NSEC, Some(next)) => Name::from_wire(data).is_ok_and(|named| named == next),
            (_, Some(next)) => next_hash(data).is_some_and(|hash| hash == next.first_label()),
            (_, None) => false,
        }
    }

    fn opts_out(&self, owner: NameId) -> bool {
        let set = self.snapshot.slot(owner).payload(self.zone).and_then(|payload| payload.sets().get(Rtype::NSEC3));
        set.and_then(|set| set.iter().next()).is_some_and(|data| data.get(1).is_some_and(|flags| flags & 1 != 0))
    }
}

/// When a signature expires (RFC 4034 3.1).
fn expiration(data: &[u8]) -> Option<u32> {
    let four = data.get(8..12)?;
    Some(u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
}

/// The next hashed owner of an NSEC3 record (RFC 5155 3.2), as the label that it makes.
fn next_hash(data: &[u8]) -> Option<Vec<u8>> {
    let salt = *data.get(4)? as usize;
    let len = *data.get(5 + salt)? as usize;
    let hash = data.get(6 + salt..6 + salt + len)?;
    let mut label = Vec::with_capacity(32);
    let (mut bits, mut held) = (0u32, 0);
    for octet in hash {
        (bits, held) = (bits << 8 | *octet as u32, held + 8);
        while held >= 5 {
            held -= 5;
            label.push(b"0123456789abcdefghijklmnopqrstuv"[(bits >> held & 31) as usize]);
        }
    }
    Some(label)
}
