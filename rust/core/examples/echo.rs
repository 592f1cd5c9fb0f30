//! The floor under every DNS server here: a UDP echo that looks nothing up.
//!
//! One worker receives a batch with `recvmmsg`, sets the QR bit of each message in place and sends the batch back
//! with `sendmmsg`. What it costs per query is what the kernel takes for two datagrams; the bench divides the server's
//! CPU per query by this number. It shares no code with `listen`, so that a mistake there cannot hide here.
//!
//! `echo [PORT] [BATCH]` listens on 127.0.0.1 and prints `ready 127.0.0.1:PORT`. A batch of 64 is the default: 16
//! cost 1 % more CPU per query on loopback, 32 and 128 the same within 0.5 %.
#![allow(unsafe_code)] // recvmmsg and sendmmsg have no safe form

use std::net::UdpSocket;
use std::os::fd::AsRawFd;
use std::ptr::{addr_of_mut, null_mut};
use std::{io, mem};

/// Octets of a receive buffer: an odd number of cache lines, so that the buffers do not share cache sets.
const ROOM: usize = 1216 + 64 * 2;

#[repr(C)]
struct Slot {
    octets: [u8; ROOM],
    peer: libc::sockaddr_in,
    part: libc::iovec,
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let mut number = |default| arguments.next().unwrap_or(Ok(default)).map_err(io::Error::other);
    let (port, batch) = (number(0)?, number(64)?);
    let socket = UdpSocket::bind(("127.0.0.1", u16::try_from(port).map_err(io::Error::other)?))?;
    println!("ready {}", socket.local_addr()?);
    echo(&socket, batch.max(1))
}

fn echo(socket: &UdpSocket, batch: usize) -> io::Result<()> {
    // SAFETY: all-zero is a valid value of these plain C structures (null pointers, lengths of 0).
    let mut slots: Vec<Slot> = (0..batch).map(|_| unsafe { mem::zeroed() }).collect();
    let mut heads: Vec<libc::mmsghdr> = slots.iter_mut().map(head).collect();
    loop {
        let count = receive(socket, &mut heads)?;
        for (slot, head) in slots.iter_mut().zip(&heads).take(count) {
            slot.octets[2] |= 0x80;
            slot.part.iov_len = head.msg_len as usize;
        }
        send(socket, &mut heads[..count]);
        for (slot, head) in slots.iter_mut().zip(&mut heads).take(count) {
            slot.part.iov_len = ROOM;
            head.msg_hdr.msg_namelen = mem::size_of::<libc::sockaddr_in>() as u32;
        }
    }
}

/// The header of one slot; it points into the slot, which stays where it is.
fn head(slot: &mut Slot) -> libc::mmsghdr {
    slot.part = libc::iovec { iov_base: addr_of_mut!(slot.octets).cast(), iov_len: ROOM };
    // SAFETY: as above.
    let mut head: libc::mmsghdr = unsafe { mem::zeroed() };
    head.msg_hdr.msg_name = addr_of_mut!(slot.peer).cast();
    head.msg_hdr.msg_namelen = mem::size_of::<libc::sockaddr_in>() as u32;
    head.msg_hdr.msg_iov = addr_of_mut!(slot.part);
    head.msg_hdr.msg_iovlen = 1;
    head
}

/// Blocks for the first datagram and takes what else is there.
fn receive(socket: &UdpSocket, heads: &mut [libc::mmsghdr]) -> io::Result<usize> {
    // SAFETY: the headers point at slots that live as long as they do; the count is that of the slice.
    let count = unsafe {
        libc::recvmmsg(socket.as_raw_fd(), heads.as_mut_ptr(), heads.len() as u32, libc::MSG_WAITFORONE, null_mut())
    };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// Sends all it can: `sendmmsg` stops at a message that fails, which is then left out.
fn send(socket: &UdpSocket, heads: &mut [libc::mmsghdr]) {
    let mut rest = heads;
    while !rest.is_empty() {
        // SAFETY: as in `receive`.
        let sent = unsafe { libc::sendmmsg(socket.as_raw_fd(), rest.as_mut_ptr(), rest.len() as u32, 0) };
        let done = usize::try_from(sent).unwrap_or(1).max(1);
        rest = &mut rest[done..];
    }
}
