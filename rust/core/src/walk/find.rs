//! Where a name leads in the zone that is authoritative for it (RFC 1034 4.3.2 steps 2 and 3).

use crate::graph::node::{Below, NameId, Payload};
use crate::graph::snapshot::{Path, Snapshot, Wanted};
use crate::record::Rtype;

/// What was found for a name, by the first of these that holds on the way down from the apex.
#[derive(Clone, Copy)]
pub enum Found<'a> {
    /// No zone served here holds the name.
    Outside,
    /// A cut at or above the name (step 3b).
    Cut(Spot<'a>),
    /// A DNAME above the name (RFC 6672 3.2).
    Redirect(Spot<'a>),
    /// The name itself (step 3a).
    Exact(Spot<'a>),
    /// The wildcard below the closest encloser (step 3c, RFC 4592 3.3).
    Wildcard(Spot<'a>),
    /// Nothing: the name does not exist.
    Absent {
        /// The apex of the zone that says so.
        zone: NameId,
        /// The longest existing ancestor (RFC 4592 3.3.1).
        encloser: NameId,
    },
}

/// A name of a zone and what it holds.
#[derive(Clone, Copy)]
pub struct Spot<'a> {
    /// The apex of the zone.
    pub zone: NameId,
    /// The owner of what is held.
    pub owner: NameId,
    /// What it holds in the zone.
    pub payload: Payload<'a>,
}

/// What stands between questions and the data that a zone holds at a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Nothing.
    None,
    /// A cut, at this owner.
    Cut(NameId),
    /// A DNAME, at this owner.
    Redirect(NameId),
    /// Another zone served here, which the zone does not delegate; its apex.
    Zone(NameId),
}

impl Snapshot {
    /// What covers the data that `zone` holds at names below `above`, a name of the zone: the first thing met on the
    /// way down from the apex.
    pub fn cover(&self, zone: NameId, above: NameId) -> Cover {
        let path = self.path(above, true);
        let Some(apex) = path.ids().iter().position(|id| *id == zone) else { return Cover::None };
        for id in path.ids()[..=apex].iter().rev() {
            let slot = self.slot(*id);
            match slot.payload(zone).map(|payload| payload.below()) {
                Some(Below::Cut) if *id != zone => return Cover::Cut(*id),
                Some(Below::Redirect) => return Cover::Redirect(*id),
                _ if *id != zone && slot.is_apex() => return Cover::Zone(*id),
                _ => {}
            }
        }
        Cover::None
    }

    /// Whether what a zone holds at a name is not taken over by a zone of that name: a cut is the parent's, and a
    /// wildcard answers for other names all the same.
    pub fn is_own(&self, owner: NameId, payload: &Payload<'_>) -> bool {
        let slot = self.slot(owner);
        owner == payload.zone || payload.below() == Below::Cut || slot.label() == b"*" || !slot.is_apex()
    }

    /// Whether questions reach what a zone holds at a name.
    pub fn is_visible(&self, owner: NameId, payload: &Payload<'_>) -> bool {
        let zone = payload.zone;
        let is_uncovered = || self.cover(zone, self.slot(owner).parent()) == Cover::None;
        owner == zone || (is_uncovered() && self.is_own(owner, payload))
    }

    /// Finds a name that came from outside.
    #[inline]
    pub fn find(&self, wanted: &Wanted, qtype: Rtype) -> Found<'_> {
        let (path, missing) = self.locate(wanted);
        self.find_on_path(&path, missing, qtype, Some(wanted))
    }

    /// Finds a name that the graph knows.
    #[inline]
    pub fn find_known(&self, id: NameId, qtype: Rtype) -> Found<'_> {
        let path = self.path(id, qtype == Rtype::DS);
        self.find_on_path(&path, 0, qtype, None)
    }

    /// `path` leads from the longest known suffix to its apex at least; `missing` labels lie below it.
    #[inline]
    pub(crate) fn find_on_path(&self, path: &Path, missing: usize, qtype: Rtype, wanted: Option<&Wanted>) -> Found<'_> {
        let Some(apex) = self.apex_on_path(path, missing, qtype) else { return Found::Outside };
        let up = path.ids();
        let zone = up[apex];
        let mut encloser = apex;
        for at in (0..=apex).rev() {
            let payload = self.slot(up[at]).payload(zone).filter(|payload| !payload.is_hashed());
            let Some(payload) = payload else { break };
            let spot = Spot { zone, owner: up[at], payload };
            let is_name = at == 0 && missing == 0;
            match payload.below() {
                Below::Cut if at != apex && !(is_name && qtype == Rtype::DS) => return Found::Cut(spot),
                Below::Redirect if !is_name => return Found::Redirect(spot),
                _ if is_name => return Found::Exact(spot),
                _ => encloser = at,
            }
        }
        let owner = up[encloser];
        let hash = match wanted {
            Some(wanted) => wanted.hash(wanted.labels() - missing - encloser),
            None => self.hash(owner),
        };
        let wildcard = self.child(owner, hash, b"*");
        match wildcard.and_then(|id| Some((id, self.slot(id).payload(zone)?))) {
            Some((owner, payload)) => Found::Wildcard(Spot { zone, owner, payload }),
            None => Found::Absent { zone, encloser: owner },
        }
    }

    /// The zone's apex on the path: the deepest, but for DS at an apex the one above (RFC 4035 3.1.4.1).
    #[inline]
    fn apex_on_path(&self, path: &Path, missing: usize, qtype: Rtype) -> Option<usize> {
        let deepest = path.apex()?;
        if qtype == Rtype::DS && deepest == 0 && missing == 0 {
            let is_apex = |id: &NameId| self.slot(*id).is_apex();
            return path.ids()[1..].iter().position(is_apex).map(|at| at + 1).or(Some(0));
        }
        Some(deepest)
    }
}
