//! One TCP connection: octets in, messages answered in order, octets out (RFC 1035 4.2.2, RFC 7766).
//!
//! ```text
//!          +-------- all taken --------+
//!          v                           |
//!       reading --- client is slow -> writing --- error, end of input -> closed
//! ```
//!
//! While replies wait for the client nothing is read, so a client that does not read its replies soon cannot send
//! queries either, and what is held for it is bounded: less than [`FULL`] and one message of replies, and of queries one
//! message and one read. With the room by which a `Vec` grows ahead that makes 260 KiB, which a test keeps true.
//!
//! One turn is one read of at most [`READ`] octets, however much the client has sent; then it is the others' turn.

use crate::listen::HEADER;
use std::io::{self, ErrorKind, Read, Write};

/// Octets of the length before each message.
const PREFIX: usize = 2;

/// Octets of the largest message.
const MESSAGE: usize = u16::MAX as usize;

/// Octets read in one turn: more than a hundred small queries, less than a millisecond of work.
const READ: usize = 4096;

/// Octets of replies at which they are sent before more queries are answered.
const FULL: usize = 65536;

/// Buffers that all connections of a thread use in turn.
pub(super) struct Desk {
    input: Box<[u8]>,
    output: Box<[u8]>,
}

impl Desk {
    pub(super) fn new() -> Desk {
        Desk { input: vec![0; READ].into(), output: vec![0; FULL + PREFIX + MESSAGE].into() }
    }
}

/// What a connection waits for after its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Read,
    Write,
    Close,
}

/// What came of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) next: Next,
    /// A message was begun or answered, or replies began to wait or were all taken. Parts of either do not count: a
    /// client that sends or takes an octet at a time gets no more time by it.
    pub(super) is_progress: bool,
}

/// A connection and what is under way on it; holds memory only for what is.
pub(super) struct Connection<S> {
    stream: S,
    /// Queries not answered yet; at most the beginning of one unless replies wait.
    input: Vec<u8>,
    /// Replies that the client has not taken yet.
    output: Vec<u8>,
    /// Nothing more will be read: close when the replies are sent.
    is_last: bool,
}

impl<S: Read + Write> Connection<S> {
    pub(super) fn new(stream: S) -> Self {
        Connection { stream, input: Vec::new(), output: Vec::new(), is_last: false }
    }

    pub(super) fn stream(&self) -> &S {
        &self.stream
    }

    /// Reads nothing more; the replies that wait may still be taken.
    pub(super) fn retire(&mut self) -> Next {
        self.is_last = true;
        match self.output.is_empty() {
            true => Next::Close,
            false => Next::Write,
        }
    }

    /// Does what can be done without waiting, once.
    pub(super) fn turn(&mut self, desk: &mut Desk, respond: impl FnMut(&[u8], &mut [u8]) -> Option<usize>) -> Turn {
        let before = (self.input.is_empty(), self.output.is_empty());
        let (next, answered) = self.step(desk, respond).unwrap_or((Next::Close, false));
        let after = (self.input.is_empty(), self.output.is_empty());
        Turn { next, is_progress: answered || before != after }
    }

    fn step(
        &mut self,
        desk: &mut Desk,
        mut respond: impl FnMut(&[u8], &mut [u8]) -> Option<usize>,
    ) -> io::Result<(Next, bool)> {
        if !self.flush()? {
            return Ok((Next::Write, false));
        }
        // What was read before the replies filled up comes first.
        let mut answered = self.answer(desk, &mut respond)?;
        if self.output.is_empty() && !self.is_last && self.read(desk)? {
            answered |= self.answer(desk, &mut respond)?;
        }
        let next = match (self.output.is_empty(), self.is_last) {
            (false, _) => Next::Write,
            (true, true) => Next::Close,
            (true, false) => Next::Read,
        };
        Ok((next, answered))
    }

    /// Sends what waits; whether that was all.
    fn flush(&mut self) -> io::Result<bool> {
        let sent = send(&mut self.stream, &self.output)?;
        self.output.drain(..sent);
        if self.output.is_empty() {
            self.output = Vec::new();
        }
        Ok(self.output.is_empty())
    }

    /// Reads once; whether octets came. The end of input leaves a half-closed connection to take its replies.
    fn read(&mut self, desk: &mut Desk) -> io::Result<bool> {
        match self.stream.read(&mut desk.input) {
            Ok(0) => self.is_last = true,
            Ok(count) => {
                self.input.extend_from_slice(&desk.input[..count]);
                return Ok(true);
            }
            Err(error) if is_transient(&error) => {}
            Err(error) => return Err(error),
        }
        Ok(false)
    }

    /// Answers the whole messages in `input` until the client is slow to take the replies; whether there were any.
    fn answer(
        &mut self,
        desk: &mut Desk,
        mut respond: impl FnMut(&[u8], &mut [u8]) -> Option<usize>,
    ) -> io::Result<bool> {
        let (mut used, mut filled) = (0, 0);
        while self.output.is_empty() && !self.is_last {
            let Some(query) = message(&self.input[used..]) else { break };
            if query.len() < HEADER {
                // No DNS message: where the next one begins cannot be trusted.
                (self.is_last, used) = (true, self.input.len());
                break;
            }
            used += PREFIX + query.len();
            let reply = &mut desk.output[filled..filled + PREFIX + MESSAGE];
            if let Some(length) = respond(query, &mut reply[PREFIX..]) {
                reply[..PREFIX].copy_from_slice(&(length as u16).to_be_bytes());
                filled += PREFIX + length;
            }
            if filled > FULL {
                self.send(&desk.output[..filled])?;
                filled = 0;
            }
        }
        self.send(&desk.output[..filled])?;
        self.forget(used);
        Ok(used > 0)
    }

    /// Sends at once what the client takes (lengths and messages of several replies in one write) and keeps the rest.
    fn send(&mut self, replies: &[u8]) -> io::Result<()> {
        let sent = send(&mut self.stream, replies)?;
        self.output.extend_from_slice(&replies[sent..]);
        Ok(())
    }

    /// Drops what was answered from `input`, and its memory when nothing is left.
    fn forget(&mut self, used: usize) {
        match used == self.input.len() {
            true => self.input = Vec::new(),
            false => drop(self.input.drain(..used)),
        }
    }
}

/// The first message of `input` when all of it is there.
fn message(input: &[u8]) -> Option<&[u8]> {
    let (length, rest) = input.split_first_chunk::<PREFIX>()?;
    rest.get(..usize::from(u16::from_be_bytes(*length)))
}

/// Writes until all is sent or the client takes no more; gives how much it took.
fn send(stream: &mut impl Write, octets: &[u8]) -> io::Result<usize> {
    let mut sent = 0;
    while sent < octets.len() {
        match stream.write(&octets[sent..]) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => sent += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(sent)
}

fn is_transient(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What docs/operations.md promises for one client.
    const HELD: usize = 260 * 1024;

    /// A client that sends without end and takes a number of octets, then none.
    struct Greedy {
        sends: Vec<u8>,
        at: usize,
        takes: usize,
    }

    impl Read for Greedy {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            for octet in &mut *room {
                *octet = self.sends[self.at % self.sends.len()];
                self.at += 1;
            }
            Ok(room.len())
        }
    }

    impl Write for Greedy {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            let taken = octets.len().min(self.takes);
            self.takes -= taken;
            if taken == 0 {
                Err(ErrorKind::WouldBlock.into())
            } else {
                Ok(taken)
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_is_held_for_a_client_is_bounded() {
        let mut desk = Desk::new();
        for query in [HEADER, 100, 4093, 4094, MESSAGE - 1, MESSAGE] {
            for reply in [0, 1, HEADER, 1232, MESSAGE - 1, MESSAGE] {
                for takes in [0, 1, FULL, FULL + 1, 200_000] {
                    let sends = [&(query as u16).to_be_bytes()[..], &vec![7; query]].concat();
                    let mut connection = Connection::new(Greedy { sends, at: 0, takes });
                    for _ in 0..100 {
                        connection.turn(&mut desk, |_, room| (reply > 0).then_some(reply.min(room.len())));
                        let held = connection.input.capacity() + connection.output.capacity();
                        assert!(held <= HELD, "{held} octets for queries of {query} and replies of {reply}");
                    }
                }
            }
        }
    }
}
