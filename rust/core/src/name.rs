//! Domain names: absolute, in wire form, at most 255 octets (RFC 1035 3.1).
//!
//! A [`Name`] owns its octets inline, so names move about without allocation. Stored names are
//! lower case (RFC 4343: names compare without case); only a question keeps the case it came in,
//! and it keeps it by being echoed, not by being stored.

use std::fmt;

/// Most octets a name has on the wire, the root label included (RFC 1035 2.3.4).
pub const MAX_NAME: usize = 255;
/// Most octets of one label (RFC 1035 2.3.4).
pub const MAX_LABEL: usize = 63;
/// Most labels of one name, the root label not counted.
pub const MAX_LABELS: usize = 127;

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
        let own = &mut self.octets[..wire.len()];
        own.copy_from_slice(wire);
        own.make_ascii_lowercase();
    }

    /// Reads presentation form (RFC 1035 5.1, escapes included). Text without a final dot is
    /// completed with `origin`. `@` has no meaning here: that is the zone file's.
    pub fn from_text(text: &str, origin: &Name) -> Result<Name, NameError> {
        let mut name = Name::ROOT;
        name.write(text.as_bytes(), origin, |octet| octet)?;
        Ok(name)
    }

    /// Becomes what [`Name::from_text`] makes of `text`, in lower case. Written in place, because a
    /// reader of whole zones does this for every record; on error the name is the root.
    #[inline]
    pub fn set_lowercase(&mut self, text: &[u8], origin: &Name) -> Result<(), NameError> {
        let set = self.write(text, origin, |octet| octet.to_ascii_lowercase());
        set.inspect_err(|_| self.make_root())
    }

    /// As [`Name::set_lowercase`], with the case as it is written.
    pub fn set_as_written(&mut self, text: &[u8], origin: &Name) -> Result<(), NameError> {
        let set = self.write(text, origin, |octet| octet);
        set.inspect_err(|_| self.make_root())
    }

    fn make_root(&mut self) {
        self.len = 1;
        self.octets[0] = 0;
    }

    #[inline]
    fn write(&mut self, text: &[u8], origin: &Name, fold: impl Fn(u8) -> u8) -> Result<(), NameError> {
        // `open` is where the length of the label under way belongs, `end` the next free octet.
        let (mut open, mut end, mut at) = (0, 1, 0);
        while at < text.len() {
            let (octet, used) = match text[at] {
                b'.' => {
                    let root = text.len() == 1;
                    if !root {
                        self.close_label(open, end)?;
                        (open, end) = (end, end + 1);
                    }
                    at += 1;
                    if at == text.len() {
                        self.octets[open] = 0;
                        self.len = open as u8 + 1;
                        return Ok(());
                    }
                    continue;
                }
                b'\\' => unescape(&text[at..])?,
                other => (other, 1),
            };
            if end >= MAX_NAME - 1 {
                return Err(if end - open > MAX_LABEL { NameError::LabelTooLong } else { NameError::NameTooLong });
            }
            self.octets[end] = fold(octet);
            end += 1;
            at += used;
        }
        self.close_label(open, end)?;
        if end + origin.len() > MAX_NAME {
            return Err(NameError::NameTooLong);
        }
        self.octets[end..end + origin.len()].copy_from_slice(origin.as_wire());
        self.len = (end + origin.len()) as u8;
        Ok(())
    }

    #[inline]
    fn close_label(&mut self, open: usize, end: usize) -> Result<(), NameError> {
        match end - open - 1 {
            0 => Err(NameError::EmptyLabel),
            len if len > MAX_LABEL => Err(NameError::LabelTooLong),
            _ if end >= MAX_NAME => Err(NameError::NameTooLong),
            len => {
                self.octets[open] = len as u8;
                Ok(())
            }
        }
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

/// Presentation form, absolute, with the escapes that make it read back the same.
impl Name {
    /// The name as text, when nothing in it has to be escaped: its octets, with dots for the lengths. Most names are so,
    /// and written in a quarter of the time.
    fn plain<'b>(&self, room: &'b mut [u8; MAX_NAME]) -> Option<&'b str> {
        let wire = self.as_wire();
        let text = &mut room[..wire.len() - 1];
        text.copy_from_slice(&wire[1..]);
        let mut at = 0;
        while wire[at] != 0 {
            let end = at + wire[at] as usize;
            if !text[at..end].iter().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'*')) {
                return None;
            }
            text[end] = b'.';
            at = end + 1;
        }
        std::str::from_utf8(text).ok()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return f.write_str(".");
        }
        if let Some(text) = self.plain(&mut [0; MAX_NAME]) {
            return f.write_str(text);
        }
        for label in self.labels() {
            write_label(label, f)?;
            f.write_str(".")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::str::FromStr for Name {
    type Err = NameError;
    /// Text without a final dot is taken as absolute.
    fn from_str(text: &str) -> Result<Name, NameError> {
        Name::from_text(text, &Name::ROOT)
    }
}

/// Writes one label in presentation form.
pub fn write_label(label: &[u8], out: &mut impl fmt::Write) -> fmt::Result {
    // Nearly all labels need no escape, and names are most of what is written.
    let is_plain = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'*');
    if let Some(text) = std::str::from_utf8(label).ok().filter(|_| label.iter().all(is_plain)) {
        return out.write_str(text);
    }
    for &octet in label {
        match octet {
            b'.' | b'\\' | b'"' | b'(' | b')' | b';' | b'@' | b'$' => write!(out, "\\{}", octet as char)?,
            0x21..=0x7e => out.write_char(octet as char)?,
            _ => write!(out, "\\{octet:03}")?,
        }
    }
    Ok(())
}

/// Reads the escape at the start of `text`: the octet meant and how many octets of text it took.
pub fn unescape(text: &[u8]) -> Result<(u8, usize), NameError> {
    match text {
        [b'\\', a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', ..] => {
            let value = (*a - b'0') as u16 * 100 + (*b - b'0') as u16 * 10 + (*c - b'0') as u16;
            u8::try_from(value).map(|v| (v, 4)).map_err(|_| NameError::BadEscape)
        }
        [b'\\', b'0'..=b'9', ..] | [b'\\'] | [] => Err(NameError::BadEscape),
        [b'\\', other, ..] => Ok((*other, 2)),
        [other, ..] => Ok((*other, 1)),
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
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.parse().expect("a name")
    }

    #[test]
    fn text_and_back() {
        for text in [".", "example.com.", "a\\.b.example.", "\\000\\255x.example.", "\\@.example.", "*.example."] {
            assert_eq!(name(text).to_string(), text);
        }
    }

    #[test]
    fn relative_names_take_the_origin() {
        let origin = name("example.com");
        assert_eq!(Name::from_text("www", &origin).unwrap(), name("www.example.com"));
        assert_eq!(Name::from_text("www.", &origin).unwrap(), name("www"));
    }

    #[test]
    fn limits() {
        let long = "a".repeat(64);
        assert_eq!(long.parse::<Name>(), Err(NameError::LabelTooLong));
        assert!("a".repeat(63).parse::<Name>().is_ok());
        let label = "a".repeat(63);
        let most = format!("{label}.{label}.{label}.{}.", "a".repeat(61));
        assert_eq!(name(&most).len(), 255);
        let over = format!("{label}.{label}.{label}.{}.", "a".repeat(62));
        assert_eq!(over.parse::<Name>(), Err(NameError::NameTooLong));
        assert_eq!("a..b".parse::<Name>(), Err(NameError::EmptyLabel));
        assert_eq!(".a".parse::<Name>(), Err(NameError::EmptyLabel));
        assert_eq!("a\\256".parse::<Name>(), Err(NameError::BadEscape));
        assert_eq!("a\\".parse::<Name>(), Err(NameError::BadEscape));
    }

    #[test]
    fn in_place_reading_agrees_with_from_text() {
        let origin = name("example.com");
        let label = "a".repeat(63);
        let full = format!("{label}.{label}.{label}.{}.", "a".repeat(61));
        let over = format!("{label}.{label}.{label}.{}.", "a".repeat(62));
        let fits = format!("{label}.{label}.{label}.{}", "a".repeat(49));
        let just_over = format!("{label}.{label}.{label}.{}", "a".repeat(50));
        let long = "a".repeat(300);
        for text in [
            ".",
            "www",
            "www.",
            "a.b",
            "a.b.",
            "",
            "..",
            "a..b",
            ".a",
            "a\\.b",
            "a\\256",
            "a\\",
            "\\065",
            &label,
            &full,
            &over,
            &fits,
            &just_over,
            &long,
            &long[..64],
        ] {
            let mut read = name("before.example");
            let outcome = read.set_lowercase(text.as_bytes(), &origin).map(|()| read);
            assert_eq!(outcome, Name::from_text(text, &origin).map(Name::to_lowercase), "{text}");
        }
        let mut read = Name::ROOT;
        assert_eq!(read.set_lowercase(b"WwW", &origin).map(|()| read.as_wire()[1..4].to_vec()), Ok(b"www".to_vec()));
    }

    #[test]
    fn wire_is_checked() {
        assert_eq!(Name::from_wire(b"\x03www"), Err(NameError::Truncated));
        assert_eq!(Name::from_wire(b"\xc0\x0c"), Err(NameError::LabelTooLong));
        assert_eq!(Name::from_wire(b"\x01a\x00rest").unwrap(), name("a"));
    }

    #[test]
    fn below_respects_labels() {
        assert!(name("a.Example.com").is_at_or_below(&name("example.com")));
        assert!(!name("aexample.com").is_at_or_below(&name("example.com")));
        // The octets of `other` also occur inside a label here, one off a label's start.
        let tricky = Name::from_wire(b"\x06\x01a\x03com\x03com\x00");
        assert!(tricky.is_ok_and(|n| !n.is_at_or_below(&name("a.com.com"))));
    }

    #[test]
    fn dname_replacement() {
        let (old, new) = (name("example.com"), name("example.net"));
        assert_eq!(name("a.b.example.com").replace_suffix(&old, &new), Ok(name("a.b.example.net")));
    }

    #[test]
    fn canonical_order_of_rfc_4034() {
        let order = [
            "example",
            "a.example",
            "yljkjljk.a.example",
            "Z.a.example",
            "zABC.a.EXAMPLE",
            "z.example",
            "\\001.z.example",
            "*.z.example",
            "\\200.z.example",
        ];
        assert!(order.windows(2).all(|w| name(w[0]) < name(w[1])));
    }
}
