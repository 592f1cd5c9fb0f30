//! A draft becomes a version: links and children enter their sets, unused ids are freed, pages are written.

use super::{Draft, FreeIds, Held, NO_ZONE};
use crate::graph::denial::{places, OrderKey};
use crate::graph::index::NameHash;
use crate::graph::node::{NameId, PageWriter, PAGE};
use crate::graph::owner::{is_linked, is_redirected};
use crate::graph::snapshot::{Snapshot, Tree};
use std::collections::BTreeSet;
use std::sync::Arc;

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

impl Draft {
    /// The version as it is to be published, and what became of the ids that no name has.
    /// Ids in `pinned` are kept even when nothing uses them.
    pub fn commit(mut self, pinned: &dyn Fn(u32) -> bool) -> (Snapshot, FreeIds) {
        self.settle_links();
        self.base.children.extend(std::mem::take(&mut self.new_children));
        self.settle_order();
        let freed = self.release_loose(pinned);
        self.note_absent();
        self.base.ids = self.first_added + self.added.len() as u32;
        self.write_pages();
        (self.base, FreeIds { left: self.free_left, freed })
    }

    fn settle_links(&mut self) {
        let (old, new) = (std::mem::take(&mut self.old_links), std::mem::take(&mut self.new_links));
        let names = |(target, owner): &(u32, u32)| is_linked(self, NameId(*owner), NameId(*target));
        let gone = without_those_back(old, &new, names);
        self.base.inbound.extend(new);
        for (target, owner) in gone {
            self.base.inbound.remove(target, owner);
        }
        let (old, new) = (std::mem::take(&mut self.old_redirects), std::mem::take(&mut self.new_redirects));
        let names = |(target, owner): &(u32, u32)| is_redirected(self, NameId(*owner), NameId(*target));
        let gone = without_those_back(old, &new, names);
        self.base.redirects.extend(new);
        for (target, owner) in gone {
            self.base.redirects.remove(target, owner);
        }
    }

    fn settle_order(&mut self) {
        let (old, new) = (std::mem::take(&mut self.old_order), std::mem::take(&mut self.new_order));
        let stands = |key: &OrderKey| {
            let payloads = self.payloads(key.owner);
            payloads.iter().any(|payload| places(payload, key.owner, |id| self.name(id)).contains(key))
        };
        let gone = without_those_back(old, &new, stands);
        self.base.order.extend(new);
        for key in gone {
            self.base.order.remove(&key);
        }
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

    /// Keeps the names that exist in no zone.
    fn note_absent(&mut self) {
        for (id, edited) in &self.edited {
            let is_absent = !edited.is_free && edited.payloads.is_empty();
            let old = Some(NameId(*id)).filter(|id| id.0 < self.first_added && self.base.has(*id));
            let was_absent = old.is_some_and(|id| self.base.slot(id).payloads().next().is_none());
            match (was_absent, is_absent) {
                (true, false) => drop(self.base.absent.remove(edited.parent, *id)),
                (false, true) => self.base.absent.extend(vec![(edited.parent, *id)]),
                _ => {}
            }
        }
        let added = (self.first_added..).zip(&self.added).filter(|(_, added)| added.zone == NO_ZONE);
        let added = added.filter(|(id, _)| !self.edited.contains_key(id)).map(|(id, added)| (added.parent.0, id));
        let added: Vec<(u32, u32)> = added.collect();
        self.base.absent.extend(added);
    }

    fn hash(&self, id: NameId) -> NameHash {
        if id == NameId::ROOT {
            return NameHash::ROOT;
        }
        let parent = self.hash(self.parent(id));
        self.base.keys.child(parent, self.label(id))
    }

    fn write_pages(&mut self) {
        let mut writer = PageWriter::new();
        let total = (self.base.ids as usize).div_ceil(PAGE);
        let old = self.base.pages.len();
        // Every old page that holds an edited name, and the last one when names were added behind it.
        let first_added_page = self.first_added as usize / PAGE;
        let mut touched: BTreeSet<usize> = self.edited.keys().map(|id| *id as usize / PAGE).collect();
        touched.extend((first_added_page..old).filter(|_| !self.added.is_empty()));
        for page in touched.into_iter().filter(|page| *page < old) {
            *self.base.pages.get_mut(page) = self.write_page(&mut writer, page);
        }
        let pages: Vec<_> = (old..total).map(|page| self.write_page(&mut writer, page)).collect();
        self.base.pages.extend(pages);
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
