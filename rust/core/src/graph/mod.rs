//! The alias graph: names are nodes, records that name another name are links. Here is its structure.
//!
//! A [`Snapshot`] is a whole version that never changes; it shares all that did not change with the
//! version before, so the next one costs what the change touches.
//! Stations, in order: `node` (what a name holds, packed), `table`, `index`, `keyset` (the persistent
//! structures), `denial` (the order of signed zones), `snapshot`, `draft` (the next version), `owner` and `build`
//! (records into a draft). What is asked of it lies beside: `walk`, `facts`, `world`, `publish`.

pub(crate) mod build;
pub(crate) mod denial;
pub(crate) mod draft;
mod index;
pub(crate) mod keyset;
pub(crate) mod naming;
pub(crate) mod node;
mod ordered;
pub(crate) mod owner;
pub(crate) mod seen;
pub(crate) mod snapshot;
mod table;

pub use denial::{Denial, Nsec3Parameters};
pub use index::Keys;
pub use node::{Below, Link, NameId, Node, Payload, RRset, Sets, Slot};
pub use snapshot::{Snapshot, Wanted};

use crate::name::Name;

/// A published zone.
#[derive(Clone, Debug)]
pub struct Zone {
    /// The apex.
    pub id: NameId,
    /// Its name.
    pub origin: Name,
    /// The SOA's serial.
    pub serial: u32,
    /// Records, each counted once.
    pub records: usize,
    /// Owners that hold records.
    pub names: usize,
}
