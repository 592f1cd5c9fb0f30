//! Where names lead: the one walker, what it looks names up in, and the way back.
//!
//! ```text
//! name ─ find ─ follow ─ Chain          forwards: an answer, an explanation, a fact
//! name ─ reach ─ who leads here         backwards: who notices a change
//! ```
//!
//! `follow` is the walker and knows no graph; `graph` is the served graph as what it looks names up in, `find` one step of
//! that, `ahead` many first steps side by side, `links` what only servers or clients follow. `answers` compares what two
//! versions say of a name.

pub(crate) mod ahead;
pub(crate) mod answers;
pub(crate) mod find;
pub(crate) mod follow;
pub(crate) mod graph;
pub(crate) mod links;
pub(crate) mod reach;
pub(crate) mod versions;

pub use ahead::Ahead;
pub use find::{Cover, Found, Spot};
pub use follow::{follow, Chain, End, Hop, Kind, Limits, Lookup, Step, ENDS};
pub use graph::{GraphName, Place, Walk};
pub use reach::{Reach, Reached};
