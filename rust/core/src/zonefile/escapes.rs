//! Escapes that somebody wrote in octal: Route 53 shows `*` as `\052`, and a master file reads that as `4` (RFC 1035 5.1).

use crate::record::{quote, Fault, Token};

/// What to say of a name in which a character that needs no escape has one, whose digits are octal for another that may
/// need it.
pub(super) fn octal_escape(token: &Token<'_>) -> Option<Fault> {
    let at = token.text.iter().position(|octet| *octet == b'\\')?;
    let (number, meant) = escapes(&token.text[at..]).find_map(as_octal)?;
    let (is, octal) = (number as char, meant as char);
    let what = format!("`\\{number:03}` in {} is `{is}`: escapes are decimal here", quote(token.text));
    let hint = match meant {
        b'*' => "write `*`: Route 53 shows it in octal".to_string(),
        _ => format!("write `\\{meant:03}` where `{octal}` is meant, else `{is}`"),
    };
    Some(Fault { line: token.line, column: token.column, what, hint })
}

/// The numbers of escapes by three digits.
fn escapes(text: &[u8]) -> impl Iterator<Item = [u8; 3]> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || loop {
        let at = rest.iter().position(|octet| *octet == b'\\')?;
        let behind = &rest[at + 1..];
        match behind.first_chunk::<3>().filter(|digits| digits.iter().all(u8::is_ascii_digit)) {
            Some(digits) => {
                rest = &behind[3..];
                return Some(*digits);
            }
            None => rest = behind.get(1..).unwrap_or_default(),
        }
    })
}

/// The decimal and the octal reading, where the first needs no escape and the second is no letter, digit or blank.
fn as_octal(digits: [u8; 3]) -> Option<(u8, u8)> {
    let text = std::str::from_utf8(&digits).ok()?;
    let (decimal, octal) = (text.parse::<u8>().ok()?, u8::from_str_radix(text, 8).ok()?);
    let needs_none = decimal.is_ascii_alphanumeric() || decimal == b'-' || decimal == b'_';
    (needs_none && octal.is_ascii_graphic() && !octal.is_ascii_alphanumeric()).then_some((decimal, octal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_escapes_look_octal() {
        for (digits, found) in [
            (b"052", Some((b'4', b'*'))),
            (b"057", Some((b'9', b'/'))),
            (b"100", Some((b'd', b'@'))),
            (b"042", None), // decimal `*`, octal `"`
            (b"032", None), // a blank
            (b"046", None), // a dot
            (b"065", None), // A, octal 5
            (b"195", None),
        ] {
            assert_eq!(as_octal(*digits), found, "{}", String::from_utf8_lossy(digits));
        }
        let all: Vec<_> = escapes(br"a\\052\052.\.\07\100").collect();
        assert_eq!(all, [*b"052", *b"100"]);
    }
}
