//! The threads that answer: started, counted, stopped.

use super::bind::Listeners;
use super::tally::{Statistics, Tally};
use super::{tcp, udp, Config, Responder};
use std::io;
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

/// The listeners at work; they stop when this is dropped.
pub struct Running {
    addresses: Vec<SocketAddr>,
    threads: Vec<JoinHandle<()>>,
    tallies: Vec<Arc<Tally>>,
    /// What the UDP workers look at after each batch and each nap.
    stop: Arc<AtomicBool>,
    /// Closing it wakes the TCP thread.
    alarm: Option<UnixStream>,
}

impl Listeners {
    /// Starts the threads: `dns-udp-0`, .. and `dns-tcp-0`.
    ///
    /// `factory` makes each thread's responder: 0, .. for the UDP workers, the next number for TCP.
    ///
    /// Raises:  when the system has no thread or descriptor left; those already started are stopped.
    pub fn run<R, F>(self, config: &Config, factory: F) -> io::Result<Running>
    where
        R: Responder + 'static,
        F: Fn(usize) -> R,
    {
        let addresses = self.addresses().to_vec();
        let mut running = Running {
            addresses,
            threads: Vec::new(),
            tallies: Vec::new(),
            stop: Arc::new(AtomicBool::new(false)),
            alarm: None,
        };
        let workers = self.udp.len();
        for (index, sockets) in self.udp.into_iter().enumerate().filter(|(_, sockets)| !sockets.is_empty()) {
            let shared = (running.tally(), running.stop.clone());
            let worker = udp::Worker::new(sockets, config, factory(index), shared)?;
            running.start(format!("dns-udp-{index}"), move || worker.run())?;
        }
        if !self.tcp.is_empty() {
            let (alarm, woken) = UnixStream::pair()?;
            running.alarm = Some(alarm);
            let server = tcp::Server::new(self.tcp, config, factory(workers), (running.tally(), woken))?;
            running.start("dns-tcp-0".into(), move || server.run())?;
        }
        Ok(running)
    }
}

impl Running {
    /// What is answered at, in the order it was asked for.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// What became of queries and connections so far; also after `stop`.
    pub fn statistics(&self) -> Statistics {
        Statistics::sum(&self.tallies)
    }

    /// Stops answering and joins the threads, well under a second later; replies under way are sent.
    pub fn stop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.alarm = None;
        for thread in self.threads.drain(..) {
            // A thread that panicked outside a query has said so on stderr, and has ended as was asked for.
            let _ = thread.join();
        }
    }

    fn tally(&mut self) -> Arc<Tally> {
        let tally = Arc::<Tally>::default();
        self.tallies.push(tally.clone());
        tally
    }

    /// What ends a thread early is its poll set failing, which only a fault in this program can cause.
    fn start(&mut self, name: String, work: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
        let report = name.clone();
        let body = move || work().unwrap_or_else(|error| panic!("{report} ended: {error}"));
        self.threads.push(Builder::new().name(name).spawn(body)?);
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}
