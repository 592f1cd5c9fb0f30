//! Where names stand in the presentation form of record data, also of what somebody types: relative names, any spacing.
//!
//! The third direction beside `read` and `names`: the same fields of the one table, counted in words.

use super::fields::Field;
use super::token::{Token, Tokens};
use super::types::Rtype;
use std::ops::Range;

/// The names in `text`, the data of one record, as ranges of octets, ascending. Names in quotes are none.
///
/// Nothing for types without names, for types that are not known and for `\# ..`. Ends early where a field is missing or
/// the text cannot be taken apart; whether the data is good is said by `rdata_from_text`.
pub fn name_spans(rtype: Rtype, text: &str) -> Vec<Range<usize>> {
    let mut words = Words { text, tokens: Tokens::new(text.as_bytes()), spans: Vec::new() };
    if words.tokens.skip_blank().is_ok() && !words.tokens.peek_unknown_marker() {
        let fields = rtype.form().map_or(&[][..], |form| form.fields);
        let _ended_early = fields.iter().try_for_each(|field| words.pass(*field));
    }
    words.spans
}

struct Words<'a> {
    text: &'a str,
    tokens: Tokens<'a>,
    spans: Vec<Range<usize>>,
}

impl<'a> Words<'a> {
    /// Passes the words of a field; `None` when there is none left that could be a name.
    fn pass(&mut self, field: Field) -> Option<()> {
        match field {
            Field::Name => self.name(),
            Field::Names => loop {
                self.name()?;
            },
            Field::IpsecGateway => self.gateway(0),
            Field::Relay => self.gateway(1),
            Field::HostIdentity => (0..3).try_for_each(|_| self.next().map(|_| ())),
            // All that can stand before a name is one word.
            _ => self.next().map(|_| ()),
        }
    }

    /// Two words, of which the one at `kind` says with 3 that a name follows (RFC 4025 2.3, RFC 8777 4.2.3).
    fn gateway(&mut self, kind: usize) -> Option<()> {
        let words = [self.next()?, self.next()?];
        match words[kind].is(b"3") {
            true => self.name(),
            false => self.next().map(|_| ()),
        }
    }

    fn name(&mut self) -> Option<()> {
        let token = self.next()?;
        let start = token.text.as_ptr() as usize - self.text.as_ptr() as usize;
        if !token.is_quoted {
            self.spans.push(start..start + token.text.len());
        }
        Some(())
    }

    fn next(&mut self) -> Option<Token<'a>> {
        self.tokens.next().ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::super::types::TYPES;
    use super::super::{names_in, rdata_from_text};
    use super::*;
    use crate::name::Name;

    fn shown(rtype: &str, text: &str) -> Vec<String> {
        let rtype = rtype.parse().unwrap_or(Rtype(0));
        name_spans(rtype, text).into_iter().map(|span| text[span].to_owned()).collect()
    }

    /// The words of every example are the names that its wire form holds.
    #[test]
    fn words_and_wire_agree() {
        for form in TYPES.iter().filter(|form| !form.example.is_empty()) {
            let (rtype, origin) = (Rtype(form.number), Name::ROOT);
            let wire = rdata_from_text(rtype, form.example, &origin).unwrap_or_default();
            let held = names_in(rtype, &wire).filter_map(|(_, name)| Name::from_wire(name).ok());
            let held: Vec<String> = held.map(|name| name.to_string()).collect();
            assert_eq!(shown(form.mnemonic, form.example), held, "{}", form.mnemonic);
        }
    }

    #[test]
    fn what_people_type() {
        assert_eq!(shown("MX", "  10   mail "), ["mail"]);
        assert_eq!(shown("CNAME", r"a\.b\032c.example.com."), [r"a\.b\032c.example.com."]);
        assert_eq!(shown("NAPTR", r#"100 50 s "SIP + D2U" "!a;b!" _sip"#), ["_sip"]);
        assert_eq!(shown("SRV", "0 5 5060"), [""; 0]);
        assert_eq!(shown("SOA", "ns1 host.example 1"), ["ns1", "host.example"]);
        assert_eq!(shown("CNAME", "bücher"), ["bücher"]);
        assert_eq!(shown("CNAME", "\"quoted\""), [""; 0]);
    }

    #[test]
    fn gateways_that_are_names() {
        assert_eq!(shown("IPSECKEY", "10 3 2 gw AQNR"), ["gw"]);
        assert_eq!(shown("IPSECKEY", "10 1 2 192.0.2.38 AQNR"), [""; 0]);
        assert_eq!(shown("AMTRELAY", "10 0 3 relay"), ["relay"]);
        assert_eq!(shown("AMTRELAY", "10 3 2 2001:db8::1"), [""; 0]);
        assert_eq!(shown("HIP", "2 200100107B1A74DF365639CC39F1D578 AwEA rvs1 rvs2."), ["rvs1", "rvs2."]);
    }

    #[test]
    fn nothing_to_find() {
        assert_eq!(shown("A", "192.0.2.1"), [""; 0]);
        assert_eq!(shown("CNAME", r"\# 3 016100"), [""; 0]);
        assert_eq!(shown("TYPE65534", "www"), [""; 0]);
        assert_eq!(shown("TXT", "mail.example.com."), [""; 0]);
    }
}
