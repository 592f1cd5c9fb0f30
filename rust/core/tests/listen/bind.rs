//! Addresses, sockets that were handed over, starting and stopping.

use super::*;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex};

fn fails(address: SocketAddr, workers: usize) -> (ErrorKind, String) {
    let error = Listeners::bind(&[address], workers).err().expect("an error");
    (error.kind(), error.to_string())
}

#[test]
fn port_0_is_one_port_for_udp_and_tcp() {
    let (_running, address) = serve_one();
    assert_ne!(address.port(), 0);
    assert_eq!(ask_udp(&udp(address), 1, "udp"), reply(1, "udp"));
    assert_eq!(ask_tcp(&mut tcp(address), 2, "tcp"), reply(2, "tcp"));
}

#[test]
fn an_address_in_use_is_told_also_between_servers_that_share_ports() {
    for workers in [1, 2] {
        let running = serve(&["127.0.0.1:0"], 2, &Config::default());
        let address = running.addresses()[0];
        let text = format!("cannot listen on {address} (udp): address already in use");
        assert_eq!(fails(address, workers), (ErrorKind::AddrInUse, text));
    }
}

#[test]
fn a_port_taken_for_tcp_alone_is_told_too() {
    // Another process may have the UDP port of the same number: then another one is tried.
    let told = (0..20).find_map(|_| {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let (kind, text) = fails(address, 1);
        assert_eq!(kind, ErrorKind::AddrInUse);
        (text == format!("cannot listen on {address} (tcp): address already in use")).then_some(())
    });
    assert!(told.is_some());
}

#[test]
fn an_address_of_another_machine_is_told() {
    let text = "cannot listen on 192.0.2.1:0 (udp): cannot assign requested address";
    assert_eq!(fails("192.0.2.1:0".parse().unwrap(), 1), (ErrorKind::AddrNotAvailable, text.into()));
}

/// A UDP and a TCP socket with one port.
fn pair() -> (UdpSocket, TcpListener) {
    let attempt = || {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let tcp = TcpListener::bind(udp.local_addr().unwrap()).ok()?;
        Some((udp, tcp))
    };
    (0..20).find_map(|_| attempt()).unwrap()
}

fn adopt(sockets: &[i32], workers: usize) -> Running {
    Listeners::adopt(sockets, workers).unwrap().run(&Config::default(), |_| Echo).unwrap()
}

#[test]
fn sockets_that_were_handed_over_are_answered_at() {
    let (first, second) = pair();
    let mut running = adopt(&[second.as_raw_fd(), first.as_raw_fd()], 2);
    let address = first.local_addr().unwrap();
    assert_eq!(running.addresses(), [address]);
    for id in 0..20 {
        assert_eq!(ask_udp(&udp(address), id, "udp"), reply(id, "udp"));
    }
    assert_eq!(ask_tcp(&mut tcp(address), 2, "tcp"), reply(2, "tcp"));
    // They stay the caller's: the next server may have them.
    running.stop();
    let again = adopt(&[first.as_raw_fd(), second.as_raw_fd()], 1);
    assert_eq!(ask_udp(&udp(address), 3, "again"), reply(3, "again"));
    assert_eq!(ask_tcp(&mut tcp(again.addresses()[0]), 4, "again"), reply(4, "again"));
}

#[test]
fn a_socket_for_one_protocol_alone_will_do() {
    let (first, second) = pair();
    let only_udp = adopt(&[first.as_raw_fd()], 1);
    let address = only_udp.addresses()[0];
    assert_eq!(ask_udp(&udp(address), 1, "udp"), reply(1, "udp"));
    let _only_tcp = adopt(&[second.as_raw_fd()], 1);
    assert_eq!(ask_tcp(&mut tcp(address), 2, "tcp"), reply(2, "tcp"));
}

#[test]
fn a_handed_over_socket_for_both_families_replies_from_the_address_that_was_asked() {
    let socket = Socket::new(Domain::IPV6, Type::DGRAM, None).unwrap();
    socket.set_only_v6(false).unwrap();
    socket.bind(&SockAddr::from("[::]:0".parse::<SocketAddr>().unwrap())).unwrap();
    let running = adopt(&[socket.as_raw_fd()], 1);
    for ip in ["127.0.0.1", "127.0.0.2", "::1"] {
        let address = SocketAddr::new(ip.parse().unwrap(), running.addresses()[0].port());
        assert_eq!(ask_udp(&udp(address), 1, ip), reply(1, ip));
    }
}

#[test]
fn what_is_no_socket_for_dns_is_told() {
    let told = |fd| Listeners::adopt(&[fd], 1).err().expect("an error").to_string();
    assert_eq!(told(-1), "cannot listen on socket -1: bad file descriptor");
    let (unix, _other) = UnixStream::pair().unwrap();
    let fd = unix.as_raw_fd();
    assert_eq!(told(fd), format!("cannot listen on socket {fd}: not an IPv4 or IPv6 socket"));
    let file = std::fs::File::open("/dev/null").unwrap();
    let fd = file.as_raw_fd();
    assert_eq!(told(fd), format!("cannot listen on socket {fd}: socket operation on non-socket"));
}

#[test]
fn stopping_frees_the_port_closes_connections_and_keeps_the_counts() {
    let (mut running, address) = serve_one();
    let mut client = tcp(address);
    assert_eq!(ask_tcp(&mut client, 1, "silent next"), reply(1, "silent next"));
    client.write_all(&framed(&query(2, "silence"))).unwrap();
    wait_until(&running, |statistics| statistics.dropped == 1 && statistics.tcp_open == 1);
    running.stop();
    running.stop();
    assert_eq!(read_to_close(&mut client), b"");
    assert_eq!(running.statistics(), Statistics { dropped: 1, ..Statistics::default() });
    drop(Listeners::bind(&[address], 2).unwrap());
}

/// Tells when it begins to answer, and takes its time.
struct Slow(Sender<()>);

impl Responder for Slow {
    fn refresh(&mut self) {}

    fn respond(&mut self, query: &[u8], client: IpAddr, transport: Transport, reply: &mut [u8]) -> Option<usize> {
        self.0.send(()).unwrap();
        sleep(Duration::from_millis(200));
        Echo.respond(query, client, transport, reply)
    }
}

#[test]
fn replies_under_way_are_sent_before_the_end() {
    let (begins, begun) = channel();
    let listeners = Listeners::bind(&["127.0.0.1:0".parse().unwrap()], 1).unwrap();
    let mut running = listeners.run(&Config::default(), |_| Slow(begins.clone())).unwrap();
    let (datagrams, mut stream) = (udp(running.addresses()[0]), tcp(running.addresses()[0]));
    datagrams.send(&query(1, "udp")).unwrap();
    stream.write_all(&framed(&query(2, "tcp"))).unwrap();
    (0..2).for_each(|_| begun.recv_timeout(PATIENCE).unwrap());
    running.stop();
    assert_eq!(hear(&datagrams), reply(1, "udp"));
    assert_eq!(read_message(&mut stream), reply(2, "tcp"));
}

#[test]
fn a_client_that_does_not_read_does_not_hold_up_the_end() {
    let (mut running, address) = serve_one();
    let mut client = tcp(address);
    (0..200).for_each(|id| client.write_all(&framed(&query(id, "all the room"))).unwrap());
    wait_until(&running, |statistics| statistics.tcp_open == 1);
    running.stop();
    assert_eq!(running.statistics().tcp_open, 0);
}

/// Tells which worker it is, and how often it was told to refresh, in place of the text.
struct Numbered {
    number: usize,
    refreshed: u32,
}

impl Responder for Numbered {
    fn refresh(&mut self) {
        self.refreshed += 1;
    }

    fn respond(&mut self, _: &[u8], _: IpAddr, transport: Transport, reply: &mut [u8]) -> Option<usize> {
        let text = format!("{transport:?} {} {}", self.number, self.refreshed);
        reply[..text.len()].copy_from_slice(text.as_bytes());
        Some(text.len())
    }
}

#[test]
fn each_thread_has_a_responder_of_its_own_refreshed_before_each_query() {
    let made = Arc::new(Mutex::new(Vec::new()));
    let factory = |number| {
        made.lock().unwrap().push(number);
        Numbered { number, refreshed: 0 }
    };
    let listeners = Listeners::bind(&["127.0.0.1:0".parse().unwrap()], 1).unwrap();
    let running = listeners.run(&Config::default(), factory).unwrap();
    let (datagrams, mut stream) = (udp(running.addresses()[0]), tcp(running.addresses()[0]));
    // Threads without queries refresh too, so the count only ever grows.
    let count = |reply: Vec<u8>, who: &str| -> u32 {
        let text = String::from_utf8(reply).unwrap();
        text.strip_prefix(who).unwrap_or_else(|| panic!("{text} is not from {who}")).parse().unwrap()
    };
    let (mut udp_count, mut tcp_count) = (0, 0);
    for _ in 1..4 {
        let (over_udp, over_tcp) = (ask_udp(&datagrams, 1, ""), ask_tcp(&mut stream, 1, ""));
        let now = (count(over_udp, "Udp 0 "), count(over_tcp, "Tcp 1 "));
        assert!(now.0 > udp_count && now.1 > tcp_count);
        (udp_count, tcp_count) = now;
    }
    assert_eq!(*made.lock().unwrap(), [0, 1]);
}
