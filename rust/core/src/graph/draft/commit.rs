//! A draft becomes a version: links and children enter their sets, unused ids are freed, pages are written.

use super::{Draft, FreeIds, Held, NO_ZONE};
use crate::graph::denial::{places, Order, OrderKey};
use crate::graph::index::NameHash;
use crate::graph::keyset::{Firsts, KeySet};
use crate::graph::node::{NameId, PageWriter, PAGE};
use crate::graph::owner::{is_linked, is_redirected};
use crate::graph::snapshot::{Snapshot, Tree};
use std::collections::HashMap;
use std::mem::{replace, take};
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::Builder;

/// New names from which on other threads are worth their start.
const LARGE: usize = 100_000;

/// The sets that a version enters its names in.
struct Sets {
    inbound: KeySet,
    redirects: KeySet,
    children: KeySet,
    order: Order,
}

/// The sets, and what a draft does to them.
struct Entered {
    sets: Sets,
    new_links: Vec<(u32, u32)>,
    gone_links: Vec<(u32, u32)>,
    new_redirects: Vec<(u32, u32)>,
    gone_redirects: Vec<(u32, u32)>,
    new_children: Vec<(u32, u32)>,
    new_order: Vec<OrderKey>,
    gone_order: Vec<OrderKey>,
}

impl Entered {
    fn take(draft: &mut Draft) -> Entered {
        let (gone_links, gone_redirects, gone_order) = (draft.gone_links(), draft.gone_redirects(), draft.gone_order());
        let sets = Sets {
            inbound: replace(&mut draft.base.inbound, KeySet::new()),
            redirects: replace(&mut draft.base.redirects, KeySet::new()),
            children: replace(&mut draft.base.children, KeySet::new()),
            order: replace(&mut draft.base.order, Order::new()),
        };
        Entered {
            sets,
            new_links: take(&mut draft.new_links),
            gone_links,
            new_redirects: take(&mut draft.new_redirects),
            gone_redirects,
            new_children: take(&mut draft.new_children),
            new_order: take(&mut draft.new_order),
            gone_order,
        }
    }

    fn enter(self) -> Sets {
        let mut sets = self.sets;
        sets.inbound.extend(self.new_links);
        sets.inbound.remove_all(self.gone_links);
        sets.redirects.extend(self.new_redirects);
        sets.redirects.remove_all(self.gone_redirects);
        sets.children.extend(self.new_children);
        sets.order.extend(self.new_order);
        sets.order.remove_all(self.gone_order);
        sets
    }
}

/// What was taken out and is not there again. A draft may have taken out, or put in, the same more than once.
fn without_those_back<K: Ord>(mut old: Vec<K>, new: &[K], is_there: impl Fn(&K) -> bool) -> Vec<K> {
    if old.is_empty() || new.is_empty() {
        return old;
    }
    old.sort_unstable();
    let mut back: Vec<usize> = new.iter().filter_map(|key| old.binary_search(key).ok()).collect();
    back.retain(|at| is_there(&old[*at]));
    back.sort_unstable();
    let is_back = |at: &usize| back.binary_search(at).is_ok();
    old.into_iter().enumerate().filter(|(at, _)| !is_back(at)).map(|(_, key)| key).collect()
}

/// What names are used for while others are freed. Who frees a million names asks once for all of them.
struct Uses {
    named: Firsts,
    above: Firsts,
    /// How many children are left, of the names that lost any.
    children: HashMap<u32, usize>,
    /// The name whose hash was asked for last.
    last: (NameId, NameHash),
}

impl Uses {
    fn of(base: &Snapshot, names: usize) -> Uses {
        Uses {
            named: Firsts::of(&base.inbound, names),
            above: Firsts::of(&base.children, names),
            children: HashMap::new(),
            last: (NameId::ROOT, NameHash::ROOT),
        }
    }

    /// Whether a name is named, or has names below it.
    fn has(&self, base: &Snapshot, id: NameId) -> bool {
        let is_above = |id| self.above.has(&base.children, id);
        self.named.has(&base.inbound, id.0) || self.children.get(&id.0).map_or_else(|| is_above(id.0), |left| *left > 0)
    }

    /// A name loses a child; whether it was the last.
    fn lose_child(&mut self, base: &Snapshot, parent: NameId) -> bool {
        let left = self.children.entry(parent.0).or_insert_with(|| base.children.count(parent.0));
        *left = left.saturating_sub(1);
        *left == 0
    }

    fn hash(&mut self, draft: &Draft, id: NameId) -> NameHash {
        if self.last.0 != id {
            self.last = (id, draft.hash(id));
        }
        self.last.1
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
            self.put_back(sets);
            freed = Vec::new();
        } else {
            self.put_back(entered.enter());
            freed = self.release_loose(pinned);
            pages = self.new_pages(self.new_page_numbers());
        }
        self.note_absent();
        self.write_touched_pages();
        self.base.pages.extend(pages);
        (self.base, FreeIds { left: self.free_left, freed })
    }

    fn put_back(&mut self, sets: Sets) {
        let base = &mut self.base;
        (base.inbound, base.redirects, base.children, base.order) =
            (sets.inbound, sets.redirects, sets.children, sets.order);
    }

    fn gone_links(&mut self) -> Vec<(u32, u32)> {
        let old = take(&mut self.old_links);
        let names = |(target, owner): &(u32, u32)| is_linked(self, NameId(*owner), NameId(*target));
        without_those_back(old, &self.new_links, names)
    }

    fn gone_redirects(&mut self) -> Vec<(u32, u32)> {
        let old = take(&mut self.old_redirects);
        let names = |(target, owner): &(u32, u32)| is_redirected(self, NameId(*owner), NameId(*target));
        without_those_back(old, &self.new_redirects, names)
    }

    fn gone_order(&mut self) -> Vec<OrderKey> {
        let old = take(&mut self.old_order);
        let stands = |key: &OrderKey| {
            let payloads = self.payloads(key.owner);
            payloads.iter().any(|payload| places(payload, key.owner, |id| self.name(id)).contains(key))
        };
        without_those_back(old, &self.new_order, stands)
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
        let mut open = take(&mut self.loose);
        open.sort_unstable();
        open.dedup();
        let (mut freed, mut gone, mut names) = (Vec::new(), Vec::new(), Vec::new());
        let mut uses = Uses::of(&self.base, open.len());
        while let Some(id) = open.pop() {
            let id = NameId(id);
            if id == NameId::ROOT || !self.is_bare(id) || uses.has(&self.base, id) || pinned(id.0) {
                continue;
            }
            let parent = self.parent(id);
            let hash = self.base.keys.child(uses.hash(self, parent), self.label(id));
            self.edit(id).is_free = true;
            names.push((hash, id.0));
            gone.push((parent.0, id.0));
            freed.push(id.0);
            if uses.lose_child(&self.base, parent) {
                open.push(parent.0);
            }
        }
        self.base.index.remove_all(&names);
        self.base.children.remove_all(gone);
        freed
    }

    /// Whether a name is there and holds nothing.
    fn is_bare(&self, id: NameId) -> bool {
        match (self.edit_of(id), self.added_of(id)) {
            (Some(edited), _) => !edited.is_free && edited.payloads.is_empty(),
            (None, Some(added)) => added.zone == NO_ZONE,
            (None, None) => self.base.has(id) && self.base.slot(id).payloads().next().is_none(),
        }
    }

    /// Keeps the names that exist in no zone.
    fn note_absent(&mut self) {
        let mut absent = Vec::new();
        for (id, edited) in &self.edited {
            let is_absent = !edited.is_free && edited.payloads.is_empty();
            let old = Some(NameId(*id)).filter(|id| id.0 < self.first_added && self.base.has(*id));
            let was_absent = old.is_some_and(|id| self.base.slot(id).payloads().next().is_none());
            match (was_absent, is_absent) {
                (true, false) => drop(self.base.absent.remove(edited.parent, *id)),
                (false, true) => absent.push((edited.parent, *id)),
                _ => {}
            }
        }
        let added = (self.first_added..).zip(&self.added).filter(|(_, added)| added.zone == NO_ZONE);
        let added = added.filter(|(id, _)| !self.edited.contains_key(id)).map(|(id, added)| (added.parent.0, id));
        absent.extend(added);
        self.base.absent.extend(absent);
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
        let mut touched: Vec<usize> = self.edited.keys().map(|id| *id as usize / PAGE).collect();
        touched.extend((first_added_page..old).filter(|_| !self.added.is_empty()));
        touched.sort_unstable();
        touched.dedup();
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
                    writer.push(NameId(edited.parent), self.label(id), &payloads);
                }
                (None, Some(added)) if added.zone == NO_ZONE => writer.push(added.parent, self.label(id), &[]),
                (None, Some(added)) => writer.push(added.parent, self.label(id), &[self.added_payload(added)]),
                (None, None) => writer.push_slot(self.base.slot(id)),
            }
        }
        writer.finish()
    }
}
