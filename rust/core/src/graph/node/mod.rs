//! What one name holds, and how 32 of them are packed into a page.
//!
//! ```text
//! page     33 x u32 offsets | slot 0 | slot 1 | .. | slot 31
//! slot     parent u32 | label length u8 | label | payload*           (an empty slot: a free id)
//! payload  zone u32 | bits u8 | [children u32] | [size u32, when another payload follows] | body
//! body     Alias: ttl u32 | target u32 | RRset* (beside it)          Data: RRset*
//! RRset    type u16 | ttl u32 | size u32 | (length u16, octets)*     sorted by type, then by octets
//! ```
//!
//! A name has one payload for each zone that knows it: nearly always one; a delegated child that is
//! served here too has one from the parent (the cut) and one of its own. The zone is named by the id of
//! its apex. A name without payloads exists only because a link names it or something lies below it.
//!
//! Bytes are written only by [`Node::encode`], and a [`Node`] cannot hold an alias beside other data or
//! a delegation beside a DNAME, so neither can the bytes. The price of packing is a decode on each
//! look: a few loads from the same cache lines. Its gain is that a million names take 40 MB.

mod page;
mod sets;

pub use page::{offset, slot, PageWriter, PAGE};
pub use sets::{push_set, RRset, Sets};

use std::collections::HashSet;

/// The number of a name. The root is 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct NameId(pub u32);

impl NameId {
    /// The root.
    pub const ROOT: NameId = NameId(0);
    /// The number of no name.
    pub const NONE: NameId = NameId(u32::MAX);
}

/// A record that names another name: the CNAME of an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Seconds.
    pub ttl: u32,
    /// The name that is named; it need not exist.
    pub target: NameId,
}

/// What lies below a name in its zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// Names of the zone.
    Open,
    /// Another zone: the name is a zone cut (NS, not at the apex).
    Cut,
    /// Whatever the DNAME's target has (RFC 6672).
    Redirect,
}

/// What a name holds in one zone. An alias beside other data cannot be written (RFC 1034 3.6.2), nor a
/// cut beside a DNAME (RFC 6672 2.3).
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    /// Nothing itself, but names below it (an empty non-terminal, RFC 4592 2.2.2).
    Empty,
    /// A CNAME; the sets are RRSIG, NSEC and KEY, which may stand beside it (RFC 4035 2.5).
    Alias(Link, Sets<'a>),
    /// RRsets.
    Data(Sets<'a>, Below),
}

const KIND: u8 = 0b0000_0011;
const CUT: u8 = 0b0000_0100;
const REDIRECT: u8 = 0b0000_1000;
const APEX: u8 = 0b0001_0000;
const CHILDREN: u8 = 0b0010_0000;
const MORE: u8 = 0b0100_0000;
const HASHED: u8 = 0b1000_0000;

impl Node<'_> {
    /// Writes the body of a payload behind `out`; gives its bits.
    pub fn encode(&self, is_apex: bool, out: &mut Vec<u8>) -> u8 {
        let apex = if is_apex { APEX } else { 0 };
        match self {
            Node::Empty => apex,
            Node::Alias(link, proofs) => {
                out.extend_from_slice(&link.ttl.to_le_bytes());
                out.extend_from_slice(&link.target.0.to_le_bytes());
                out.extend_from_slice(proofs.octets);
                1 | apex
            }
            Node::Data(sets, below) => {
                out.extend_from_slice(sets.octets);
                let below = match below {
                    Below::Open => 0,
                    Below::Cut => CUT,
                    Below::Redirect => REDIRECT,
                };
                2 | below | apex | if sets.are_hashed() { HASHED } else { 0 }
            }
        }
    }
}

/// One name as it stands in a page.
#[derive(Clone, Copy)]
pub struct Slot<'a> {
    octets: &'a [u8],
    /// The zones that are seen, by their apexes; all of them without.
    only: Option<&'a HashSet<NameId>>,
}

/// What one zone holds at a name.
#[derive(Clone, Copy)]
pub struct Payload<'a> {
    /// The zone, by its apex.
    pub zone: NameId,
    bits: u8,
    /// How many names directly below exist in the zone.
    pub children: u32,
    body: &'a [u8],
}

#[inline]
fn read_u32(octets: &[u8], at: usize) -> u32 {
    match octets.get(at..at + 4) {
        Some(four) => u32::from_le_bytes([four[0], four[1], four[2], four[3]]),
        None => 0,
    }
}

impl<'a> Slot<'a> {
    /// Whether the id is free.
    pub fn is_free(&self) -> bool {
        self.octets.is_empty()
    }

    /// The name without its first label.
    #[inline]
    pub fn parent(&self) -> NameId {
        NameId(read_u32(self.octets, 0))
    }

    /// The first label; empty for the root.
    #[inline]
    pub fn label(&self) -> &'a [u8] {
        let len = self.octets.get(4).copied().unwrap_or(0) as usize;
        self.octets.get(5..5 + len).unwrap_or(&[])
    }

    /// The same for who sees these zones only.
    #[inline]
    pub fn only(self, zones: Option<&'a HashSet<NameId>>) -> Slot<'a> {
        Slot { only: zones, ..self }
    }

    /// What each zone holds here.
    #[inline]
    pub fn payloads(&self) -> impl Iterator<Item = Payload<'a>> {
        let slot = *self;
        let mut rest = self.packed();
        std::iter::from_fn(move || take_payload(&mut rest)).filter(move |payload| slot.sees(payload.zone))
    }

    /// What `zone` holds here.
    #[inline]
    pub fn payload(&self, zone: NameId) -> Option<Payload<'a>> {
        let mut rest = self.packed();
        while let Some(payload) = take_payload(&mut rest) {
            if payload.zone == zone {
                return self.sees(zone).then_some(payload);
            }
        }
        None
    }

    /// Whether the name is the apex of a zone served here.
    #[inline]
    pub fn is_apex(&self) -> bool {
        // Most names have one payload, and its bits are all that is to be read.
        match self.packed().get(4).map_or(0, |bits| bits & (APEX | MORE)) {
            0 => false,
            APEX if self.only.is_none() => true,
            _ => self.is_apex_of_several(),
        }
    }

    #[cold]
    fn is_apex_of_several(&self) -> bool {
        self.payloads().any(|payload| payload.is_apex())
    }

    /// The payloads as they stand in the page.
    #[inline]
    fn packed(&self) -> &'a [u8] {
        let label = self.octets.get(4).copied().unwrap_or(0);
        self.octets.get(5 + usize::from(label)..).unwrap_or(&[])
    }

    #[inline]
    fn sees(&self, zone: NameId) -> bool {
        match self.only {
            None => true,
            Some(zones) => is_among(zones, zone),
        }
    }
}

/// Nobody who answers comes here: apart, it is not in the way of those who do.
#[cold]
fn is_among(zones: &HashSet<NameId>, zone: NameId) -> bool {
    zones.contains(&zone)
}

/// Takes the first of the payloads off `rest`.
#[inline]
fn take_payload<'a>(rest: &mut &'a [u8]) -> Option<Payload<'a>> {
    let (head, body) = rest.split_first_chunk::<5>()?;
    let [zone @ .., bits] = *head;
    let (zone, bits) = (NameId(u32::from_le_bytes(zone)), bits);
    let (children, body) = if bits & CHILDREN == 0 { (0, body) } else { take_u32(body) };
    if bits & MORE == 0 {
        *rest = &[];
        return Some(Payload { zone, bits, children, body });
    }
    let (size, body) = take_u32(body);
    let (body, next) = body.split_at_checked(size as usize).unwrap_or((body, &[]));
    *rest = next;
    Some(Payload { zone, bits, children, body })
}

#[inline]
fn take_u32(octets: &[u8]) -> (u32, &[u8]) {
    octets.split_first_chunk().map_or((0, octets), |(four, rest)| (u32::from_le_bytes(*four), rest))
}

impl<'a> Payload<'a> {
    /// A payload from the bits and body that [`Node::encode`] gave.
    pub fn new(zone: NameId, bits: u8, children: u32, body: &'a [u8]) -> Payload<'a> {
        Payload { zone, bits: bits & !(CHILDREN | MORE), children, body }
    }

    /// Whether this is the zone's apex.
    #[inline]
    pub fn is_apex(&self) -> bool {
        self.bits & APEX != 0
    }

    /// Whether the name is there only as the hash of another: it holds NSEC3 and nothing is below it. Questions are
    /// answered as if it did not exist (RFC 5155 7.2.8).
    #[inline]
    pub fn is_hashed(&self) -> bool {
        self.bits & HASHED != 0 && self.children == 0
    }

    /// Whether the name holds nothing itself.
    pub fn is_empty(&self) -> bool {
        self.bits & KIND == 0
    }

    /// What lies below.
    #[inline]
    pub fn below(&self) -> Below {
        match self.bits & (CUT | REDIRECT) {
            0 => Below::Open,
            CUT => Below::Cut,
            _ => Below::Redirect,
        }
    }

    /// The node.
    #[inline]
    pub fn node(&self) -> Node<'a> {
        match self.bits & KIND {
            0 => Node::Empty,
            1 => Node::Alias(
                Link { ttl: read_u32(self.body, 0), target: NameId(read_u32(self.body, 4)) },
                Sets { octets: self.body.get(8..).unwrap_or(&[]) },
            ),
            _ => Node::Data(Sets { octets: self.body }, self.below()),
        }
    }

    /// The RRsets besides a CNAME.
    #[inline]
    pub fn sets(&self) -> Sets<'a> {
        match self.node() {
            Node::Empty => Sets::NONE,
            Node::Alias(_, proofs) => proofs,
            Node::Data(sets, _) => sets,
        }
    }

    /// Bits and body, to compare with those of a newer version.
    pub fn encoded(&self) -> (u8, &'a [u8]) {
        (self.bits & !(CHILDREN | MORE), self.body)
    }

    /// What answers are made of: as [`Payload::encoded`], whatever zone it is and whatever lies below.
    pub fn content(&self) -> (u8, &'a [u8]) {
        (self.bits & KIND, self.body)
    }

    fn write(&self, out: &mut Vec<u8>, has_more: bool) {
        let children = if self.children > 0 { CHILDREN } else { 0 };
        let more = if has_more { MORE } else { 0 };
        out.extend_from_slice(&self.zone.0.to_le_bytes());
        out.push(self.bits & !(CHILDREN | MORE) | children | more);
        if self.children > 0 {
            out.extend_from_slice(&self.children.to_le_bytes());
        }
        if has_more {
            out.extend_from_slice(&(self.body.len() as u32).to_le_bytes());
        }
        out.extend_from_slice(self.body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Rtype;

    #[test]
    fn a_page_gives_back_what_was_put_in() {
        let mut packed = Vec::new();
        push_set(&mut packed, Rtype::A, 60, [&[192u8, 0, 2, 1][..], &[192, 0, 2, 2]]);
        push_set(&mut packed, Rtype::MX, 30, [&b"\0\x0a\0"[..]]);
        let (mut body, mut alias) = (Vec::new(), Vec::new());
        let bits = Node::Data(Sets::from_packed(&packed), Below::Cut).encode(false, &mut body);
        let alias_bits = Node::Alias(Link { ttl: 5, target: NameId(9) }, Sets::NONE).encode(true, &mut alias);
        let mut writer = PageWriter::new();
        writer.push_free();
        let (cut, apex) = (Payload::new(NameId(7), bits, 3, &body), Payload::new(NameId(1), alias_bits, 0, &alias));
        writer.push(NameId(4), b"www", &[cut, apex]);
        let page = writer.finish();
        assert!(slot(&page, 0).is_free() && slot(&page, 31).is_free());
        let www = slot(&page, 1);
        assert_eq!((www.parent(), www.label(), www.is_apex()), (NameId(4), &b"www"[..], true));
        let data = www.payload(NameId(7)).expect("the first payload");
        assert_eq!((data.children, data.below(), data.is_apex()), (3, Below::Cut, false));
        let set = data.sets().get(Rtype::A).expect("an A set");
        assert_eq!((set.ttl, set.iter().count(), set.iter().nth(1)), (60, 2, Some(&[192u8, 0, 2, 2][..])));
        assert!(data.sets().get(Rtype::MX).is_some() && data.sets().get(Rtype::NS).is_none());
        let alias = www.payload(NameId(1)).expect("the second payload");
        assert!(matches!(alias.node(), Node::Alias(Link { ttl: 5, target: NameId(9) }, _)));
        assert!(www.payload(NameId(2)).is_none());
        // A slot copied into another page is the same slot.
        writer.push_slot(www);
        assert_eq!(slot(&writer.finish(), 0).octets, www.octets);
    }
}
