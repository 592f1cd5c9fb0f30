//! What is wrong with a zone that was signed elsewhere. It is served as it is; these are facts to tell.

use crate::facts::{FactKind, Kinds};
use crate::graph::denial::{places, Denial, Nsec3Parameters};
use crate::graph::node::{NameId, Node, Payload};
use crate::graph::snapshot::Snapshot;
use crate::name::Name;
use crate::record::Rtype;
use crate::walk::find::Found;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashSet};
use std::time::{SystemTime, UNIX_EPOCH};

/// The kinds that one name of a signed zone shows.
pub const OF_SIGNED: Kinds = Kinds::of(&[
    FactKind::SignatureExpired,
    FactKind::SignatureMissing,
    FactKind::SignatureEarly,
    FactKind::SignatureVoid,
    FactKind::SignatureUnfit,
    FactKind::DenialBroken,
    FactKind::ZoneSigned,
    FactKind::SetSigned,
]);

/// A signed zone that is looked over.
pub struct Signed<'a> {
    snapshot: &'a Snapshot,
    zone: NameId,
    denial: Denial<'a>,
    /// Seconds since 1970, modulo 2^32 as in RRSIG records (RFC 4034 3.1.5).
    now: u32,
    /// The owners of NSEC3 records that stand for a name of the zone, once somebody asked.
    standing: OnceCell<HashSet<NameId>>,
}

/// What is wrong at a name: the kind, the type that it is about, and what the kind tells besides.
pub type Fault = (FactKind, Rtype, String);

impl Snapshot {
    /// Whether a zone shows any sign of having been signed: at its apex keys, signatures or proofs.
    pub fn is_signed(&self, zone: NameId) -> bool {
        let signs = [Rtype::RRSIG, Rtype::DNSKEY, Rtype::NSEC, Rtype::NSEC3PARAM];
        let apex = self.slot(zone).payload(zone);
        apex.is_some_and(|apex| signs.into_iter().any(|rtype| apex.sets().get(rtype).is_some()))
    }
}

/// The signatures of a payload over a type, in wire form.
pub fn signatures_over<'a>(payload: &Payload<'a>, covered: Rtype) -> impl Iterator<Item = &'a [u8]> {
    let all = payload.sets().get(Rtype::RRSIG);
    all.into_iter().flat_map(|set| set.iter()).filter(move |data| data.starts_with(&covered.0.to_be_bytes()))
}

impl<'a> Signed<'a> {
    /// Nothing when the zone shows no sign of having been signed.
    pub fn new(snapshot: &'a Snapshot, zone: NameId) -> Option<Signed<'a>> {
        if !snapshot.is_signed(zone) {
            return None;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as u32);
        Some(Signed { snapshot, zone, denial: snapshot.denial(zone), now, standing: OnceCell::new() })
    }

    /// What is wrong at one name of the zone.
    pub fn faults(&self, owner: NameId, payload: &Payload<'a>) -> Vec<Fault> {
        let Some(is_cut) = self.is_cut(owner, payload) else { return Vec::new() };
        let name = self.snapshot.name(owner);
        let own = own_sets(payload, is_cut);
        let sets = own.iter().filter(|(rtype, _)| signatures_over(payload, *rtype).next().is_some());
        let sets: Vec<Fault> = sets.map(|(rtype, _)| (FactKind::SetSigned, *rtype, String::new())).collect();
        let unsigned = own.into_iter().filter_map(|(rtype, _)| self.signature_fault(payload, &name, rtype));
        // Without keys nothing of the zone can be verified.
        let is_keyless = owner == self.zone && payload.sets().get(Rtype::DNSKEY).is_none();
        let keys = is_keyless.then_some((FactKind::SignatureMissing, Rtype::DNSKEY, String::new()));
        let signed = (owner == self.zone).then_some((FactKind::ZoneSigned, Rtype::SOA, String::new()));
        let denial = self.denial_fault(owner, payload, is_cut);
        unsigned.chain(void_signatures(payload)).chain(denial).chain(keys).chain(signed).chain(sets).collect()
    }

    /// The RRsets at a name that the zone has to sign, with their TTLs in seconds.
    pub fn own_sets(&self, owner: NameId, payload: &Payload<'a>) -> Vec<(Rtype, u32)> {
        self.is_cut(owner, payload).map_or_else(Vec::new, |is_cut| own_sets(payload, is_cut))
    }

    /// What is wrong about a name that is not there: an NSEC3 record that says it is, and its owner.
    pub fn fault_of_absent(&self, name: &Name) -> Option<(NameId, Fault)> {
        let Denial::Nsec3(parameters) = self.denial else { return None };
        let (matching, _) = self.snapshot.nsec3_of(self.zone, parameters, name);
        matching.map(|owner| (owner, (FactKind::DenialBroken, Rtype::NSEC3, format!("gone {name}"))))
    }

    /// An NSEC3 record that stands for no name of the zone: the name that it hashes cannot be denied. The first question
    /// costs a hash of each name, so it is none for edits.
    pub fn fault_of_idle(&self, owner: NameId, payload: &Payload<'a>) -> Option<Fault> {
        let Denial::Nsec3(parameters) = self.denial else { return None };
        let set = payload.sets().get(Rtype::NSEC3)?;
        let is_in_use = set.iter().filter_map(Nsec3Parameters::read).any(|other| other == parameters);
        let is_idle = is_in_use && !self.standing(parameters).contains(&owner);
        is_idle.then(|| (FactKind::DenialBroken, Rtype::NSEC3, "gone".to_owned()))
    }

    fn standing(&self, parameters: Nsec3Parameters<'_>) -> &HashSet<NameId> {
        self.standing.get_or_init(|| {
            let names = self.snapshot.members(self.zone).map(|id| self.snapshot.name(id));
            names.filter_map(|name| self.snapshot.nsec3_of(self.zone, parameters, &name).0).collect()
        })
    }

    /// Who stands for a name in the order of denial, or else before it; for each way of denying.
    pub fn denier(&self, name: &Name) -> Option<NameId> {
        match self.denial {
            Denial::None => None,
            Denial::Nsec => self.snapshot.nsec_at_or_before(self.zone, name),
            Denial::Nsec3(parameters) => {
                let (matching, covering) = self.snapshot.nsec3_of(self.zone, parameters, name);
                matching.or(covering)
            }
        }
    }

    /// Whether a name is a zone cut; nothing where it is not this zone's to sign: below a cut or a DNAME.
    fn is_cut(&self, owner: NameId, payload: &Payload<'a>) -> Option<bool> {
        match self.snapshot.find_known(owner, Rtype::A) {
            _ if payload.is_hashed() => Some(false),
            Found::Exact(spot) if spot.zone == self.zone => Some(false),
            Found::Cut(spot) if spot.owner == owner => Some(true),
            _ => None,
        }
    }

    fn signature_fault(&self, payload: &Payload<'a>, name: &Name, covered: Rtype) -> Option<Fault> {
        let mut first = None;
        for data in signatures_over(payload, covered) {
            let (kind, detail) = self.wrong_with(data, name)?;
            first = first.or(Some((kind, covered, detail.to_owned())));
        }
        first.or(Some((FactKind::SignatureMissing, covered, String::new())))
    }

    /// Why a signature is none of an RRset with this owner (RFC 4035 5.3.1), as far as its fields tell. Its original TTL need
    /// not be that of the RRset: validators take the lower one (RFC 4035 5.3.3).
    fn wrong_with(&self, data: &[u8], name: &Name) -> Option<(FactKind, &'static str)> {
        let number =
            |at: usize| data.get(at..at + 4).map_or(0, |four| u32::from_be_bytes([four[0], four[1], four[2], four[3]]));
        // Serial number arithmetic (RFC 1982), as the fields ask for.
        let is_past = |time: u32| (self.now.wrapping_sub(time) as i32) > 0;
        let labels = name.label_count() - name.is_wildcard() as usize;
        let is_ours = || {
            data.get(18..).is_some_and(|rest| Name::from_wire(rest).is_ok_and(|it| it == self.snapshot.name(self.zone)))
        };
        match () {
            () if is_past(number(8)) => Some((FactKind::SignatureExpired, "")),
            () if !is_past(number(12)) && number(12) != self.now => Some((FactKind::SignatureEarly, "")),
            () if data.get(3).copied() != Some(labels as u8) => Some((FactKind::SignatureUnfit, "labels")),
            () if !is_ours() => Some((FactKind::SignatureUnfit, "signer")),
            () => None,
        }
    }

    fn denial_fault(&self, owner: NameId, payload: &Payload<'a>, is_cut: bool) -> Option<Fault> {
        let rtype = if self.denial == Denial::Nsec { Rtype::NSEC } else { Rtype::NSEC3 };
        let detail = match self.denial {
            Denial::None => Some("absent".to_owned()),
            Denial::Nsec if payload.is_empty() => None,
            Denial::Nsec => self.record_fault(owner, payload, Rtype::NSEC, || own_types(payload, is_cut)),
            Denial::Nsec3(_) if payload.sets().get(Rtype::NSEC3).is_some() => {
                self.record_fault(owner, payload, Rtype::NSEC3, BTreeSet::new)
            }
            Denial::Nsec3(parameters) => {
                let (matching, covering) = self.snapshot.nsec3_of(self.zone, parameters, &self.snapshot.name(owner));
                // Opting out leaves out delegations that are not secure, and what only leads to them (RFC 5155 6).
                let may_opt_out = (is_cut && payload.sets().get(Rtype::DS).is_none()) || payload.is_empty();
                match matching {
                    Some(hashed) => {
                        self.nsec3(hashed).and_then(|data| differing(data, Rtype::NSEC3, &own_types(payload, is_cut)))
                    }
                    None if may_opt_out && covering.is_some_and(|owner| self.opts_out(owner)) => None,
                    None => Some(self.absent(owner)),
                }
            }
        };
        detail.map(|detail| (FactKind::DenialBroken, rtype, detail))
    }

    fn absent(&self, owner: NameId) -> String {
        let denier = self.denier(&self.snapshot.name(owner)).map(|id| self.snapshot.name(id).to_string());
        format!("absent {}", denier.unwrap_or_default()).trim_end().to_owned()
    }

    /// What is wrong with the record at a name: it does not name the one that follows it, or has other types.
    fn record_fault(
        &self,
        owner: NameId,
        payload: &Payload<'a>,
        rtype: Rtype,
        types: impl FnOnce() -> BTreeSet<u16>,
    ) -> Option<String> {
        let Some(data) = payload.sets().get(rtype).and_then(|set| set.iter().next()) else {
            return Some(self.absent(owner));
        };
        let keys = places(payload, owner, |id| self.snapshot.name(id));
        let next = keys.first().and_then(|key| self.snapshot.behind(key)).map(|next| self.snapshot.name(next));
        let leads_on = match (rtype, &next) {
            (Rtype::NSEC, Some(next)) => Name::from_wire(data).is_ok_and(|named| named == *next),
            (_, Some(next)) => next_hash(data).is_some_and(|hash| hash == next.first_label()),
            (_, None) => false,
        };
        match leads_on {
            false => {
                Some(format!("next {}", next.map_or_else(String::new, |next| next.to_string())).trim_end().to_owned())
            }
            true if rtype == Rtype::NSEC => differing(data, rtype, &types()),
            true => None,
        }
    }

    fn nsec3(&self, owner: NameId) -> Option<&'a [u8]> {
        let set = self.snapshot.slot(owner).payload(self.zone)?.sets().get(Rtype::NSEC3)?;
        set.iter().next()
    }

    fn opts_out(&self, owner: NameId) -> bool {
        self.nsec3(owner).is_some_and(|data| data.get(1).is_some_and(|flags| flags & 1 != 0))
    }
}

/// The RRsets of a payload but RRSIG, with their TTLs; at a cut those that are not the child's (RFC 4035 2.2).
fn own_sets(payload: &Payload<'_>, is_cut: bool) -> Vec<(Rtype, u32)> {
    let alias = match payload.node() {
        Node::Alias(link, _) => Some((Rtype::CNAME, link.ttl)),
        _ => None,
    };
    let sets = payload.sets();
    let all = alias.into_iter().chain(sets.iter().map(|set| (set.rtype, set.ttl)));
    all.filter(|(rtype, _)| *rtype != Rtype::RRSIG && (!is_cut || matches!(*rtype, Rtype::DS | Rtype::NSEC))).collect()
}

/// The types that the record which stands for a name has to show (RFC 4034 4.1.2, RFC 5155 7.1).
fn own_types(payload: &Payload<'_>, is_cut: bool) -> BTreeSet<u16> {
    let is_shown = |rtype: &Rtype| match *rtype {
        Rtype::NSEC3 | Rtype::RRSIG => false,
        Rtype::NS | Rtype::DS | Rtype::NSEC => true,
        _ => !is_cut,
    };
    let alias = matches!(payload.node(), Node::Alias(..)).then_some(Rtype::CNAME);
    let sets = payload.sets();
    let types = alias.into_iter().chain(sets.iter().map(|set| set.rtype));
    types.filter(is_shown).map(|rtype| rtype.0).collect()
}

/// Signatures whose type is not there, each type once.
fn void_signatures(payload: &Payload<'_>) -> Vec<Fault> {
    let is_alias = matches!(payload.node(), Node::Alias(..));
    let sets = payload.sets();
    let is_there = |rtype: Rtype| sets.get(rtype).is_some() || (is_alias && rtype == Rtype::CNAME);
    let all = sets.get(Rtype::RRSIG);
    let covered =
        all.iter().flat_map(|set| set.iter()).filter_map(|data| Some(Rtype(u16::from_be_bytes(*data.first_chunk()?))));
    let void: BTreeSet<Rtype> = covered.filter(|rtype| !is_there(*rtype)).collect();
    void.into_iter().map(|rtype| (FactKind::SignatureVoid, rtype, String::new())).collect()
}

/// The types that an NSEC or NSEC3 record shows and that are not there, or the other way round; nothing if none. RRSIG
/// does not count: a signature that is missing is told of at its RRset.
fn differing(data: &[u8], rtype: Rtype, there: &BTreeSet<u16>) -> Option<String> {
    let mut shown = bitmap(data, rtype);
    // A zone on its way from one way of denying to the other may have both.
    let passed = |number: &u16| *number != Rtype::RRSIG.0 && (rtype == Rtype::NSEC || *number != Rtype::NSEC.0);
    shown.retain(passed);
    let there: BTreeSet<u16> = there.iter().copied().filter(passed).collect();
    let differ: Vec<String> = shown.symmetric_difference(&there).map(|number| Rtype(*number).to_string()).collect();
    (!differ.is_empty()).then(|| format!("types {}", differ.join(" ")))
}

/// The types in the bitmap of an NSEC or NSEC3 record (RFC 4034 4.1.2).
fn bitmap(data: &[u8], rtype: Rtype) -> BTreeSet<u16> {
    let start = match rtype {
        Rtype::NSEC => Name::from_wire(data).map_or(data.len(), |next| next.len()),
        _ => {
            let salt = data.get(4).copied().unwrap_or(0) as usize;
            6 + salt + data.get(5 + salt).copied().unwrap_or(0) as usize
        }
    };
    let mut rest = data.get(start..).unwrap_or(&[]);
    let mut types = BTreeSet::new();
    while let [window, len, octets @ ..] = rest {
        let (bits, more) = octets.split_at(octets.len().min(*len as usize));
        for (at, octet) in (0u16..).zip(bits) {
            let set = (0..8u16).filter(|bit| octet & (0x80 >> bit) != 0);
            types.extend(set.map(|bit| ((*window as u16) << 8) | (at * 8 + bit)));
        }
        rest = more;
    }
    types
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

/// An RRset with the signatures over it.
#[derive(Clone, Debug)]
pub struct SignedSet {
    /// Whose.
    pub owner: Name,
    /// Its type.
    pub rtype: Rtype,
    /// Its data in wire form.
    pub data: Vec<Vec<u8>>,
    /// The data of the RRSIG records over it.
    pub signatures: Vec<Vec<u8>>,
}

impl Snapshot {
    /// The RRsets of a zone that have signatures; of some owners or of all.
    pub fn signed_sets(&self, zone: NameId, owners: Option<&[NameId]>) -> Vec<SignedSet> {
        let Some(signed) = Signed::new(self, zone) else { return Vec::new() };
        let all = || self.members(zone).collect();
        let owners: Vec<NameId> = owners.map_or_else(all, <[NameId]>::to_vec);
        let held = owners.into_iter().filter_map(|owner| Some((owner, self.held(zone, owner)?)));
        held.flat_map(|(owner, payload)| {
            let sets = signed.own_sets(owner, &payload).into_iter();
            sets.filter_map(|(rtype, _)| self.signed_set(owner, &payload, rtype)).collect::<Vec<_>>()
        })
        .collect()
    }

    fn signed_set(&self, owner: NameId, payload: &Payload<'_>, rtype: Rtype) -> Option<SignedSet> {
        let signatures: Vec<Vec<u8>> = signatures_over(payload, rtype).map(<[u8]>::to_vec).collect();
        let data = self.data_of(payload, rtype);
        (!signatures.is_empty()).then(|| SignedSet { owner: self.name(owner), rtype, data, signatures })
    }

    /// The data of an RRset, a CNAME too, in wire form.
    pub fn data_of(&self, payload: &Payload<'_>, rtype: Rtype) -> Vec<Vec<u8>> {
        match payload.node() {
            Node::Alias(link, _) if rtype == Rtype::CNAME => vec![self.name(link.target).as_wire().to_vec()],
            _ => payload.sets().get(rtype).iter().flat_map(|set| set.iter()).map(<[u8]>::to_vec).collect(),
        }
    }
}
