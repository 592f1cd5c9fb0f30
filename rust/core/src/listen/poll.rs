//! Waiting for many sockets at once: a thin face of epoll(7), level-triggered.
//!
//! `mio` would do as well; what is needed here is three system calls, and level-triggered readiness, which lets the TCP
//! loop stop in the middle of a client's data and come back to it after the others had their turn.
#![allow(unsafe_code)] // epoll has no safe form in std or socket2

use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::time::Duration;

/// What is waited for; errors and hang-ups are always reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interest {
    Read,
    /// As `Read`, but of the threads that wait for one shared socket only one is woken.
    ReadAlone,
    Write,
    Nothing,
}

impl Interest {
    fn bits(self) -> u32 {
        (match self {
            Interest::Read => libc::EPOLLIN,
            Interest::ReadAlone => libc::EPOLLIN | libc::EPOLLEXCLUSIVE,
            Interest::Write => libc::EPOLLOUT,
            Interest::Nothing => 0,
        }) as u32
    }
}

/// A set of sockets, each known by a token.
pub(super) struct Poll {
    epoll: OwnedFd,
    events: Vec<libc::epoll_event>,
}

impl Poll {
    pub(super) fn new() -> io::Result<Poll> {
        // SAFETY: takes no pointer.
        let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor was opened one line above and has no other owner.
        let epoll = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Poll { epoll, events: vec![libc::epoll_event { events: 0, u64: 0 }; 256] })
    }

    /// Closing the socket takes it out again.
    pub(super) fn add(&self, socket: impl AsFd, token: u64, interest: Interest) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_ADD, socket, token, interest)
    }

    pub(super) fn change(&self, socket: impl AsFd, token: u64, interest: Interest) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_MOD, socket, token, interest)
    }

    pub(super) fn forget(&self, socket: impl AsFd) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_DEL, socket, 0, Interest::Nothing)
    }

    fn control(&self, operation: i32, socket: impl AsFd, token: u64, interest: Interest) -> io::Result<()> {
        let mut event = libc::epoll_event { events: interest.bits(), u64: token };
        let (epoll, socket) = (self.epoll.as_raw_fd(), socket.as_fd().as_raw_fd());
        // SAFETY: both descriptors are open for the call, and the event lives until its end.
        match unsafe { libc::epoll_ctl(epoll, operation, socket, &raw mut event) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// Waits and puts the tokens of the sockets that are ready into `ready`; none after a timeout or a signal.
    pub(super) fn wait(&mut self, timeout: Option<Duration>, ready: &mut Vec<u64>) -> io::Result<()> {
        ready.clear();
        let (start, room) = (self.events.as_mut_ptr(), self.events.len() as i32);
        // SAFETY: the kernel writes at most `room` events at `start`, which has room for them.
        let count = unsafe { libc::epoll_wait(self.epoll.as_raw_fd(), start, room, milliseconds(timeout)) };
        match usize::try_from(count) {
            Ok(count) => ready.extend(self.events.iter().take(count).map(|event| event.u64)),
            Err(_) => match io::Error::last_os_error() {
                error if error.kind() == io::ErrorKind::Interrupted => {}
                error => return Err(error),
            },
        }
        Ok(())
    }
}

/// Rounded up, so that what is waited for has come when the wait ends; -1 waits for ever.
fn milliseconds(timeout: Option<Duration>) -> i32 {
    timeout.map_or(-1, |time| time.as_micros().div_ceil(1000).try_into().unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_up_and_never_waits_for_ever_by_accident() {
        assert_eq!(milliseconds(None), -1);
        assert_eq!(milliseconds(Some(Duration::ZERO)), 0);
        assert_eq!(milliseconds(Some(Duration::from_micros(1))), 1);
        assert_eq!(milliseconds(Some(Duration::from_micros(2001))), 3);
        assert_eq!(milliseconds(Some(Duration::MAX)), i32::MAX);
    }
}
