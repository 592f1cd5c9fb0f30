//! The core of Truename: what happens once per packet, and the graph it walks.
//!
//! ```text
//! zone file  bytes -> zonefile -> graph::build -> publish -> Snapshot
//! query      bytes -> packet::parse -> walk::find -> walk::follow -> answer -> packet::write -> bytes
//! ```
//!
//! `name` and `record` are the values; `zonefile` turns text into records (and back);
//! `graph` holds names as nodes and aliases as links; `walk` follows them, `facts` are what is worth telling,
//! `world` is zone files read for judging, `publish` the version that is served; `answer` turns a chain into a
//! message; `listen` owns the sockets. Each imports only what stands before it in this list. Nothing here knows rules,
//! settings, storage or HTTP.

#[forbid(unsafe_code)]
pub mod answer;
#[forbid(unsafe_code)]
pub mod facts;
#[forbid(unsafe_code)]
pub mod graph;
pub mod listen;
#[forbid(unsafe_code)]
pub mod name;
#[forbid(unsafe_code)]
pub mod packet;
#[forbid(unsafe_code)]
pub mod publish;
#[forbid(unsafe_code)]
pub mod record;
#[forbid(unsafe_code)]
pub mod walk;
#[forbid(unsafe_code)]
pub mod world;
#[forbid(unsafe_code)]
pub mod zonefile;
