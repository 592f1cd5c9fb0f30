//! Policies of mail in TXT records: SPF (RFC 7208) and DMARC (RFC 7489).
//!
//! Who reads a record asks first whether it is one at all, by how it begins; what begins otherwise is no fault of it. A
//! fault of DMARC is a word, and behind it what the word speaks of:
//!
//! ```text
//! none              no record begins with `v=DMARC1`
//! many              a second one: then none counts
//! separator         `v=DMARC1` is not followed by a semicolon
//! policy            there is no `p=`
//! tag TEXT          a piece that is no `name=value`
//! value NAME=VALUE  a value that its tag cannot have
//! ```

/// The text of a TXT record: its strings, one behind the other.
pub fn text(data: &[u8]) -> Vec<u8> {
    let (mut text, mut rest) = (Vec::with_capacity(data.len()), data);
    while let Some((length, behind)) = rest.split_first() {
        let (string, next) = behind.split_at(usize::from(*length).min(behind.len()));
        text.extend_from_slice(string);
        rest = next;
    }
    text
}

/// Whether a TXT record is one of SPF (RFC 7208 4.5).
pub fn is_spf(data: &[u8]) -> bool {
    let is_worth_it = data.get(1).is_some_and(|first| first.eq_ignore_ascii_case(&b'v'));
    is_worth_it && begins(&text(data), b"v=spf1", |next| next == b' ')
}

fn begins(text: &[u8], version: &[u8], is_end: impl Fn(u8) -> bool) -> bool {
    let head = text.get(..version.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(version))
        && text.get(version.len()).is_none_or(|next| is_end(*next))
}

/// Whether a TXT record is one of DMARC (RFC 7489 6.6.3): the version comes first, and case counts in it.
pub fn is_dmarc(text: &[u8]) -> bool {
    let pieces = text.split(|octet| *octet == b';' || *octet == b' ').next().unwrap_or_default();
    let end = text.len().min(pieces.len());
    text[..end].eq_ignore_ascii_case(b"v=dmarc1") && text[..end].ends_with(b"DMARC1")
}

/// What is wrong with the text of a DMARC record (RFC 7489 6.3, 6.4).
pub fn dmarc_fault(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let mut pieces = text.split(';').map(str::trim);
    if !pieces.next().unwrap_or_default().eq_ignore_ascii_case("v=DMARC1") {
        return Some("separator".to_string());
    }
    let mut has_policy = false;
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        let Some((name, value)) = piece.split_once('=') else { return Some(format!("tag {piece}")) };
        let (name, value) = (name.trim_end().to_ascii_lowercase(), value.trim_start());
        has_policy |= name == "p";
        if !is_good(&name, value) {
            return Some(format!("value {name}={value}"));
        }
    }
    (!has_policy).then(|| "policy".to_string())
}

/// Whether a tag may have the value; tags that are not known are passed over by everybody (RFC 7489 6.3).
fn is_good(name: &str, value: &str) -> bool {
    let is_one_of = |words: &[&str]| words.iter().any(|word| value.eq_ignore_ascii_case(word));
    match name {
        "p" | "sp" | "np" => is_one_of(&["none", "quarantine", "reject"]),
        "adkim" | "aspf" => is_one_of(&["r", "s"]),
        "t" => is_one_of(&["y", "n"]),
        "psd" => is_one_of(&["y", "n", "u"]),
        "fo" => value.split(':').all(|option| matches!(option.trim(), "0" | "1" | "d" | "s" | "D" | "S")),
        "pct" => value.parse::<u8>().is_ok_and(|percent| percent <= 100),
        "ri" => value.parse::<u32>().is_ok(),
        "rua" | "ruf" => value.split(',').all(|uri| has_scheme(uri.trim())),
        _ => true,
    }
}

fn has_scheme(uri: &str) -> bool {
    let scheme = uri.split_once(':').filter(|(_, rest)| !rest.is_empty()).map(|(scheme, _)| scheme);
    let is_word = |scheme: &str| scheme.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet));
    scheme.is_some_and(|scheme| scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && is_word(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn txt(text: &str) -> Vec<u8> {
        text.as_bytes().chunks(7).flat_map(|part| [&[part.len() as u8], part].concat()).collect()
    }

    #[test]
    fn records_of_spf() {
        for text in ["v=spf1", "v=spf1 -all", "V=SPF1 mx -all"] {
            assert!(is_spf(&txt(text)), "{text}");
        }
        for text in ["", "v=spf10 -all", "v=spf2.0/pra", "x", " v=spf1", "v=DMARC1; p=none"] {
            assert!(!is_spf(&txt(text)), "{text}");
        }
    }

    #[test]
    fn records_of_dmarc() {
        for text in ["v=DMARC1; p=none", "v=DMARC1;p=none", "v=DMARC1 ;p=none", "v=DMARC1 p=none", "V=DMARC1"] {
            assert!(is_dmarc(&text_of(text)), "{text}");
        }
        for text in ["v=dmarc1; p=none", "p=none; v=DMARC1", "v=DMARC10", "x", "", "v=spf1 -all"] {
            assert!(!is_dmarc(&text_of(text)), "{text}");
        }
    }

    fn text_of(words: &str) -> Vec<u8> {
        text(&txt(words))
    }

    #[test]
    fn faults_of_dmarc() {
        for good in [
            "v=DMARC1; p=none",
            "v=DMARC1;p=Reject;",
            "v=DMARC1; p=quarantine; sp=none; np=reject; adkim=s; aspf=r; pct=100; fo=1:d:s; ri=86400; x=y",
            "v=DMARC1; p=none; rua=mailto:a@example.com,mailto:b@example.com!10m; ruf=mailto:c@example.com",
            "v=DMARC1; p=none; psd=u; t=y",
        ] {
            assert_eq!(dmarc_fault(good.as_bytes()), None, "{good}");
        }
        for (bad, fault) in [
            ("v=DMARC1", "policy"),
            ("v=DMARC1; rua=mailto:a@example.com", "policy"),
            ("v=DMARC1 p=none", "separator"),
            ("v=DMARC1; p=nonee", "value p=nonee"),
            ("v=DMARC1; p=", "value p="),
            ("v=DMARC1; p=none; none", "tag none"),
            ("v=DMARC1; p=none; pct=101", "value pct=101"),
            ("v=DMARC1; p=none; rua=a@example.com", "value rua=a@example.com"),
            ("v=DMARC1; p=none; fo=x", "value fo=x"),
            ("v=DMARC1; p=none; adkim=strict", "value adkim=strict"),
        ] {
            assert_eq!(dmarc_fault(bad.as_bytes()).as_deref(), Some(fault), "{bad}");
        }
    }
}
