//! A persistent ordered set.
//!
//! A B+ tree with shared nodes: a clone is one pointer, a write copies the path to one leaf. The key that stands beside
//! a child was its least when the child was made; later it may hold less if it is the first, and more in any case.

use std::ops::{Bound, RangeInclusive};
use std::sync::Arc;

/// Most keys of a leaf and most children of an inner node.
const WIDTH: usize = 128;

#[derive(Clone)]
enum Node<K> {
    Leaf(Vec<K>),
    Inner(Vec<Child<K>>),
}

/// A node under another, with a key that stands for it.
type Child<K> = (K, Arc<Node<K>>);

/// Keys in ascending order, each once.
#[derive(Clone)]
pub struct Ordered<K> {
    root: Arc<Node<K>>,
    len: usize,
}

impl<K: Ord + Clone> Ordered<K> {
    /// The empty set.
    pub fn new() -> Ordered<K> {
        Ordered { root: Arc::new(Node::Leaf(Vec::new())), len: 0 }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds a key; whether it was new.
    pub fn insert(&mut self, key: K) -> bool {
        let least = key.clone();
        let (added, split) = insert(Arc::make_mut(&mut self.root), key);
        if let Some(right) = split {
            let left = std::mem::replace(&mut self.root, Arc::new(Node::Leaf(Vec::new())));
            let least = first(&left).cloned().unwrap_or(least);
            self.root = Arc::new(Node::Inner(vec![(least, left), right]));
        }
        self.len += added as usize;
        added
    }

    /// Takes a key out; whether it was there.
    pub fn remove(&mut self, key: &K) -> bool {
        let removed = remove(Arc::make_mut(&mut self.root), key);
        self.len -= removed as usize;
        removed
    }

    /// Adds many keys at once; cheap when they are many beside those already there.
    pub fn extend(&mut self, mut keys: Vec<K>) {
        if keys.len() < self.len / 8 {
            for key in keys {
                self.insert(key);
            }
            return;
        }
        keys.extend(self.iter().cloned());
        keys.sort_unstable();
        keys.dedup();
        *self = Ordered::from_sorted(&keys);
    }

    /// Takes many keys out at once; cheap when they are many beside those that are there.
    pub fn remove_all(&mut self, mut keys: Vec<K>) {
        if keys.len() < self.len / 8 {
            for key in &keys {
                self.remove(key);
            }
            return;
        }
        keys.sort_unstable();
        let mut gone = keys.iter().peekable();
        let mut left = Vec::with_capacity(self.len.saturating_sub(keys.len()));
        for key in self.iter() {
            while gone.next_if(|gone| *gone < key).is_some() {}
            if gone.peek() != Some(&key) {
                left.push(key.clone());
            }
        }
        *self = Ordered::from_sorted(&left);
    }

    fn from_sorted(keys: &[K]) -> Ordered<K> {
        // Three quarters full, so that the first edits after a load do not split every leaf.
        let fill = WIDTH * 3 / 4;
        let leaf = |chunk: &[K]| (chunk[0].clone(), Arc::new(Node::Leaf(chunk.to_vec())));
        let mut level: Vec<Child<K>> = keys.chunks(fill).map(leaf).collect();
        while level.len() > 1 {
            level = level.chunks(fill).map(|c| (c[0].0.clone(), Arc::new(Node::Inner(c.to_vec())))).collect();
        }
        match level.pop() {
            Some((_, root)) => Ordered { root, len: keys.len() },
            None => Ordered::new(),
        }
    }

    /// The keys in order.
    pub fn iter(&self) -> Iter<'_, K> {
        self.descend(Bound::Unbounded)
    }

    /// The keys from `start` on.
    pub fn iter_from(&self, start: &K) -> Iter<'_, K> {
        self.descend(Bound::Included(start))
    }

    /// The keys behind `start`.
    pub fn iter_after(&self, start: &K) -> Iter<'_, K> {
        self.descend(Bound::Excluded(start))
    }

    fn descend(&self, start: Bound<&K>) -> Iter<'_, K> {
        let mut iter = Iter { stack: Vec::new() };
        iter.descend(&self.root, start);
        iter
    }

    /// The largest key that is not larger than `key`.
    pub fn at_or_before(&self, key: &K) -> Option<&K> {
        at_or_before(&self.root, key)
    }

    /// How many keys lie in a range; costs the leaves they fill.
    pub fn count(&self, range: RangeInclusive<K>) -> usize {
        count(&self.root, range.start(), range.end())
    }
}

fn child_of<K: Ord>(children: &[Child<K>], key: &K) -> usize {
    children.partition_point(|child| child.0 <= *key).saturating_sub(1)
}

fn insert<K: Ord + Clone>(node: &mut Node<K>, new: K) -> (bool, Option<Child<K>>) {
    match node {
        Node::Leaf(keys) => match keys.binary_search(&new) {
            Ok(_) => (false, None),
            Err(at) => {
                keys.insert(at, new);
                // A key behind all others opens a new leaf: ids grow, and half-full leaves would stay so.
                let cut = if at + 1 == keys.len() { keys.len() - 1 } else { keys.len() / 2 };
                let split = (keys.len() > WIDTH).then(|| keys.split_off(cut));
                (true, split.map(|right| (right[0].clone(), Arc::new(Node::Leaf(right)))))
            }
        },
        Node::Inner(children) => {
            let at = child_of(children, &new);
            let (added, split) = insert(Arc::make_mut(&mut children[at].1), new);
            if let Some(right) = split {
                children.insert(at + 1, right);
            }
            let split = (children.len() > WIDTH).then(|| children.split_off(WIDTH / 2));
            (added, split.map(|right| (right[0].0.clone(), Arc::new(Node::Inner(right)))))
        }
    }
}

/// Leaves that become empty are dropped; others are left as they are, since what shrinks grows again.
fn remove<K: Ord + Clone>(node: &mut Node<K>, old: &K) -> bool {
    match node {
        Node::Leaf(keys) => keys.binary_search(old).map(|at| keys.remove(at)).is_ok(),
        Node::Inner(children) => {
            let at = child_of(children, old);
            let removed = remove(Arc::make_mut(&mut children[at].1), old);
            if removed && children.len() > 1 && first(&children[at].1).is_none() {
                children.remove(at);
            }
            removed
        }
    }
}

fn first<K>(node: &Node<K>) -> Option<&K> {
    match node {
        Node::Leaf(keys) => keys.first(),
        Node::Inner(children) => children.iter().find_map(|child| first(&child.1)),
    }
}

fn last<K>(node: &Node<K>) -> Option<&K> {
    match node {
        Node::Leaf(keys) => keys.last(),
        Node::Inner(children) => children.iter().rev().find_map(|child| last(&child.1)),
    }
}

fn at_or_before<'a, K: Ord>(node: &'a Node<K>, key: &K) -> Option<&'a K> {
    match node {
        Node::Leaf(keys) => keys[..keys.partition_point(|k| k <= key)].last(),
        Node::Inner(children) => {
            let at = child_of(children, key);
            let before = || children[..at].iter().rev().find_map(|child| last(&child.1));
            at_or_before(&children[at].1, key).or_else(before)
        }
    }
}

fn count<K: Ord>(node: &Node<K>, low: &K, high: &K) -> usize {
    match node {
        Node::Leaf(keys) => keys.partition_point(|k| k <= high) - keys.partition_point(|k| k < low),
        Node::Inner(children) => {
            let range = child_of(children, low)..child_of(children, high) + 1;
            children[range].iter().map(|child| count(&child.1, low, high)).sum()
        }
    }
}

/// Keys in ascending order.
pub struct Iter<'a, K> {
    stack: Vec<(&'a Node<K>, usize)>,
}

impl<'a, K: Ord> Iter<'a, K> {
    fn descend(&mut self, mut node: &'a Node<K>, start: Bound<&K>) {
        loop {
            let at = match (node, start) {
                (_, Bound::Unbounded) => 0,
                (Node::Leaf(keys), Bound::Included(start)) => keys.partition_point(|key| key < start),
                (Node::Leaf(keys), Bound::Excluded(start)) => keys.partition_point(|key| key <= start),
                (Node::Inner(children), Bound::Included(start) | Bound::Excluded(start)) => child_of(children, start),
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

impl<'a, K: Ord> Iterator for Iter<'a, K> {
    type Item = &'a K;
    fn next(&mut self) -> Option<&'a K> {
        loop {
            let (node, at) = self.stack.last_mut()?;
            match node {
                Node::Leaf(keys) if *at < keys.len() => {
                    *at += 1;
                    return Some(&keys[*at - 1]);
                }
                Node::Inner(children) if *at < children.len() => {
                    let child: &Node<K> = &children[*at].1;
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

    /// A fixed linear congruence: the same "random" keys in every run.
    fn keys(count: usize) -> impl Iterator<Item = u32> {
        let mut state = 7u64;
        (0..count).map(move |_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 40) as u32 % 20_000
        })
    }

    fn assert_same(set: &Ordered<u32>, model: &BTreeSet<u32>) {
        assert!(set.iter().eq(model));
        assert_eq!(set.len(), model.len());
        for at in (0..20_100).step_by(37) {
            assert!(set.iter_from(&at).take(200).eq(model.range(at..).take(200)), "from {at}");
            assert_eq!(set.iter_after(&at).next(), model.range(at + 1..).next(), "after {at}");
            assert_eq!(set.at_or_before(&at), model.range(..=at).next_back(), "before {at}");
            assert_eq!(set.count(at..=at + 500), model.range(at..=at + 500).count(), "count from {at}");
        }
    }

    #[test]
    fn behaves_as_a_sorted_set() {
        let (mut set, mut model) = (Ordered::new(), BTreeSet::new());
        for (i, key) in keys(40_000).enumerate() {
            match i % 3 {
                2 => assert_eq!(set.remove(&key), model.remove(&key)),
                _ => assert_eq!(set.insert(key), model.insert(key)),
            }
        }
        assert_same(&set, &model);
        let kept = set.clone();
        for key in model.clone() {
            assert!(set.remove(&key));
        }
        assert_same(&set, &BTreeSet::new());
        assert_same(&kept, &model);
    }

    #[test]
    fn bulk_equals_one_by_one() {
        let mut set = Ordered::new();
        set.extend(keys(9_000).filter(|key| *key > 5_000).collect());
        assert!(set.insert(3) && set.insert(1) && !set.insert(3));
        set.extend(keys(20_000).skip(9_000).collect());
        set.extend(vec![2, 1]);
        let mut model =
            keys(9_000).filter(|key| *key > 5_000).chain(keys(20_000).skip(9_000)).chain([1, 2, 3]).collect();
        assert_same(&set, &model);
        for gone in [vec![3, 3, 7, 30_000], keys(9_000).collect(), (0..20_000).rev().collect()] {
            model.retain(|key| !gone.contains(key));
            set.remove_all(gone);
            assert_same(&set, &model);
        }
    }
}
