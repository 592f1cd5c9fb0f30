//! A persistent vector: a clone shares everything, a write copies one chunk.
//!
//! Readers hold clones, the writer holds the newest; [`Table::get_mut`] copies a chunk only when a
//! reader still shares it. A clone costs one pointer per chunk of 128 elements: with pages of 32
//! names as elements that is 250 pointers for a million names.

use std::sync::Arc;

const CHUNK: usize = 128;

/// A vector whose clones share their chunks.
#[derive(Clone)]
pub struct Table<T> {
    chunks: Vec<Arc<[T]>>,
    len: usize,
}

impl<T: Clone> Table<T> {
    /// An empty table.
    pub fn new() -> Table<T> {
        Table { chunks: Vec::new(), len: 0 }
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The element at `index`, which must be in the table.
    #[inline]
    pub fn get(&self, index: usize) -> &T {
        &self.chunks[index / CHUNK][index % CHUNK]
    }

    /// The element at `index` for writing; copies its chunk when a reader shares it.
    pub fn get_mut(&mut self, index: usize) -> &mut T {
        &mut Arc::make_mut(&mut self.chunks[index / CHUNK])[index % CHUNK]
    }

    /// Adds `items` at the end.
    pub fn extend(&mut self, items: impl IntoIterator<Item = T>) {
        let mut open: Vec<T> = match self.len % CHUNK {
            0 => Vec::with_capacity(CHUNK),
            _ => self.chunks.pop().map(|chunk| chunk.to_vec()).unwrap_or_default(),
        };
        self.len -= open.len();
        for item in items {
            open.push(item);
            if open.len() == CHUNK {
                self.close(std::mem::replace(&mut open, Vec::with_capacity(CHUNK)));
            }
        }
        if !open.is_empty() {
            self.close(open);
        }
    }

    fn close(&mut self, chunk: Vec<T>) {
        self.len += chunk.len();
        self.chunks.push(Arc::from(chunk));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_keep_their_version() {
        let mut table = Table::new();
        table.extend(0..300);
        let before = table.clone();
        *table.get_mut(200) = -1;
        table.extend([7]);
        assert_eq!((*before.get(200), *table.get(200), *table.get(300)), (200, -1, 7));
        assert_eq!((before.len(), table.len()), (300, 301));
        assert!((0..200).all(|i| *table.get(i) == i as i32));
    }
}
