//! A zone out of a database, read and built while the database is still being asked.
//!
//! ```text
//! here: next() ── parts ──> reader thread ── batches ──> builder thread: add
//! ```
//!
//! Whoever asks the database mostly waits for it, and what a part was made of is gone before the next but a few comes.

use super::batch::{Batch, Parts, Text};
use super::beside::{cores, whole, Pool, QUEUE};
use crate::graph::index::Keys;
use crate::name::Name;
use crate::zonefile::{Columns, Read, StoredReader};
use std::panic::resume_unwind;
use std::sync::mpsc::{sync_channel, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread::{scope, Builder, Scope, ScopedJoinHandle};

/// Parts that wait.
const PARTS: usize = 4;
/// RRsets from which on threads are worth their start.
const LARGE: usize = 20_000;

/// Some RRsets of a zone, in columns.
pub trait Part: Send {
    /// What there is.
    fn columns(&self) -> Columns<'_>;
}

/// A zone that is kept in a database.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'z> {
    /// Its name.
    pub origin: &'z Name,
    /// How many RRsets it has, or about so many.
    pub sets: usize,
}

/// Asks for the next part, until there is none.
pub type Next<'n, P, E> = dyn FnMut() -> Result<Option<P>, E> + 'n;
/// Takes names.
pub type Add<'a> = dyn FnMut(&Batch) + Send + 'a;

/// Reads the parts of a zone and gives its names to `add`, batch by batch; on other threads if the zone is large and
/// this one may be helped. Fails as `next` does.
pub fn read_stored<P: Part, E>(
    zone: Stored<'_>,
    keys: Keys,
    is_helped: bool,
    next: &mut Next<'_, P, E>,
    add: &mut Add<'_>,
) -> Result<(Read, Text), E> {
    if !is_helped || zone.sets < LARGE || cores() < 2 {
        return read_alone(zone, keys, next, add);
    }
    let (pool, (full, coming), (filled, parts)) = (&Pool::default(), sync_channel(QUEUE), sync_channel(PARTS));
    let add = &Mutex::new(add);
    let read = scope(|scope| {
        let builder = spawn(scope, move || {
            let add = &mut *add.lock().unwrap_or_else(PoisonError::into_inner);
            for batch in coming {
                add(&batch);
                pool.give(batch);
            }
        })?;
        let reader = spawn(scope, move || {
            let hand = |batch: &mut Batch| full.send(pool.exchange(batch)).is_ok();
            read_all(zone, Parts::new(keys, zone.sets, hand), parts)
        })?;
        let fed = feed(next, &filled);
        drop(filled);
        let read = reader.join().unwrap_or_else(|panic| resume_unwind(panic));
        builder.join().unwrap_or_else(|panic| resume_unwind(panic));
        Some(fed.map(|()| read))
    });
    match read {
        Some(read) => read,
        // The system has no thread left.
        None => read_alone(zone, keys, next, &mut **add.lock().unwrap_or_else(PoisonError::into_inner)),
    }
}

/// Gives all parts to who reads them, who hangs up only in a panic.
fn feed<P, E>(next: &mut Next<'_, P, E>, filled: &SyncSender<P>) -> Result<(), E> {
    while let Some(part) = next()? {
        if filled.send(part).is_err() {
            break;
        }
    }
    Ok(())
}

fn spawn<'s, 'e, T: Send + 's>(
    scope: &'s Scope<'s, 'e>,
    work: impl FnOnce() -> T + Send + 's,
) -> Option<ScopedJoinHandle<'s, T>> {
    Builder::new().spawn_scoped(scope, work).ok()
}

fn read_all<P: Part>(
    zone: Stored<'_>,
    mut sink: Parts<impl FnMut(&mut Batch) -> bool>,
    parts: Receiver<P>,
) -> (Read, Text) {
    let mut reader = StoredReader::new(zone.origin);
    for part in parts {
        reader.read(&part.columns(), &mut sink);
    }
    whole(reader.finish(), sink.finish())
}

fn read_alone<P: Part, E>(
    zone: Stored<'_>,
    keys: Keys,
    next: &mut Next<'_, P, E>,
    add: &mut Add<'_>,
) -> Result<(Read, Text), E> {
    let mut reader = StoredReader::new(zone.origin);
    let mut sink = Parts::new(keys, zone.sets, |batch: &mut Batch| {
        add(batch);
        true
    });
    while let Some(part) = next()? {
        reader.read(&part.columns(), &mut sink);
    }
    Ok(whole(reader.finish(), sink.finish()))
}
