//! Many datagrams with one system call: `recvmmsg` and `sendmmsg`, and the memory the kernel reads and writes.
//!
//! ```text
//! queries   head[i] -> peer[i], octets[i], received[i]      filled by recvmmsg
//! replies   head[j] -> peer[i], octets[j], sent[j]          j counts the queries that get a reply
//! ```
//!
//! All of it is allocated and linked once. Per packet only a length, and for a reply the client it goes to, are written.
//!
//! Pointers into the memory live in headers the kernel follows, so the memory is kept by raw pointer ([`Block`]) and
//! never lent out as a whole: a `&mut` to a `Vec` would declare those pointers dead.
#![allow(unsafe_code)] // recvmmsg, sendmmsg and the structures they read have no safe form

use super::source::{Received, Sent, Source};
use crate::listen::HEADER;
use libc::{c_int, c_uint, iovec, mmsghdr};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::os::fd::AsRawFd;
use std::ptr::{null_mut, NonNull};
use std::{io, mem, slice};

/// Octets of the largest query taken whole. No query over UDP comes near it; what is larger is not cut, which could
/// make another query of it, but answered by its header alone: FORMERR tells the client more than silence.
const QUERY_ROOM: usize = 4096;

/// Octets of a cache line.
const LINE: usize = 64;

/// A query as it lies in the receive buffer.
pub(super) struct Query<'a> {
    pub(super) octets: &'a [u8],
    pub(super) client: IpAddr,
    /// The datagram was larger than the buffer; `octets` is its header.
    pub(super) is_truncated: bool,
}

/// The address of a client.
#[derive(Clone, Copy)]
#[repr(C)]
union Peer {
    v4: libc::sockaddr_in,
    v6: libc::sockaddr_in6,
}

/// Room for a number of queries and their replies.
pub(super) struct Batch {
    source: Source,
    query_heads: Block<mmsghdr>,
    query_octets: Octets,
    peers: Block<Peer>,
    reply_heads: Block<mmsghdr>,
    reply_octets: Octets,
    sent: Block<Sent>,
    /// How many replies wait in `reply_heads`.
    replies: usize,
    /// What the headers of queries point to; kept, not read.
    received: Block<Received>,
}

impl Batch {
    /// Room for `size` queries, and as many replies of up to `reply_room` octets.
    pub(super) fn new(size: usize, reply_room: usize, source: Source) -> Batch {
        // SAFETY: all-zero is a valid value of these plain C structures (null pointers, lengths of 0).
        let (head, peer): (mmsghdr, Peer) = unsafe { (mem::zeroed(), mem::zeroed()) };
        let batch = Batch {
            source,
            query_heads: Block::new(size, head),
            query_octets: Octets::new(size, QUERY_ROOM),
            peers: Block::new(size, peer),
            reply_heads: Block::new(size, head),
            reply_octets: Octets::new(size, reply_room),
            sent: Block::new(size, source.prepare()),
            replies: 0,
            received: Block::new(size, Received::EMPTY),
        };
        (0..size).for_each(|index| batch.link(index));
        batch
    }

    /// Writes the pointers of both headers at `index`.
    fn link(&self, index: usize) {
        // SAFETY: no reference into the blocks exists, and `at` checks the index.
        unsafe {
            let query = &mut (*self.query_heads.at(index)).msg_hdr;
            query.msg_name = self.peers.at(index).cast();
            query.msg_namelen = mem::size_of::<Peer>() as u32;
            query.msg_iov = self.query_octets.part(index);
            query.msg_iovlen = 1;
            let reply = &mut (*self.reply_heads.at(index)).msg_hdr;
            reply.msg_iov = self.reply_octets.part(index);
            reply.msg_iovlen = 1;
            if self.source != Source::Bound {
                query.msg_control = self.received.at(index).cast();
                query.msg_controllen = mem::size_of::<Received>() as _;
                reply.msg_control = self.sent.at(index).cast();
            }
        }
    }

    /// Receives queries; how long it waits for the first one is up to `flags` and the socket's timeout.
    pub(super) fn receive(&mut self, socket: &UdpSocket, flags: c_int) -> io::Result<usize> {
        let (heads, room) = (self.query_heads.at(0), self.query_heads.length as c_uint);
        // SAFETY: `heads` are `room` headers whose pointers were linked to memory of the stated lengths, which lives
        // as long as `self` and has no reference to it now.
        let count = unsafe { libc::recvmmsg(socket.as_raw_fd(), heads, room, flags as _, null_mut()) };
        usize::try_from(count).map_err(|_| io::Error::last_os_error())
    }

    /// The octets of the first `count` queries, which were received.
    pub(super) fn queries(&self, count: usize) -> impl ExactSizeIterator<Item = &[u8]> {
        // SAFETY: the kernel has filled the headers and what they point to; `self` is lent out shared meanwhile.
        (0..count).map(|index| unsafe { self.query(index, &*self.query_heads.at(index)).octets })
    }

    /// Has `respond` answer the first `count` queries, in order, and lines up the replies.
    pub(super) fn answer(&mut self, count: usize, mut respond: impl FnMut(Query<'_>, &mut [u8]) -> Option<usize>) {
        self.replies = 0;
        for index in 0..count {
            // SAFETY: the kernel has filled the header, the address and `length` octets at `index`; while `respond`
            // runs, the query's octets are lent out shared, one reply's octets exclusively, and nothing else is.
            unsafe {
                let head = self.query_heads.at(index);
                let (query, namelen) = (self.query(index, &*head), (*head).msg_hdr.msg_namelen);
                if let Some(length) = respond(query, self.reply_octets.whole(self.replies)) {
                    self.line_up(index, namelen, length);
                }
                if self.source != Source::Bound {
                    (*head).msg_hdr.msg_controllen = mem::size_of::<Received>() as _;
                }
            }
        }
    }

    /// # Safety
    /// The kernel has filled the header and what it points to.
    unsafe fn query(&self, index: usize, head: &mmsghdr) -> Query<'_> {
        let is_truncated = head.msg_hdr.msg_flags & libc::MSG_TRUNC != 0;
        let length = if is_truncated { HEADER } else { head.msg_len as usize };
        // SAFETY: as the caller promises; `self` is lent out shared as long as the query lives.
        let (octets, client) = unsafe { (self.query_octets.first(index, length), (*self.peers.at(index)).ip()) };
        Query { octets, client, is_truncated }
    }

    /// Makes the next reply, whose octets are written, one of `length` octets to the client of query `index`.
    ///
    /// # Safety
    /// As for `query`; no reference into the blocks exists.
    unsafe fn line_up(&mut self, index: usize, namelen: u32, length: usize) {
        // SAFETY: as the caller promises; the headers and control messages are each written through one pointer.
        unsafe {
            let reply = &mut (*self.reply_heads.at(self.replies)).msg_hdr;
            reply.msg_name = self.peers.at(index).cast();
            reply.msg_namelen = namelen;
            (*self.reply_octets.part(self.replies)).iov_len = length;
            if self.source != Source::Bound {
                let query = &raw const (*self.query_heads.at(index)).msg_hdr;
                reply.msg_controllen = self.source.copy(query, &mut *self.sent.at(self.replies)) as _;
            }
        }
        self.replies += 1;
    }

    /// Sends the replies that are lined up; gives how many could not be sent.
    pub(super) fn send(&mut self, socket: &UdpSocket) -> usize {
        let count = mem::take(&mut self.replies);
        send_all(count, |from| {
            let heads = self.reply_heads.at(from);
            // SAFETY: as in `receive`; `from` < `count`, and that many headers are lined up.
            let sent =
                unsafe { libc::sendmmsg(socket.as_raw_fd(), heads, (count - from) as c_uint, libc::MSG_DONTWAIT as _) };
            usize::try_from(sent).map_err(|_| io::Error::last_os_error())
        })
    }
}

/// Sends messages `0..count` by calls of `send(from)`, which sends those from `from` on until one fails and gives how
/// many it sent, or the error when it was the first. Gives how many messages failed.
///
/// A message that fails is left out and the rest goes on: an unreachable client, a forged source address of broadcast,
/// a filter's refusal or a full queue of the network card concern one reply, and UDP clients ask again. Waiting for room
/// instead would stall everybody's replies.
fn send_all(count: usize, mut send: impl FnMut(usize) -> io::Result<usize>) -> usize {
    let (mut from, mut failed) = (0, 0);
    while from < count {
        match send(from) {
            Ok(sent) if sent > 0 => from += sent,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            _ => (from, failed) = (from + 1, failed + 1),
        }
    }
    failed
}

impl Peer {
    /// # Safety
    /// The kernel has filled the address.
    unsafe fn ip(&self) -> IpAddr {
        // SAFETY: the family stands at the same place in both, and says which of the two was filled.
        unsafe {
            match c_int::from(self.v4.sin_family) {
                libc::AF_INET => IpAddr::V4(Ipv4Addr::from(u32::from_be(self.v4.sin_addr.s_addr))),
                _ => IpAddr::V6(Ipv6Addr::from(self.v6.sin6_addr.s6_addr)).to_canonical(),
            }
        }
    }
}

/// Equal buffers in one allocation, each with the `iovec` that names it.
struct Octets {
    octets: Block<u8>,
    parts: Block<iovec>,
    room: usize,
    apart: usize,
}

impl Octets {
    fn new(count: usize, room: usize) -> Octets {
        // An odd number of cache lines apart: at a power of two all buffers would begin in the same few cache sets.
        let apart = (room.div_ceil(LINE) | 1) * LINE;
        let octets = Block::new(count * apart, 0u8);
        let parts = Block::new(count, iovec { iov_base: null_mut(), iov_len: room });
        for index in 0..count {
            // SAFETY: no reference into the block exists, and `at` checks the index.
            unsafe { (*parts.at(index)).iov_base = octets.at(index * apart).cast() };
        }
        Octets { octets, parts, room, apart }
    }

    fn part(&self, index: usize) -> *mut iovec {
        self.parts.at(index)
    }

    /// # Safety
    /// Nobody writes these octets while the slice lives.
    unsafe fn first(&self, index: usize, length: usize) -> &[u8] {
        // SAFETY: the buffer at `index` has `room` octets; the rest is the caller's promise.
        unsafe { slice::from_raw_parts(self.octets.at(index * self.apart), length.min(self.room)) }
    }

    /// # Safety
    /// Nobody else reads or writes these octets while the slice lives.
    #[allow(clippy::mut_from_ref)] // the octets are not part of `self` but behind its pointer
    unsafe fn whole(&self, index: usize) -> &mut [u8] {
        // SAFETY: as above.
        unsafe { slice::from_raw_parts_mut(self.octets.at(index * self.apart), self.room) }
    }
}

/// Memory that is reached by raw pointer only, and freed with this.
struct Block<T> {
    start: NonNull<T>,
    length: usize,
}

// SAFETY: a block owns its memory as a Box does; the pointers in the plain C structures it holds lead into blocks of
// the same batch, which moves to its thread as a whole.
unsafe impl<T> Send for Block<T> {}

impl<T: Copy> Block<T> {
    fn new(length: usize, value: T) -> Block<T> {
        let memory = Box::leak(vec![value; length].into_boxed_slice());
        Block { start: NonNull::from(memory).cast(), length }
    }

    fn at(&self, index: usize) -> *mut T {
        assert!(index < self.length);
        // SAFETY: the index was checked.
        unsafe { self.start.as_ptr().add(index) }
    }
}

impl<T> Drop for Block<T> {
    fn drop(&mut self) {
        // SAFETY: the memory came from a boxed slice of this length, and nobody else frees it.
        drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(self.start.as_ptr(), self.length)) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends `count` messages of which those in `bad` fail, as sendmmsg does; gives what was sent and what failed.
    fn deliver(count: usize, bad: &[usize]) -> (Vec<usize>, usize) {
        let mut sent = Vec::new();
        let failed = send_all(count, |from| {
            let good: Vec<_> = (from..count).take_while(|index| !bad.contains(index)).collect();
            sent.extend(&good);
            match good.len() {
                0 => Err(io::Error::from_raw_os_error(libc::EMSGSIZE)),
                sent => Ok(sent),
            }
        });
        (sent, failed)
    }

    #[test]
    fn leaves_out_the_message_that_fails_and_sends_the_rest() {
        assert_eq!(deliver(4, &[]), (vec![0, 1, 2, 3], 0));
        assert_eq!(deliver(4, &[0]), (vec![1, 2, 3], 1));
        assert_eq!(deliver(4, &[1, 2]), (vec![0, 3], 2));
        assert_eq!(deliver(4, &[3]), (vec![0, 1, 2], 1));
        assert_eq!(deliver(3, &[0, 1, 2]), (vec![], 3));
        assert_eq!(deliver(0, &[]), (vec![], 0));
    }

    #[test]
    fn tries_again_after_a_signal_and_ends_when_nothing_moves() {
        let mut calls = 0;
        let failed = send_all(2, |_| {
            calls += 1;
            match calls {
                1 => Err(io::ErrorKind::Interrupted.into()),
                2 => Ok(0),
                _ => Ok(1),
            }
        });
        assert_eq!((failed, calls), (1, 3));
    }

    /// A batch whose clients sit on loopback, one of them at port 0, where no datagram can go.
    #[test]
    fn a_reply_that_cannot_be_sent_does_not_take_the_others_with_it() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut batch = Batch::new(4, 512, Source::of(server.local_addr().unwrap()));
        for id in 0..3u8 {
            client.send_to(&[id; HEADER], server.local_addr().unwrap()).unwrap();
        }
        assert_eq!(batch.receive(&server, libc::MSG_WAITFORONE).unwrap(), 3);
        // SAFETY: no reference into the block exists.
        unsafe { (*batch.peers.at(1)).v4.sin_port = 0 };
        batch.answer(3, |query, reply| {
            reply[..HEADER].copy_from_slice(query.octets);
            Some(HEADER)
        });
        assert_eq!(batch.send(&server), 1);
        let mut reply = [0; 512];
        let mut replies = [0; 2].map(|_| (client.recv(&mut reply).unwrap(), reply[0]));
        replies.sort_unstable();
        assert_eq!(replies, [(HEADER, 0), (HEADER, 2)]);
    }
}
