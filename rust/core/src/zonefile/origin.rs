//! What a zone is called when nobody says it: a look ahead to the SOA.

use crate::name::Name;
use crate::record::{Rtype, Token, Tokens};
use std::path::Path;

/// The origin a file begins with: the absolute owner of its SOA, else the absolute $ORIGIN before it, else what the
/// file's name says, and then `true`. `None` when that is no name.
pub(super) fn origin_of(text: &[u8], path: &Path) -> Option<(Name, bool)> {
    stated(text).map(|name| (name, false)).or_else(|| Some((from_file_name(path)?, true)))
}

/// `NAME.zone`; NSD and BIND are often given `NAME.db` and `db.NAME`.
fn from_file_name(path: &Path) -> Option<Name> {
    let name = path.file_name()?.to_str()?;
    let others = || name.strip_suffix(".db").or_else(|| name.strip_prefix("db."));
    let stem = name.strip_suffix(".zone").or_else(others).unwrap_or(name);
    Name::from_text(stem, &Name::ROOT).ok().map(Name::to_lowercase)
}

/// Faults are passed over here: the reading itself reports them.
fn stated(text: &[u8]) -> Option<Name> {
    let mut tokens = Tokens::new(text);
    let (mut origin, mut owner) = (None, None);
    loop {
        let is_indented = matches!(tokens.peek_octet(), Some(b' ' | b'\t' | b'\r'));
        if let Ok(Some(first)) = tokens.next() {
            let second = if is_indented { Some(first) } else { tokens.next().ok().flatten() };
            if !is_indented && first.text.eq_ignore_ascii_case(b"$ORIGIN") {
                origin = origin.or(second.and_then(|token| absolute(&token)));
            } else {
                owner = if is_indented { owner } else { Some(first) };
                if has_soa(&mut tokens, second) {
                    return origin.or(owner.and_then(|token| absolute(&token)));
                }
            }
        }
        tokens.skip_entry();
        if !tokens.next_entry() {
            return origin;
        }
    }
}

/// Whether the type behind an owner, with TTL and class perhaps between, is SOA.
fn has_soa<'a>(tokens: &mut Tokens<'a>, mut token: Option<Token<'a>>) -> bool {
    for _ in 0..3 {
        match token.map(|token| Rtype::from_word(token.text)) {
            Some(None) => token = tokens.next().ok().flatten(),
            found => return found == Some(Some(Rtype::SOA)),
        }
    }
    false
}

fn absolute(token: &Token<'_>) -> Option<Name> {
    let text = token.text;
    let is_absolute = text.ends_with(b".") && !text.ends_with(b"\\.") && !token.is_quoted;
    let mut name = Name::ROOT;
    name.set_lowercase(text, &Name::ROOT).ok().filter(|()| is_absolute).map(|()| name)
}
