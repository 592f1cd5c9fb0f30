use super::*;
use std::sync::Arc;

const NAME: Class = Class::Answer(NameId(7));

fn limiter(replies: u32, slip: u8, allow: &[&str]) -> Limiter {
    let allow = allow.iter().map(|text| text.parse().expect("a network")).collect();
    Limiter::new(Rate { replies, prefix4: 24, prefix6: 56, allow, slip }, &[3; 16])
}

fn client(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// How many of `count` replies at one moment (in ms) are sent.
fn sent(limiter: &Limiter, address: &str, class: Class, (count, ms): (usize, u128)) -> usize {
    let now = limiter.after(ms * 1_000_000);
    (0..count).filter(|_| limiter.judge(client(address), class, now) == Verdict::Pass).count()
}

#[test]
fn a_second_s_worth_at_once_and_then_as_time_goes() {
    let limiter = limiter(10, 0, &[]);
    assert_eq!(sent(&limiter, "192.0.2.1", NAME, (100, 5000)), 10);
    assert_eq!(sent(&limiter, "192.0.2.1", NAME, (100, 5099)), 0);
    assert_eq!(sent(&limiter, "192.0.2.1", NAME, (100, 5100)), 1);
    assert_eq!(sent(&limiter, "192.0.2.1", NAME, (100, 5600)), 5);
    assert_eq!(sent(&limiter, "192.0.2.1", NAME, (100, 60_000)), 10);
}

#[test]
fn a_flood_of_a_minute_gets_the_rate() {
    for rate in [1, 7, 100, 2000] {
        let limiter = limiter(rate, 0, &[]);
        let sent: usize = (0..60_000).map(|ms| sent(&limiter, "192.0.2.1", NAME, (3, ms))).sum();
        let most = 61 * rate as usize;
        assert!((most - rate as usize..=most).contains(&sent), "{sent} of {rate} a second");
    }
}

#[test]
fn the_fastest_rate_and_the_end_of_the_count() {
    let limiter = limiter(10_000_000, 0, &[]);
    let around = (PAID as u128 + 1) * 100 / 1_000_000; // ms until 2^36 replies are paid
    for ms in [around - 1, around, around + 1] {
        assert_eq!(sent(&limiter, "192.0.2.1", NAME, (1000, ms)), 1000);
    }
    let slow = self::limiter(1, 0, &[]);
    let now = Moment(PAID - 1);
    let verdicts: Vec<_> = (0..3).map(|by| slow.judge(client("192.0.2.1"), NAME, Moment(now.0 + by))).collect();
    assert_eq!(verdicts, [Verdict::Pass; 3]);
    assert_eq!(slow.judge(client("192.0.2.1"), NAME, Moment(now.0 + 2)), Verdict::Drop);
}

#[test]
fn what_is_counted_apart() {
    let limiter = limiter(1, 0, &[]);
    let id = NameId(7);
    let classes = [NAME, Class::NoData(id), Class::Referral(id), Class::Absent(id), Class::Error];
    for class in classes.into_iter().chain([Class::Answer(NameId(8))]) {
        assert_eq!(sent(&limiter, "192.0.2.1", class, (2, 0)), 1, "{class:?}");
    }
}

#[test]
fn networks_are_counted_whole() {
    let limiter = limiter(2, 0, &[]);
    for (one, same, other) in
        [("192.0.2.1", "192.0.2.255", "192.0.3.1"), ("2001:db8:0:aa00::1", "2001:db8:0:aaff::2", "2001:db8:0:ab00::1")]
    {
        assert_eq!(sent(&limiter, one, NAME, (1, 0)), 1);
        assert_eq!(sent(&limiter, same, NAME, (2, 0)), 1);
        assert_eq!(sent(&limiter, one, NAME, (1, 0)), 0);
        assert_eq!(sent(&limiter, other, NAME, (1, 0)), 1);
    }
}

#[test]
fn prefixes_of_any_length() {
    for (prefix4, prefix6) in [(0, 0), (32, 128), (8, 64)] {
        let rate = Rate { replies: 1, prefix4, prefix6, allow: vec![], slip: 0 };
        let limiter = Limiter::new(rate, &[3; 16]);
        let expected = if prefix4 == 32 { 1 } else { 0 };
        for (one, other) in [("10.0.0.1", "10.0.0.2"), ("2001:db8::1", "2001:db8::2")] {
            sent(&limiter, one, NAME, (1, 0));
            assert_eq!(sent(&limiter, other, NAME, (1, 0)), expected, "/{prefix4} /{prefix6}");
        }
    }
}

#[test]
fn who_is_allowed_is_never_limited() {
    let limiter = limiter(1, 2, &["192.0.2.0/25", "2001:db8::1"]);
    assert_eq!(sent(&limiter, "192.0.2.1", NAME, (50, 0)), 50);
    assert_eq!(sent(&limiter, "2001:db8::1", NAME, (50, 0)), 50);
    assert_eq!(sent(&limiter, "2001:db8::2", NAME, (50, 0)), 0);
    assert_eq!(sent(&limiter, "192.0.2.129", NAME, (50, 0)), 0);
}

#[test]
fn networks_as_text() {
    for text in ["192.0.2.0/33", "192.0.2", "2001:db8::/129", "192.0.2.0/-1", "192.0.2.0/", "", "/8"] {
        assert!(text.parse::<Network>().is_err(), "{text}");
    }
    let all: Network = "0.0.0.0/0".parse().expect("a network");
    assert!(all.has(client("192.0.2.1")));
    assert!(!all.has(client("2001:db8::1")));
}

#[test]
fn every_nth_slips() {
    for (slip, expected) in [(0, 0), (1, 120), (2, 60), (3, 40), (100, 1)] {
        let limiter = limiter(1, slip, &[]);
        let verdicts: Vec<_> = (0..121).map(|_| limiter.judge(client("192.0.2.1"), NAME, limiter.after(0))).collect();
        assert_eq!(verdicts[0], Verdict::Pass);
        let slipped = verdicts.iter().filter(|verdict| **verdict == Verdict::Slip).count();
        assert_eq!(slipped, expected, "slip = {slip}");
    }
}

#[test]
fn a_flood_of_senders_does_not_free_the_heaviest() {
    let limiter = limiter(1000, 0, &[]);
    assert_eq!(sent(&limiter, "192.0.2.1", NAME, (5000, 0)), 1000);
    // Twice as many networks as there are buckets.
    for number in 0..(16 * LINES as u32) {
        let address = IpAddr::from((0x0a00_0000 + (number << 8)).to_be_bytes());
        limiter.judge(address, NAME, limiter.after(0));
    }
    assert_eq!(sent(&limiter, "192.0.2.1", NAME, (100, 0)), 0);
}

#[test]
fn workers_share_one_count() {
    let limiter = Arc::new(limiter(1000, 0, &[]));
    let worker = |_| {
        let limiter = limiter.clone();
        std::thread::spawn(move || sent(&limiter, "192.0.2.1", NAME, (2000, 0)))
    };
    let threads: Vec<_> = (0..4).map(worker).collect();
    let sent: usize = threads.into_iter().map(|thread| thread.join().expect("a count")).sum();
    assert_eq!(sent, 1000);
}
