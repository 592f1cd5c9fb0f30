//! Pages: 32 slots behind a table of offsets.

use super::{read_u32, NameId, Payload, Slot};
use std::sync::Arc;

/// Names in a page.
pub const PAGE: usize = 32;
const HEADER: usize = (PAGE + 1) * 4;

/// Where slot `index` of a page begins.
#[inline]
pub fn offset(page: &[u8], index: usize) -> u32 {
    read_u32(page, index * 4)
}

/// The slot `index` of a page.
#[inline]
pub fn slot(page: &[u8], index: usize) -> Slot<'_> {
    let bounds = page.get(index * 4..).and_then(|rest| rest.first_chunk::<8>());
    let bounds = bounds.map_or(0, |both| u64::from_le_bytes(*both));
    let (from, to) = (bounds as u32 as usize, (bounds >> 32) as usize);
    Slot { octets: page.get(from..to).unwrap_or(&[]), only: None }
}

/// Writes one page, slot by slot.
pub struct PageWriter {
    octets: Vec<u8>,
    slots: usize,
}

impl PageWriter {
    /// A page without slots.
    pub fn new() -> PageWriter {
        PageWriter { octets: vec![0; HEADER], slots: 0 }
    }

    /// Adds a name.
    pub fn push(&mut self, parent: NameId, label: &[u8], payloads: &[Payload<'_>]) {
        self.open();
        self.octets.extend_from_slice(&parent.0.to_le_bytes());
        self.octets.push(label.len() as u8);
        self.octets.extend_from_slice(label);
        for (i, payload) in payloads.iter().enumerate() {
            payload.write(&mut self.octets, i + 1 < payloads.len());
        }
    }

    /// Adds a name as it stands in another page.
    pub fn push_slot(&mut self, slot: Slot<'_>) {
        self.open();
        self.octets.extend_from_slice(slot.octets);
    }

    /// Adds a free id.
    pub fn push_free(&mut self) {
        self.open();
    }

    fn open(&mut self) {
        let start = (self.octets.len() as u32).to_le_bytes();
        self.octets[self.slots * 4..self.slots * 4 + 4].copy_from_slice(&start);
        self.slots += 1;
    }

    /// The page; slots that were not pushed are free. The writer can be used again.
    pub fn finish(&mut self) -> Arc<[u8]> {
        while self.slots < PAGE {
            self.open();
        }
        let end = (self.octets.len() as u32).to_le_bytes();
        self.octets[PAGE * 4..HEADER].copy_from_slice(&end);
        let page = Arc::from(self.octets.as_slice());
        self.octets.truncate(HEADER);
        self.slots = 0;
        page
    }
}
