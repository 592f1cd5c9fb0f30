//! Socket options that neither `std` nor `socket2` sets.
#![allow(unsafe_code)] // getsockopt, setsockopt and fcntl have no safe form

use libc::{c_int, c_void, socklen_t};
use std::io;
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// An option of a socket: its level and its name.
type Name = (c_int, c_int);

/// Lets several sockets share an address; the kernel spreads clients over them.
pub(super) fn share_port(socket: impl AsFd) -> io::Result<()> {
    set(socket.as_fd(), (libc::SOL_SOCKET, libc::SO_REUSEPORT), 1)
}

/// Has every datagram tell the address it came to, for a socket that is bound to all of them.
pub(super) fn tell_destination(socket: impl AsFd, is_v6: bool) -> io::Result<()> {
    let name = match is_v6 {
        true => (libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO),
        false => (libc::IPPROTO_IP, libc::IP_PKTINFO),
    };
    set(socket.as_fd(), name, 1)
}

/// Sends with the interface's MTU, whatever "packet too big" messages say.
///
/// Such a message is easily forged. One that claims a tiny path MTU would have replies leave as fragments, and an
/// off-path attacker can put his own second fragment in place of ours: it carries neither the port nor the ID that
/// guard the first one. Replies fit the smallest IPv6 MTU, so nothing is lost. Best effort: a kernel before 3.15
/// only knows `DONT`, which does not set DF either.
pub(super) fn ignore_path_mtu(socket: impl AsFd, is_v6: bool) {
    // An IPv6 socket that also serves IPv4 clients has both options.
    let v4 = ((libc::IPPROTO_IP, libc::IP_MTU_DISCOVER), libc::IP_PMTUDISC_OMIT, libc::IP_PMTUDISC_DONT);
    let v6 = ((libc::IPPROTO_IPV6, libc::IPV6_MTU_DISCOVER), libc::IPV6_PMTUDISC_OMIT, libc::IPV6_PMTUDISC_DONT);
    for (name, best, second) in if is_v6 { vec![v4, v6] } else { vec![v4] } {
        let _ = set(socket.as_fd(), name, best).or_else(|_| set(socket.as_fd(), name, second));
    }
}

/// The kind of a socket as (SO_DOMAIN, SO_TYPE): an address family and `SOCK_DGRAM`, `SOCK_STREAM`, ..
pub(super) fn kind(socket: impl AsFd) -> io::Result<(c_int, c_int)> {
    let get = |name| get(socket.as_fd(), (libc::SOL_SOCKET, name));
    Ok((get(libc::SO_DOMAIN)?, get(libc::SO_TYPE)?))
}

/// Whether a stream socket accepts connections.
pub(super) fn is_listening(socket: impl AsFd) -> io::Result<bool> {
    Ok(get(socket.as_fd(), (libc::SOL_SOCKET, libc::SO_ACCEPTCONN))? != 0)
}

/// A descriptor of our own for the socket behind somebody else's.
///
/// Raises:  EBADF when *fd* is not open.
pub(super) fn duplicate(fd: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: takes no pointer; a descriptor that is not open is an error. The standard streams' numbers are left out.
    match unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 3) } {
        -1 => Err(io::Error::last_os_error()),
        // SAFETY: the descriptor was opened one line above and has no other owner.
        own => Ok(unsafe { OwnedFd::from_raw_fd(own) }),
    }
}

fn set(socket: BorrowedFd<'_>, (level, name): Name, value: c_int) -> io::Result<()> {
    let (start, size) = ((&raw const value).cast::<c_void>(), size_of::<c_int>() as socklen_t);
    // SAFETY: the kernel reads `size` octets at `start`, which is `value`, alive until the end of this function.
    match unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, start, size) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

fn get(socket: BorrowedFd<'_>, (level, name): Name) -> io::Result<c_int> {
    let (mut value, mut size): (c_int, _) = (0, size_of::<c_int>() as socklen_t);
    let start = (&raw mut value).cast::<c_void>();
    // SAFETY: the kernel writes at most `size` octets at `start`, which is `value`; any octets are a valid integer.
    match unsafe { libc::getsockopt(socket.as_raw_fd(), level, name, start, &raw mut size) } {
        0 => Ok(value),
        _ => Err(io::Error::last_os_error()),
    }
}
