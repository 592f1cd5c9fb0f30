//! Octets as hexadecimal digits in lower case: so PowerDNS prints them, and its clients compare text.

use std::fmt;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Shows octets as two digits each.
pub(crate) struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Some at a time: a formatter is slow to call, and a digest has 32 octets.
        let mut room = [0; 64];
        for octets in self.0.chunks(room.len() / 2) {
            for (pair, octet) in room.chunks_exact_mut(2).zip(octets) {
                pair.copy_from_slice(&[DIGITS[usize::from(octet >> 4)], DIGITS[usize::from(octet & 15)]]);
            }
            f.write_str(std::str::from_utf8(&room[..octets.len() * 2]).unwrap_or_default())?;
        }
        Ok(())
    }
}
