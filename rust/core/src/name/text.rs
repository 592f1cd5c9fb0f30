//! Names in presentation form (RFC 1035 5.1), read and written with the escapes that make it read back the same.

use super::{Name, NameError, MAX_LABEL, MAX_NAME};
use std::fmt;

/// Reading, in place where a whole zone is read.
impl Name {
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
}

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

/// The labels of a name in presentation form, as they are written: relative or absolute, also of what is no name. A dot
/// that is escaped parts no labels; the final one ends the last, and the root has none.
pub fn written_labels(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = if text == "." { "" } else { text };
    std::iter::from_fn(move || {
        let (label, behind) = rest.split_at(end_of_label(rest.as_bytes()));
        let found = !rest.is_empty();
        rest = behind.strip_prefix('.').unwrap_or_default();
        found.then_some(label)
    })
}

/// Where the first label of `text` ends: at its dot, or with the text.
fn end_of_label(text: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() && text[at] != b'.' {
        // Of an escape by number the digits are left, which are no dots.
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at.min(text.len())
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
