//! A small reader of DNS messages (RFC 1035 4), which shares no code with the one under test.
//!
//! It is strict where a server has a choice: a compression pointer leads backwards and only from where RFC 3597 4 lets
//! it, data ends where its length says, and the message ends with its last record.

/// A domain name: its labels, in the case they came in.
pub type Labels = Vec<Vec<u8>>;

/// Types whose data begins with a name that may be compressed (RFC 3597 4), and the octets before it.
const COMPRESSED: [(u16, usize); 4] = [(NS, 0), (CNAME, 0), (PTR, 0), (MX, 2)];
/// The same for types whose names are never compressed.
const PLAIN: [(u16, usize); 4] = [(DNAME, 0), (SRV, 6), (SVCB, 2), (HTTPS, 2)];

pub const NS: u16 = 2;
pub const CNAME: u16 = 5;
pub const SOA: u16 = 6;
pub const PTR: u16 = 12;
pub const MX: u16 = 15;
pub const SRV: u16 = 33;
pub const DNAME: u16 = 39;
pub const OPT: u16 = 41;
pub const RRSIG: u16 = 46;
pub const SVCB: u16 = 64;
pub const HTTPS: u16 = 65;

const HEADER: usize = 12;

/// A message that keeps to the format.
#[derive(Debug, PartialEq)]
pub struct Message {
    /// ID, flags, and the four counts.
    pub head: [u16; 6],
    /// The question, when there is one.
    pub question: Option<Question>,
    /// Answer, authority, additional.
    pub sections: [Vec<Record>; 3],
}

#[derive(Debug, PartialEq)]
pub struct Question {
    pub name: Labels,
    pub qtype: u16,
    pub end: usize,
}

#[derive(Debug, PartialEq)]
pub struct Record {
    pub owner: Labels,
    pub rtype: u16,
    /// Or what OPT has in its place: the UDP size.
    pub class: u16,
    pub ttl: u32,
    /// The name that the data begins with, for the types above.
    pub target: Option<Labels>,
    /// The data, with the names of those types in full.
    pub data: Vec<u8>,
}

impl Message {
    /// Reads a whole message, or says what is wrong with it.
    pub fn read(octets: &[u8]) -> Result<Message, String> {
        let mut cursor = Cursor { octets, at: 0 };
        let mut head = [0; 6];
        for number in &mut head {
            *number = cursor.u16()?;
        }
        let question = match head[2] {
            0 => None,
            1 => Some(cursor.question()?),
            more => return Err(format!("{more} questions")),
        };
        let mut sections = [vec![], vec![], vec![]];
        for (section, count) in sections.iter_mut().zip(&head[3..]) {
            for _ in 0..*count {
                section.push(cursor.record()?);
            }
        }
        match cursor.at == octets.len() {
            true => Ok(Message { head, question, sections }),
            false => Err(format!("{} octets behind the last record", octets.len() - cursor.at)),
        }
    }

    pub fn is_truncated(&self) -> bool {
        self.head[1] & 0x0200 != 0
    }

    /// The rcode, with the upper bits that an OPT record adds (RFC 6891 6.1.3).
    pub fn rcode(&self) -> u32 {
        let upper = self.sections[2].iter().find(|record| record.rtype == OPT).map_or(0, |opt| opt.ttl >> 24);
        upper << 4 | u32::from(self.head[1] & 0x0f)
    }
}

/// The UDP size that a query offers, if all of it can be read and it has one OPT record, at the root and in the
/// additional section.
pub fn offered(query: &[u8]) -> Option<u16> {
    let mut cursor = Cursor { octets: query, at: 4 };
    let counts = [cursor.u16().ok()?, cursor.u16().ok()?, cursor.u16().ok()?, cursor.u16().ok()?];
    for _ in 0..counts[0] {
        cursor.skip_name().ok()?;
        cursor.take(4).ok()?;
    }
    let others = u32::from(counts[1]) + u32::from(counts[2]);
    let mut found = None;
    for number in 0..others + u32::from(counts[3]) {
        let is_root = query.get(cursor.at) == Some(&0);
        cursor.skip_name().ok()?;
        let (rtype, size) = (cursor.u16().ok()?, cursor.u16().ok()?);
        cursor.take(4).ok()?;
        let length = cursor.u16().ok()?;
        cursor.take(usize::from(length)).ok()?;
        if rtype == OPT && (found.replace(size).is_some() || !is_root || number < others) {
            return None;
        }
    }
    found.filter(|_| cursor.at == query.len())
}

/// Whether two names are the same name.
pub fn is_same(one: &Labels, other: &Labels) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.eq_ignore_ascii_case(other))
}

/// Whether a name lies below another one.
pub fn is_below(name: &Labels, upper: &Labels) -> bool {
    name.len() > upper.len() && is_same(&name[name.len() - upper.len()..].to_vec(), upper)
}

fn wire(name: &Labels) -> Vec<u8> {
    let labels = name.iter().flat_map(|label| std::iter::once(label.len() as u8).chain(label.iter().copied()));
    labels.chain([0]).collect()
}

struct Cursor<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let taken = self.octets.get(self.at..self.at + count).ok_or_else(|| format!("ends at {}", self.at))?;
        self.at += count;
        Ok(taken)
    }

    fn u16(&mut self) -> Result<u16, String> {
        self.take(2).map(|octets| u16::from_be_bytes([octets[0], octets[1]]))
    }

    fn u32(&mut self) -> Result<u32, String> {
        Ok(u32::from(self.u16()?) << 16 | u32::from(self.u16()?))
    }

    fn question(&mut self) -> Result<Question, String> {
        let name = self.name(false)?;
        let (qtype, _) = (self.u16()?, self.u16()?);
        Ok(Question { name, qtype, end: self.at })
    }

    fn record(&mut self) -> Result<Record, String> {
        let owner = self.name(true)?;
        let (rtype, class, ttl) = (self.u16()?, self.u16()?, self.u32()?);
        let length = usize::from(self.u16()?);
        let end = self.at + length;
        let (target, mut data) = self.target(rtype, end)?;
        let rest =
            end.checked_sub(self.at).ok_or_else(|| format!("the data of type {rtype} is longer than {length}"))?;
        data.extend_from_slice(self.take(rest)?);
        Ok(Record { owner, rtype, class, ttl, target, data })
    }

    /// The name that the data begins with, and the data up to where the cursor is then.
    fn target(&mut self, rtype: u16, end: usize) -> Result<(Option<Labels>, Vec<u8>), String> {
        if rtype == SOA {
            let (primary, mailbox) = (self.name(true)?, self.name(true)?);
            let data = [wire(&primary), wire(&mailbox)].concat();
            return if self.at + 20 == end {
                Ok((Some(primary), data))
            } else {
                Err("SOA data of another length".into())
            };
        }
        let begins = |types: &[(u16, usize)]| types.iter().find(|(known, _)| *known == rtype).map(|(_, skip)| *skip);
        let (skip, is_compressed) = match (begins(&COMPRESSED), begins(&PLAIN)) {
            (Some(skip), _) => (skip, true),
            (None, Some(skip)) => (skip, false),
            (None, None) => return Ok((None, Vec::new())),
        };
        let before = self.take(skip)?;
        let name = self.name(is_compressed)?;
        match self.at == end || matches!(rtype, SVCB | HTTPS) {
            true => Ok((Some(name.clone()), [before, &wire(&name)].concat())),
            false => Err(format!("octets behind the name in the data of type {rtype}")),
        }
    }

    /// The name here; the cursor goes on behind it. Each pointer leads to before the octets that led to it.
    fn name(&mut self, may_point: bool) -> Result<Labels, String> {
        let (mut labels, mut octets, mut at, mut end) = (Labels::new(), 1, self.at, None);
        let mut before = self.at;
        loop {
            let length = usize::from(*self.octets.get(at).ok_or("a name without an end")?);
            match length {
                0 => break,
                1..=63 => {
                    labels.push(self.octets.get(at + 1..at + 1 + length).ok_or("a label without an end")?.to_vec());
                    octets += 1 + length;
                    at += 1 + length;
                }
                0xc0.. if may_point => {
                    let low = usize::from(*self.octets.get(at + 1).ok_or("half a pointer")?);
                    end = end.or(Some(at + 2));
                    at = (length & 0x3f) << 8 | low;
                    if at >= before || at < HEADER {
                        return Err(format!("a pointer at {} leads to {at}", self.at));
                    }
                    before = at;
                }
                _ => return Err(format!("{length} begins no label")),
            }
        }
        if octets > 255 {
            return Err(format!("a name of {octets} octets"));
        }
        self.at = end.unwrap_or(at + 1);
        Ok(labels)
    }

    fn skip_name(&mut self) -> Result<(), String> {
        loop {
            let length = self.take(1)?[0];
            match length {
                0 => return Ok(()),
                1..=63 => self.take(usize::from(length))?,
                0xc0.. => return self.take(1).map(|_| ()),
                _ => return Err(format!("{length} begins no label")),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: &[u8] = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01a\x02bc\0\0\x01\0\x01";

    /// QUERY with other counts and something behind it.
    fn message(counts: [u8; 3], tail: &[u8]) -> Vec<u8> {
        let mut octets = [QUERY, tail].concat();
        octets[7..12].copy_from_slice(&[counts[0], 0, counts[1], 0, counts[2]]);
        octets
    }

    #[test]
    fn reads_what_keeps_to_the_format() {
        let read = Message::read(&message([1, 0, 0], b"\xc0\x0c\0\x05\0\x01\0\0\0\x01\0\x04\x01d\xc0\x0e")).unwrap();
        let [answer] = &read.sections[0][..] else { panic!("{read:?}") };
        assert_eq!((answer.rtype, answer.class, answer.ttl), (CNAME, 1, 1));
        assert_eq!(answer.owner, [b"a".to_vec(), b"bc".to_vec()]);
        assert_eq!(answer.target, Some(vec![b"d".to_vec(), b"bc".to_vec()]));
        assert_eq!(answer.data, b"\x01d\x02bc\0");
        assert!(is_below(&answer.owner, &vec![b"BC".to_vec()]) && !is_below(&answer.owner, &answer.owner));
    }

    #[test]
    fn refuses_what_does_not() {
        for (counts, tail) in [
            ([0, 0, 0], &b"x"[..]),
            ([1, 0, 0], b""),
            ([1, 0, 0], b"\xc0\x15\0\x01\0\x01\0\0\0\x01\0\0"),
            ([1, 0, 0], b"\xc0\x0c\0\x05\0\x01\0\0\0\x01\0\x05\x01d\xc0\x0e"),
            ([1, 0, 0], b"\xc0\x0c\0\x05\0\x01\0\0\0\x01\0\x05\x01d\xc0\x0e!"),
            ([1, 0, 0], b"\xc0\x0c\0\x27\0\x01\0\0\0\x01\0\x04\x01d\xc0\x0e"),
            ([1, 0, 0], b"\x40"),
        ] {
            let octets = message(counts, tail);
            assert!(Message::read(&octets).is_err(), "{tail:?}: {:?}", Message::read(&octets));
        }
    }

    #[test]
    fn finds_what_a_query_offers() {
        let opt = b"\0\0\x29\x10\0\0\0\x80\0\0\0";
        assert_eq!(offered(&message([0, 0, 1], opt)), Some(4096));
        assert_eq!(offered(&message([0, 0, 0], b"")), None);
        assert_eq!(offered(&message([0, 1, 0], opt)), None);
        assert_eq!(offered(&message([0, 0, 2], &[&opt[..], opt].concat())), None);
        assert_eq!(offered(&message([0, 0, 1], &[&opt[..], b"x"].concat())), None);
    }
}
