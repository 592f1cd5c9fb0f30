//! The key of an owner in a database (the store's `place`): its labels below the zone, from the right.
//!
//! ```text
//! mail.eu.example.com.  in  example.com.   ->  "eu mail"
//! ```
//!
//! A space ends a label, because no octet of a label is written below it: octets up to `!` become two characters, `!` and
//! one of `@` to `a`; all others are their own code points. So keys sort by code points as RFC 4034 6.1 sorts names.

use crate::name::Name;

/// Appends the key of `owner`, which is at or below `apex`.
pub fn write_place(owner: &Name, apex: &Name, place: &mut String) {
    let start = place.len();
    let labels: Vec<&[u8]> = owner.labels().collect();
    for label in labels[..labels.len().saturating_sub(apex.label_count())].iter().rev() {
        if place.len() > start {
            place.push(' ');
        }
        for octet in *label {
            match octet {
                ..=b'!' => place.extend(['!', char::from(0x40 + octet)]),
                octet => place.push(char::from(*octet)),
            }
        }
    }
}

/// Reads keys of owners in one zone.
pub struct Places {
    apex: Name,
    wire: Vec<u8>,
}

impl Places {
    /// In the zone `apex`.
    pub fn new(apex: &Name) -> Places {
        Places { apex: *apex, wire: Vec::new() }
    }

    /// Makes `owner` the one whose key `place` is; none is the apex. Says whether it is a key.
    pub fn read(&mut self, place: &str, owner: &mut Name) -> bool {
        self.wire.clear();
        let labels = if place.is_empty() { None } else { Some(place.rsplit(' ')) };
        let is_read = labels.into_iter().flatten().all(|label| self.push(label).is_some());
        if !is_read || self.wire.len() + self.apex.len() > 255 {
            return false;
        }
        self.wire.extend_from_slice(self.apex.as_wire());
        owner.assign_lowercase(&self.wire);
        true
    }

    fn push(&mut self, label: &str) -> Option<()> {
        let start = self.wire.len();
        self.wire.push(0);
        if label.bytes().all(|octet| octet > b'!' && octet.is_ascii()) {
            self.wire.extend_from_slice(label.as_bytes());
        } else {
            self.push_escaped(label)?;
        }
        self.wire[start] = u8::try_from(self.wire.len() - start - 1).ok().filter(|len| (1..=63).contains(len))?;
        Some(())
    }

    fn push_escaped(&mut self, label: &str) -> Option<()> {
        let mut characters = label.chars();
        while let Some(character) = characters.next() {
            let code = match character {
                '!' => (characters.next()? as u32).checked_sub(0x40).filter(|code| *code <= 0x21)?,
                other => other as u32,
            };
            self.wire.push(u8::try_from(code).ok()?);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::from_text(text, &Name::ROOT).expect("a name")
    }

    #[test]
    fn there_and_back() {
        for (owner, apex, place) in [
            ("example.com", "example.com", ""),
            ("mail.eu.example.com", "example.com", "eu mail"),
            ("a\\.b.example.com", "example.com", "a.b"),
            ("\\255\\000\\032\\033.example.com", "example.com", "\u{ff}!@!`!a"),
            ("com", ".", "com"),
            (".", ".", ""),
        ] {
            let mut written = String::new();
            write_place(&name(owner), &name(apex), &mut written);
            assert_eq!(written, place, "{owner}");
            let mut read = Name::ROOT;
            assert!(Places::new(&name(apex)).read(place, &mut read), "{owner}");
            assert_eq!(read, name(owner));
        }
    }

    #[test]
    fn what_is_no_key() {
        let long = "x".repeat(64);
        let deep = vec!["x".repeat(60); 5].join(" ");
        for place in ["!", "!?", "!b", "a  b", " a", "a ", "\u{100}", &long, &deep] {
            assert!(!Places::new(&name("example")).read(place, &mut Name::ROOT.clone()), "{place:?}");
        }
    }
}
