//! A random-subdomain flood with honest questions in it: how many of those still get their answer?
//!
//! ```text
//! flood ADDRESS QUERIES ORIGIN SECONDS RATE [do]     QUERIES holds lines of "NAME TYPE", names that have an address
//! ```
//!
//! Nine of ten questions are for names below ORIGIN that nobody has, each another one; one of ten, at a random place
//! among them, comes from QUERIES. RATE questions leave in each second, whether or not anybody answers: a flood does not
//! wait. With a RATE of 0 they leave as fast as one core can send them, which depends on how the server takes them. The
//! two kinds use a socket each, so that only the honest client has replies to read, and what the flood is told is thrown
//! away by the kernel. With `do` all of them ask for signatures.
//!
//! Prints one line of JSON. `lost` is the share of the honest questions that got no answer with a record in it,
//! `offered_qps` what did leave in each second, `unread` how many replies the honest client's socket had no room for,
//! which no server can be blamed for.
#![allow(unsafe_code)] // these socket options have no safe form

use std::error::Error;
use std::io::{self, ErrorKind};
use std::mem;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use socket2::SockRef;

/// The longest run of questions that nobody needs; runs are drawn, nine on average.
const RUN: usize = 64;
const SHARE: f64 = 0.1;
/// Hexadecimal digits of an absent name's first label.
const DIGITS: usize = 16;
/// How many honest questions leave before replies are read.
const UNREAD: u64 = 16;
/// Octets of the honest client's receive buffer: some hundred replies by default, and a pause of the client fills that.
const ROOM: usize = 4 << 20;
/// Who is further behind the rate than this has not been running. What it did not send it does not send later: the
/// burst would fill the server's queue, and the rate of this round is wrong either way.
const BEHIND: Duration = Duration::from_millis(2);
/// Fields that the kernel tells of a socket's memory; the last one counts what it dropped (sock_diag(7)).
const MEMINFO: usize = 9;
/// How long stragglers are waited for.
const PATIENCE: Duration = Duration::from_millis(500);
/// An OPT record with DO set and room for 1232 octets (RFC 6891 6.1.2, RFC 3225 3).
const OPT: [u8; 11] = [0, 0, 41, 0x04, 0xD0, 0, 0, 0x80, 0, 0, 0];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (rest, wants_signatures) = match arguments.as_slice() {
        [rest @ .., word] if word == "do" => (rest, true),
        all => (all, false),
    };
    let [address, queries, origin, seconds, rate] = rest else {
        return Err("usage: flood ADDRESS QUERIES ORIGIN SECONDS RATE [do]".into());
    };
    let text = std::fs::read_to_string(queries)?;
    let names = text.lines().filter_map(|line| line.split(' ').next());
    let honest: Vec<_> = names.map(|name| question(name, wants_signatures)).collect();
    if honest.is_empty() {
        return Err("the file of queries is empty".into());
    }
    let absent = question(&format!("{}.{origin}", "0".repeat(DIGITS)), wants_signatures);
    let mut client = Honest::new(address, honest)?;
    let mut flood = Flood::new(address, &absent)?;
    let pace = Pace::new(rate.parse()?);
    let took = run(&mut client, &mut flood, (pace, Duration::from_secs_f64(seconds.parse()?)))?;
    println!("{}", report(&client, &flood, took)?);
    Ok(())
}

/// A query for A records of `name`, which is plain text without escapes (RFC 1035 4.1), with ID 0.
fn question(name: &str, wants_signatures: bool) -> Vec<u8> {
    let mut message = vec![0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, u8::from(wants_signatures)];
    for label in name.split('.').filter(|label| !label.is_empty()) {
        message.push(label.len() as u8);
        message.extend_from_slice(label.as_bytes());
    }
    message.extend_from_slice(&[0, 0, 1, 0, 1]);
    message.extend_from_slice(if wants_signatures { &OPT } else { &[] });
    message
}

/// Asks for `length`, waits for stragglers, and gives how long it really asked.
fn run(client: &mut Honest, flood: &mut Flood, (mut pace, length): (Pace, Duration)) -> io::Result<Duration> {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let start = Instant::now();
    while start.elapsed() < length {
        let count = random.run_length();
        pace.wait(count + 1);
        flood.send(count, &mut random)?;
        client.ask()?;
        if client.asked.is_multiple_of(UNREAD) {
            client.listen()?;
        }
    }
    let end = Instant::now();
    while end.elapsed() < PATIENCE {
        client.listen()?;
    }
    Ok(end - start)
}

fn report(client: &Honest, flood: &Flood, took: Duration) -> io::Result<String> {
    let lost = 1.0 - client.answered as f64 / client.asked as f64;
    let offered = (client.asked + flood.sent) as f64 / took.as_secs_f64();
    let (asked, answered, sent, unread) = (client.asked, client.answered, flood.sent, client.unread()?);
    Ok(format!(
        "{{\"asked\":{asked},\"answered\":{answered},\"flood\":{sent},\"lost\":{lost:.6},\
         \"offered_qps\":{offered:.0},\"unread\":{unread}}}"
    ))
}

/// When the next questions are due.
struct Pace {
    /// Of one question; zero knows no waiting.
    apart: Duration,
    due: Instant,
}

impl Pace {
    fn new(rate: f64) -> Pace {
        let apart = if rate > 0.0 { Duration::from_secs_f64(1.0 / rate) } else { Duration::ZERO };
        Pace { apart, due: Instant::now() }
    }

    /// Returns when the next question is due; the one after it is `count` questions later. It does not sleep: a core that
    /// slept comes back late.
    fn wait(&mut self, count: usize) {
        let mut now = Instant::now();
        while now < self.due {
            std::hint::spin_loop();
            now = Instant::now();
        }
        let behind = now - self.due;
        self.due += self.apart * count as u32 + behind.saturating_sub(BEHIND);
    }
}

/// A xorshift generator with a fixed seed: every server meets the same flood.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// How many others come before the next honest question, when each question is honest with probability `SHARE`.
    fn run_length(&mut self) -> usize {
        let unit = ((self.next() >> 11) + 1) as f64 / (1u64 << 53) as f64;
        ((unit.ln() / (1.0 - SHARE).ln()) as usize).min(RUN)
    }
}

/// The client whose questions have answers.
struct Honest {
    socket: UdpSocket,
    questions: Vec<Vec<u8>>,
    waiting: Vec<bool>, // by ID
    asked: u64,
    answered: u64,
}

impl Honest {
    fn new(address: &str, questions: Vec<Vec<u8>>) -> io::Result<Honest> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(address)?;
        socket.set_nonblocking(true)?;
        SockRef::from(&socket).set_recv_buffer_size(ROOM)?;
        Ok(Honest { socket, questions, waiting: vec![false; 1 << 16], asked: 0, answered: 0 })
    }

    /// An ID comes again after 65,536 questions, more than a second: who was not answered by then is lost.
    fn ask(&mut self) -> io::Result<()> {
        let id = self.asked as u16;
        let which = self.asked as usize % self.questions.len();
        let question = &mut self.questions[which];
        question[..2].copy_from_slice(&id.to_be_bytes());
        self.asked += 1;
        match self.socket.send(question) {
            Ok(_) => self.waiting[id as usize] = true,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Takes every reply that is there.
    fn listen(&mut self) -> io::Result<()> {
        let mut message = [0; 1500];
        loop {
            match self.socket.recv(&mut message) {
                Ok(length) if length >= 12 => self.note(&message),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    /// How many replies found no room in the socket.
    fn unread(&self) -> io::Result<u32> {
        let (mut told, mut size) = ([0u32; MEMINFO], mem::size_of::<[u32; MEMINFO]>() as libc::socklen_t);
        let start = told.as_mut_ptr().cast();
        let (level, name) = (libc::SOL_SOCKET, libc::SO_MEMINFO);
        // SAFETY: the kernel writes at most `size` octets at `start`, which is `told`; any octets are valid integers.
        match unsafe { libc::getsockopt(self.socket.as_raw_fd(), level, name, start, &raw mut size) } {
            0 => Ok(told[MEMINFO - 1]),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// An answer counts when its rcode is NOERROR and a record is in it, and once.
    fn note(&mut self, message: &[u8]) {
        let id = usize::from(u16::from_be_bytes([message[0], message[1]]));
        let has_answer = message[3] & 15 == 0 && (message[6], message[7]) != (0, 0);
        if has_answer && mem::take(&mut self.waiting[id]) {
            self.answered += 1;
        }
    }
}

/// Questions about names that do not exist; nobody reads the replies.
///
/// A run of them is one datagram to the kernel, which cuts it into questions only where it arrives (UDP_SEGMENT in
/// udp(7)). So the client's core has time left at a rate that is too much for the server's.
struct Flood {
    socket: UdpSocket,
    messages: Vec<u8>, // RUN questions of `length` octets
    length: usize,
    sent: u64,
}

impl Flood {
    fn new(address: &str, absent: &[u8]) -> io::Result<Flood> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(address)?;
        cut(&socket, absent.len())?;
        Ok(Flood { socket, messages: absent.repeat(RUN), length: absent.len(), sent: 0 })
    }

    /// Sends `count` questions (at most `RUN`), each for a name of its own.
    fn send(&mut self, count: usize, random: &mut Random) -> io::Result<()> {
        let run = &mut self.messages[..count * self.length];
        run.chunks_exact_mut(self.length).for_each(|message| rename(message, random.next()));
        if count > 0 {
            self.socket.send(run)?;
            self.sent += count as u64;
        }
        Ok(())
    }
}

/// Has the kernel cut what is sent into datagrams of `length` octets.
fn cut(socket: &UdpSocket, length: usize) -> io::Result<()> {
    let (value, size) = (length as libc::c_int, mem::size_of::<libc::c_int>() as libc::socklen_t);
    let start = (&raw const value).cast();
    // SAFETY: the kernel reads `size` octets at `start`, which is `value`, alive until the end of this function.
    match unsafe { libc::setsockopt(socket.as_raw_fd(), libc::SOL_UDP, libc::UDP_SEGMENT, start, size) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Writes the digits of `number` into the first label, behind the header and the label's length.
fn rename(message: &mut [u8], number: u64) {
    for (at, octet) in message[13..13 + DIGITS].iter_mut().enumerate() {
        *octet = b"0123456789abcdef"[(number >> (4 * at)) as usize & 15];
    }
}
