//! A draft becomes a version: links and children enter their sets, unused ids are freed, pages are written.

use super::{Draft, FreeIds, Held, NO_ZONE};
use crate::graph::index::NameHash;
use crate::graph::node::{NameId, PageWriter, PAGE};
use crate::graph::snapshot::{Snapshot, Tree};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Draft {
    /// The version as it is to be published, and what became of the ids that no name has.
    /// Ids in `pinned` are kept even when nothing uses them.
    pub fn commit(mut self, pinned: &dyn Fn(u32) -> bool) -> (Snapshot, FreeIds) {
        for (target, owner) in std::mem::take(&mut self.old_links) {
            self.base.inbound.remove(target, owner);
        }
        self.base.inbound.extend(std::mem::take(&mut self.new_links));
        self.base.children.extend(std::mem::take(&mut self.new_children));
        for key in std::mem::take(&mut self.old_order) {
            self.base.order.remove(&key);
        }
        self.base.order.extend(std::mem::take(&mut self.new_order));
        let freed = self.release_loose(pinned);
        self.base.ids = self.first_added + self.added.len() as u32;
        self.write_pages();
        (self.base, FreeIds { left: self.free_left, freed })
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
