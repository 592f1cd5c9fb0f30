//! Sockets: UDP in batches, TCP with limits. What an answer is, is not known here.
//!
//! ```text
//! bind      addresses | handed-over sockets -> Listeners
//! running   Listeners -> threads -> Running (statistics, stop)
//! udp/      dns-udp-N:  recvmmsg -> respond, once per query -> sendmmsg
//! tcp/      dns-tcp-0:  epoll -> read -> respond, once per message -> write
//! idle      search:     whatever may wait until the others have nothing to do
//! ```
//!
//! Every UDP worker has its own socket per address (SO_REUSEPORT; the kernel spreads clients over them by a hash of
//! their address and port) and its own [`Responder`], so workers share nothing that is written per query. TCP has one
//! thread for all connections: limits on connections are then exact without locks, and an event loop that never waits
//! for one client is what keeps a slow client from starving others. The price is that TCP answers use one core.
//!
//! No clock is read for UDP, and for TCP once per round of events.

use std::net::IpAddr;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::time::Duration;

mod bind;
mod idle;
mod option;
mod poll;
mod running;
mod tally;
mod tcp;
mod udp;

pub use bind::Listeners;
pub use idle::when_idle;
pub use running::Running;
pub use tally::Statistics;

use tally::Tally;

/// Octets of a DNS message header (RFC 1035 4.1.1); what is shorter has no ID to reply to.
const HEADER: usize = 12;

/// How a query came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Replies are as small as the question allows.
    Udp,
    /// Replies take up to 65,535 octets.
    Tcp,
}

/// Answers queries; each worker thread has its own.
///
/// A panic in either method is caught and counted. It costs that query its reply and nothing else, so what the
/// responder holds must be usable after one.
pub trait Responder: Send {
    /// Called before each batch of queries: the place to take the newest snapshot.
    ///
    /// The batch was received before the call, so a query sent after a publication is answered from it.
    fn refresh(&mut self);

    /// Called with the queries of a UDP batch before the first is answered, so that what they need can be fetched
    /// together; they are then answered in the same order.
    fn foresee<'q>(&mut self, _queries: impl Iterator<Item = &'q [u8]>) {}

    /// Writes the reply to `query` into `reply` and gives its length; `None` is silence.
    ///
    /// Shape:   `query` is 12 octets or more. A UDP query larger than 4,096 octets comes as its header alone.
    ///          `reply` is at least 512 octets; for UDP it is as large as the configured UDP size.
    fn respond(&mut self, query: &[u8], client: IpAddr, transport: Transport, reply: &mut [u8]) -> Option<usize>;
}

/// What of `[limits]` concerns sockets.
#[derive(Clone, Debug)]
pub struct Config {
    /// Octets of the largest UDP reply, 512 to 65,535; the default fits the smallest IPv6 MTU, so no path
    /// makes fragments of it (RFC 8200 5, RFC 9715).
    pub udp_size: usize,
    /// TCP connections open at one time.
    pub tcp_clients: usize,
    /// How long a TCP connection may take to begin a message, to finish one, or to accept the replies to it.
    pub tcp_idle: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Config { udp_size: 1232, tcp_clients: 512, tcp_idle: Duration::from_secs(10) }
    }
}

impl Config {
    /// TCP connections open at one time from one client (an IPv4 address, an IPv6 /56).
    ///
    /// An eighth: one client cannot shut the others out, and a resolver behind one address still gets dozens.
    fn tcp_per_client(&self) -> usize {
        (self.tcp_clients / 8).max(1)
    }

    /// How long a TCP connection may last however busy it is.
    ///
    /// Thirty idle times (five minutes by default): a client that sends a message just before each idle limit does
    /// not hold a place for ever, and one in honest use reconnects so seldom that the handshake does not count.
    fn tcp_lifetime(&self) -> Duration {
        self.tcp_idle.saturating_mul(30)
    }
}

/// Asks `responder` for the reply to one query; counts it when there is none.
fn answer<R: Responder>(
    responder: &mut R,
    tally: &Tally,
    (query, client, transport): (&[u8], IpAddr, Transport),
    reply: &mut [u8],
) -> Option<usize> {
    let room = reply.len();
    let mut respond = || match query.len() < HEADER {
        true => None,
        false => responder.respond(query, client, transport, reply),
    };
    let length = catch_unwind(AssertUnwindSafe(&mut respond)).unwrap_or_else(|_| {
        tally.panics.add(1);
        None
    });
    // A length beyond the room can only be a fault of the responder; it must not send what lies behind.
    let length = length.filter(|length| *length <= room);
    if length.is_none() {
        tally.dropped.add(1);
    }
    length
}

/// Lets `responder` take the newest snapshot and foresee `queries`; after a panic it goes on with what it has.
fn refresh<'q, R: Responder>(responder: &mut R, tally: &Tally, queries: impl ExactSizeIterator<Item = &'q [u8]>) {
    let prepare = || {
        responder.refresh();
        if queries.len() > 1 {
            responder.foresee(queries);
        }
    };
    if catch_unwind(AssertUnwindSafe(prepare)).is_err() {
        tally.panics.add(1);
    }
}
