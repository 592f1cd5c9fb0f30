//! Counting what does not become a reply.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::Arc;

/// Sums over all workers since the start, and the TCP connections open now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Queries that got no reply, for whatever reason: silence was chosen, a panic, or the reply could not be sent.
    pub dropped: u64,
    /// Panics caught while answering.
    pub panics: u64,
    /// UDP queries larger than the receive buffer, of which only the header was answered.
    pub truncated: u64,
    /// TCP connections open now.
    pub tcp_open: u64,
    /// TCP connections closed at once because of a limit.
    pub tcp_refused: u64,
    /// TCP connections closed because the longest idle one makes room when all places are taken.
    pub tcp_evicted: u64,
}

impl Statistics {
    /// Reads each worker's counters; they go on meanwhile, so this is no single instant.
    pub(super) fn sum(tallies: &[Arc<Tally>]) -> Statistics {
        let sum = |count: fn(&Tally) -> &Count| tallies.iter().map(|tally| count(tally).0.load(Relaxed)).sum();
        Statistics {
            dropped: sum(|tally| &tally.dropped),
            panics: sum(|tally| &tally.panics),
            truncated: sum(|tally| &tally.truncated),
            tcp_open: sum(|tally| &tally.tcp_open),
            tcp_refused: sum(|tally| &tally.tcp_refused),
            tcp_evicted: sum(|tally| &tally.tcp_evicted),
        }
    }
}

/// The counters of one worker; two cache lines apart from another worker's, because CPUs fetch lines in pairs.
#[derive(Default)]
#[repr(align(128))]
pub(super) struct Tally {
    pub(super) dropped: Count,
    pub(super) panics: Count,
    pub(super) truncated: Count,
    pub(super) tcp_open: Count,
    pub(super) tcp_refused: Count,
    pub(super) tcp_evicted: Count,
}

/// A number with one writer, the worker, and any number of readers.
#[derive(Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    /// Load and store instead of a locked add: there is one writer.
    pub(super) fn add(&self, more: u64) {
        self.set(self.0.load(Relaxed).wrapping_add(more));
    }

    pub(super) fn set(&self, value: u64) {
        self.0.store(value, Relaxed);
    }
}
