//! A random-subdomain flood with honest questions in it: how many of those still get their answer?
//!
//! ```text
//! flood ADDRESS QUERIES ORIGIN SECONDS [do]     QUERIES holds lines of "NAME TYPE", names that have an address
//! ```
//!
//! Nine of ten questions are for names below ORIGIN that nobody has, each another one; one of ten, at a random place
//! among them, comes from QUERIES. They leave as fast as one core can send them, whether or not anybody answers: a
//! flood does not wait. The two kinds use a socket each, so that only the honest client has replies to read, and what
//! the flood is told is thrown away by the kernel. With `do` all of them ask for signatures.
//!
//! Prints one line of JSON. `lost` is the share of the honest questions that got no answer with a record in it.
#![allow(unsafe_code)] // sendmmsg has no safe form

use std::error::Error;
use std::io::{self, ErrorKind};
use std::mem;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

/// The longest run of questions that nobody needs; runs are drawn, nine on average.
const RUN: usize = 64;
const SHARE: f64 = 0.1;
/// Hexadecimal digits of an absent name's first label.
const DIGITS: usize = 16;
/// How many honest questions leave before replies are read: the socket holds some hundred.
const UNREAD: u64 = 16;
/// How long stragglers are waited for.
const PATIENCE: Duration = Duration::from_millis(500);
/// An OPT record with DO set and room for 1232 octets (RFC 6891 6.1.2, RFC 3225 3).
const OPT: [u8; 11] = [0, 0, 41, 0x04, 0xD0, 0, 0, 0x80, 0, 0, 0];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (address, queries, origin, seconds, wants_signatures) = match arguments.as_slice() {
        [address, queries, origin, seconds] => (address, queries, origin, seconds, false),
        [address, queries, origin, seconds, word] if word == "do" => (address, queries, origin, seconds, true),
        _ => return Err("usage: flood ADDRESS QUERIES ORIGIN SECONDS [do]".into()),
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
    let length = Duration::from_secs_f64(seconds.parse()?);
    run(&mut client, &mut flood, length)?;
    println!("{}", report(&client, &flood, length));
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

fn run(client: &mut Honest, flood: &mut Flood, length: Duration) -> io::Result<()> {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let start = Instant::now();
    while start.elapsed() < length {
        flood.send(random.run_length(), &mut random)?;
        client.ask()?;
        if client.asked.is_multiple_of(UNREAD) {
            client.listen()?;
        }
    }
    let end = Instant::now();
    while end.elapsed() < PATIENCE {
        client.listen()?;
    }
    Ok(())
}

fn report(client: &Honest, flood: &Flood, length: Duration) -> String {
    let lost = 1.0 - client.answered as f64 / client.asked as f64;
    let offered = (client.asked + flood.sent) as f64 / length.as_secs_f64();
    let (asked, answered, sent) = (client.asked, client.answered, flood.sent);
    format!("{{\"asked\":{asked},\"answered\":{answered},\"flood\":{sent},\"lost\":{lost:.6},\"offered_qps\":{offered:.0}}}")
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

    /// An answer counts when its rcode is NOERROR and a record is in it, and once.
    fn note(&mut self, message: &[u8]) {
        let id = usize::from(u16::from_be_bytes([message[0], message[1]]));
        let has_answer = message[3] & 15 == 0 && (message[6], message[7]) != (0, 0);
        if has_answer && mem::take(&mut self.waiting[id]) {
            self.answered += 1;
        }
    }
}

/// Questions about names that do not exist, sent in batches; nobody reads the replies.
struct Flood {
    socket: UdpSocket,
    messages: Vec<Vec<u8>>,
    sent: u64,
}

impl Flood {
    fn new(address: &str, absent: &[u8]) -> io::Result<Flood> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(address)?;
        Ok(Flood { socket, messages: vec![absent.to_vec(); RUN], sent: 0 })
    }

    /// Sends `count` questions (at most `RUN`), each for a name of its own.
    fn send(&mut self, count: usize, random: &mut Random) -> io::Result<()> {
        for message in &mut self.messages[..count] {
            rename(message, random.next());
        }
        let mut parts: Vec<libc::iovec> = self.messages[..count]
            .iter_mut()
            .map(|message| libc::iovec { iov_base: message.as_mut_ptr().cast(), iov_len: message.len() })
            .collect();
        let mut heads: Vec<libc::mmsghdr> = parts.iter_mut().map(head).collect();
        let mut rest = heads.as_mut_slice();
        while !rest.is_empty() {
            // SAFETY: the headers point at parts and messages that outlive the call; the count is that of the slice.
            let sent = unsafe { libc::sendmmsg(self.socket.as_raw_fd(), rest.as_mut_ptr(), rest.len() as u32, 0) };
            let done = usize::try_from(sent).map_err(|_| io::Error::last_os_error())?;
            self.sent += done as u64;
            rest = &mut rest[done..];
        }
        Ok(())
    }
}

/// The header of a message that goes where the socket is connected to.
fn head(part: &mut libc::iovec) -> libc::mmsghdr {
    // SAFETY: all-zero is a valid value of this plain C structure (null pointers, lengths of 0).
    let mut head: libc::mmsghdr = unsafe { mem::zeroed() };
    head.msg_hdr.msg_iov = part;
    head.msg_hdr.msg_iovlen = 1;
    head
}

/// Writes the digits of `number` into the first label, behind the header and the label's length.
fn rename(message: &mut [u8], number: u64) {
    for (at, octet) in message[13..13 + DIGITS].iter_mut().enumerate() {
        *octet = b"0123456789abcdef"[(number >> (4 * at)) as usize & 15];
    }
}
