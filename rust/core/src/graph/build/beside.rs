//! Text is read on other threads while this one builds.
//!
//! ```text
//! file ─ reader thread ─┐                  ┌─ take(0, ..) take(0, ..) .. take(1, ..)    in the order of the files
//! file ─ reader thread ─┴─ batches ─ here ─┘
//! ```
//!
//! Reading is about a third of what loading costs. Batches go back to the readers when they are empty. The queue is
//! short, so that a reader which is faster than the builder waits instead of filling the memory.

use super::batch::{Batch, Batches};
use crate::name::Name;
use crate::zonefile::{self, Read};
use std::collections::HashMap;
use std::collections::VecDeque;
use std::io;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{sync_channel, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread::available_parallelism;

/// Full batches that wait.
const QUEUE: usize = 16;
/// Octets of a file from which a second thread is worth its start.
const LARGE: usize = 1 << 20;
/// Threads that read; one builder has no use for more.
const MOST_READERS: usize = 8;

/// A file to read.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// Its zone, when that is said.
    pub origin: Option<Name>,
}

/// What comes of a file: its records, then how it went.
pub enum Event {
    /// Some records.
    Records(Batch),
    /// The file is at its end, or could not be opened.
    End(io::Result<Read>),
}

/// Empty batches.
#[derive(Default)]
struct Pool(Mutex<Vec<Batch>>);

impl Pool {
    fn take(&self) -> Batch {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_else(Batch::new)
    }

    fn give(&self, batch: Batch) {
        let mut pool = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.len() < QUEUE {
            pool.push(batch);
        }
    }
}

fn cores() -> usize {
    available_parallelism().map_or(1, |cores| cores.get())
}

/// Reads a zone file that is in memory and gives its records to `add`, batch by batch, which are empty afterwards.
pub fn read_text(bytes: &[u8], path: &Path, origin: Option<&Name>, add: &mut dyn FnMut(&mut Batch)) -> Read {
    if bytes.len() < LARGE || cores() < 2 {
        let mut batches = Batches::new(add);
        let read = zonefile::read_bytes(bytes, path, origin, &mut batches);
        batches.finish();
        return read;
    }
    let (pool, (full, coming)) = (&Pool::default(), sync_channel(QUEUE));
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let mut batches = Batches::new(|batch: &mut Batch| {
                // Nobody takes it only when this thread's scope is being left by a panic.
                let _ = full.send(std::mem::replace(batch, pool.take()));
            });
            let read = zonefile::read_bytes(bytes, path, origin, &mut batches);
            batches.finish();
            read
        });
        for mut batch in coming {
            add(&mut batch);
            pool.give(batch);
        }
        reader.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Reads files on all cores and gives what is in them to `take` with the number of the file, in the order of the files;
/// `take` empties the batch, and says whether to go on.
pub fn read_files(sources: &[Source], take: &mut dyn FnMut(usize, &mut Event) -> bool) {
    let readers = (cores() - 1).clamp(1, MOST_READERS).min(sources.len());
    let (pool, next, (full, coming)) = (&Pool::default(), &AtomicUsize::new(0), sync_channel(QUEUE));
    std::thread::scope(|scope| {
        for _ in 0..readers {
            let full = full.clone();
            scope.spawn(move || loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(source) = sources.get(number) else { return };
                let end = read_source(number, source, &full, pool);
                if full.send((number, Event::End(end))).is_err() {
                    return;
                }
            });
        }
        drop(full);
        let mut coming = InOrder { coming, waiting: HashMap::new() };
        for number in 0..sources.len() {
            while let Some(mut event) = coming.next(number) {
                if !take(number, &mut event) {
                    return; // readers end when they find the queue closed
                }
                match event {
                    Event::Records(batch) => pool.give(batch),
                    Event::End(_) => break,
                }
            }
        }
    });
}

fn read_source(number: usize, source: &Source, full: &SyncSender<(usize, Event)>, pool: &Pool) -> io::Result<Read> {
    let bytes = std::fs::read(&source.path)?;
    let is_closed = std::cell::Cell::new(false);
    let hand = |batch: &mut Batch| {
        let filled = std::mem::replace(batch, pool.take());
        is_closed.set(full.send((number, Event::Records(filled))).is_err());
    };
    let mut batches = Batches::new(hand).closed_by(&is_closed);
    let read = zonefile::read_all(&bytes, &source.path, source.origin.as_ref(), &mut batches);
    batches.finish();
    Ok(read)
}

/// Brings what several readers send into the order of the files.
struct InOrder {
    coming: Receiver<(usize, Event)>,
    waiting: HashMap<usize, VecDeque<Event>>,
}

impl InOrder {
    fn next(&mut self, wanted: usize) -> Option<Event> {
        if let Some(waiting) = self.waiting.get_mut(&wanted) {
            match waiting.pop_front() {
                Some(event) => return Some(event),
                None => drop(self.waiting.remove(&wanted)),
            }
        }
        loop {
            // An error means that a reader panicked; the scope passes that on.
            let (number, event) = self.coming.recv().ok()?;
            if number == wanted {
                return Some(event);
            }
            self.waiting.entry(number).or_default().push_back(event);
        }
    }
}
