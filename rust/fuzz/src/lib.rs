//! What libFuzzer puts to the core, and what must hold whatever it is.
//!
//! ```text
//! packet     any octets        -> the replies over UDP and TCP: `packet`, judged with `message`
//! zonefile   any octets        -> records that read back, problems that are bounded: `zonefile`
//! changes    a `history`       -> the edited graph answers as one built from the result: `changes`
//! ```
//!
//! The targets in `fuzz_targets` are a line each; what they run is here, where `cargo test` can run it too.

pub mod changes;
pub mod history;
pub mod message;
pub mod packet;
pub mod zonefile;

use truename_core::answer::{Answerer, Settings};
use truename_core::graph::Snapshot;
use truename_core::listen::Transport;
use truename_core::publish::Graph;
use truename_core::walk::Limits;

/// The UDP size that the answerers here are set to.
pub const UDP_SIZE: u16 = 1232;

/// An answerer with the settings that the server has by default, and a name to tell.
pub fn answerer() -> Answerer {
    Answerer::new(Settings { udp_size: UDP_SIZE, nsid: b"fuzz".to_vec() })
}

/// A graph as the server has it by default.
pub fn graph() -> Graph {
    Graph::new(limits())
}

/// How far answers follow by default.
pub fn limits() -> Limits {
    Limits { max_chain: 16, within_zone: false }
}

/// The reply to `query`; nothing is silence.
pub fn reply(answerer: &mut Answerer, snapshot: &Snapshot, query: &[u8], transport: Transport) -> Option<Vec<u8>> {
    let room = match transport {
        Transport::Udp => usize::from(UDP_SIZE),
        Transport::Tcp => usize::from(u16::MAX),
    };
    let mut out = vec![0; room];
    let reply = answerer.answer(snapshot, limits(), query, transport, &mut out)?;
    out.truncate(reply.len);
    Some(out)
}
