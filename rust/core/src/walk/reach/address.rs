//! Who has an address, and who reaches a name that has it.
//!
//! Names are not kept by address: an index would cost every edit and each name its room for a question that people ask now
//! and then. So this looks at every name of the graph, once for each question.

use super::{Reach, Reached};
use crate::graph::node::{NameId, Payload};
use crate::graph::snapshot::Snapshot;
use crate::name::Name;
use crate::record::{has_hint, Rtype};
use std::net::IpAddr;

/// An RRset with the address.
struct Holder {
    owner: NameId,
    zone: NameId,
    rtype: Rtype,
    ttl: u32,
}

impl Snapshot {
    /// The RRsets with an address - A, AAAA, and HTTPS and SVCB that give it as a hint, glue as well - and behind them who
    /// reaches their owners, as [`Snapshot::reach`] lists them. Paths end at the owner that has it. Of two zones that have it
    /// at one name both are listed.
    pub fn reach_address(&self, address: IpAddr, limit: usize, after: Option<&Name>) -> Reach {
        let holders = self.holders(address);
        let mut holders = holders;
        self.arrange(&mut holders, |holder| holder.owner);
        let mut starts: Vec<NameId> = holders.iter().map(|holder| holder.owner).collect();
        starts.dedup();
        let walk = self.backwards(&starts);
        let of_after = after.and_then(|after| self.id(after));
        let last = holders.iter().rposition(|holder| Some(holder.owner) == of_after);
        let left = match (after, last) {
            (None, _) => &holders[..],
            (Some(_), Some(at)) => &holders[at + 1..],
            (Some(_), None) => &[],
        };
        let mut page = self.shown(left, limit);
        if page.len() == left.len() {
            page.extend(walk.page(limit - page.len(), after.filter(|_| last.is_none())));
        }
        Reach { count: holders.len() + walk.count, page }
    }

    fn holders(&self, address: IpAddr) -> Vec<Holder> {
        let octets = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        let mut holders = Vec::new();
        for owner in (0..self.ids()).map(NameId) {
            for payload in self.slot(owner).payloads() {
                let held = held(&payload, &octets);
                holders.extend(held.map(|(rtype, ttl)| Holder { owner, zone: payload.zone, rtype, ttl }));
            }
        }
        holders
    }

    /// The first `limit` of them. Who pages on does so behind a name, so the records of one name are not parted.
    fn shown(&self, holders: &[Holder], limit: usize) -> Vec<Reached> {
        let mut count = holders.len().min(limit);
        while 1 < count && count < holders.len() && holders[count].owner == holders[count - 1].owner {
            count -= 1;
        }
        holders[..count].iter().map(|one| self.reached_by_itself(one)).collect()
    }

    fn reached_by_itself(&self, holder: &Holder) -> Reached {
        let Holder { owner, zone, rtype, ttl } = *holder;
        Reached { owner, zone, rtype, ttl, path: vec![self.name(owner)], walked: 1, is_itself: false }
    }
}

/// Type and TTL of the first RRset of a payload with the address.
fn held(payload: &Payload<'_>, octets: &[u8]) -> Option<(Rtype, u32)> {
    let holds = |rtype: Rtype, data: &[u8]| match rtype {
        Rtype::A | Rtype::AAAA => data == octets,
        Rtype::HTTPS | Rtype::SVCB => has_hint(data, octets),
        _ => false,
    };
    let set = payload.sets().iter().find(|set| set.iter().any(|data| holds(set.rtype, data)))?;
    Some((set.rtype, set.ttl))
}
