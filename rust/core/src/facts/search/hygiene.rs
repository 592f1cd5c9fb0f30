//! What any checker of zones looks at: names of hosts, policies of mail, the names in the SOA.

use super::{At, Search};
use crate::facts::hosts::{is_host_label, is_of_host};
use crate::facts::odd::{is_deletion, odd_data, CDNSKEY, CDS};
use crate::facts::policy::{dmarc_fault, is_dmarc, is_spf, text};
use crate::facts::{Fact, FactKind, Kinds, Other};
use crate::graph::node::{NameId, RRset, Sets, Slot};
use crate::name::Name;
use crate::record::{names_in, Rtype};

const OF_TXT: Kinds = Kinds::of(&[FactKind::TwoSpf, FactKind::DmarcFault]);
const DMARC: &[u8] = b"_dmarc";

impl<'a> Search<'a, '_> {
    /// Tells of an owner by its own name: of a host that has none of a host, of an apex by its SOA.
    pub(super) fn tell_owner(&mut self, at: At, slot: Slot<'a>, sets: Sets<'a>) {
        if self.asked.kinds.has(FactKind::HostCharacters) && !self.has_host_name(slot, at.owner) {
            self.tell_host(at, slot, sets);
        }
        if at.owner == at.zone && self.asked.kinds.has(FactKind::SoaName) {
            sets.get(Rtype::SOA).into_iter().for_each(|soa| self.tell_soa_names(at, soa));
        }
        if at.owner == at.zone && self.asked.kinds.has(FactKind::HostCharacters) {
            sets.get(Rtype::SOA).into_iter().for_each(|soa| self.tell_soa_hosts(at, soa));
        }
        if slot.label() == b"*" && self.asked.kinds.has(FactKind::OddData) {
            let cut = sets.get(Rtype::NS).filter(|_| at.is_visible && at.owner != at.zone);
            cut.into_iter().for_each(|cut| self.tell_set(FactKind::OddData, at, cut, 0, "wildcard-cut".to_string()));
        }
    }

    /// Tells of data of some types that can be read and that nobody can use.
    pub(super) fn tell_odd_data(&mut self, at: At, sets: Sets<'a>, set: RRset<'a>) {
        if !self.asked.kinds.has(FactKind::OddData) || !at.is_visible {
            return;
        }
        for data in set.iter() {
            if let Some(fault) = odd_data(set.rtype, data) {
                self.tell_record(FactKind::OddData, at, set, data, fault, None);
            }
        }
        if at.owner == at.zone {
            let fault = fault_at_apex(sets, set);
            fault.into_iter().for_each(|fault| self.tell_set(FactKind::OddData, at, set, 0, fault.to_string()));
        }
    }

    fn tell_host(&mut self, at: At, slot: Slot<'a>, sets: Sets<'a>) {
        let is_seen = at.is_visible && !at.is_cut && !is_of_directory(self.snapshot.slot(slot.parent()).label(), slot);
        let Some(set) = sets.iter().find(|set| is_of_host(set.rtype)).filter(|_| is_seen) else { return };
        let detail = self.snapshot.name(at.owner).to_string();
        self.tell_set(FactKind::HostCharacters, at, set, 1, detail);
    }

    /// Whether all labels of a name may stand in that of a host; a wildcard stands for any.
    fn has_host_name(&mut self, slot: Slot<'a>, owner: NameId) -> bool {
        let label = slot.label();
        if !(is_host_label(label) || label == b"*") {
            return owner == NameId::ROOT;
        }
        let (parent, mut above) = (slot.parent(), slot.parent());
        while above != self.host_parent && above != NameId::ROOT {
            let slot = self.snapshot.slot(above);
            if !is_host_label(slot.label()) {
                return false;
            }
            above = slot.parent();
        }
        self.host_parent = parent;
        true
    }

    fn tell_soa_names(&mut self, at: At, soa: RRset<'a>) {
        let (Some(data), origin) = (soa.iter().next(), self.snapshot.name(at.zone)) else { return };
        let names = names_in(Rtype::SOA, data).filter_map(|(_, octets)| Name::from_wire(octets).ok());
        let mut last = None;
        for name in names.filter(|name| !origin.is_root() && name.is_at_or_below(&origin) && *name != origin) {
            if last.replace(name) == Some(name) {
                continue;
            }
            let count = name.labels().count() - origin.labels().count();
            let above = (0..origin.labels().count()).try_fold(name, |name, _| drop_last(&name));
            let is_double = above.is_some_and(|name| name.is_at_or_below(&origin));
            if is_double || count > 2 {
                self.tell_set(FactKind::SoaName, at, soa, is_double as u32, name.to_string());
            }
        }
    }

    /// The primary server is a host, and so is what stands behind the first label of the mailbox (RFC 1035 8).
    fn tell_soa_hosts(&mut self, at: At, soa: RRset<'a>) {
        let Some(data) = soa.iter().next() else { return };
        let names = names_in(Rtype::SOA, data).filter_map(|(_, octets)| Name::from_wire(octets).ok());
        for (number, name) in names.enumerate() {
            let is_local = |label: &[u8]| label.iter().all(|octet| octet.is_ascii_graphic() && *octet != b'@');
            let is_sound = |(place, label): (usize, &[u8])| match (number, place) {
                (1, 0) => is_local(label),
                _ => is_host_label(label),
            };
            if !name.labels().enumerate().all(is_sound) {
                self.tell_set(FactKind::HostCharacters, at, soa, 2 + number as u32, name.to_string());
            }
        }
    }

    /// Tells of SPF and DMARC in the TXT records of an owner.
    pub(super) fn tell_policies(&mut self, at: At, slot: Slot<'a>, set: RRset<'a>) {
        if !at.is_visible || at.is_cut || !self.asked.kinds.has_any(OF_TXT) {
            return;
        }
        let mut spf = set.iter().filter(|data| is_spf(data));
        if let (Some(first), Some(second)) = (spf.next(), spf.next()) {
            self.tell_record(FactKind::TwoSpf, at, set, second, String::new(), Some(first));
        }
        if slot.label() == DMARC && self.asked.kinds.has(FactKind::DmarcFault) {
            self.tell_dmarc(at, set);
        }
    }

    fn tell_dmarc(&mut self, at: At, set: RRset<'a>) {
        let records: Vec<&[u8]> = set.iter().filter(|data| is_dmarc(&text(data))).collect();
        match records.as_slice() {
            [] => {
                let first = set.iter().next().unwrap_or_default();
                self.tell_record(FactKind::DmarcFault, at, set, first, "none".to_string(), None);
            }
            [one] => {
                if let Some(fault) = dmarc_fault(&text(one)) {
                    self.tell_record(FactKind::DmarcFault, at, set, one, fault, None);
                }
            }
            [first, second, ..] => {
                self.tell_record(FactKind::DmarcFault, at, set, second, "many".to_string(), Some(first))
            }
        }
    }

    fn tell_set(&mut self, kind: FactKind, at: At, set: RRset<'a>, number: u32, detail: String) {
        let data = set.iter().next().unwrap_or_default();
        let fact = || Fact { number, ..fact_of(kind, at, set, data, detail, None) };
        self.facts.add(kind, fact);
    }

    fn tell_record(
        &mut self,
        kind: FactKind,
        at: At,
        set: RRset<'a>,
        data: &[u8],
        detail: String,
        other: Option<&[u8]>,
    ) {
        if self.asked.kinds.has(kind) {
            self.facts.add(kind, || fact_of(kind, at, set, data, detail, other));
        }
    }
}

fn fact_of(kind: FactKind, at: At, set: RRset<'_>, data: &[u8], detail: String, other: Option<&[u8]>) -> Fact {
    let of_other = |data: &[u8]| Box::new(Other { owner: at.owner, rtype: set.rtype, data: data.to_vec() });
    let fact = Fact::new(kind, at.zone, at.owner, set.rtype);
    Fact { ttl: set.ttl, data: data.to_vec(), detail, other: other.map(of_other), ..fact }
}

/// What is wrong with records of the signing's way to the parent at the apex (RFC 4035 2.4, RFC 7344 4.1, RFC 8078 4).
fn fault_at_apex(sets: Sets<'_>, set: RRset<'_>) -> Option<&'static str> {
    let is_of_child = matches!(set.rtype, CDS | CDNSKEY);
    let deletions = set.iter().filter(|data| is_deletion(set.rtype, data)).count();
    match deletions {
        _ if set.rtype == Rtype::DS => Some("apex-ds"),
        0 if is_of_child && sets.get(Rtype::DNSKEY).is_none() => Some("keyless"),
        1.. if is_of_child && deletions < set.iter().count() => Some("deletion"),
        _ => None,
    }
}

/// `gc._msdcs` holds the addresses of Active Directory's global catalogs.
fn is_of_directory(parent: &[u8], slot: Slot<'_>) -> bool {
    slot.label() == b"gc" && parent == b"_msdcs"
}

/// A name without its last label.
fn drop_last(name: &Name) -> Option<Name> {
    let labels: Vec<&[u8]> = name.labels().collect();
    let (_, before) = labels.split_last()?;
    before.iter().rev().try_fold(Name::ROOT, |name, label| name.child(label).ok())
}
