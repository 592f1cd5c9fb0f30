//! The listeners, asked over real sockets on loopback. What is answered is an echo that takes orders.

mod bind;
mod exhausted;
mod tcp;
mod udp;

use socket2::{Domain, SockAddr, Socket, Type};
use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::thread::sleep;
use std::time::Duration;
use truename_core::listen::{Config, Listeners, Responder, Running, Statistics, Transport};

/// Long enough for a busy machine; nothing waits for it to pass unless it fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// Octets of a header.
const HEADER: usize = 12;

/// Sends each query back with the QR bit set, unless the text behind its header is an order.
struct Echo;

impl Responder for Echo {
    fn refresh(&mut self) {}

    fn respond(&mut self, query: &[u8], _: IpAddr, _: Transport, reply: &mut [u8]) -> Option<usize> {
        let mut length = query.len();
        match &query[HEADER..] {
            b"panic" => panic!("as ordered"),
            b"silence" => return None,
            b"slowly" => sleep(Duration::from_millis(300)),
            b"all the room" => length = reply.len(),
            _ => {}
        }
        reply[..query.len()].copy_from_slice(query);
        reply[2] |= 0x80;
        Some(length)
    }
}

fn serve(addresses: &[&str], workers: usize, config: &Config) -> Running {
    let addresses: Vec<SocketAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
    Listeners::bind(&addresses, workers).unwrap().run(config, |_| Echo).unwrap()
}

/// One worker on 127.0.0.1.
fn serve_one() -> (Running, SocketAddr) {
    serve_limited(&Config { tcp_idle: PATIENCE, ..Config::default() })
}

fn serve_limited(config: &Config) -> (Running, SocketAddr) {
    let running = serve(&["127.0.0.1:0"], 1, config);
    let address = running.addresses()[0];
    (running, address)
}

/// A message with an ID and some text where the question would be.
fn query(id: u16, text: &str) -> Vec<u8> {
    let mut message = vec![0; HEADER];
    message[..2].copy_from_slice(&id.to_be_bytes());
    message.extend(text.as_bytes());
    message
}

/// What the echo makes of it.
fn reply(id: u16, text: &str) -> Vec<u8> {
    let mut message = query(id, text);
    message[2] = 0x80;
    message
}

/// A UDP client that only hears from the address it sends to.
fn udp(server: SocketAddr) -> UdpSocket {
    let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(any).unwrap();
    socket.connect(server).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

fn ask_udp(socket: &UdpSocket, id: u16, text: &str) -> Vec<u8> {
    socket.send(&query(id, text)).unwrap();
    hear(socket)
}

fn hear(socket: &UdpSocket) -> Vec<u8> {
    let mut reply = vec![0; 65536];
    let length = socket.recv(&mut reply).unwrap();
    reply.truncate(length);
    reply
}

fn tcp(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// A TCP client that comes from 127.0.0.N.
fn tcp_from(n: u8, server: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SockAddr::from(SocketAddr::from(([127, 0, 0, n], 0)))).unwrap();
    socket.connect(&SockAddr::from(server)).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.into()
}

/// The message with its length before it.
fn framed(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u16).to_be_bytes(), message].concat()
}

fn ask_tcp(stream: &mut TcpStream, id: u16, text: &str) -> Vec<u8> {
    stream.write_all(&framed(&query(id, text))).unwrap();
    read_message(stream)
}

fn read_message(stream: &mut impl Read) -> Vec<u8> {
    let mut length = [0; 2];
    stream.read_exact(&mut length).unwrap();
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut message).unwrap();
    message
}

/// Waits for the server to close the connection; gives what came before.
fn read_to_close(stream: &mut TcpStream) -> Vec<u8> {
    let (mut all, mut part) = (Vec::new(), [0; 65536]);
    loop {
        match stream.read(&mut part) {
            Ok(0) => return all,
            Ok(count) => all.extend_from_slice(&part[..count]),
            // A server that closes with octets unread resets the connection.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return all,
            Err(error) => panic!("the connection stays open: {error}"),
        }
    }
}

/// Waits until the statistics say so.
fn wait_until(running: &Running, is_so: impl Fn(Statistics) -> bool) {
    for _ in 0..PATIENCE.as_millis() / 10 {
        if is_so(running.statistics()) {
            return;
        }
        sleep(Duration::from_millis(10));
    }
    panic!("not so: {:?}", running.statistics());
}
