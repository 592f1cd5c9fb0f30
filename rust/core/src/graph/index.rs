//! Names by hash: a persistent extendible hash table from a name's hash to its id.
//!
//! A directory of 2^bits entries points at buckets of 64 slots; an insert copies one bucket when a
//! reader shares it. A slot holds 32 bits of the hash and the id, and nothing of the name: the caller
//! compares labels in the node, which it reads anyhow. A look-up is one cold cache line.

use super::table::Table;
use crate::name::Name;
use siphasher::sip::SipHasher13;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::hint::black_box;
use std::sync::Arc;

const SLOTS: usize = 64;
/// A bucket is split when it holds more: linear probing stays short.
const FULL: usize = 46;

/// In this order, so that an insert finds the counts in the cache line of the reference count.
#[derive(Clone)]
#[repr(C)]
struct Bucket {
    len: u8,
    /// How many leading bits of the hash all keys of the bucket share.
    bits: u8,
    slots: [u64; SLOTS],
}

/// Keyed hashing of names, label by label from the root (RFC 4343: the caller gives lower case).
#[derive(Clone, Copy)]
pub struct Keys(SipHasher13);

/// Hash of a name: of its parent's hash and its first label.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NameHash(u64);

impl NameHash {
    /// The hash of the root.
    pub const ROOT: NameHash = NameHash(0);
}

impl Keys {
    /// Keys that nobody outside can know, so that nobody can choose names that collide.
    pub fn random() -> Keys {
        let seed = RandomState::new();
        Keys(SipHasher13::new_with_keys(seed.hash_one(1u8), seed.hash_one(2u8)))
    }

    /// The hash of the root.
    pub fn root(&self) -> NameHash {
        NameHash::ROOT
    }

    /// The hash of `label` below the name with the hash `parent`.
    #[inline]
    pub fn child(&self, parent: NameHash, label: &[u8]) -> NameHash {
        let mut hasher = self.0;
        hasher.write_u64(parent.0);
        hasher.write(label);
        NameHash(hasher.finish())
    }

    /// The hash of a whole name in lower case.
    pub fn name(&self, name: &Name) -> NameHash {
        let labels: Vec<&[u8]> = name.labels().collect();
        labels.iter().rev().fold(self.root(), |hash, label| self.child(hash, label))
    }
}

/// Ids by hash.
#[derive(Clone)]
pub struct Index {
    bits: u8,
    directory: Table<Arc<Bucket>>,
}

impl Index {
    /// An empty index.
    pub fn new() -> Index {
        let mut directory = Table::new();
        directory.extend([Arc::new(Bucket { slots: [0; SLOTS], len: 0, bits: 0 })]);
        Index { bits: 0, directory }
    }

    /// An empty index that takes `names` without splitting most of its buckets on the way.
    pub fn with_capacity(names: usize) -> Index {
        let bits = (names / 28).max(1).ilog2().min(24) as u8;
        let mut directory = Table::new();
        directory.extend((0..1usize << bits).map(|_| Arc::new(Bucket { slots: [0; SLOTS], len: 0, bits })));
        Index { bits, directory }
    }

    #[inline]
    fn entry(&self, tag: u32) -> usize {
        (tag as u64 >> (32 - self.bits)) as usize
    }

    /// Ids whose name may have this hash; the caller compares the names.
    #[inline]
    pub fn candidates(&self, hash: NameHash) -> impl Iterator<Item = u32> + '_ {
        let tag = (hash.0 >> 32) as u32;
        let bucket = self.directory.get(self.entry(tag));
        (tag as usize..)
            .map(|at| bucket.slots[at % SLOTS])
            .take_while(|slot| *slot != 0)
            .filter(move |slot| (*slot >> 32) as u32 == tag)
            .map(|slot| slot as u32)
    }

    /// Reads the memory that a look-up of this hash reads first.
    #[inline]
    pub fn touch(&self, hash: NameHash) -> u64 {
        let tag = (hash.0 >> 32) as u32;
        self.directory.get(self.entry(tag)).slots[tag as usize % SLOTS]
    }

    /// Reads what an insert of this hash reads besides.
    #[inline]
    pub fn touch_counts(&self, hash: NameHash) -> u8 {
        self.directory.get(self.entry((hash.0 >> 32) as u32)).len
    }

    /// Adds an id (never 0). The name must not be in the index yet.
    pub fn insert(&mut self, hash: NameHash, id: u32) {
        let tag = (hash.0 >> 32) as u32;
        loop {
            let at = self.entry(tag);
            let bucket = Arc::make_mut(self.directory.get_mut(at));
            // 32 equal leading bits in a whole bucket would need 46 full collisions of a keyed hash;
            // such a bucket is filled up and then keeps its rest in probing order.
            if (bucket.len as usize) < FULL || (bucket.bits >= 31 && (bucket.len as usize) < SLOTS - 1) {
                bucket.put((tag as u64) << 32 | id as u64);
                return self.share(at);
            }
            self.split(at);
        }
    }

    /// Takes an id out.
    pub fn remove(&mut self, hash: NameHash, id: u32) {
        let tag = (hash.0 >> 32) as u32;
        let at = self.entry(tag);
        Arc::make_mut(self.directory.get_mut(at)).take((tag as u64) << 32 | id as u64);
        // Directory entries that share the bucket must share the new one too.
        self.share(at);
    }

    /// Takes many ids out; the waits for memory of some overlap (see `ahead`).
    pub fn remove_all(&mut self, names: &[(NameHash, u32)]) {
        for step in names.chunks(64) {
            black_box(step.iter().fold(0, |seen, (hash, _)| seen ^ self.touch(*hash)));
            step.iter().for_each(|(hash, id)| self.remove(*hash, *id));
        }
    }

    /// Points every directory entry of the bucket at `at` to the bucket that stands there now.
    fn share(&mut self, at: usize) {
        if self.directory.get(at).bits == self.bits {
            return; // one entry, nothing to share: the usual case
        }
        let bucket = self.directory.get(at).clone();
        let span = 1usize << (self.bits - bucket.bits);
        let first = at & !(span - 1);
        for entry in first..first + span {
            if !Arc::ptr_eq(self.directory.get(entry), &bucket) {
                *self.directory.get_mut(entry) = bucket.clone();
            }
        }
    }

    fn split(&mut self, at: usize) {
        let old = self.directory.get(at).clone();
        if old.bits == self.bits {
            self.double();
            return;
        }
        let bits = old.bits + 1;
        let mut halves = [0, 1].map(|_| Bucket { slots: [0; SLOTS], len: 0, bits });
        for slot in old.slots.into_iter().filter(|slot| *slot != 0) {
            halves[(slot >> (64 - bits) & 1) as usize].put(slot);
        }
        let span = 1usize << (self.bits - old.bits);
        let first = at & !(span - 1);
        for (half, bucket) in halves.into_iter().enumerate() {
            let bucket = Arc::new(bucket);
            let start = first + half * span / 2;
            for entry in start..start + span / 2 {
                *self.directory.get_mut(entry) = bucket.clone();
            }
        }
    }

    fn double(&mut self) {
        let mut directory = Table::new();
        directory.extend((0..self.directory.len() * 2).map(|at| self.directory.get(at / 2).clone()));
        self.directory = directory;
        self.bits += 1;
    }
}

impl Bucket {
    fn put(&mut self, slot: u64) {
        let mut at = (slot >> 32) as usize % SLOTS;
        while self.slots[at] != 0 {
            at = (at + 1) % SLOTS;
        }
        self.slots[at] = slot;
        self.len += 1;
    }

    /// What stands behind the slot that becomes free moves up, as far as its own place lets it.
    fn take(&mut self, slot: u64) {
        let home = |slot: u64| (slot >> 32) as usize % SLOTS;
        let mut at = home(slot);
        while self.slots[at] != slot {
            if self.slots[at] == 0 {
                return;
            }
            at = (at + 1) % SLOTS;
        }
        let mut next = (at + 1) % SLOTS;
        while self.slots[next] != 0 {
            let distance = |from: usize| (next + SLOTS - from) % SLOTS;
            if distance(home(self.slots[next])) >= distance(at) {
                self.slots[at] = self.slots[next];
                at = next;
            }
            next = (next + 1) % SLOTS;
        }
        self.slots[at] = 0;
        self.len -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(index: &Index, hash: NameHash, id: u32) -> bool {
        index.candidates(hash).any(|candidate| candidate == id)
    }

    #[test]
    fn finds_what_was_put_and_not_what_was_taken() {
        let keys = Keys::random();
        let hash = |i: u32| keys.child(keys.root(), &i.to_le_bytes());
        for mut index in [Index::new(), Index::with_capacity(5_000)] {
            (1..=20_000).for_each(|i| index.insert(hash(i), i));
            let before = index.clone();
            (1..=20_000).step_by(2).for_each(|i| index.remove(hash(i), i));
            assert!((1..=20_000).all(|i| found(&before, hash(i), i)));
            assert!((1..=20_000).all(|i| found(&index, hash(i), i) == (i % 2 == 0)));
            assert!(!found(&index, hash(30_000), 30_000));
        }
    }

    #[test]
    fn inserts_after_a_shared_bucket_was_copied_are_seen_through_every_entry() {
        let keys = Keys::random();
        let hash = |i: u32| keys.child(keys.root(), &i.to_le_bytes());
        let mut index = Index::new();
        for i in 1..=3_000 {
            let _reader = index.clone();
            index.insert(hash(i), i);
            assert!((1..=i).rev().take(50).all(|i| found(&index, hash(i), i)));
        }
        assert!((1..=3_000).all(|i| found(&index, hash(i), i)));
    }
}
