//! Response rate limiting: how often one network gets the same kind of reply over UDP.
//!
//! A server that answers everything can be made to flood whoever an attacker names as the sender. So replies that are
//! alike, to one network, are counted together, and those over the rate are not sent; every n-th of them is sent
//! empty with TC, so that an honest client among the forged ones comes back over TCP, which cannot be forged.
//!
//! **What is alike** is decided by where in the graph the answer comes from, never by what the client can make up:
//!
//! | reply | counted with all others |
//! |---|---|
//! | data, an alias | of that owner; of the wildcard or the DNAME when one of them made it |
//! | no data | without data of that owner, or of that wildcard |
//! | a referral | at that cut |
//! | NXDOMAIN | in that zone |
//! | any other error | whatever was asked |
//!
//! A flood of random names below a zone, a wildcard, a DNAME or a cut is one bucket each, and a name that exists has its
//! own. BIND, NSD and Knot do the same but for details. The type is not part of it (BIND has it): a name has a dozen, and
//! they would multiply the rate. NSD counts "no data" by the zone; then a network that asks many names for HTTPS or
//! AAAA would be limited for a normal day's work, so here, as in BIND, it is the owner.
//!
//! **The count** is a token bucket of one second: `rate` replies at once, then one each 1/`rate` s. As in Knot, replies
//! that are not sent cost nothing, so a network under attack gets `rate` answers a second and not none, as in BIND and
//! NSD, where a flood keeps the bucket in debt. The price: a victim gets up to `rate` whole answers a second for each
//! name that an attacker knows.
//!
//! **The table** is one for all workers: which socket a client reaches must not matter. A bucket is one number, 8 to a
//! cache line:
//!
//! ```text
//! |63    tag    44|43 limited 36|35   paid   0|      time runs in replies: 1/rate s is 1
//! ```
//!
//! `paid` is the time until which the replies sent are paid for; what lies ahead of now is the debt. A bucket without
//! debt holds nothing worth keeping, so places become free by themselves. In a full line the smallest debt goes: a
//! table that is flooded with senders forgets the quiet ones, and their replies are sent. A query costs one keyed hash of 24
//! octets (nobody can aim at another's bucket), one cache line and one compare-and-swap; memory is 4 MiB, only
//! while there is a rate. Two buckets are one with probability 2^-36.

use super::rcode_of;
use crate::graph::{Chain, End, NameId, Place};
use crate::packet::Rcode;
use siphasher::sip::SipHasher13;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

/// Lines of the table: 4 MiB.
const LINES: usize = 1 << 16;
const PAID_BITS: u32 = 36;
const PAID: u64 = (1 << PAID_BITS) - 1;
const TAG: u64 = !0 << 44;

/// Replies that are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Data or an alias of this owner.
    Answer(NameId),
    /// No data at this owner.
    NoData(NameId),
    /// A referral at this cut.
    Referral(NameId),
    /// A name that does not exist in the zone with this apex.
    Absent(NameId),
    /// Any error.
    Error,
}

impl Class {
    /// What a chain is counted as: by its first step, which is what the client's name decided.
    pub fn of<N>(chain: &Chain<N, Place>) -> Class {
        let first = chain.hops.first().map(|hop| hop.place.owner);
        match (first, chain.end) {
            _ if !matches!(rcode_of(chain), Rcode::NOERROR | Rcode::NXDOMAIN) => Class::Error,
            (Some(owner), _) => Class::Answer(owner),
            (None, End::Data { place, .. }) => Class::Answer(place.owner),
            (None, End::NoData { place, .. }) => Class::NoData(place.owner),
            (None, End::Referral(place)) => Class::Referral(place.owner),
            (None, End::NxDomain(place)) => Class::Absent(place.zone),
            // Without a first step these are errors, above.
            (None, _) => Class::Error,
        }
    }

    fn octets(self) -> [u8; 8] {
        let (kind, id) = match self {
            Class::Answer(id) => (1, id.0),
            Class::NoData(id) => (2, id.0),
            Class::Referral(id) => (3, id.0),
            Class::Absent(id) => (4, id.0),
            Class::Error => (5, 0),
        };
        (kind << 32 | u64::from(id)).to_ne_bytes()
    }
}

/// What becomes of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is sent.
    Pass,
    /// It is sent empty.
    Slip,
    /// It is not sent.
    Drop,
}

/// Clients with a common beginning of their address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    bits: u128,
    mask: u128,
}

/// An address in 128 bits; IPv4 stands where IPv6 maps it (RFC 4291 2.5.5.2).
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// The first `len` of 128 bits.
fn mask(len: u32) -> u128 {
    u128::MAX.checked_shl(128 - len).unwrap_or(0)
}

impl FromStr for Network {
    type Err = ();

    /// "192.0.2.0/24", "2001:db8::/32", or an address alone.
    fn from_str(text: &str) -> Result<Network, ()> {
        let (address, len) = text.split_once('/').map_or((text, None), |(address, len)| (address, Some(len)));
        let address: IpAddr = address.parse().map_err(drop)?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let len = len.map_or(Ok(width), str::parse::<u32>).map_err(drop)?;
        let mask = mask(128 - width.checked_sub(len).ok_or(())?);
        Ok(Network { bits: bits(address) & mask, mask })
    }
}

/// `[limits]`, as far as it is about rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Replies a second of one class to one network, 1 to 10,000,000.
    pub replies: u32,
    /// Bits of an IPv4 network, at most 32.
    pub prefix4: u8,
    /// Bits of an IPv6 network, at most 128.
    pub prefix6: u8,
    /// Who is not limited.
    pub allow: Vec<Network>,
    /// Every so manieth reply over the rate is sent empty; 0: none.
    pub slip: u8,
}

#[derive(Default)]
#[repr(align(64))]
struct Line([AtomicU64; 8]);

/// All that is counted, for all workers.
pub struct Limiter {
    lines: Box<[Line]>,
    key: SipHasher13,
    started: Instant,
    mask4: u128,
    mask6: u128,
    rate: Rate,
}

/// A moment, in replies since the limiter was made.
#[derive(Clone, Copy, Debug)]
pub struct Moment(u64);

impl Limiter {
    /// Counts from now on; `key` is what nobody may know.
    pub fn new(rate: Rate, key: &[u8; 16]) -> Limiter {
        Limiter {
            lines: (0..LINES).map(|_| Line::default()).collect(),
            key: SipHasher13::new_with_key(key),
            started: Instant::now(),
            mask4: mask(96 + u32::from(rate.prefix4)),
            mask6: mask(u32::from(rate.prefix6)),
            rate,
        }
    }

    /// What it goes by.
    pub fn rate(&self) -> &Rate {
        &self.rate
    }

    /// The moment now.
    pub fn now(&self) -> Moment {
        self.after(self.started.elapsed().as_nanos())
    }

    fn after(&self, nanoseconds: u128) -> Moment {
        Moment((nanoseconds * u128::from(self.rate.replies) / 1_000_000_000) as u64)
    }

    /// Counts a reply and says what becomes of it.
    #[inline]
    pub fn judge(&self, client: IpAddr, class: Class, now: Moment) -> Verdict {
        let hash = self.hash(client, class);
        let line = &self.lines[hash as usize % LINES];
        loop {
            let (place, held) = self.find(line, hash, now);
            let (next, verdict) = self.pay(held, hash, now);
            if verdict != Verdict::Pass && self.is_allowed(client) {
                return Verdict::Pass;
            }
            // When it fails another worker has got on, so this ends.
            if next == held || place.compare_exchange_weak(held, next, Relaxed, Relaxed).is_ok() {
                return verdict;
            }
        }
    }

    fn hash(&self, client: IpAddr, class: Class) -> u64 {
        let network = bits(client) & if client.is_ipv4() { self.mask4 } else { self.mask6 };
        let mut octets = [0; 24];
        octets[..16].copy_from_slice(&network.to_ne_bytes());
        octets[16..].copy_from_slice(&class.octets());
        self.key.hash(&octets)
    }

    /// The bucket of a hash, or the one to give up for it.
    fn find<'l>(&self, line: &'l Line, hash: u64, now: Moment) -> (&'l AtomicU64, u64) {
        let mut least = (&line.0[0], line.0[0].load(Relaxed));
        for place in &line.0 {
            let held = place.load(Relaxed);
            // A place that was never used looks like a bucket without debt, which it is.
            if held & TAG == hash & TAG {
                return (place, held);
            }
            if self.debt(held, now) < self.debt(least.1, now) {
                least = (place, held);
            }
        }
        least
    }

    /// By how many replies a bucket is ahead of now.
    fn debt(&self, held: u64, now: Moment) -> u64 {
        let ahead = held.wrapping_sub(now.0) & PAID;
        // No bucket is more than a second ahead, or two for a worker that read the clock before the others; what seems
        // to be lies behind.
        if ahead > 2 * u64::from(self.rate.replies) {
            return 0;
        }
        ahead
    }

    /// What a bucket becomes by one more reply, and whether that is sent.
    fn pay(&self, held: u64, hash: u64, now: Moment) -> (u64, Verdict) {
        let tag = hash & TAG;
        let (debt, limited) = match held & TAG == tag {
            true => (self.debt(held, now), held >> PAID_BITS & 0xff),
            false => (0, 0),
        };
        if debt < u64::from(self.rate.replies) {
            return (tag | limited << PAID_BITS | (now.0 + debt + 1) & PAID, Verdict::Pass);
        }
        match (limited + 1).checked_rem(u64::from(self.rate.slip)) {
            None => (held, Verdict::Drop),
            Some(limited) => {
                let verdict = if limited == 0 { Verdict::Slip } else { Verdict::Drop };
                (tag | limited << PAID_BITS | held & PAID, verdict)
            }
        }
    }

    fn is_allowed(&self, client: IpAddr) -> bool {
        self.rate.allow.iter().any(|network| bits(client) & network.mask == network.bits)
    }
}

#[cfg(test)]
mod tests {
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
        for (one, same, other) in [
            ("192.0.2.1", "192.0.2.255", "192.0.3.1"),
            ("2001:db8:0:aa00::1", "2001:db8:0:aaff::2", "2001:db8:0:ab00::1"),
        ] {
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
        assert_eq!(bits(client("192.0.2.1")) & all.mask, all.bits);
        assert_ne!(bits(client("2001:db8::1")) & all.mask, all.bits);
    }

    #[test]
    fn every_nth_slips() {
        for (slip, expected) in [(0, 0), (1, 120), (2, 60), (3, 40), (100, 1)] {
            let limiter = limiter(1, slip, &[]);
            let verdicts: Vec<_> =
                (0..121).map(|_| limiter.judge(client("192.0.2.1"), NAME, limiter.after(0))).collect();
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
}
