//! Text is read on other threads while this one builds.
//!
//! ```text
//! file ─ reader thread ─┐                  ┌─ take(0, ..) take(0, ..) .. take(1, ..)    in the order of the files
//! file ─ reader thread ─┴─ batches ─ here ─┘
//! ```
//!
//! Reading is about a third of what loading costs. Batches go back to the readers when they are empty. The queue is
//! short, so that a reader which is faster than the builder waits instead of filling the memory.

use super::batch::{Batch, Parts, Text};
use super::expected::Expected;
use crate::graph::index::Keys;
use crate::name::Name;
use crate::zonefile::{self, Read, Texts};
use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::io;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{sync_channel, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread::available_parallelism;

/// Full batches that wait.
pub(super) const QUEUE: usize = 16;
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

/// What comes of a file: its names, then all else.
pub enum Event {
    /// Some names.
    Names(Batch),
    /// The file is at its end, or could not be opened.
    End(Box<io::Result<(Read, Text)>>),
}

/// Empty batches.
#[derive(Default)]
pub(super) struct Pool(Mutex<Vec<Batch>>);

impl Pool {
    pub(super) fn give(&self, batch: Batch) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
    }

    /// Puts an empty batch in the place of a full one.
    pub(super) fn exchange(&self, batch: &mut Batch) -> Batch {
        let empty = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        std::mem::replace(batch, empty.unwrap_or_else(Batch::new))
    }
}

pub(super) fn cores() -> usize {
    available_parallelism().map_or(1, |cores| cores.get())
}

pub(super) fn whole(mut read: Read, text: Text) -> (Read, Text) {
    text.complain(&mut read);
    (read, text)
}

/// Reads a zone file that is in memory and gives its names to `add`, batch by batch; another thread reads it if the file
/// is large and this one may be helped.
pub fn read_text(
    bytes: &[u8],
    path: &Path,
    origin: Option<&Name>,
    keys: Keys,
    is_helped: bool,
    add: &mut dyn FnMut(&Batch),
) -> (Read, Text) {
    let records = Expected::of(bytes).records;
    let alone = |add: &mut dyn FnMut(&Batch)| {
        let mut parts = Parts::new(keys, records, |batch: &mut Batch| {
            add(batch);
            true
        });
        let read = zonefile::read_bytes(bytes, path, origin, &mut parts);
        whole(read, parts.finish())
    };
    if !is_helped || bytes.len() < LARGE || cores() < 2 {
        return alone(add);
    }
    let (pool, (full, coming)) = (&Pool::default(), sync_channel(QUEUE));
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().spawn_scoped(scope, move || {
            let mut parts = Parts::new(keys, records, |batch: &mut Batch| full.send(pool.exchange(batch)).is_ok());
            let read = zonefile::read_bytes(bytes, path, origin, &mut parts);
            whole(read, parts.finish())
        });
        // The system has no thread left.
        let Ok(reader) = reader else { return alone(add) };
        for batch in coming {
            add(&batch);
            pool.give(batch);
        }
        reader.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Reads a zone file that somebody sent: it includes no files.
pub fn read_sent(text: &[u8], origin: &Name, keys: Keys, add: &mut dyn FnMut(&Batch)) -> (Read, Text) {
    let mut parts = Parts::new(keys, Expected::of(text).records, |batch: &mut Batch| {
        add(batch);
        true
    });
    let read = zonefile::read_text(text, Some(origin), &mut parts);
    whole(read, parts.finish())
}

/// Reads files on all cores and gives what is in them to `take` with the number of the file, in the order of the files;
/// `take` says whether to go on. `texts` stand for files.
pub fn read_files(sources: &[Source], texts: &Texts, keys: Keys, take: &mut dyn FnMut(usize, &mut Event) -> bool) {
    let readers = (cores() - 1).clamp(1, MOST_READERS).min(sources.len());
    let (pool, next, (full, coming)) = (&Pool::default(), &AtomicUsize::new(0), sync_channel(QUEUE));
    std::thread::scope(|scope| {
        for _ in 0..readers {
            let reader = Reader { full: full.clone(), pool, texts, keys };
            scope.spawn(move || loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(source) = sources.get(number) else { return };
                let end = Event::End(Box::new(reader.read(number, source)));
                if reader.full.send((number, end)).is_err() {
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
                    Event::Names(batch) => pool.give(batch),
                    Event::End(_) => break,
                }
            }
        }
    });
}

struct Reader<'r> {
    full: SyncSender<(usize, Event)>,
    pool: &'r Pool,
    texts: &'r Texts,
    keys: Keys,
}

impl Reader<'_> {
    fn read(&self, number: usize, source: &Source) -> io::Result<(Read, Text)> {
        let bytes = match self.texts.get(&source.path) {
            Some(text) => Cow::Borrowed(text.as_slice()),
            None => Cow::Owned(open(&source.path)?),
        };
        let hand = |batch: &mut Batch| self.full.send((number, Event::Names(self.pool.exchange(batch)))).is_ok();
        let mut parts = Parts::new(self.keys, Expected::of(&bytes).records, hand);
        let read = zonefile::read_all(&bytes, &source.path, source.origin.as_ref(), self.texts, &mut parts);
        Ok(whole(read, parts.finish()))
    }
}

/// What a file holds. A pipe is read too, as far as a zone might go: others never end.
fn open(path: &Path) -> io::Result<Vec<u8>> {
    use std::io::Read as _;
    const MOST: u64 = 1 << 28;
    let mut file = std::fs::File::open(path)?;
    let mut bytes = Vec::new();
    if file.metadata()?.is_file() {
        return std::fs::read(path);
    }
    if file.by_ref().take(MOST + 1).read_to_end(&mut bytes)? as u64 > MOST {
        let what = format!("is no file, and more than {} MiB came from it", MOST >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
    }
    Ok(bytes)
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
