//! The lexical level of presentation form (RFC 1035 5.1): words, quoted strings, comments, parentheses.
//!
//! Tokens are slices of the text and are made one at a time: nothing is kept of what was read. An entry
//! ends at a line end outside parentheses.

use super::fault::{quote, Fault, Faulty};
use crate::name::unescape;

/// A word or a quoted string, escapes still in it, quotes not.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    pub text: &'a [u8],
    pub is_quoted: bool,
    pub line: u32,
    pub column: u32,
}

impl<'a> Token<'a> {
    /// A fault that stands where the token begins.
    pub fn fault(&self, what: impl Into<String>, hint: impl Into<String>) -> Box<Fault> {
        self.fault_in(0, what, hint)
    }

    /// A fault that stands `offset` octets into the token.
    pub fn fault_in(&self, offset: usize, what: impl Into<String>, hint: impl Into<String>) -> Box<Fault> {
        let column = self.column.saturating_add(offset as u32).saturating_add(u32::from(self.is_quoted));
        let column = if offset == 0 { self.column } else { column };
        Box::new(Fault { line: self.line, column, what: what.into(), hint: hint.into() })
    }

    /// Whether the token is this unquoted word.
    pub fn is(&self, word: &[u8]) -> bool {
        !self.is_quoted && self.text == word
    }

    /// The token in backquotes for a message.
    pub fn shown(&self) -> String {
        quote(self.text)
    }

    /// The token as text without escapes; what is no UTF-8 matches nothing that is looked for.
    pub fn as_str(&self) -> &'a str {
        std::str::from_utf8(self.text).unwrap_or("\u{fffd}")
    }
}

/// A place in the text.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    at: usize,
    line: u32,
    line_start: usize,
}

/// Makes tokens of text.
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    text: &'a [u8],
    here: Mark,
    depth: u32,
    /// Where the outermost open parenthesis stands, when `depth` is not 0.
    open: Mark,
    /// How often reading went back behind an open parenthesis.
    rewound: u32,
}

/// How many parentheses that are never closed are read behind: each costs a look at the whole rest of the text.
const MAX_REWOUND: u32 = 8;

const WORD: u8 = 0;
const BLANK: u8 = 1;
const SPECIAL: u8 = 2;
const ESCAPE: u8 = 3;
const CONTROL: u8 = 4;

/// What each octet means outside quotes. CR is a blank, so CRLF needs no further thought.
const CLASS: [u8; 256] = {
    let mut class = [WORD; 256];
    let mut octet = 0;
    while octet < 256 {
        class[octet] = match octet as u8 {
            b' ' | b'\t' | b'\r' => BLANK,
            b'\n' | b'(' | b')' | b';' | b'"' => SPECIAL,
            b'\\' => ESCAPE,
            0..=0x1f | 0x7f => CONTROL,
            _ => WORD,
        };
        octet += 1;
    }
    class
};

impl<'a> Tokens<'a> {
    /// Tokens of `text` from its start; a byte order mark there is passed over.
    pub fn new(text: &'a [u8]) -> Tokens<'a> {
        let start = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let here = Mark { at: start, line: 1, line_start: start };
        Tokens { text, here, depth: 0, open: here, rewound: 0 }
    }

    /// The next token of the entry; `None` at its end, which is not passed.
    #[inline]
    #[allow(clippy::should_implement_trait)] // an iterator cannot stop at each entry's end and go on
    pub fn next(&mut self) -> Faulty<Option<Token<'a>>> {
        self.skip_blank()?;
        match self.text.get(self.here.at) {
            None | Some(b'\n') => Ok(None),
            Some(b'"') => self.quoted().map(Some),
            Some(_) => self.word().map(Some),
        }
    }

    /// Goes to where the next token begins, or to the entry's end.
    #[inline]
    pub fn skip_blank(&mut self) -> Faulty<()> {
        loop {
            match self.text.get(self.here.at) {
                Some(b' ' | b'\t' | b'\r') => self.here.at += 1,
                Some(b'\n') if self.depth > 0 => self.pass_line_end(),
                Some(b';') => self.skip_line(),
                Some(b'(') => self.open_parenthesis(),
                Some(b')') => self.close_parenthesis()?,
                None if self.depth > 0 => return Err(self.unclosed_parenthesis()),
                _ => return Ok(()),
            }
        }
    }

    /// The next token when it is a quoted string that touches the token before, as in `key="value"`.
    pub fn next_if_touching(&mut self) -> Faulty<Option<Token<'a>>> {
        match self.text.get(self.here.at) {
            Some(b'"') => self.quoted().map(Some),
            _ => Ok(None),
        }
    }

    /// The octet at the current place.
    #[inline]
    pub fn peek_octet(&self) -> Option<u8> {
        self.text.get(self.here.at).copied()
    }

    /// Whether the text goes on with the RFC 3597 marker, a lone `\#`.
    #[inline]
    pub fn peek_unknown_marker(&self) -> bool {
        let rest = &self.text[self.here.at.min(self.text.len())..];
        rest.starts_with(b"\\#") && rest.get(2).is_none_or(|octet| CLASS[*octet as usize] != WORD)
    }

    /// The current place, in octets from the start of the text.
    #[inline]
    pub fn offset(&self) -> usize {
        self.here.at
    }

    /// The text from a place up to the current one.
    #[inline]
    pub fn since(&self, offset: usize) -> &'a [u8] {
        self.text.get(offset..self.here.at).unwrap_or_default()
    }

    /// Line and column of the current place.
    #[inline]
    pub fn position(&self) -> (u32, u32) {
        (self.here.line, self.column_of(self.here))
    }

    /// A fault at the current place.
    pub fn fault(&self, what: impl Into<String>, hint: impl Into<String>) -> Box<Fault> {
        self.fault_at(self.here, what, hint)
    }

    /// Passes the line end behind an entry; false at the end of the text.
    #[inline]
    pub fn next_entry(&mut self) -> bool {
        if self.text.get(self.here.at) == Some(&b'\n') {
            self.pass_line_end();
        }
        self.here.at < self.text.len()
    }

    /// Gives up the entry and goes to its end. When an open parenthesis swallows the rest of the
    /// text, that is a fault, and reading goes on at the next line that can begin an entry.
    pub fn skip_entry(&mut self) -> Option<Box<Fault>> {
        loop {
            match self.next() {
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(_) if self.here.at >= self.text.len() && self.depth > 0 => {
                    let fault = self.unclosed_parenthesis();
                    self.rewind_behind_parenthesis();
                    return Some(fault);
                }
                Err(_) => {}
            }
        }
    }

    /// The rest of the line as it stands, without a comment: the template of a $GENERATE.
    pub fn rest_of_line(&mut self) -> Faulty<&'a [u8]> {
        let start = self.here.at;
        while let Some(octet) = self.text.get(self.here.at) {
            match octet {
                b'\n' | b';' => break,
                b'\\' => {
                    self.here.at += 1 + usize::from(self.text.get(self.here.at + 1).is_some_and(|next| *next != b'\n'))
                }
                b'"' => self.quoted().map(drop)?,
                _ => self.here.at += 1,
            }
        }
        let rest = self.text[start..self.here.at].trim_ascii_end();
        self.skip_line();
        Ok(rest)
    }

    #[inline]
    fn word(&mut self) -> Faulty<Token<'a>> {
        let start = self.here;
        let mut at = start.at;
        loop {
            let rest = &self.text[at.min(self.text.len())..];
            at += rest.iter().position(|octet| CLASS[*octet as usize] != WORD).unwrap_or(rest.len());
            let Some(octet) = self.text.get(at).copied() else { break };
            match CLASS[octet as usize] {
                ESCAPE => at += 1 + usize::from(!matches!(self.text.get(at + 1), None | Some(b'\r' | b'\n'))),
                CONTROL => {
                    // One fault a line: where one such octet is there are mostly many.
                    self.skip_line();
                    return Err(self.control(Mark { at, ..start }, octet));
                }
                _ => break,
            }
        }
        self.here.at = at;
        Ok(Token { text: &self.text[start.at..at], is_quoted: false, line: start.line, column: self.column_of(start) })
    }

    /// A quoted string; it may run over line ends only inside parentheses, so that a forgotten
    /// quote costs one line and not the file.
    fn quoted(&mut self) -> Faulty<Token<'a>> {
        let start = self.here;
        self.here.at += 1;
        loop {
            let rest = &self.text[self.here.at.min(self.text.len())..];
            let Some(step) = memchr::memchr3(b'"', b'\\', b'\n', rest) else {
                self.here.at = self.text.len();
                return Err(self.unclosed_quote(start));
            };
            self.here.at += step;
            match rest[step] {
                b'"' => break,
                b'\n' if self.depth == 0 => return Err(self.unclosed_quote(start)),
                b'\n' => self.pass_line_end(),
                _ => self.here.at += 1 + usize::from(rest.get(step + 1).is_some_and(|next| *next != b'\n')),
            }
        }
        let text = &self.text[start.at + 1..self.here.at];
        self.here.at += 1;
        Ok(Token { text, is_quoted: true, line: start.line, column: self.column_of(start) })
    }

    #[inline]
    fn pass_line_end(&mut self) {
        self.here.at += 1;
        self.here.line = self.here.line.saturating_add(1);
        self.here.line_start = self.here.at;
    }

    /// To the line end, as a comment goes.
    fn skip_line(&mut self) {
        let rest = &self.text[self.here.at..];
        self.here.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    }

    fn open_parenthesis(&mut self) {
        if self.depth == 0 {
            self.open = self.here;
        }
        self.depth = self.depth.saturating_add(1);
        self.here.at += 1;
    }

    fn close_parenthesis(&mut self) -> Faulty<()> {
        let here = self.here;
        self.here.at += 1;
        if self.depth == 0 {
            return Err(self.fault_at(here, "a closing parenthesis without an opening one", "take the `)` away"));
        }
        self.depth -= 1;
        Ok(())
    }

    fn rewind_behind_parenthesis(&mut self) {
        self.depth = 0;
        self.rewound += 1;
        if self.rewound > MAX_REWOUND {
            return;
        }
        self.here = self.open;
        loop {
            self.skip_line();
            // An indented line is more likely the rest of what the parenthesis opened.
            if !self.next_entry() || !matches!(self.peek_octet(), Some(b' ' | b'\t' | b'\r' | b'\n' | b')')) {
                return;
            }
        }
    }

    #[inline]
    fn column_of(&self, mark: Mark) -> u32 {
        u32::try_from(mark.at - mark.line_start + 1).unwrap_or(u32::MAX)
    }

    fn fault_at(&self, mark: Mark, what: impl Into<String>, hint: impl Into<String>) -> Box<Fault> {
        Box::new(Fault { line: mark.line, column: self.column_of(mark), what: what.into(), hint: hint.into() })
    }

    fn unclosed_parenthesis(&self) -> Box<Fault> {
        let more = if self.rewound < MAX_REWOUND { "" } else { "; the file was not read further" };
        self.fault_at(self.open, format!("this parenthesis is never closed{more}"), "write `)` where the record ends")
    }

    fn unclosed_quote(&self, start: Mark) -> Box<Fault> {
        self.fault_at(start, "this quoted string is never closed", "write `\"` where the string ends")
    }

    fn control(&self, mark: Mark, octet: u8) -> Box<Fault> {
        let what = format!("the control character {octet} in a text");
        self.fault_at(mark, what, format!("a zone file is text; the octet itself is written \\{octet:03}"))
    }
}

/// What to write for an escape that cannot be read, the first such one of `text`. Route 53 and others write octal ones.
#[cold]
pub(crate) fn hint_of_escape(text: &[u8]) -> String {
    let is_too_large =
        |four: &&[u8]| four[0] == b'\\' && four[1..].iter().all(u8::is_ascii_digit) && four[1..] > b"255"[..];
    let escape = text.windows(4).find(is_too_large);
    let octal = escape.and_then(|four| std::str::from_utf8(&four[1..]).ok());
    match octal.and_then(|digits| Some((digits, u8::from_str_radix(digits, 8).ok()?))) {
        Some((digits, octet)) => {
            format!("escapes are decimal here: write `\\{octet:03}` for `\\{digits}`, which is octal")
        }
        None => "a backslash itself is written `\\\\`".to_string(),
    }
}

/// The octets a token means, its escapes undone, added to `out`.
pub fn unescaped(token: &Token<'_>, out: &mut Vec<u8>) -> Faulty<()> {
    let mut at = 0;
    while let Some(step) = memchr::memchr(b'\\', &token.text[at..]) {
        out.extend_from_slice(&token.text[at..at + step]);
        at += step;
        let (octet, used) = unescape(&token.text[at..])
            .map_err(|error| token.fault_in(at, error.to_string(), hint_of_escape(&token.text[at..])))?;
        out.push(octet);
        at += used;
    }
    out.extend_from_slice(&token.text[at..]);
    Ok(())
}

/// A decimal number without sign; `None` when it is none or over 64 bits.
pub fn number(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0u64, |sum, digit| match digit {
        b'0'..=b'9' => sum.checked_mul(10)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })
}
