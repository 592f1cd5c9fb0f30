//! How much room a zone will take.

/// How much room a file's zone will take, judged by its beginning: room that is made at once is not made again and
/// again while reading, and too much of it would stay (the index of names keeps its size).
#[derive(Clone, Copy, Default)]
pub struct Expected {
    /// Names.
    pub names: usize,
    /// Records.
    pub records: usize,
}

impl Expected {
    /// Octets that the guess looks at.
    pub const SAMPLE: usize = 1 << 18;
    const MOST: usize = 1 << 24;

    /// Of a file that is in memory.
    pub fn of(bytes: &[u8]) -> Expected {
        let sample = &bytes[..bytes.len().min(Expected::SAMPLE)];
        let lines = sample.split(|octet| *octet == b'\n').filter(|line| !line.is_empty());
        let first_word = |line: &'_ [u8]| line.iter().take_while(|octet| !octet.is_ascii_whitespace()).count();
        let (mut names, mut records, mut last) = (0, 0, &[][..]);
        for line in lines {
            let owner = &line[..first_word(line)];
            records += 1;
            names += (!owner.is_empty() && owner != last) as usize;
            last = if owner.is_empty() { last } else { owner };
        }
        let expected = Expected { names, records };
        expected.scaled(bytes.len() as f64 / sample.len().max(1) as f64)
    }

    /// For so many times as much text.
    pub fn scaled(self, factor: f64) -> Expected {
        let scaled = |count: usize| ((count as f64 * factor) as usize).min(Expected::MOST);
        Expected { names: scaled(self.names), records: scaled(self.records) }
    }
}
