//! Pairs of name ids in order: who is linked to whom, who lies below whom.
//!
//! The pair `(first, second)` is one `u64`, so all partners of a name stand together and asking for the first hundred of
//! half a million costs a hundred.

use super::ordered::Ordered;

/// A set of `(u32, u32)` pairs in ascending order.
#[derive(Clone)]
pub struct KeySet {
    keys: Ordered<u64>,
}

fn key(first: u32, second: u32) -> u64 {
    (first as u64) << 32 | second as u64
}

impl KeySet {
    /// The empty set.
    pub fn new() -> KeySet {
        KeySet { keys: Ordered::new() }
    }

    /// Whether there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.keys.len() == 0
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// All pairs, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.keys.iter().map(|key| ((key >> 32) as u32, *key as u32))
    }

    /// Takes a pair out; whether it was there.
    pub fn remove(&mut self, first: u32, second: u32) -> bool {
        self.keys.remove(&key(first, second))
    }

    /// Takes pairs out.
    pub fn remove_all(&mut self, pairs: Vec<(u32, u32)>) {
        self.keys.remove_all(pairs.into_iter().map(|(first, second)| key(first, second)).collect());
    }

    /// Adds pairs.
    pub fn extend(&mut self, pairs: Vec<(u32, u32)>) {
        self.keys.extend(pairs.into_iter().map(|(first, second)| key(first, second)).collect());
    }

    /// The second halves of the pairs that begin with `first`, ascending, from `after` (excluded) on.
    pub fn partners(&self, first: u32, after: Option<u32>) -> impl Iterator<Item = u32> + '_ {
        let keys = match after {
            Some(second) => self.keys.iter_after(&key(first, second)),
            None => self.keys.iter_from(&key(first, 0)),
        };
        keys.take_while(move |key| (**key >> 32) as u32 == first).map(|key| *key as u32)
    }

    /// Whether any pair begins with `first`.
    pub fn has_partners(&self, first: u32) -> bool {
        self.partners(first, None).next().is_some()
    }

    /// How many pairs begin with `first`; costs the leaves they fill.
    pub fn count(&self, first: u32) -> usize {
        self.keys.count(key(first, 0)..=key(first, u32::MAX))
    }
}

/// Which names have partners, for who asks for many names: then going through all pairs once is cheaper.
pub struct Firsts(Option<Vec<u64>>);

/// How many look-ups cost as much as going through a pair costs a pair.
const LOOK_UP: usize = 16;

impl Firsts {
    /// For so many questions.
    pub fn of(set: &KeySet, questions: usize) -> Firsts {
        let mut bits = Vec::new();
        if questions.saturating_mul(LOOK_UP) <= set.len() {
            return Firsts(None);
        }
        for (first, _) in set.iter() {
            let word = first as usize / 64;
            if word >= bits.len() {
                bits.resize(word + 1, 0);
            }
            bits[word] |= 1 << (first % 64);
        }
        Firsts(Some(bits))
    }

    /// Whether any pair of the set begins with `first`.
    pub fn has(&self, set: &KeySet, first: u32) -> bool {
        match &self.0 {
            Some(bits) => bits.get(first as usize / 64).is_some_and(|word| word >> (first % 64) & 1 != 0),
            None => set.has_partners(first),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partners_of_one_name_and_no_other() {
        let mut set = KeySet::new();
        set.extend((0..1000).map(|i| (i % 3, i)).collect());
        assert_eq!((set.count(0), set.count(1), set.count(3)), (334, 333, 0));
        assert!(set.partners(1, Some(10)).eq((13..1000).step_by(3)));
        assert!(set.has_partners(2) && !set.has_partners(3));
        for questions in [1, 1000] {
            let firsts = Firsts::of(&set, questions);
            assert!((0..200).all(|first| firsts.has(&set, first) == (first < 3)), "{questions}");
        }
        assert!(set.remove(2, 2) && !set.remove(2, 2));
        assert_eq!((set.count(2), set.partners(2, None).next()), (332, Some(5)));
    }

    #[test]
    fn counts_what_is_less_than_all_that_was_loaded() {
        let mut set = KeySet::new();
        set.extend((0..500).map(|i| (7, i)).collect());
        set.extend(vec![(3, 1), (3, 2)]);
        assert_eq!((set.count(3), set.count(7), set.count(5)), (2, 500, 0));
    }
}
