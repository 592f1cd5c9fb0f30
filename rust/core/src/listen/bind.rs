//! Binding addresses, or taking over sockets that are bound already.

use super::option;
use super::udp::BACKLOG;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::RawFd;

/// How often a free port is looked for that is free for UDP and for TCP.
const TRIES: usize = 32;

/// TCP connections that wait to be accepted; the kernel caps it at net.core.somaxconn.
const WAITING: i32 = 4096;

/// Sockets bound for UDP and TCP, and nobody answering yet.
///
/// Everything that needs privileges has happened when one of these exists.
pub struct Listeners {
    /// Per worker the sockets it answers at, one per address.
    pub(super) udp: Vec<Vec<UdpSocket>>,
    pub(super) tcp: Vec<TcpListener>,
    addresses: Vec<SocketAddr>,
}

impl Listeners {
    /// Binds each address for UDP, once for each of `workers` (at least 1), and for TCP. Port 0 chooses one port for both.
    ///
    /// Raises:  the cause's kind, with a text like `cannot listen on 127.0.0.1:53 (udp): permission denied`.
    pub fn bind(addresses: &[SocketAddr], workers: usize) -> io::Result<Listeners> {
        let mut listeners = Listeners::none(workers);
        for address in addresses {
            let (udp, tcp) = bind_both(*address)?;
            let bound = udp.local_addr()?;
            listeners.share(udp).map_err(|error| refused(bound, "udp", &error))?;
            listeners.tcp.push(tcp);
            listeners.addresses.push(bound);
        }
        Ok(listeners)
    }

    /// Takes over bound sockets, UDP and TCP in any order, as systemd hands them over. The descriptors stay the caller's.
    ///
    /// The workers share each UDP socket: what its queue holds is everybody's.
    ///
    /// Raises:  the cause's kind, with the number of the descriptor in the text.
    pub fn adopt(sockets: &[RawFd], workers: usize) -> io::Result<Listeners> {
        let mut listeners = Listeners::none(workers);
        for fd in sockets {
            listeners.adopt_one(*fd).map_err(|error| explain(&format!("cannot listen on socket {fd}"), &error))?;
        }
        Ok(listeners)
    }

    /// What was bound, in the order it was asked for. A handed-over UDP and TCP pair is one address.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    fn none(workers: usize) -> Listeners {
        Listeners { udp: (0..workers.max(1)).map(|_| Vec::new()).collect(), tcp: Vec::new(), addresses: Vec::new() }
    }

    /// Gives each worker a socket at the address of `first`, and the first worker that one.
    fn share(&mut self, first: UdpSocket) -> io::Result<()> {
        let (address, several) = (first.local_addr()?, self.udp.len() > 1);
        if several {
            // Only now, and after `bind`: two servers that both ask for SO_REUSEPORT would share the port unnoticed.
            option::share_port(&first)?;
        }
        for worker in &mut self.udp[1..] {
            worker.push(bind_udp(address, several)?);
        }
        self.udp[0].push(first);
        Ok(())
    }

    fn adopt_one(&mut self, fd: RawFd) -> io::Result<()> {
        let socket = Socket::from(option::duplicate(fd)?);
        let unfit = |what| io::Error::new(ErrorKind::InvalidInput, what);
        let (domain, kind) = option::kind(&socket)?;
        if domain != libc::AF_INET && domain != libc::AF_INET6 {
            return Err(unfit("not an IPv4 or IPv6 socket"));
        }
        let address = local(&socket)?;
        match kind {
            libc::SOCK_DGRAM => self.adopt_udp(&socket)?,
            libc::SOCK_STREAM => self.adopt_tcp(socket)?,
            _ => return Err(unfit("neither a UDP nor a TCP socket")),
        }
        if !self.addresses.contains(&address) {
            self.addresses.push(address);
        }
        Ok(())
    }

    fn adopt_udp(&mut self, socket: &Socket) -> io::Result<()> {
        prepare_udp(socket)?;
        for worker in &mut self.udp {
            worker.push(socket.try_clone()?.into());
        }
        Ok(())
    }

    fn adopt_tcp(&mut self, socket: Socket) -> io::Result<()> {
        if !option::is_listening(&socket)? {
            socket.listen(WAITING)?;
        }
        self.tcp.push(socket.into());
        Ok(())
    }
}

/// Binds one address for UDP and TCP, with one port.
fn bind_both(address: SocketAddr) -> io::Result<(UdpSocket, TcpListener)> {
    let tries = if address.port() == 0 { TRIES } else { 1 };
    let mut taken = ErrorKind::AddrInUse.into();
    for _ in 0..tries {
        let udp = bind_udp(address, false).map_err(|error| refused(address, "udp", &error))?;
        let bound = udp.local_addr()?;
        match bind_tcp(bound) {
            Ok(tcp) => return Ok((udp, tcp)),
            // Somebody else's TCP socket has the port that was free for UDP: another try gives another port.
            Err(error) if error.kind() == ErrorKind::AddrInUse => taken = refused(bound, "tcp", &error),
            Err(error) => return Err(refused(bound, "tcp", &error)),
        }
    }
    Err(taken)
}

fn bind_udp(address: SocketAddr, shared: bool) -> io::Result<UdpSocket> {
    let socket = open(address, Type::DGRAM, Protocol::UDP)?;
    if shared {
        option::share_port(&socket)?;
    }
    socket.bind(&SockAddr::from(address))?;
    prepare_udp(&socket)?;
    Ok(socket.into())
}

fn bind_tcp(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = open(address, Type::STREAM, Protocol::TCP)?;
    // A restart finds the port free although old connections linger; on Linux two listeners still cannot share it.
    socket.set_reuse_address(true)?;
    socket.bind(&SockAddr::from(address))?;
    socket.listen(WAITING)?;
    Ok(socket.into())
}

fn open(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    if address.is_ipv6() {
        // So that [::] leaves 0.0.0.0 with the same port to a socket of its own, whatever the system's default is.
        socket.set_only_v6(true)?;
    }
    Ok(socket)
}

/// Options of a bound UDP socket.
fn prepare_udp(socket: &Socket) -> io::Result<()> {
    let address = local(socket)?;
    if address.ip().is_unspecified() {
        option::tell_destination(socket, address.is_ipv6())?;
    }
    option::ignore_path_mtu(socket, address.is_ipv6());
    // The kernel reports twice what was set. A socket with more room, by the administrator's default, keeps it.
    if socket.recv_buffer_size()? < 2 * BACKLOG {
        socket.set_recv_buffer_size(BACKLOG)?;
    }
    Ok(())
}

fn local(socket: &Socket) -> io::Result<SocketAddr> {
    socket.local_addr()?.as_socket().ok_or_else(|| ErrorKind::InvalidInput.into())
}

fn refused(address: SocketAddr, protocol: &str, error: &io::Error) -> io::Error {
    explain(&format!("cannot listen on {address} ({protocol})"), error)
}

/// The error with what failed before its cause, which begins in lower case and goes without its number.
fn explain(what: &str, error: &io::Error) -> io::Error {
    let cause = error.to_string();
    let cause = cause.split(" (os error").next().unwrap_or_default();
    let (first, rest) = cause.split_at(cause.chars().next().map_or(0, char::len_utf8));
    io::Error::new(error.kind(), format!("{what}: {}{rest}", first.to_lowercase()))
}
