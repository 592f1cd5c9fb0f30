//! Writes messages into a caller's buffer, with compressed names and whole RRsets.
//!
//! Compression knows names by their id in the graph: writing a name climbs its labels until one that
//! the message has already. Whatever does not fit is taken back whole (RFC 2181 9).

use super::HEADER;
use crate::record::Rtype;

/// Most names that are remembered for compression; more only make the message longer.
const REMEMBERED: usize = 96;
/// A compression pointer has 14 bits (RFC 1035 4.1.4).
const REACH: usize = 0x4000;

/// What a name is known by while one message is written.
pub type NameKey = u32;

/// A section of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Answers.
    Answer = 6,
    /// Authority.
    Authority = 8,
    /// Additional.
    Additional = 10,
}

/// A state of the message to go back to.
#[derive(Clone, Copy)]
pub struct Mark {
    at: usize,
    names: usize,
    counts: [u16; 3],
}

/// A message that is being written.
pub struct Writer<'b> {
    out: &'b mut [u8],
    at: usize,
    limit: usize,
    /// Apart, so that they are cleared by few instructions.
    names: [NameKey; REMEMBERED],
    offsets: [u16; REMEMBERED],
    names_len: usize,
    counts: [u16; 3],
    has_overflown: bool,
}

impl<'b> Writer<'b> {
    /// Begins a message with the header and question of `query` (up to `question_end`).
    ///
    /// ID, opcode and RD are those of the query; QR is set, all else is clear, CD too (RFC 4035 3.1.6).
    #[inline]
    pub fn reply(out: &'b mut [u8], query: &[u8], question_end: usize) -> Writer<'b> {
        let end = question_end.min(out.len());
        out[..end].copy_from_slice(&query[..end]);
        out[2] = 0x80 | query[2] & 0x79;
        out[3] = 0;
        let has_question = end > HEADER;
        out[4..HEADER].copy_from_slice(&[0, has_question as u8, 0, 0, 0, 0, 0, 0]);
        let limit = out.len();
        let (names, offsets) = ([0; REMEMBERED], [0; REMEMBERED]);
        Writer { out, at: end, limit, names, offsets, names_len: 0, counts: [0; 3], has_overflown: false }
    }

    /// Lets the message grow to `limit` octets and no further.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit.min(self.out.len());
    }

    /// How long the message is so far.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Sets AA.
    pub fn set_authoritative(&mut self) {
        self.out[2] |= 0x04;
    }

    /// Sets TC.
    pub fn set_truncated(&mut self) {
        self.out[2] |= 0x02;
    }

    /// Whether TC is set.
    pub fn is_truncated(&self) -> bool {
        self.out[2] & 0x02 != 0
    }

    /// Sets the lower four bits of the rcode.
    pub fn set_rcode(&mut self, rcode: u16) {
        self.out[3] = self.out[3] & 0xf0 | (rcode & 0x0f) as u8;
    }

    /// The state now.
    #[inline]
    pub fn mark(&self) -> Mark {
        Mark { at: self.at, names: self.names_len, counts: self.counts }
    }

    /// Takes back what was written since `mark` if something of it did not fit; whether all did.
    #[inline]
    pub fn settle(&mut self, mark: Mark) -> bool {
        if !self.has_overflown {
            return true;
        }
        (self.at, self.names_len, self.counts) = (mark.at, mark.names, mark.counts);
        self.has_overflown = false;
        false
    }

    /// Remembers that the name `key` stands at `offset`.
    #[inline]
    pub fn remember(&mut self, key: NameKey, offset: usize) {
        if offset < REACH && self.names_len < REMEMBERED {
            (self.names[self.names_len], self.offsets[self.names_len]) = (key, offset as u16);
            self.names_len += 1;
        }
    }

    /// Where the name `key` stands, if the message has it.
    #[inline]
    pub fn recall(&self, key: NameKey) -> Option<u16> {
        let at = self.names[..self.names_len].iter().position(|known| *known == key)?;
        Some(self.offsets[at])
    }

    /// Writes octets as they are.
    #[inline]
    pub fn put(&mut self, octets: &[u8]) {
        let end = self.at + octets.len();
        if end > self.limit {
            self.has_overflown = true;
            return;
        }
        self.out[self.at..end].copy_from_slice(octets);
        self.at = end;
    }

    /// Writes a number in network order.
    #[inline]
    pub fn put_u16(&mut self, value: u16) {
        self.put(&value.to_be_bytes());
    }

    /// Writes a pointer to a name that the message has.
    #[inline]
    pub fn put_pointer(&mut self, offset: u16) {
        self.put_u16(0xc000 | offset);
    }

    /// Writes type, class IN and TTL of a record, and leaves room for the length of its data, which
    /// [`Writer::end_record`] fills in. Counts the record in its section.
    #[inline]
    pub fn begin_record(&mut self, section: Section, rtype: Rtype, ttl: u32) -> usize {
        let (t, s) = (rtype.0.to_be_bytes(), ttl.to_be_bytes());
        self.put(&[t[0], t[1], 0, 1, s[0], s[1], s[2], s[3], 0, 0]);
        self.counts[(section as usize - 6) / 2] += 1;
        self.at
    }

    /// Fills in the length of the data that began at `start`.
    #[inline]
    pub fn end_record(&mut self, start: usize) {
        if !self.has_overflown {
            let len = ((self.at - start) as u16).to_be_bytes();
            self.out[start - 2..start].copy_from_slice(&len);
        }
    }

    /// Writes the OPT record: UDP size, upper bits of the rcode, version 0, DO, options (RFC 6891 6.1.2).
    pub fn put_opt(&mut self, udp_size: u16, rcode: u16, dnssec_ok: bool, options: &[u8]) {
        let (size, len) = (udp_size.to_be_bytes(), (options.len() as u16).to_be_bytes());
        let flags = if dnssec_ok { 0x80 } else { 0 };
        self.put(&[0, 0, 41, size[0], size[1], (rcode >> 4) as u8, 0, flags, 0, len[0], len[1]]);
        self.put(options);
        self.counts[2] += 1;
    }

    /// Writes the counts; gives the length of the message.
    #[inline]
    pub fn finish(self) -> usize {
        for (i, count) in self.counts.into_iter().enumerate() {
            self.out[6 + 2 * i..8 + 2 * i].copy_from_slice(&count.to_be_bytes());
        }
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_taken_back_whole() {
        let query = b"\x12\x34\x01\x30\0\x01\0\0\0\0\0\0\x01a\0\0\x01\0\x01";
        let mut out = [0u8; 64];
        let mut writer = Writer::reply(&mut out, query, query.len());
        writer.set_limit(40);
        let mark = writer.mark();
        writer.put_pointer(12);
        let start = writer.begin_record(Section::Answer, Rtype::A, 60);
        writer.put(&[192, 0, 2, 1]);
        writer.end_record(start);
        assert!(writer.settle(mark));
        let mark = writer.mark();
        writer.put_pointer(12);
        let start = writer.begin_record(Section::Answer, Rtype::A, 60);
        writer.put(&[192, 0, 2, 2]);
        writer.end_record(start);
        assert!(!writer.settle(mark));
        let len = writer.finish();
        assert_eq!(len, query.len() + 16);
        // QR and RD; CD and AD are cleared; one question, one answer, nothing else.
        assert_eq!(&out[..12], b"\x12\x34\x81\0\0\x01\0\x01\0\0\0\0");
        assert_eq!(&out[query.len()..len], b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01");
    }
}
