//! Sockets: UDP in batches, TCP with limits. What an answer is, is not known here.

use std::net::IpAddr;

/// How a query came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Replies are as small as the question allows.
    Udp,
    /// Replies take up to 65,535 octets.
    Tcp,
}

/// Answers queries; each worker thread has its own.
pub trait Responder: Send {
    /// Called before each batch of queries: the place to take the newest snapshot.
    fn refresh(&mut self);

    /// Writes the reply to `query` into `reply` and gives its length; `None` is silence.
    /// `reply` is at least 512 octets; for UDP it is as large as the configured UDP size.
    fn respond(&mut self, query: &[u8], client: IpAddr, transport: Transport, reply: &mut [u8]) -> Option<usize>;
}
