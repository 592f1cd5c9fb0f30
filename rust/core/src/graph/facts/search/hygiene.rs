//! What any checker of zones looks at: names of hosts, policies of mail, the names in the SOA.

use super::{At, Search};
use crate::graph::facts::hosts::{is_host_label, is_of_host};
use crate::graph::facts::policy::{dmarc_fault, is_dmarc, is_spf, text};
use crate::graph::facts::{Fact, FactKind, Kinds, Other};
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
