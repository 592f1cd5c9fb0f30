//! Who reaches a name: every owner of a record that leads there, over any number of links.
//!
//! ```text
//! roots <── owners that name them <── owners that name those, if an alias led on <── ..
//!             │ a wildcard is also reached by the names that it answers for
//!             └ below a DNAME, the name that it turns into one that was reached
//! ```
//!
//! The walk goes backwards, breadth first, over the inbound index: a name comes once, by one of its shortest paths.
//! CNAME, ALIAS and the alias form of HTTPS and SVCB lead on; an MX, NS or SRV names a host, and who is an alias of its
//! owner has nothing of that host. It costs what reaches the name, not the graph; what has to be remembered is a number
//! for each name of the graph, which the system hands out as pages of zeros.

use super::find::Found;
use super::links::forwarding;
use super::node::{Below, NameId, Node};
use super::owner::{is_link, targets};
use super::snapshot::Snapshot;
use crate::record::Rtype;

/// An owner that reaches a root, and its record that leads on the way there.
#[derive(Clone, Debug)]
pub struct Reached {
    /// The owner.
    pub owner: NameId,
    /// The record's type.
    pub rtype: Rtype,
    /// Seconds.
    pub ttl: u32,
    /// The apex of the zone that holds the record.
    pub zone: NameId,
    /// From the owner to the root.
    pub path: Vec<NameId>,
}

/// All that reach some roots.
pub struct Reaching<'a> {
    snapshot: &'a Snapshot,
    /// By id, the next name on the way to the root, counted from 1; 0 for a name that was not met.
    next: Vec<u32>,
    /// Owners, in the order in which they were met.
    owners: Vec<NameId>,
}

const FORWARDS: [Rtype; 3] = [Rtype::A, Rtype::HTTPS, Rtype::SVCB];

impl Snapshot {
    /// Who reaches one of `roots`; those themselves are left out.
    pub fn reach(&self, roots: &[NameId]) -> Reaching<'_> {
        let mut reaching = Reaching { snapshot: self, next: vec![0; self.ids() as usize], owners: Vec::new() };
        let mut open: Vec<NameId> = roots.iter().copied().filter(|id| self.has(*id)).collect();
        for id in &open {
            reaching.next[id.0 as usize] = id.0 + 1;
        }
        let mut at = 0;
        while let Some(id) = open.get(at).copied() {
            reaching.step(id, &mut open);
            at += 1;
        }
        reaching
    }
}

impl Reaching<'_> {
    /// How many they are.
    pub fn count(&self) -> usize {
        self.owners.len()
    }

    /// The first `most` of them, or those behind `after`.
    pub fn page(&self, after: Option<NameId>, most: usize) -> impl Iterator<Item = Reached> + '_ {
        let behind =
            |id: NameId| self.owners.iter().position(|owner| *owner == id).map_or(self.owners.len(), |at| at + 1);
        let from = after.map_or(0, behind);
        self.owners[from..].iter().take(most).map(|owner| self.reached(*owner))
    }

    /// All that lead to `id` by one link.
    fn step(&mut self, id: NameId, open: &mut Vec<NameId>) {
        let snapshot = self.snapshot;
        for owner in snapshot.inbound(id, None) {
            let leads = leads_on(snapshot, owner, id);
            if !self.meet(owner, id) {
                continue;
            }
            self.owners.push(owner);
            if leads {
                open.push(owner);
            }
        }
        if snapshot.slot(id).label() == b"*" {
            self.captured(id, open);
        }
        if !snapshot.redirects.is_empty() {
            self.redirected(id, open);
        }
    }

    /// Whether a name is met for the first time; then it is known by which way.
    fn meet(&mut self, id: NameId, next: NameId) -> bool {
        let is_new = self.next[id.0 as usize] == 0;
        if is_new {
            self.next[id.0 as usize] = next.0 + 1;
        }
        is_new
    }

    /// The names that a wildcard answers for lead where it leads.
    fn captured(&mut self, wildcard: NameId, open: &mut Vec<NameId>) {
        let snapshot = self.snapshot;
        let mut below: Vec<NameId> = snapshot.children(snapshot.slot(wildcard).parent()).collect();
        while let Some(id) = below.pop() {
            match snapshot.find_known(id, Rtype::A) {
                Found::Wildcard(spot) if spot.owner == wildcard => {
                    if self.meet(id, wildcard) {
                        open.push(id);
                    }
                    below.extend(snapshot.children(id));
                }
                _ => {}
            }
        }
    }

    /// DNAMEs at whose target, or above, a name lies: the name that they turn into it leads to it.
    fn redirected(&mut self, id: NameId, open: &mut Vec<NameId>) {
        let snapshot = self.snapshot;
        let (name, mut above) = (snapshot.name(id), id);
        while above != NameId::ROOT {
            above = snapshot.slot(above).parent();
            let dnames: Vec<NameId> = snapshot.redirects(above).collect();
            for dname in dnames {
                let from = name.replace_suffix(&snapshot.name(above), &snapshot.name(dname)).ok();
                let from = from.and_then(|from| snapshot.id(&from));
                if let Some(from) = from.filter(|from| self.is_redirected(*from, dname) && self.meet(*from, id)) {
                    open.push(from);
                }
                if self.meet(dname, id) {
                    self.owners.push(dname);
                }
            }
        }
    }

    fn is_redirected(&self, id: NameId, dname: NameId) -> bool {
        matches!(self.snapshot.find_known(id, Rtype::A), Found::Redirect(spot) if spot.owner == dname)
    }

    fn reached(&self, owner: NameId) -> Reached {
        let mut path = vec![owner];
        while let Some(last) = path.last().copied() {
            let next = NameId(self.next[last.0 as usize] - 1);
            if next == last {
                break;
            }
            path.push(next);
        }
        let (rtype, ttl, zone) = self.record(owner, *path.get(1).unwrap_or(&owner));
        Reached { owner, rtype, ttl, zone, path }
    }

    /// The record of `owner` that names `next`; the DNAME of one that leads there only from below.
    fn record(&self, owner: NameId, next: NameId) -> (Rtype, u32, NameId) {
        let name = self.snapshot.name(next);
        let mut redirect = None;
        for payload in self.snapshot.slot(owner).payloads() {
            match payload.node() {
                Node::Alias(link, _) if link.target == next => return (Rtype::CNAME, link.ttl, payload.zone),
                _ => {}
            }
            for set in payload.sets().iter().filter(|set| is_link(set.rtype)) {
                if set.iter().any(|data| targets(set.rtype, data).any(|target| target == name)) {
                    return (set.rtype, set.ttl, payload.zone);
                }
                if set.rtype == Rtype::DNAME && matches!(payload.below(), Below::Redirect) {
                    redirect = Some((Rtype::DNAME, set.ttl, payload.zone));
                }
            }
        }
        redirect.unwrap_or((Rtype::CNAME, 0, owner))
    }
}

/// Whether an owner answers with what `target` has.
fn leads_on(snapshot: &Snapshot, owner: NameId, target: NameId) -> bool {
    snapshot.slot(owner).payloads().any(|payload| match payload.node() {
        Node::Alias(link, _) => link.target == target,
        Node::Data(..) => {
            let forwards = FORWARDS.iter().filter_map(|qtype| forwarding(&payload, *qtype));
            let mut names = forwards.filter_map(|(kind, _, data)| targets(kind.rtype(), data).next());
            names.any(|name| name == snapshot.name(target))
        }
        Node::Empty => false,
    })
}
