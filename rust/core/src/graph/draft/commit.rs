//! A draft becomes a version: links and children enter their sets, unused ids are freed, pages are written.

use super::{Draft, FreeIds, Held, NO_ZONE};
use crate::graph::denial::{Order, OrderKey};
use crate::graph::index::NameHash;
use crate::graph::keyset::KeySet;
use crate::graph::node::{NameId, PageWriter, PAGE};
use crate::graph::snapshot::{Snapshot, Tree};
use std::collections::BTreeSet;
use std::mem::{replace, take};
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::Builder;

/// New names from which on other threads are worth their start.
const LARGE: usize = 100_000;

/// Inbound, children, order of denial.
type Sets = (KeySet, KeySet, Order);

/// The sets that a version enters its names in, and what the draft does to them.
struct Entered {
    inbound: KeySet,
    children: KeySet,
    order: Order,
    new_links: Vec<(u32, u32)>,
    old_links: Vec<(u32, u32)>,
    new_children: Vec<(u32, u32)>,
    new_order: Vec<OrderKey>,
    old_order: Vec<OrderKey>,
}

impl Entered {
    fn take(draft: &mut Draft) -> Entered {
        Entered {
            inbound: replace(&mut draft.base.inbound, KeySet::new()),
            children: replace(&mut draft.base.children, KeySet::new()),
            order: replace(&mut draft.base.order, Order::new()),
            new_links: take(&mut draft.new_links),
            old_links: take(&mut draft.old_links),
            new_children: take(&mut draft.new_children),
            new_order: take(&mut draft.new_order),
            old_order: take(&mut draft.old_order),
        }
    }

    fn enter(mut self) -> Sets {
        for (target, owner) in self.old_links {
            self.inbound.remove(target, owner);
        }
        self.inbound.extend(self.new_links);
        self.children.extend(self.new_children);
        for key in self.old_order {
            self.order.remove(&key);
        }
        self.order.extend(self.new_order);
        (self.inbound, self.children, self.order)
    }
}

impl Draft {
    /// The version as it is to be published, and what became of the ids that no name has.
    /// Ids in `pinned` are kept even when nothing uses them.
    pub fn commit(mut self, pinned: &dyn Fn(u32) -> bool) -> (Snapshot, FreeIds) {
        self.base.ids = self.first_added + self.added.len() as u32;
        let entered = Entered::take(&mut self);
        let (freed, pages);
        if self.is_helped && self.added.len() >= LARGE && self.loose.is_empty() {
            let sets;
            (sets, pages) = self.enter_and_write(entered);
            (self.base.inbound, self.base.children, self.base.order) = sets;
            freed = Vec::new();
        } else {
            (self.base.inbound, self.base.children, self.base.order) = entered.enter();
            freed = self.release_loose(pinned);
            pages = self.new_pages(self.new_page_numbers());
        }
        self.write_touched_pages();
        self.base.pages.extend(pages);
        (self.base, FreeIds { left: self.free_left, freed })
    }

    /// Enters names in the sets while two threads write the pages behind those that there are.
    fn enter_and_write(&self, entered: Entered) -> (Sets, Vec<Arc<[u8]>>) {
        let Range { start, end } = self.new_page_numbers();
        let middle = start + (end - start) / 2;
        std::thread::scope(|scope| {
            let spawn = |numbers: Range<usize>| Builder::new().spawn_scoped(scope, || self.new_pages(numbers));
            let halves = [start..middle, middle..end].map(|numbers| (spawn(numbers.clone()), numbers));
            let sets = entered.enter();
            let pages = halves.map(|(thread, numbers)| match thread {
                Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
                // The system has no thread left.
                Err(_) => self.new_pages(numbers),
            });
            (sets, pages.concat())
        })
    }

    /// Frees the ids of names that hold nothing, have nothing below them and are named by nobody.
    fn release_loose(&mut self, pinned: &dyn Fn(u32) -> bool) -> Vec<u32> {
        let mut freed = Vec::new();
        while let Some(id) = self.loose.pop_last() {
            if id == 0 || pinned(id) || self.base.inbound.has_partners(id) || self.base.children.has_partners(id) {
                continue;
            }
            let hash = self.hash(NameId(id));
            let edited = self.edit(NameId(id));
            if edited.is_free || !edited.payloads.is_empty() {
                continue;
            }
            edited.is_free = true;
            let parent = edited.parent;
            self.base.index.remove(hash, id);
            self.base.children.remove(parent, id);
            freed.push(id);
            self.loose.insert(parent);
        }
        freed
    }

    fn hash(&self, id: NameId) -> NameHash {
        if id == NameId::ROOT {
            return NameHash::ROOT;
        }
        let parent = self.hash(self.parent(id));
        self.base.keys.child(parent, self.label(id))
    }

    /// Writes every old page that holds an edited name, and the last one when names were added behind it.
    fn write_touched_pages(&mut self) {
        let mut writer = PageWriter::new();
        let old = self.base.pages.len();
        let first_added_page = self.first_added as usize / PAGE;
        let mut touched: BTreeSet<usize> = self.edited.keys().map(|id| *id as usize / PAGE).collect();
        touched.extend((first_added_page..old).filter(|_| !self.added.is_empty()));
        for page in touched.into_iter().filter(|page| *page < old) {
            *self.base.pages.get_mut(page) = self.write_page(&mut writer, page);
        }
    }

    /// The pages that there are not yet.
    fn new_page_numbers(&self) -> Range<usize> {
        let old = self.base.pages.len();
        old..(self.base.ids as usize).div_ceil(PAGE).max(old)
    }

    fn new_pages(&self, numbers: Range<usize>) -> Vec<Arc<[u8]>> {
        let mut writer = PageWriter::new();
        numbers.map(|page| self.write_page(&mut writer, page)).collect()
    }

    fn write_page(&self, writer: &mut PageWriter, page: usize) -> Arc<[u8]> {
        for id in page * PAGE..((page + 1) * PAGE).min(self.base.ids as usize) {
            let id = NameId(id as u32);
            match (self.edit_of(id), self.added_of(id)) {
                (Some(edited), _) if edited.is_free => writer.push_free(),
                (Some(edited), _) => {
                    let payloads: Vec<_> = edited.payloads.iter().map(Held::payload).collect();
                    writer.push(NameId(edited.parent), &edited.label, &payloads);
                }
                (None, Some(added)) if added.zone == NO_ZONE => writer.push(added.parent, self.label(id), &[]),
                (None, Some(added)) => writer.push(added.parent, self.label(id), &[self.added_payload(added)]),
                (None, None) => writer.push_slot(self.base.slot(id)),
            }
        }
        writer.finish()
    }
}
