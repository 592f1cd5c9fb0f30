use crate::*;
use std::time::{Duration, Instant};

/// Generous, for a build without optimisation on a busy machine; what is quadratic takes hours.
const LIMIT: Duration = Duration::from_secs(30);

#[test]
fn long_tokens_and_lines() {
    let long = "a".repeat(10_000_000);
    let words = "a ".repeat(500_000);
    let start = Instant::now();
    for text in [
        format!("{long} A 192.0.2.1"),
        format!("x CNAME {long}"),
        format!("x {long} a"),
        format!("x TXT \"{long}\""),
        format!("x TXT {words}"),
        format!("x TXT {words} ("),
        "(".repeat(1_000_000),
        "x TXT (\n".repeat(500_000),
        "x TXT (\"\n".repeat(100_000),
    ] {
        assert!(!problems(format!("$TTL 5\n{text}\nb A 192.0.2.1\n")).is_empty());
    }
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
}

#[test]
fn record_data_has_a_limit() {
    let strings = format!("\"{}\" ", "x".repeat(254)).repeat(257);
    assert_eq!(records(&format!("a TXT {strings}")).len(), 1);
    assert_problem(&format!("a TXT {strings} x"), "2:", "split it over several records");
}

#[test]
fn noise_ends_soon_and_never_panics() {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let noise: Vec<u8> = (0..500_000).map(|_| next()).collect();
    assert!(parse(&noise).1.problems.len() <= 51);
    let letters = b"a.@\\\"();$ \n\t0123IN A MX TXT NS SVCB alpn=";
    let near: Vec<u8> = (0..500_000).map(|_| letters[usize::from(next()) % letters.len()]).collect();
    for text in near.chunks(997) {
        assert!(parse(text).1.problems.len() <= 51);
    }
}
