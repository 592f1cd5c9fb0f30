//! Which records of a payload name a name.

use super::node::{NameId, Node, Payload};
use super::snapshot::Snapshot;
use crate::name::Name;
use crate::record::{is_link, targets, Rtype};

/// Whether one of the RRset's records does.
pub(crate) fn names(payload: &Payload<'_>, rtype: Rtype, name: &Name) -> bool {
    let set = payload.sets().get(rtype);
    set.is_some_and(|set| set.iter().flat_map(|data| targets(rtype, data)).any(|target| target == *name))
}

/// Type and TTL of the first record of a payload that names a name.
#[inline]
pub(crate) fn record_naming(snapshot: &Snapshot, payload: &Payload<'_>, named: NameId) -> Option<(Rtype, u32)> {
    if let Node::Alias(link, _) = payload.node() {
        return (link.target == named).then_some((Rtype::CNAME, link.ttl));
    }
    let sets = payload.sets();
    let mut links = sets.iter().filter(|set| is_link(set.rtype)).peekable();
    links.peek()?;
    let name = snapshot.name(named);
    links.find(|set| names(payload, set.rtype, &name)).map(|set| (set.rtype, set.ttl))
}
