//! Data that can be read and that nobody can use, as servers and checkers know it.
//!
//! A fault is a word, and behind it what the word speaks of:
//!
//! ```text
//! digest-length TYPE     DS, CDS: the digest has not the length of its type (RFC 4509, RFC 6605)
//! digest-type TYPE       DS, CDS: a type of digest that is not known
//! fingerprint-length TYPE  SSHFP: the same of a fingerprint (RFC 4255, RFC 6594)
//! regexp                 NAPTR: the expression is not `!..!..!` (RFC 3402 3.2)
//! ```

use crate::record::Rtype;

const SSHFP: u16 = 44;
const NAPTR: u16 = 35;
pub const CDS: Rtype = Rtype(59);
pub const CDNSKEY: Rtype = Rtype(60);

/// Whether records of the type may have such data.
#[inline]
pub fn may_be_odd(rtype: Rtype) -> bool {
    matches!(rtype.0, NAPTR | 43 | SSHFP | 59 | 60)
}

/// What is wrong with the data of one record.
pub fn odd_data(rtype: Rtype, data: &[u8]) -> Option<String> {
    match rtype.0 {
        43 | 59 => digest(data).filter(|_| !is_deletion(rtype, data)),
        SSHFP => fingerprint(data),
        NAPTR => (!has_expression(data)).then(|| "regexp".to_string()),
        _ => None,
    }
}

/// Whether a CDS or CDNSKEY asks the parent for the end of the signing: algorithm 0 (RFC 8078 4).
pub fn is_deletion(rtype: Rtype, data: &[u8]) -> bool {
    let algorithm = if rtype == CDS { data.get(2) } else { data.get(3) };
    matches!(rtype, CDS | CDNSKEY) && algorithm == Some(&0)
}

fn digest(data: &[u8]) -> Option<String> {
    let (kind, length) = (*data.get(3)?, data.len() - 4);
    let expected = match kind {
        1 => 20,
        2 | 3 | 5 | 6 => 32,
        4 => 48,
        _ => return Some(format!("digest-type {kind}")),
    };
    (length != expected).then(|| format!("digest-length {kind}"))
}

fn fingerprint(data: &[u8]) -> Option<String> {
    let (kind, length) = (*data.get(1)?, data.len() - 2);
    let expected = [20, 32].get(usize::from(kind).wrapping_sub(1))?;
    (length != *expected).then(|| format!("fingerprint-length {kind}"))
}

/// Whether the expression of a NAPTR is empty, or has its mark three times.
fn has_expression(data: &[u8]) -> bool {
    let string = |rest: &[u8]| -> Option<usize> { rest.first().map(|length| 1 + usize::from(*length)) };
    let Some(mut rest) = data.get(4..) else { return true };
    for _ in 0..2 {
        match string(rest).and_then(|length| rest.get(length..)) {
            Some(behind) => rest = behind,
            None => return true,
        }
    }
    let text = string(rest).and_then(|length| rest.get(1..length)).unwrap_or_default();
    let Some((mark, body)) = text.split_first() else { return true };
    let (mut marks, mut is_escaped) = (0, false);
    for octet in body {
        marks += (!is_escaped && octet == mark) as u32;
        is_escaped = !is_escaped && *octet == b'\\';
    }
    marks == 2 && !mark.is_ascii_digit() && !matches!(mark, b'\\' | b'i')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;
    use crate::record::rdata_from_text;

    #[test]
    fn data_that_nobody_can_use() {
        for (rtype, text, found) in [
            ("DS", "1 8 1 00112233445566778899aabbccddeeff00112233", None),
            ("DS", "1 8 2 0011", Some("digest-length 2")),
            ("DS", "1 8 200 0011", Some("digest-type 200")),
            ("CDS", "0 0 0 00", None),
            ("SSHFP", "1 1 00112233445566778899aabbccddeeff00112233", None),
            ("SSHFP", "1 2 0011", Some("fingerprint-length 2")),
            ("SSHFP", "1 9 0011", None),
            ("NAPTR", "1 1 \"u\" \"E2U+sip\" \"!^.*$!sip:a@example.com!i\" .", None),
            ("NAPTR", "1 1 \"s\" \"x\" \"\" a.example.com.", None),
            ("NAPTR", "1 1 \"u\" \"x\" \"sip:a@example.com\" .", Some("regexp")),
        ] {
            let kind: Rtype = rtype.parse().expect("a type");
            let data = rdata_from_text(kind, text, &Name::ROOT).expect("data");
            assert_eq!(odd_data(kind, &data).as_deref(), found, "{rtype} {text}");
        }
    }
}
