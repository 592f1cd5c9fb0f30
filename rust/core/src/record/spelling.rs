//! The spelling of record data: what somebody wrote is what is kept and shown, and two spellings of one record are one.
//!
//! ```text
//! text -> rdata_as_written -> wire -> spelled(wire, text) -> text     kept: names in their case, strings as they stand
//! text -> canonical                                       -> text     compared: equal for all spellings of a record
//! ```
//!
//! A client compares what it reads with what it wrote, and would write it again for ever. So names keep their case,
//! strings their escapes and letters beyond ASCII, parameters of SVCB their quotes. All else - spaces, numbers,
//! addresses, hexadecimal digits - has the one form of `present`.

use super::fields::Field;
use super::names;
use super::present::present;
use super::read::rdata_from_text;
use super::token::{unescaped, Token, Tokens};
use super::types::Rtype;
use crate::name::Name;
use std::borrow::Cow;

/// Octets of a string of the wire; a string of so many that touches the next one is one that was too long, cut.
const MOST_STRING: usize = 255;

/// The data as text, spelled as in `written`, which was read as just these octets. It stands in one line of UTF-8
/// without control characters, and reads back to the same octets.
pub fn spelled(rtype: Rtype, rdata: &[u8], written: &[u8]) -> String {
    let normal = present(rtype, rdata);
    let respelled = match fields_of(rtype) {
        fields if fields.contains(&Field::Parameters) => {
            std::str::from_utf8(written).ok().and_then(|written| parameters(&normal, written))
        }
        fields if fields.iter().any(is_text) && is_special(written) => {
            std::str::from_utf8(written).ok().and_then(|written| strings(&normal, written))
        }
        _ => None,
    };
    respelled.unwrap_or(normal)
}

/// The same for data of a master file, whose texts (TXT and its like) have the one form of `present`: those who write
/// such files escape in many ways, `\;` above all, and read them elsewhere than here.
pub fn spelled_in_file(rtype: Rtype, rdata: &[u8], written: &[u8]) -> String {
    match fields_of(rtype) {
        [Field::Texts] => present(rtype, rdata),
        _ => spelled(rtype, rdata, written),
    }
}

/// What is the same text for all spellings of a record: names in lower case, all else as `present` writes it. Text that
/// cannot be read is its own.
pub fn canonical(rtype: Rtype, text: &str) -> Cow<'_, str> {
    if is_canonical(rtype, text) {
        return Cow::Borrowed(text);
    }
    match rdata_from_text(rtype, text, &Name::ROOT) {
        Err(_) => Cow::Borrowed(text),
        Ok(mut data) => {
            names::lowercase(rtype, &mut data);
            Cow::Owned(present(rtype, &data))
        }
    }
}

/// Whether a text that `spelled` made is canonical, as far as that shows without reading it.
fn is_canonical(rtype: Rtype, text: &str) -> bool {
    let has_parameters = fields_of(rtype).contains(&Field::Parameters);
    !(is_special(text.as_bytes()) || text.bytes().any(|octet| octet.is_ascii_uppercase()) || has_parameters)
}

fn fields_of(rtype: Rtype) -> &'static [Field] {
    rtype.form().map_or(&[], |form| form.fields)
}

fn is_text(field: &Field) -> bool {
    matches!(field, Field::Text | Field::TextOrNone | Field::Texts | Field::RestText)
}

/// Whether strings in the text may be spelled in another way than `present` does.
fn is_special(text: &[u8]) -> bool {
    text.iter().any(|octet| *octet == b'\\' || !octet.is_ascii()) || memchr::memmem::find(text, b"\"\"").is_some()
}

/// `normal` with the strings of `written` in the place of its own; `None` when they are not one for one.
fn strings(normal: &str, written: &str) -> Option<String> {
    let (ours, theirs) = (tokens(normal)?, tokens(written)?);
    if ours.len() != theirs.len() {
        return None;
    }
    let mut out = String::with_capacity(normal.len());
    let mut last: Option<&Token<'_>> = None;
    for (our, their) in ours.iter().zip(&theirs) {
        if last.is_some_and(|last| !is_cut(last, their)) {
            out.push(' ');
        }
        match our.is_quoted {
            true => {
                out.extend(["\"", if their.is_quoted && is_shown(their) { their.as_str() } else { our.as_str() }, "\""])
            }
            false => out.push_str(our.as_str()),
        }
        last = Some(their);
    }
    Some(out)
}

fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Tokens::new(text.as_bytes());
    let mut all = Vec::new();
    while let Some(token) = tokens.next().ok()? {
        all.push(token);
    }
    Some(all)
}

/// Whether a string can stand in a line of text that people see.
fn is_shown(token: &Token<'_>) -> bool {
    token.as_str().chars().all(|letter| !letter.is_control() && !matches!(letter, '\u{2028}' | '\u{2029}'))
}

/// Whether two strings that follow each other were one that was too long for the wire.
fn is_cut(one: &Token<'_>, next: &Token<'_>) -> bool {
    let end = one.text.as_ptr_range().end as usize;
    let touches = one.is_quoted && next.is_quoted && end + 2 == next.text.as_ptr() as usize;
    let mut octets = Vec::new();
    touches && unescaped(one, &mut octets).is_ok() && octets.len() == MOST_STRING
}

/// `normal` with the parameters of `written` where they differ in quotes only. Their order is that of the keys. Quotes
/// that nothing asks for are left out, but for `ech` and keys without a name: PowerDNS wants them there, and nowhere else.
fn parameters(normal: &str, written: &str) -> Option<String> {
    let (ours, theirs) = (words(normal)?, words(written)?);
    let spelled = ours.iter().enumerate().map(|(at, our)| {
        let same = theirs
            .iter()
            .skip(2)
            .find(|their| at >= 2 && their.is_wanted() && their.value == our.value && their.key == our.key);
        same.map_or(our.text, |their| their.text)
    });
    Some(spelled.collect::<Vec<_>>().join(" "))
}

/// `key=value` or `key="value"`.
struct Parameter<'a> {
    text: &'a str,
    key: &'a str,
    value: &'a str,
}

impl Parameter<'_> {
    fn is_wanted(&self) -> bool {
        self.key == "ech" || self.key.starts_with("key") || !self.text.ends_with('"')
    }
}

fn words(text: &str) -> Option<Vec<Parameter<'_>>> {
    let mut tokens = Tokens::new(text.as_bytes());
    let mut all = Vec::new();
    while let Some(token) = tokens.next().ok()? {
        let start = token.text.as_ptr() as usize - text.as_ptr() as usize;
        let key = token.as_str().split('=').next().unwrap_or_default();
        let has_quotes = token.text.ends_with(b"=");
        let (value, end) = match if has_quotes { tokens.next_if_touching().ok()? } else { None } {
            Some(value) if !is_shown(&value) => return None,
            Some(value) => (value.as_str(), start + token.text.len() + value.text.len() + 2),
            None => (token.as_str().get(key.len() + 1..).unwrap_or_default(), start + token.text.len()),
        };
        all.push(Parameter { text: text.get(start..end)?, key, value });
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::super::read::rdata_as_written;
    use super::*;

    fn kept(rtype: &str, text: &str) -> String {
        let rtype = rtype.parse().expect("a type");
        let data = rdata_as_written(rtype, text, &Name::ROOT).expect("data");
        let kept = spelled(rtype, &data, text.as_bytes());
        assert_eq!(rdata_as_written(rtype, &kept, &Name::ROOT), Ok(data), "{kept}");
        assert_eq!(canonical(rtype, &kept), canonical(rtype, text));
        kept
    }

    #[test]
    fn what_is_kept_as_it_was_written() {
        for (rtype, text) in [
            ("MX", "10 Mail.Example.COM."),
            ("SOA", "Ns1.Example. HostMaster.Example. 1 2 3 4 5"),
            ("RRSIG", "A 8 3 3600 20300101000000 20240101000000 2642 Example. oJB1"),
            ("HIP", "2 20010010 AwEA Rvs.Example."),
            ("TXT", r#""a" "b""#),
            ("TXT", r#""grüße" "gr\195\188\195\159e""#),
            ("TXT", r#""a\;b;c" "\065\"" """#),
            ("CAA", r#"0 issue "ü\;x""#),
            ("NAPTR", r#"1 2 "u" "E2U+sip" "!^\\+1!x\\1!" Sip.Example."#),
            ("HINFO", r#""\065" "b""#),
            ("SVCB", r#"1 Svc.Example. alpn=h2 port=53 key65500="word""#),
            ("SVCB", r"1 . alpn=f\\\\oo\\,bar,h2"),
            ("HTTPS", r#"1 . alpn=h2 ech="AEP+DQA=""#),
            ("HTTPS", "1 . alpn=h2 ech=AEP+DQA="),
        ] {
            assert_eq!(kept(rtype, text), text, "{rtype}");
        }
    }

    #[test]
    fn texts_of_files_have_one_form() {
        for (rtype, text, form) in [
            ("TXT", r#""v=DKIM1\; k=rsa""#, r#""v=DKIM1; k=rsa""#),
            ("TXT", "\"ü\"", r#""\195\188""#),
            ("MX", "10 Mail.Example.", "10 Mail.Example."),
            ("CAA", r#"0 issue "a\;b""#, r#"0 issue "a\;b""#),
        ] {
            let rtype = rtype.parse().expect("a type");
            let data = rdata_as_written(rtype, text, &Name::ROOT).expect("data");
            assert_eq!(spelled_in_file(rtype, &data, text.as_bytes()), form);
        }
    }

    #[test]
    fn what_has_one_form() {
        for (rtype, text, form) in [
            ("TXT", r#"a\;b "c"   "d""#, r#""a;b" "c" "d""#),
            ("TXT", r#"( "a\;" "b" ) ; c"#, r#""a\;" "b""#),
            ("TXT", "\"\u{7}\u{85}ü\"", r#""\007\194\133\195\188""#),
            ("TXT", r"\# 2 0141", r#""A""#),
            ("TLSA", "3 1 1 AbCd", "3 1 1 abcd"),
            ("HTTPS", r#"1 . port="53" no-default-alpn alpn=h2"#, "1 . alpn=h2 no-default-alpn port=53"),
            ("HTTPS", r"1 . key1=\002h2", "1 . alpn=h2"),
            ("AAAA", "2001:DB8:0::1", "2001:db8::1"),
        ] {
            assert_eq!(kept(rtype, text), form, "{rtype}");
        }
    }

    #[test]
    fn a_string_that_was_cut_stays_whole() {
        let long = format!("\"{}\"\"b\"", "a".repeat(255));
        assert_eq!(kept("TXT", &long), long);
        assert_eq!(kept("TXT", &long.replace("\"\"", "\" \"")), long.replace("\"\"", "\" \""));
        assert_eq!(kept("TXT", r#""a""b""#), r#""a" "b""#);
        let escaped = format!("\"{}\\065\"\"b\"", "a".repeat(254));
        assert_eq!(kept("TXT", &escaped), escaped);
    }

    #[test]
    fn spellings_of_one_record() {
        let same = |rtype: &str, one: &str, other: &str| {
            let rtype = rtype.parse().expect("a type");
            assert_eq!(canonical(rtype, one), canonical(rtype, other));
        };
        same("MX", "10 A.Example.", "10 a.example.");
        same("LP", "10 A.Example.", "10 a.example.");
        same("DS", "1 8 2 AB", "1 8 2 ab");
        same("CERT", "PKIX 1 8 AAAA", "1 1 8 AAAA");
        same("TXT", r#""A\;""#, "\"\\065;\"");
        same("HTTPS", r#"1 . ech="AEP+DQA=""#, "1 . ech=AEP+DQA=");
        same("SVCB", "1 . alpn=h2 port=1", r#"1 . port="1" alpn="h2""#);
        same("A", "no address", "no address");
        let txt = "TXT".parse().expect("a type");
        assert_ne!(canonical(txt, "\"A\""), canonical(txt, "\"a\""));
        assert_ne!(canonical(txt, "\"a\" \"b\""), canonical(txt, "\"ab\""));
    }
}
