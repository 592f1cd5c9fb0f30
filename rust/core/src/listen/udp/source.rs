//! Replies leave from the address that the query came to (RFC 2181 4.1).
//!
//! A socket bound to one address does that by itself. One bound to all of them lets the kernel choose, and it chooses by
//! the route to the client: on a host with two addresses the reply may come from the wrong one, and the client drops it.
//! So such a socket has every datagram tell its destination (`IP_PKTINFO`, `IPV6_PKTINFO`) and every reply carry it back.
#![allow(unsafe_code)] // control messages are walked with raw pointers

use libc::{c_int, cmsghdr, in6_pktinfo, in_pktinfo, msghdr};
use std::mem::size_of;
use std::net::{Ipv6Addr, SocketAddr};

/// Room for a received control message, and for others that whoever opened the socket may have asked for.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub(super) struct Received([u8; 128]);

impl Received {
    pub(super) const EMPTY: Received = Received([0; 128]);
}

/// A control message to send: the header is written once, the address per reply.
#[derive(Clone, Copy)]
#[repr(C)]
struct Message<T> {
    head: cmsghdr,
    info: T,
}

/// A control message of either family; `length` is 0 while there is none to send.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) union Sent {
    v4: Message<in_pktinfo>,
    v6: Message<in6_pktinfo>,
}

/// Whether, and in which family, replies must be told where to leave from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The socket is bound to one address.
    Bound,
    /// Bound to 0.0.0.0.
    AnyV4,
    /// Bound to ::, perhaps for IPv4 clients too; their addresses come and go as ::ffff:a.b.c.d.
    AnyV6,
}

impl Source {
    pub(super) fn of(bound: SocketAddr) -> Source {
        match bound {
            SocketAddr::V4(address) if address.ip().is_unspecified() => Source::AnyV4,
            SocketAddr::V6(address) if address.ip().is_unspecified() => Source::AnyV6,
            _ => Source::Bound,
        }
    }

    /// The header of the control message, once for all replies.
    pub(super) fn prepare(self) -> Sent {
        // SAFETY: all-zero is a valid value of these plain C structures.
        let mut sent: Sent = unsafe { std::mem::zeroed() };
        match self {
            Source::Bound => {}
            Source::AnyV4 => sent.v4.head = head::<in_pktinfo>(libc::IPPROTO_IP, libc::IP_PKTINFO),
            Source::AnyV6 => sent.v6.head = head::<in6_pktinfo>(libc::IPPROTO_IPV6, libc::IPV6_PKTINFO),
        }
        sent
    }

    /// Copies the destination of a query into the control message of its reply; gives the message's length.
    ///
    /// 0 means that the kernel told no destination, and the reply leaves from where the kernel chooses.
    ///
    /// # Safety
    /// `query` is the header that the kernel filled when it received the query; its pointers are valid.
    pub(super) unsafe fn copy(self, query: *const msghdr, reply: &mut Sent) -> usize {
        // SAFETY: the messages are walked as cmsg(3) says, inside the room that the kernel filled; a message of this
        // level and type has such data, aligned or not. The reply's union is written, never read.
        unsafe {
            let mut part = libc::CMSG_FIRSTHDR(query);
            while let Some(message) = part.as_ref() {
                let data = libc::CMSG_DATA(part);
                match (self, message.cmsg_level, message.cmsg_type) {
                    (Source::AnyV4, libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                        let told = data.cast::<in_pktinfo>().read_unaligned();
                        // No interface: the reply takes the route to the client, which may be another one.
                        reply.v4.info = in_pktinfo { ipi_ifindex: 0, ..told };
                        return size_of::<Message<in_pktinfo>>();
                    }
                    (Source::AnyV6, libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                        let told = data.cast::<in6_pktinfo>().read_unaligned();
                        reply.v6.info = in6_pktinfo { ipi6_ifindex: scope(&told), ..told };
                        return size_of::<Message<in6_pktinfo>>();
                    }
                    _ => part = libc::CMSG_NXTHDR(query, part),
                }
            }
        }
        0
    }
}

/// The interface a reply must leave by: a link-local address means nothing without one (RFC 4007 6).
fn scope(told: &in6_pktinfo) -> libc::c_uint {
    match Ipv6Addr::from(told.ipi6_addr.s6_addr).is_unicast_link_local() {
        true => told.ipi6_ifindex as libc::c_uint,
        false => 0,
    }
}

fn head<T>(level: c_int, kind: c_int) -> cmsghdr {
    // SAFETY: CMSG_LEN only computes.
    let length = unsafe { libc::CMSG_LEN(size_of::<T>() as u32) };
    // SAFETY: all-zero is a valid value; musl has padding here that a literal would have to name.
    let mut head: cmsghdr = unsafe { std::mem::zeroed() };
    head.cmsg_len = length as _;
    head.cmsg_level = level;
    head.cmsg_type = kind;
    head
}
