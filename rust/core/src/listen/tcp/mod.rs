//! TCP: one thread, an event loop over all connections, and limits on what each may take.
//!
//! | limit | what happens |
//! |---|---|
//! | connections of one client | a new one is closed at once |
//! | connections in all | the one that got nothing done for the longest time makes room |
//! | idle time | closed: no message begun, a message not finished, or replies not taken in that time |
//! | life time | nothing more is read; closed when the replies are taken |
//! | replies not taken | nothing more is read until they are |
//!
//! A message of fewer than 12 octets (also of none) closes the connection: it is not DNS, and there is no ID to reply to.

mod clients;
mod connection;

use super::poll::{Interest, Poll};
use super::tally::Tally;
use super::{answer, refresh, Config, Responder, Transport};
use clients::{Clients, Entry};
use connection::{Connection, Desk, Next, Turn};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Connections accepted from one listener before the ones that are open have their turn.
const BURST: usize = 64;

/// How long nothing is accepted after the system ran out of descriptors or memory.
const BREATH: Duration = Duration::from_millis(100);

/// How long replies under way may take after the end was asked for.
const FAREWELL: Duration = Duration::from_millis(300);

/// How long the thread sleeps at most: it then lets go of what its responder answered from last, which may be an old
/// version of everything.
const LET_GO: Duration = Duration::from_secs(1);

/// Tokens: connections are known by their place, listeners by `LISTENER` and their index.
const LISTENER: u64 = 1 << 32;
const ALARM: u64 = u64::MAX;

/// What the thread needs.
pub(super) struct Server<R> {
    responder: R,
    tally: Arc<Tally>,
    config: Config,
    poll: Poll,
    alarm: UnixStream,
    listeners: Vec<TcpListener>,
    /// Nothing is accepted before this.
    closed_until: Option<Instant>,
    clients: Clients,
    open: Vec<Option<Open>>,
    desk: Desk,
    is_stopping: bool,
}

struct Open {
    connection: Connection<TcpStream>,
    client: IpAddr,
    interest: Interest,
}

impl<R: Responder> Server<R> {
    pub(super) fn new(
        listeners: Vec<TcpListener>,
        config: &Config,
        responder: R,
        (tally, alarm): (Arc<Tally>, UnixStream),
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        poll.add(&alarm, ALARM, Interest::Read)?;
        for (token, listener) in (LISTENER..).zip(&listeners) {
            listener.set_nonblocking(true)?;
            poll.add(listener, token, Interest::Read)?;
        }
        Ok(Server {
            responder,
            tally,
            config: config.clone(),
            poll,
            alarm,
            listeners,
            closed_until: None,
            clients: Clients::new(config.tcp_clients, config.tcp_per_client()),
            open: Vec::new(),
            desk: Desk::new(),
            is_stopping: false,
        })
    }

    /// Answers until the other end of `alarm` is closed; replies under way are sent.
    pub(super) fn run(mut self) -> io::Result<()> {
        let mut ready = Vec::new();
        while !self.is_stopping {
            self.poll.wait(self.rest(Instant::now()), &mut ready)?;
            self.round(&ready, Instant::now())?;
        }
        self.finish()
    }

    /// How long nothing has to be done unless a socket is ready.
    fn rest(&self, now: Instant) -> Option<Duration> {
        let expiry = self.clients.idlest().map(|(since, _)| since + self.config.tcp_idle);
        let next = [expiry, self.closed_until].into_iter().flatten().min().map(|at| at.saturating_duration_since(now));
        Some(next.map_or(LET_GO, |next| next.min(LET_GO)))
    }

    /// Connections first and new ones last: a place that becomes free is not given away while events for it may follow.
    fn round(&mut self, ready: &[u64], now: Instant) -> io::Result<()> {
        refresh(&mut self.responder, &self.tally, std::iter::empty());
        for token in ready.iter().filter(|token| **token < LISTENER) {
            self.turn(*token as usize, now);
        }
        self.expire(now);
        self.reopen(now)?;
        for token in ready.iter().filter(|token| **token >= LISTENER) {
            match *token {
                ALARM => self.is_stopping = true,
                _ => self.accept((*token - LISTENER) as usize, now)?,
            }
        }
        self.tally.tcp_open.set(self.clients.count() as u64);
        Ok(())
    }

    fn turn(&mut self, index: usize, now: Instant) {
        let Some(open) = self.open.get_mut(index).and_then(Option::as_mut) else { return };
        let (responder, tally, client) = (&mut self.responder, &self.tally, open.client);
        let mut is_fresh = false;
        let Turn { next, is_progress } = open.connection.turn(&mut self.desk, |query, reply| {
            if !std::mem::replace(&mut is_fresh, true) {
                refresh(responder, tally, std::iter::empty());
            }
            answer(responder, tally, (query, client, Transport::Tcp), reply)
        });
        let is_over = self.is_stopping || is_old(&self.clients, &self.config, index, now);
        match if is_over { open.connection.retire() } else { next } {
            Next::Close => self.close(index),
            Next::Read => self.await_more(index, Interest::Read),
            Next::Write => self.await_more(index, Interest::Write),
        }
        if is_progress {
            self.clients.touch(index, now);
        }
    }

    fn await_more(&mut self, index: usize, interest: Interest) {
        let Some(open) = self.open[index].as_mut().filter(|open| open.interest != interest) else { return };
        open.interest = interest;
        if self.poll.change(open.connection.stream(), index as u64, interest).is_err() {
            self.close(index);
        }
    }

    fn close(&mut self, index: usize) {
        self.open[index] = None;
        self.clients.leave(index);
    }

    /// Closes the connections whose time is up.
    fn expire(&mut self, now: Instant) {
        while let Some((since, index)) = self.clients.idlest() {
            if now.saturating_duration_since(since) < self.config.tcp_idle {
                break;
            }
            self.close(index);
        }
    }

    fn accept(&mut self, listener: usize, now: Instant) -> io::Result<()> {
        for _ in 0..BURST {
            match self.listeners[listener].accept() {
                Ok((stream, client)) => self.admit(stream, client, now),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if is_exhausted(&error) => return self.shut(now),
                // This one connection ended before it was accepted (accept(2) passes network errors on).
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Gives the connection a place, or closes it by dropping it.
    fn admit(&mut self, stream: TcpStream, client: SocketAddr, now: Instant) {
        let client = client.ip().to_canonical();
        let mut entry = self.clients.enter(client, now);
        if let (Entry::Full, Some((_, idlest))) = (&entry, self.clients.idlest()) {
            self.close(idlest);
            self.tally.tcp_evicted.add(1);
            entry = self.clients.enter(client, now);
        }
        let Entry::Place(index) = entry else { return self.tally.tcp_refused.add(1) };
        if self.greet(stream, client, index).is_err() {
            self.close(index);
        }
    }

    fn greet(&mut self, stream: TcpStream, client: IpAddr, index: usize) -> io::Result<()> {
        if self.open.len() <= index {
            self.open.resize_with(index + 1, || None);
        }
        stream.set_nonblocking(true)?;
        // A reply is one write and has nothing to wait for.
        stream.set_nodelay(true)?;
        self.poll.add(&stream, index as u64, Interest::Read)?;
        self.open[index] = Some(Open { connection: Connection::new(stream), client, interest: Interest::Read });
        Ok(())
    }

    /// Stops accepting for a while: the listener stays ready, and asking again at once would be a busy loop.
    fn shut(&mut self, now: Instant) -> io::Result<()> {
        self.closed_until = Some(now + BREATH);
        self.listen_for(Interest::Nothing)
    }

    fn reopen(&mut self, now: Instant) -> io::Result<()> {
        match self.closed_until.is_some_and(|until| until <= now) {
            true => {
                self.closed_until = None;
                self.listen_for(Interest::Read)
            }
            false => Ok(()),
        }
    }

    fn listen_for(&self, interest: Interest) -> io::Result<()> {
        (LISTENER..).zip(&self.listeners).try_for_each(|(token, listener)| self.poll.change(listener, token, interest))
    }

    /// A last turn for each connection, and a moment for the replies that it leaves waiting.
    fn finish(mut self) -> io::Result<()> {
        self.listeners.clear();
        self.poll.forget(&self.alarm)?;
        (0..self.open.len()).for_each(|index| self.turn(index, Instant::now()));
        let (end, mut ready) = (Instant::now() + FAREWELL, Vec::new());
        while self.clients.count() > 0 && Instant::now() < end {
            self.poll.wait(Some(end.saturating_duration_since(Instant::now())), &mut ready)?;
            ready.iter().for_each(|token| self.turn(*token as usize, Instant::now()));
        }
        self.tally.tcp_open.set(0);
        Ok(())
    }
}

fn is_old(clients: &Clients, config: &Config, index: usize, now: Instant) -> bool {
    clients.opened(index).is_some_and(|opened| now.saturating_duration_since(opened) >= config.tcp_lifetime())
}

/// The system, not the client, is why a connection cannot be accepted (accept(2)).
fn is_exhausted(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM))
}
