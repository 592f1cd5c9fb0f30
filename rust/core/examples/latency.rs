//! How long answers take at a given rate: a UDP client that asks at times fixed beforehand.
//!
//! ```text
//! latency ADDRESS QUERIES RATE SECONDS     QUERIES holds lines of "NAME TYPE"; RATE is questions a second
//! latency ADDRESS QUERIES RATE -           until stdin ends, resting between questions
//! ```
//!
//! Questions leave at random (exponential) distances, as those of many clients do, and an answer's time counts from
//! the moment its question was due, not from when it left: a server that stalls is charged for every question that
//! should have been asked meanwhile. One thread asks and listens without ever sleeping, so a wake-up of its own is
//! never part of a figure; one that rests leaves its core to others, and its wake-ups are part of each. Prints one line of JSON; times are in microseconds.

#![allow(unsafe_code)] // ppoll has no safe form, and what has one waits in steps of milliseconds

use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::io::Read;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Questions sent in a row before answers are looked for again, when the client itself has fallen behind.
const BURST: usize = 16;
/// Not counted: the first answers fill caches.
const WARM_UP: Duration = Duration::from_millis(300);
/// How long stragglers are waited for.
const PATIENCE: Duration = Duration::from_millis(500);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, queries, rate, seconds] = arguments.as_slice() else {
        return Err("usage: latency ADDRESS QUERIES RATE SECONDS".into());
    };
    let questions = read_questions(&fs::read_to_string(queries)?)?;
    let mut client = Client::new(address, questions, rate.parse()?)?;
    match seconds.as_str() {
        "-" => client.run_until(&end_of_stdin())?,
        seconds => client.run(WARM_UP + Duration::from_secs_f64(seconds.parse()?))?,
    }
    println!("{}", client.report());
    Ok(())
}

/// Set when stdin ends.
fn end_of_stdin() -> Arc<AtomicBool> {
    let has_ended = Arc::new(AtomicBool::new(false));
    let told = has_ended.clone();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        told.store(true, Ordering::Relaxed);
    });
    has_ended
}

/// Query messages with ID 0, one for each line of `text`.
fn read_questions(text: &str) -> Result<Vec<Vec<u8>>, String> {
    let questions: Vec<_> = text.lines().filter_map(|line| line.split(' ').next()).map(question).collect();
    if questions.is_empty() {
        return Err("the file of queries is empty".into());
    }
    Ok(questions)
}

/// A query for A records of `name`, which is plain text without escapes (RFC 1035 4.1).
fn question(name: &str) -> Vec<u8> {
    let mut message = vec![0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in name.split('.').filter(|label| !label.is_empty()) {
        message.push(label.len() as u8);
        message.extend_from_slice(label.as_bytes());
    }
    message.extend_from_slice(&[0, 0, 1, 0, 1]);
    message
}

/// One socket, its timetable and what came back.
struct Client {
    socket: UdpSocket,
    questions: Vec<Vec<u8>>,
    gap: f64,              // mean nanoseconds between two questions
    random: u64,           // state of the generator that draws the gaps
    due: Vec<Option<f64>>, // by ID: when the question under way was due, in nanoseconds since the start
    sent: usize,
    unsent: usize,   // the socket had no room
    times: Vec<f64>, // nanoseconds from due to answered
}

impl Client {
    fn new(address: &str, questions: Vec<Vec<u8>>, rate: f64) -> std::io::Result<Client> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(address)?;
        socket.set_nonblocking(true)?;
        let due = vec![None; 1 << 16];
        Ok(Client {
            socket,
            questions,
            gap: 1e9 / rate,
            random: 0x9E37_79B9_7F4A_7C15,
            due,
            sent: 0,
            unsent: 0,
            times: Vec::new(),
        })
    }

    /// Asks for `length` and then waits for stragglers.
    fn run(&mut self, length: Duration) -> std::io::Result<()> {
        let start = Instant::now();
        let end = length.as_nanos() as f64;
        let mut next = self.draw_gap();
        while start.elapsed() < length + PATIENCE {
            next = self.ask_due(next, start, end)?;
            self.listen(start)?;
        }
        Ok(())
    }

    /// Asks until `has_ended` and then waits for stragglers, and rests whenever no question is due and no answer there.
    fn run_until(&mut self, has_ended: &AtomicBool) -> std::io::Result<()> {
        let (start, mut next) = (Instant::now(), self.draw_gap());
        while !has_ended.load(Ordering::Relaxed) {
            self.rest(Duration::from_nanos(next as u64).saturating_sub(start.elapsed()));
            next = self.ask_due(next, start, f64::MAX)?;
            self.listen(start)?;
        }
        let end = start.elapsed() + PATIENCE;
        while start.elapsed() < end {
            self.rest(end.saturating_sub(start.elapsed()));
            self.listen(start)?;
        }
        Ok(())
    }

    /// Sleeps until an answer is there, or for `time`.
    fn rest(&self, time: Duration) {
        let mut socket = libc::pollfd { fd: self.socket.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        let time = libc::timespec { tv_sec: time.as_secs() as _, tv_nsec: time.subsec_nanos() as _ };
        // SAFETY: both structures live until the call is over; without a mask of signals none is read.
        unsafe { libc::ppoll(&raw mut socket, 1, &raw const time, std::ptr::null()) };
    }

    /// Sends what is due until `end`, `next` first, but no more than is good in a row; gives when the next one is due.
    fn ask_due(&mut self, mut next: f64, start: Instant, end: f64) -> std::io::Result<f64> {
        for _ in 0..BURST {
            if next > end || next > start.elapsed().as_nanos() as f64 {
                break;
            }
            self.ask(next)?;
            next += self.draw_gap();
        }
        Ok(next)
    }

    /// Sends the question that was due at `due`; its ID is its number.
    fn ask(&mut self, due: f64) -> std::io::Result<()> {
        let id = self.sent % self.due.len();
        let which = self.sent % self.questions.len();
        let question = &mut self.questions[which];
        question[..2].copy_from_slice(&(id as u16).to_be_bytes());
        match self.socket.send(question) {
            Ok(_) => self.due[id] = Some(due),
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.unsent += 1,
            Err(error) => return Err(error),
        }
        self.sent += 1;
        Ok(())
    }

    /// Takes every answer that is there.
    fn listen(&mut self, start: Instant) -> std::io::Result<()> {
        let mut message = [0; 1500];
        loop {
            match self.socket.recv(&mut message) {
                Ok(length) if length >= 2 => self.note(u16::from_be_bytes([message[0], message[1]]), start),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    /// Books the answer to question `id`, unless it belongs to the warm-up.
    fn note(&mut self, id: u16, start: Instant) {
        if let Some(due) = self.due[id as usize].take() {
            if due >= WARM_UP.as_nanos() as f64 {
                self.times.push(start.elapsed().as_nanos() as f64 - due);
            }
        }
    }

    /// Nanoseconds to the next question: exponential, from a xorshift generator with a fixed seed, so that every
    /// run asks at the same times.
    fn draw_gap(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let unit = (self.random >> 11) as f64 / (1u64 << 53) as f64;
        -(1.0 - unit).ln() * self.gap
    }

    /// The line of JSON: counts, and times at fixed places of the ordered list.
    fn report(&mut self) -> String {
        self.times.sort_by(f64::total_cmp);
        let lost = self.due.iter().flatten().count() + self.unsent;
        let places = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999), ("max", 1.0)];
        let times: Vec<String> =
            places.iter().map(|(key, part)| format!("\"{key}_us\":{:.1}", self.at(*part))).collect();
        let (sent, counted) = (self.sent, self.times.len());
        format!("{{\"sent\":{sent},\"lost\":{lost},\"counted\":{counted},{}}}", times.join(","))
    }

    /// Microseconds at `part` (0 to 1) of the ordered times; 0 when there are none.
    fn at(&self, part: f64) -> f64 {
        let last = self.times.len().saturating_sub(1);
        self.times.get((last as f64 * part) as usize).copied().unwrap_or(0.0) / 1e3
    }
}
