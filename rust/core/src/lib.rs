//! The core of Truename: what happens once per packet, and the graph it walks.
//!
//! ```text
//! zone file  bytes -> zonefile -> graph::build -> published Snapshot
//! query      bytes -> packet::parse -> graph::find -> graph::follow -> answer -> packet::write -> bytes
//! ```
//!
//! `name` and `record` are the values; `zonefile` turns text into records (and back);
//! `graph` holds names as nodes and aliases as links; `answer` turns a chain into a
//! message; `listen` owns the sockets. Nothing here knows rules, settings, storage or HTTP.

#[forbid(unsafe_code)]
pub mod answer;
#[forbid(unsafe_code)]
pub mod graph;
pub mod listen;
#[forbid(unsafe_code)]
pub mod name;
#[forbid(unsafe_code)]
pub mod packet;
#[forbid(unsafe_code)]
pub mod record;
#[forbid(unsafe_code)]
pub mod zonefile;
