//! The echo again, through `listen`: what that costs above the plain one is what the listeners cost.
//!
//! `listen_echo [HOST:PORT]..` listens for UDP and TCP, on 127.0.0.1 and a free port if not told otherwise, with one
//! worker, and prints `ready HOST:PORT`.. It sets the QR bit and looks nothing up.

use std::io;
use std::net::{IpAddr, SocketAddr};
use truename_core::listen::{Config, Listeners, Responder, Transport};

struct Echo;

impl Responder for Echo {
    fn refresh(&mut self) {}

    fn respond(&mut self, query: &[u8], _: IpAddr, _: Transport, reply: &mut [u8]) -> Option<usize> {
        let reply = reply.get_mut(..query.len())?;
        reply.copy_from_slice(query);
        *reply.get_mut(2)? |= 0x80;
        Some(query.len())
    }
}

fn main() -> io::Result<()> {
    let mut addresses: Vec<SocketAddr> =
        std::env::args().skip(1).map(|text| text.parse().map_err(io::Error::other)).collect::<io::Result<_>>()?;
    if addresses.is_empty() {
        addresses.push(SocketAddr::from(([127, 0, 0, 1], 0)));
    }
    let running = Listeners::bind(&addresses, 1)?.run(&Config::default(), |_| Echo)?;
    let bound: Vec<_> = running.addresses().iter().map(ToString::to_string).collect();
    println!("ready {}", bound.join(" "));
    loop {
        std::thread::park();
    }
}
