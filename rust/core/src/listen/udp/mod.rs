//! A UDP worker: receive a batch, answer it, send the batch of replies.

mod batch;
mod source;

use super::poll::{Interest, Poll};
use super::tally::Tally;
use super::{answer, refresh, Config, Responder, Transport};
use batch::Batch;
use source::Source;
use std::io;
use std::net::UdpSocket;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;

/// Datagrams received with one call. Measured on loopback with a full queue: 16 cost 1 % more CPU per query, 32 and 128
/// cost the same within 0.5 %. A larger one would only have the first query of a batch wait longer for its reply.
const BATCH: usize = 64;

/// How long a worker without queries sleeps before it looks whether to stop.
pub(super) const NAP: Duration = Duration::from_millis(100);

/// Octets of the receive buffer asked for. At 768 octets the kernel counts for a small query these are 2,700 queries,
/// 20 ms of work: it bridges a pause of the scheduler, but no client waits for a reply to a query grown old in it.
/// The kernel gives what net.core.rmem_max allows.
pub(super) const BACKLOG: usize = 1 << 20;

/// One address that a worker answers at.
struct Port {
    socket: UdpSocket,
    batch: Batch,
}

/// What one thread needs.
pub(super) struct Worker<R> {
    pub(super) responder: R,
    pub(super) tally: Arc<Tally>,
    pub(super) stop: Arc<AtomicBool>,
    ports: Vec<Port>,
}

impl<R: Responder> Worker<R> {
    pub(super) fn new(
        sockets: Vec<UdpSocket>,
        config: &Config,
        responder: R,
        (tally, stop): (Arc<Tally>, Arc<AtomicBool>),
    ) -> io::Result<Self> {
        let room = config.udp_size.clamp(512, usize::from(u16::MAX));
        let port = |socket: UdpSocket| {
            let batch = Batch::new(BATCH, room, Source::of(socket.local_addr()?));
            Ok(Port { socket, batch })
        };
        let ports = sockets.into_iter().map(port).collect::<io::Result<_>>()?;
        Ok(Worker { responder, tally, stop, ports })
    }

    /// Answers until `stop` is set; the batch under way is finished.
    pub(super) fn run(mut self) -> io::Result<()> {
        match self.ports.len() {
            1 => self.run_one(),
            _ => self.run_several(),
        }
    }

    /// With one address the worker sleeps in `recvmmsg` itself, so that a batch costs two system calls.
    fn run_one(&mut self) -> io::Result<()> {
        let port = &mut self.ports[0];
        port.socket.set_nonblocking(false)?;
        port.socket.set_read_timeout(Some(NAP))?;
        while !self.stop.load(Ordering::Relaxed) {
            port.serve(&mut self.responder, &self.tally, libc::MSG_WAITFORONE);
        }
        Ok(())
    }

    /// With several, it asks which ones have queries first: 5 % more CPU per query, measured on loopback.
    fn run_several(&mut self) -> io::Result<()> {
        let mut poll = Poll::new()?;
        for (token, port) in (0u64..).zip(&self.ports) {
            poll.add(&port.socket, token, Interest::ReadAlone)?;
        }
        let mut ready = Vec::new();
        while !self.stop.load(Ordering::Relaxed) {
            poll.wait(Some(NAP), &mut ready)?;
            for token in &ready {
                // One batch each and round, so that a busy address does not starve another.
                self.ports[*token as usize].serve(&mut self.responder, &self.tally, libc::MSG_DONTWAIT);
            }
        }
        Ok(())
    }
}

impl Port {
    fn serve<R: Responder>(&mut self, responder: &mut R, tally: &Tally, flags: libc::c_int) {
        let count = match self.batch.receive(&self.socket, flags) {
            Ok(count) => count,
            Err(error) => {
                // Without queries too: a responder that slept on would keep alive the version it answered from last.
                refresh(responder, tally, std::iter::empty());
                return pause(&error);
            }
        };
        refresh(responder, tally, self.batch.queries(count));
        self.batch.answer(count, |query, reply| {
            if query.is_truncated {
                tally.truncated.add(1);
            }
            answer(responder, tally, (query.octets, query.client, Transport::Udp), reply)
        });
        let unsent = self.batch.send(&self.socket);
        if unsent > 0 {
            tally.dropped.add(unsent as u64);
        }
    }
}

/// A timeout or a signal is nothing; anything else (out of memory) may last, and must not become a busy loop.
fn pause(error: &io::Error) {
    if !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) {
        std::thread::sleep(NAP / 10);
    }
}
