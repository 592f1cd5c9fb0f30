//! Domain names: absolute, in wire form, at most 255 octets (RFC 1035 3.1).
//!
//! A [`Name`] owns its octets inline, so names move about without allocation. Stored names are
//! lower case (RFC 4343: names compare without case); only a question keeps the case it came in,
//! and it keeps it by being echoed, not by being stored.

mod text;

pub use text::{unescape, write_label, written_labels};

use std::fmt;

/// Most octets a name has on the wire, the root label included (RFC 1035 2.3.4).
pub const MAX_NAME: usize = 255;
/// Most octets of one label (RFC 1035 2.3.4).
pub const MAX_LABEL: usize = 63;
/// Most labels of one name, the root label not counted.
pub const MAX_LABELS: usize = 127;

/// Octets that are changed at once.
const CHUNK: usize = 16;

/// Why octets or text are no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// A label of more than 63 octets.
    LabelTooLong,
    /// A name of more than 255 octets.
    NameTooLong,
    /// Two dots in a row, or a leading dot.
    EmptyLabel,
    /// A backslash that is not followed by a character or three digits up to 255.
    BadEscape,
    /// The octets end before the root label, or hold a pointer.
    Truncated,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NameError::LabelTooLong => "a label is longer than 63 octets",
            NameError::NameTooLong => "the name is longer than 255 octets",
            NameError::EmptyLabel => "the name has an empty label (two dots in a row)",
            NameError::BadEscape => "a backslash must be followed by a character or by three digits up to 255",
            NameError::Truncated => "the name ends before its last label",
        })
    }
}

impl std::error::Error for NameError {}

/// An absolute domain name in uncompressed wire form.
#[derive(Clone, Copy)]
pub struct Name {
    len: u8,
    octets: [u8; MAX_NAME],
}

impl Name {
    /// The root, `.`.
    pub const ROOT: Name = Name { len: 1, octets: [0; MAX_NAME] };

    /// The name at the start of `wire` (which may go on after it), with its case kept.
    pub fn from_wire(wire: &[u8]) -> Result<Name, NameError> {
        let mut at = 0;
        loop {
            let len = *wire.get(at).ok_or(NameError::Truncated)? as usize;
            at += 1 + len;
            if len > MAX_LABEL {
                return Err(NameError::LabelTooLong);
            }
            if at > MAX_NAME {
                return Err(NameError::NameTooLong);
            }
            if len == 0 {
                break;
            }
        }
        let mut name = Name { len: at as u8, octets: [0; MAX_NAME] };
        name.octets[..at].copy_from_slice(wire.get(..at).ok_or(NameError::Truncated)?);
        Ok(name)
    }

    /// Takes over, in lower case, octets that were checked to be one whole name.
    #[inline]
    pub fn assign_lowercase(&mut self, wire: &[u8]) {
        debug_assert!(Name::from_wire(wire).is_ok_and(|name| name.len() == wire.len()));
        self.len = wire.len() as u8;
        self.octets[..wire.len()].copy_from_slice(wire);
        // Sixteen octets at once are two instructions, and what stands behind the name does not matter.
        let whole = wire.len().next_multiple_of(CHUNK).min(MAX_NAME);
        self.octets[..whole].chunks_mut(CHUNK).for_each(|chunk| match chunk.first_chunk_mut::<CHUNK>() {
            Some(chunk) => chunk.make_ascii_lowercase(),
            None => chunk.make_ascii_lowercase(),
        });
    }

    /// The octets on the wire, the root label included.
    pub fn as_wire(&self) -> &[u8] {
        &self.octets[..self.len as usize]
    }

    /// How many octets the name takes on the wire, the root label included.
    #[allow(clippy::len_without_is_empty)] // a name is never empty: the root has one octet
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.len == 1
    }

    /// The labels from the left, the root label left out.
    pub fn labels(&self) -> Labels<'_> {
        Labels { rest: self.as_wire() }
    }

    /// How many labels the name has, the root label not counted.
    pub fn label_count(&self) -> usize {
        self.labels().count()
    }

    /// The leftmost label, or nothing for the root.
    pub fn first_label(&self) -> &[u8] {
        &self.octets[1..1 + self.octets[0] as usize]
    }

    /// Whether the leftmost label is `*` (RFC 4592 2.1.1).
    pub fn is_wildcard(&self) -> bool {
        self.octets[0] == 1 && self.octets[1] == b'*'
    }

    /// The name without its leftmost label; the root has none.
    pub fn parent(&self) -> Option<Name> {
        if self.is_root() {
            return None;
        }
        Name::from_wire(&self.as_wire()[1 + self.octets[0] as usize..]).ok()
    }

    /// The name with every ASCII letter in lower case (RFC 4343).
    pub fn to_lowercase(mut self) -> Name {
        // Length octets are below 64 and so never an upper-case letter.
        let len = self.len as usize;
        self.octets[..len].make_ascii_lowercase();
        self
    }

    /// Whether the name is `other` or lies below it. Case is ignored.
    pub fn is_at_or_below(&self, other: &Name) -> bool {
        let (own, its) = (self.as_wire(), other.as_wire());
        if own.len() < its.len() {
            return false;
        }
        let cut = own.len() - its.len();
        own[cut..].eq_ignore_ascii_case(its) && self.label_starts_at(cut)
    }

    /// `label` put in front of the name.
    pub fn child(&self, label: &[u8]) -> Result<Name, NameError> {
        if label.is_empty() {
            return Err(NameError::EmptyLabel);
        }
        if label.len() > MAX_LABEL {
            return Err(NameError::LabelTooLong);
        }
        let len = 1 + label.len() + self.len();
        if len > MAX_NAME {
            return Err(NameError::NameTooLong);
        }
        let mut name = Name { len: len as u8, octets: [0; MAX_NAME] };
        name.octets[0] = label.len() as u8;
        name.octets[1..1 + label.len()].copy_from_slice(label);
        name.octets[1 + label.len()..len].copy_from_slice(self.as_wire());
        Ok(name)
    }

    /// The name with its suffix `old` replaced by `new`, as a DNAME does (RFC 6672 2.2).
    /// `self` must lie below `old`. Fails with [`NameError::NameTooLong`] over 255 octets.
    pub fn replace_suffix(&self, old: &Name, new: &Name) -> Result<Name, NameError> {
        debug_assert!(self.is_at_or_below(old));
        let prefix = &self.as_wire()[..self.len() - old.len()];
        let len = prefix.len() + new.len();
        if len > MAX_NAME {
            return Err(NameError::NameTooLong);
        }
        let mut name = Name { len: len as u8, octets: [0; MAX_NAME] };
        name.octets[..prefix.len()].copy_from_slice(prefix);
        name.octets[prefix.len()..len].copy_from_slice(new.as_wire());
        Ok(name)
    }

    /// Where each label starts, from the left, and how many there are.
    fn starts(&self) -> ([u8; MAX_LABELS], usize) {
        let (mut starts, mut count, mut at) = ([0; MAX_LABELS], 0, 0);
        while self.octets[at] != 0 {
            starts[count] = at as u8;
            count += 1;
            at += 1 + self.octets[at] as usize;
        }
        (starts, count)
    }

    fn label_at(&self, start: u8) -> &[u8] {
        let start = start as usize;
        &self.octets[start + 1..start + 1 + self.octets[start] as usize]
    }

    fn label_starts_at(&self, offset: usize) -> bool {
        let mut at = 0;
        while at < offset {
            at += 1 + self.octets[at] as usize;
        }
        at == offset
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        self.as_wire().eq_ignore_ascii_case(other.as_wire())
    }
}

impl Eq for Name {}

impl std::hash::Hash for Name {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        for octet in self.as_wire() {
            state.write_u8(octet.to_ascii_lowercase());
        }
    }
}

/// Canonical order (RFC 4034 6.1): label by label from the right, without case.
impl Ord for Name {
    fn cmp(&self, other: &Name) -> std::cmp::Ordering {
        let (left, right) = (self.starts(), other.starts());
        let labels = left.0[..left.1].iter().rev().zip(right.0[..right.1].iter().rev());
        for (one, two) in labels {
            let (one, two) = (self.label_at(*one), other.label_at(*two));
            let order = one.iter().map(u8::to_ascii_lowercase).cmp(two.iter().map(u8::to_ascii_lowercase));
            if order.is_ne() {
                return order;
            }
        }
        left.1.cmp(&right.1)
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Name) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The labels of a name from the left.
#[derive(Clone)]
pub struct Labels<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Labels<'a> {
    type Item = &'a [u8];
    fn next(&mut self) -> Option<&'a [u8]> {
        let len = *self.rest.first()? as usize;
        if len == 0 {
            return None;
        }
        let (label, rest) = self.rest[1..].split_at(len);
        self.rest = rest;
        Some(label)
    }
}

#[cfg(test)]
mod tests;
