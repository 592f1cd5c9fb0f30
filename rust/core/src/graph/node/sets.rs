//! RRsets, packed one behind the other.

use super::read_u32;
use crate::record::Rtype;

/// RRsets in their packed form.
#[derive(Clone, Copy, Debug)]
pub struct Sets<'a> {
    pub(super) octets: &'a [u8],
}

/// One RRset in its packed form.
#[derive(Clone, Copy, Debug)]
pub struct RRset<'a> {
    /// The type of its records.
    pub rtype: Rtype,
    /// Seconds.
    pub ttl: u32,
    data: &'a [u8],
}

impl<'a> Sets<'a> {
    /// No RRsets.
    pub const NONE: Sets<'static> = Sets { octets: &[] };

    /// RRsets that [`push_set`] wrote.
    pub fn from_packed(octets: &'a [u8]) -> Sets<'a> {
        Sets { octets }
    }

    /// The RRsets in ascending order of type.
    pub fn iter(&self) -> impl Iterator<Item = RRset<'a>> {
        let mut rest = self.octets;
        std::iter::from_fn(move || {
            let (head, tail) = rest.split_at_checked(10)?;
            let size = read_u32(head, 6) as usize;
            let (data, next) = tail.split_at_checked(size)?;
            rest = next;
            Some(RRset { rtype: Rtype(u16::from_le_bytes([head[0], head[1]])), ttl: read_u32(head, 2), data })
        })
    }

    /// The RRset of one type.
    #[inline]
    pub fn get(&self, rtype: Rtype) -> Option<RRset<'a>> {
        self.iter().find(|set| set.rtype == rtype)
    }

    /// Whether they are NSEC3 and signatures over it, and nothing else.
    pub fn are_hashed(&self) -> bool {
        let is_of_it = |set: RRset<'_>| matches!(set.rtype, Rtype::NSEC3 | Rtype::RRSIG);
        self.iter().all(is_of_it) && self.get(Rtype::NSEC3).is_some()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }
}

impl<'a> RRset<'a> {
    /// The data of each record, in wire form.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.data;
        std::iter::from_fn(move || {
            let (head, tail) = rest.split_at_checked(2)?;
            let (data, next) = tail.split_at_checked(u16::from_le_bytes([head[0], head[1]]) as usize)?;
            rest = next;
            Some(data)
        })
    }

    /// The same records with another TTL, in seconds.
    pub fn with_ttl(self, ttl: u32) -> RRset<'a> {
        RRset { ttl, ..self }
    }
}

/// Packs an RRset behind others. `data` must be sorted and `rtype` larger than those before.
pub fn push_set<'a>(out: &mut Vec<u8>, rtype: Rtype, ttl: u32, data: impl IntoIterator<Item = &'a [u8]>) {
    out.extend_from_slice(&rtype.0.to_le_bytes());
    out.extend_from_slice(&ttl.to_le_bytes());
    let size_at = out.len();
    out.extend_from_slice(&[0; 4]);
    for octets in data {
        out.extend_from_slice(&(octets.len() as u16).to_le_bytes());
        out.extend_from_slice(octets);
    }
    let size = (out.len() - size_at - 4) as u32;
    out[size_at..size_at + 4].copy_from_slice(&size.to_le_bytes());
}
