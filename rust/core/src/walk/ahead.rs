//! A batch of names looked up side by side.
//!
//! In a graph of a million names a look-up waits for memory four or five times: the slot of the index,
//! the offsets and the slot of the name's page, and the same of its target. One after the other these waits are
//! most of a query's time. The waits of different queries do not depend on each other, so each step is
//! done here for the whole batch before the next step: the processor then waits for all of them at once. Measured
//! on the bench zone: see ARCHITECTURE.
//!
//! Nothing is decided here. What was touched is only in the cache when the real walk comes.

use crate::graph::node::{NameId, Node};
use crate::graph::snapshot::{Beside, Snapshot, Wanted};
use crate::walk::Walk;
use std::hint::black_box;

/// Names that are wanted soon.
pub struct Ahead {
    wanted: Vec<Wanted>,
    len: usize,
    ids: Vec<NameId>,
    beside: Beside,
}

impl Ahead {
    /// Room for `size` names; what is added beyond is left out.
    pub fn new(size: usize) -> Ahead {
        Ahead { wanted: vec![Wanted::new(); size], len: 0, ids: Vec::with_capacity(size), beside: Beside::new() }
    }

    /// Forgets all names.
    pub fn clear(&mut self) {
        self.len = 0;
        self.beside.clear();
    }

    /// Adds a name, as the octets of a checked name in any case.
    #[inline]
    pub fn push(&mut self, wire: &[u8], snapshot: &Snapshot) {
        let (before, free) = self.wanted.split_at_mut(self.len);
        match (before.last(), free.first_mut()) {
            (Some(before), Some(wanted)) => wanted.set_wire_after(before, wire, snapshot.keys()),
            (None, Some(wanted)) => wanted.set_wire(wire, snapshot.keys()),
            (_, None) => return,
        }
        self.len += 1;
    }

    /// A walk that begins at the name at `index`, if it is `wire`; in the version that it was fetched from.
    #[inline]
    pub fn walk<'a>(&'a mut self, index: usize, wire: &[u8], snapshot: &'a Snapshot) -> Option<Walk<'a>> {
        let wanted = self.wanted[..self.len].get(index)?;
        if !wanted.name().as_wire().eq_ignore_ascii_case(wire) {
            return None;
        }
        let (path, missing) = snapshot.locate_beside(wanted, &mut self.beside);
        Some(Walk { snapshot, asked: wanted, path, missing })
    }

    /// Touches what the look-ups of all names need, step by step.
    pub fn fetch(&mut self, snapshot: &Snapshot) {
        let wanted = &self.wanted[..self.len];
        black_box(wanted.iter().fold(0, |seen, wanted| seen ^ snapshot.index.touch(wanted.hash(wanted.labels()))));
        self.ids.clear();
        let candidate = |wanted: &Wanted| snapshot.index.candidates(wanted.hash(wanted.labels())).next();
        self.ids.extend(wanted.iter().filter_map(candidate).map(NameId));
        self.touch_slots(snapshot);
        let target = |id: &NameId| match snapshot.slot(*id).payloads().next()?.node() {
            Node::Alias(link, _) => Some(link.target),
            _ => None,
        };
        let targets: usize = self.ids.len();
        for at in 0..targets {
            if let Some(target) = target(&self.ids[at]) {
                self.ids.push(target);
            }
        }
        self.ids.drain(..targets);
        self.touch_slots(snapshot);
    }

    fn touch_slots(&self, snapshot: &Snapshot) {
        black_box(self.ids.iter().fold(0, |seen, id| seen ^ snapshot.touch_page(*id)));
        black_box(self.ids.iter().fold(0, |seen, id| seen ^ snapshot.slot(*id).parent().0));
    }
}
