//! What is wrong with a text, where, and what to write instead.

use std::fmt;

/// Text that is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: u32,
    /// From 1, in octets.
    pub column: u32,
    /// What is wrong, in words, without the position.
    pub what: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

/// Boxed, so that the result of reading a good field stays small.
pub(crate) type Faulty<T> = Result<T, Box<Fault>>;

impl Fault {
    /// The fault with a hint, unless it has one that is closer to the matter already.
    pub(crate) fn or_hint(mut self: Box<Fault>, hint: impl FnOnce() -> String) -> Box<Fault> {
        if self.hint.is_empty() {
            self.hint = hint();
        }
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.what)
    }
}

impl std::error::Error for Fault {}

/// `text` for a message: in backquotes, printable, and cut where it is too long to help.
pub(crate) fn quote(text: &[u8]) -> String {
    const MOST: usize = 60;
    let shown = String::from_utf8_lossy(&text[..text.len().min(MOST)]);
    let shown: String = shown.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    format!("`{shown}{}`", if text.len() > MOST { ".." } else { "" })
}
