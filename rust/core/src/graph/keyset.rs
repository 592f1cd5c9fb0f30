//! A persistent ordered set of pairs of name ids: who is linked to whom, who lies below whom.
//!
//! A B+ tree with shared nodes: a clone is one pointer, a write copies the path to one leaf. The pair
//! `(first, second)` is one `u64`, so all partners of a name stand together and asking for the first
//! hundred of half a million costs a hundred.

use std::ops::Bound;
use std::sync::Arc;

/// Most keys of a leaf and most children of an inner node.
const WIDTH: usize = 128;

#[derive(Clone)]
enum Node {
    Leaf(Vec<u64>),
    /// Children with the smallest key that each may hold.
    Inner(Vec<(u64, Arc<Node>)>),
}

/// A set of `(u32, u32)` pairs in ascending order.
#[derive(Clone)]
pub struct KeySet {
    root: Arc<Node>,
    len: usize,
}

fn key(first: u32, second: u32) -> u64 {
    (first as u64) << 32 | second as u64
}

impl KeySet {
    /// The empty set.
    pub fn new() -> KeySet {
        KeySet { root: Arc::new(Node::Leaf(Vec::new())), len: 0 }
    }

    /// Adds a pair; whether it was new.
    pub fn insert(&mut self, first: u32, second: u32) -> bool {
        let (added, split) = insert(Arc::make_mut(&mut self.root), key(first, second));
        if let Some(right) = split {
            let left = std::mem::replace(&mut self.root, Arc::new(Node::Leaf(Vec::new())));
            self.root = Arc::new(Node::Inner(vec![(0, left), right]));
        }
        self.len += added as usize;
        added
    }

    /// Takes a pair out; whether it was there.
    pub fn remove(&mut self, first: u32, second: u32) -> bool {
        let removed = remove(Arc::make_mut(&mut self.root), key(first, second));
        self.len -= removed as usize;
        removed
    }

    /// Adds many pairs at once; cheap when they are many or all lie behind those already there.
    pub fn extend(&mut self, mut keys: Vec<(u32, u32)>) {
        if keys.len() < self.len / 8 {
            for (first, second) in keys {
                self.insert(first, second);
            }
            return;
        }
        keys.sort_unstable();
        keys.dedup();
        let all: Vec<u64> = if self.len == 0 {
            keys.into_iter().map(|(a, b)| key(a, b)).collect()
        } else {
            let mut all: Vec<u64> = self.iter_from(0).collect();
            all.extend(keys.into_iter().map(|(a, b)| key(a, b)));
            all.sort_unstable();
            all.dedup();
            all
        };
        *self = KeySet::from_sorted(&all);
    }

    fn from_sorted(keys: &[u64]) -> KeySet {
        // Three quarters full, so that the first edits after a load do not split every leaf.
        let fill = WIDTH * 3 / 4;
        let mut level: Vec<(u64, Arc<Node>)> =
            keys.chunks(fill).map(|chunk| (chunk[0], Arc::new(Node::Leaf(chunk.to_vec())))).collect();
        while level.len() > 1 {
            level = level.chunks(fill).map(|chunk| (chunk[0].0, Arc::new(Node::Inner(chunk.to_vec())))).collect();
        }
        match level.pop() {
            Some((_, root)) => KeySet { root, len: keys.len() },
            None => KeySet::new(),
        }
    }

    /// The second halves of the pairs that begin with `first`, ascending, from `after` (excluded) on.
    pub fn partners(&self, first: u32, after: Option<u32>) -> impl Iterator<Item = u32> + '_ {
        let start = after.map_or(key(first, 0), |second| key(first, second) + 1);
        self.iter_from(start).take_while(move |key| (*key >> 32) as u32 == first).map(|key| key as u32)
    }

    /// Whether any pair begins with `first`.
    pub fn has_partners(&self, first: u32) -> bool {
        self.partners(first, None).next().is_some()
    }

    /// How many pairs begin with `first`; costs the leaves they fill.
    pub fn count(&self, first: u32) -> usize {
        self.rank(key(first, 0)..key(first, u32::MAX))
    }

    fn rank(&self, range: std::ops::Range<u64>) -> usize {
        fn within(node: &Node, low: u64, high: u64) -> usize {
            match node {
                Node::Leaf(keys) => keys.partition_point(|k| *k <= high) - keys.partition_point(|k| *k < low),
                Node::Inner(children) => {
                    let from = children.partition_point(|c| c.0 <= low).saturating_sub(1);
                    // The first child also holds what came later and is less than its key says.
                    let to = children.partition_point(|c| c.0 <= high).max(1);
                    children[from..to].iter().map(|c| within(&c.1, low, high)).sum()
                }
            }
        }
        within(&self.root, range.start, range.end)
    }

    fn iter_from(&self, start: u64) -> Iter<'_> {
        let mut iter = Iter { stack: Vec::new() };
        iter.descend(&self.root, Bound::Included(start));
        iter
    }
}

fn insert(node: &mut Node, new: u64) -> (bool, Option<(u64, Arc<Node>)>) {
    match node {
        Node::Leaf(keys) => match keys.binary_search(&new) {
            Ok(_) => (false, None),
            Err(at) => {
                keys.insert(at, new);
                // A key behind all others opens a new leaf: ids grow, and half-full leaves would stay so.
                let cut = if at + 1 == keys.len() { keys.len() - 1 } else { keys.len() / 2 };
                (true, (keys.len() > WIDTH).then(|| split_leaf(keys, cut)))
            }
        },
        Node::Inner(children) => {
            let at = children.partition_point(|c| c.0 <= new).saturating_sub(1);
            let (added, split) = insert(Arc::make_mut(&mut children[at].1), new);
            if let Some(right) = split {
                children.insert(at + 1, right);
            }
            let split = (children.len() > WIDTH).then(|| {
                let right = children.split_off(WIDTH / 2);
                (right[0].0, Arc::new(Node::Inner(right)))
            });
            (added, split)
        }
    }
}

fn split_leaf(keys: &mut Vec<u64>, cut: usize) -> (u64, Arc<Node>) {
    let right = keys.split_off(cut);
    (right[0], Arc::new(Node::Leaf(right)))
}

/// Leaves that become empty are dropped; others are left as they are, since what shrinks grows again.
fn remove(node: &mut Node, old: u64) -> bool {
    match node {
        Node::Leaf(keys) => keys.binary_search(&old).map(|at| keys.remove(at)).is_ok(),
        Node::Inner(children) => {
            let at = children.partition_point(|c| c.0 <= old).saturating_sub(1);
            let removed = remove(Arc::make_mut(&mut children[at].1), old);
            if removed && children.len() > 1 && is_empty(&children[at].1) {
                children.remove(at);
            }
            removed
        }
    }
}

fn is_empty(node: &Node) -> bool {
    match node {
        Node::Leaf(keys) => keys.is_empty(),
        Node::Inner(children) => children.iter().all(|c| is_empty(&c.1)),
    }
}

struct Iter<'a> {
    stack: Vec<(&'a Node, usize)>,
}

impl<'a> Iter<'a> {
    fn descend(&mut self, mut node: &'a Node, start: Bound<u64>) {
        loop {
            let at = match (node, start) {
                (_, Bound::Unbounded) => 0,
                (Node::Leaf(keys), Bound::Included(s) | Bound::Excluded(s)) => keys.partition_point(|k| *k < s),
                (Node::Inner(children), Bound::Included(s) | Bound::Excluded(s)) => {
                    children.partition_point(|c| c.0 <= s).saturating_sub(1)
                }
            };
            match node {
                Node::Leaf(_) => return self.stack.push((node, at)),
                Node::Inner(children) => {
                    self.stack.push((node, at + 1));
                    node = &children[at].1;
                }
            }
        }
    }
}

impl Iterator for Iter<'_> {
    type Item = u64;
    fn next(&mut self) -> Option<u64> {
        loop {
            let (node, at) = self.stack.last_mut()?;
            match node {
                Node::Leaf(keys) if *at < keys.len() => {
                    *at += 1;
                    return Some(keys[*at - 1]);
                }
                Node::Inner(children) if *at < children.len() => {
                    let child: &Node = &children[*at].1;
                    *at += 1;
                    self.descend(child, Bound::Unbounded);
                }
                _ => {
                    self.stack.pop();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// A fixed linear congruence: the same "random" pairs in every run.
    fn pairs(count: usize) -> impl Iterator<Item = (u32, u32)> {
        let mut state = 7u64;
        (0..count).map(move |_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 33) as u32 % 40, (state >> 40) as u32 % 500)
        })
    }

    fn assert_same(set: &KeySet, model: &BTreeSet<(u32, u32)>) {
        let all: Vec<u64> = set.iter_from(0).collect();
        assert_eq!(all, model.iter().map(|(a, b)| key(*a, *b)).collect::<Vec<_>>());
        assert_eq!(set.len, model.len());
        for first in 0..41 {
            let partners: Vec<u32> = model.range((first, 0)..=(first, u32::MAX)).map(|p| p.1).collect();
            assert_eq!(set.partners(first, None).collect::<Vec<_>>(), partners);
            assert_eq!(set.count(first), partners.len());
            let rest: Vec<u32> = partners.iter().copied().filter(|p| *p > 100).collect();
            assert_eq!(set.partners(first, Some(100)).collect::<Vec<_>>(), rest);
        }
    }

    #[test]
    fn behaves_as_a_sorted_set() {
        let (mut set, mut model) = (KeySet::new(), BTreeSet::new());
        for (i, (a, b)) in pairs(30_000).enumerate() {
            match i % 3 {
                2 => assert_eq!(set.remove(a, b), model.remove(&(a, b))),
                _ => assert_eq!(set.insert(a, b), model.insert((a, b))),
            }
        }
        assert_same(&set, &model);
        let kept = set.clone();
        for (a, b) in model.clone() {
            assert!(set.remove(a, b));
        }
        assert_same(&set, &BTreeSet::new());
        assert_same(&kept, &model);
    }

    #[test]
    fn counts_what_is_less_than_all_that_was_loaded() {
        let mut set = KeySet::new();
        set.extend((0..500).map(|i| (7, i)).collect());
        assert!(set.insert(3, 1) && set.insert(3, 2));
        assert_eq!((set.count(3), set.count(7), set.count(5)), (2, 500, 0));
    }

    #[test]
    fn bulk_equals_one_by_one() {
        let mut set = KeySet::new();
        set.extend(pairs(9_000).collect());
        set.extend(pairs(20_000).skip(9_000).collect());
        set.extend(vec![(1, 1), (2, 2)]);
        let model = pairs(20_000).chain([(1, 1), (2, 2)]).collect();
        assert_same(&set, &model);
    }
}
