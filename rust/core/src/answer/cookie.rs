//! Server cookies (RFC 7873): whether the sender of a query has been seen at its address before.
//!
//! ```text
//!  0        8 9       12         16       24
//!  | client |1| reserved| seconds  | hash |      hash = SipHash-2-4(secret, the 16 octets before it, client address)
//! ```
//!
//! That is the form of RFC 9018 4, which all servers of an anycast set make alike from one secret, whoever wrote them.
//! Nothing is kept per client: whoever sends back what only the owner of an address was told is at that address.

use crate::packet::{CLIENT_COOKIE, SERVER_COOKIE};
use siphasher::sip::SipHasher24;
use std::io::Read;
use std::net::IpAddr;

/// Octets of a secret.
pub const SECRET: usize = 16;
/// A COOKIE option as it is answered: the client's part and ours.
pub type Cookie = [u8; SERVER_COOKIE];

/// Where the time and the hash begin.
const TIME: usize = 12;
const HASH: usize = 16;
const VERSION: u8 = 1;
/// How old a cookie may be, in seconds, and how far ahead the clock of another server (RFC 9018 4.3).
const VALID: std::ops::RangeInclusive<i32> = -300..=3600;
/// The age from which on another one is made; until then the same one is sent again (RFC 9018 4.3).
const RENEWED: i32 = 1800;

/// What a COOKIE option says about who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There was none.
    NoCookie,
    /// Only the client's part: its first query.
    New,
    /// A server's part that is none of ours, or too old.
    Invalid,
    /// One of ours: the sender is where it says to be.
    Valid,
}

/// The secrets, of which the first makes cookies and all are accepted: so they are rolled over (RFC 9018 5).
#[derive(Clone)]
pub struct Secrets(Vec<SipHasher24>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({}, hidden)", self.0.len())
    }
}

/// Octets that nobody can foresee, from the system's generator.
pub fn random<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut octets = [0; N];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut octets)?;
    Ok(octets)
}

impl Secrets {
    /// `secrets`, or `other` when there are none.
    pub fn new(secrets: &[[u8; SECRET]], other: &[u8; SECRET]) -> Secrets {
        let secrets = if secrets.is_empty() { std::slice::from_ref(other) } else { secrets };
        Secrets(secrets.iter().map(SipHasher24::new_with_key).collect())
    }

    /// What the option says about its sender, and the option to answer with.
    ///
    /// Shape:   `option` is 8 octets, or 16 to 40 (`packet::parse` sees to it)
    /// Units:   `now` in seconds since 1970, modulo 2^32
    pub fn judge(&self, option: &[u8], client: IpAddr, now: u32) -> (Standing, Cookie) {
        let cookie = <&Cookie>::try_from(option).ok().filter(|cookie| VALID.contains(&age(cookie, now)));
        let maker = cookie.and_then(|cookie| self.maker(cookie, client));
        match (cookie, maker) {
            (Some(cookie), Some(0)) if age(cookie, now) <= RENEWED => (Standing::Valid, *cookie),
            (_, Some(_)) => (Standing::Valid, self.make(option, client, now)),
            _ if option.len() == CLIENT_COOKIE => (Standing::New, self.make(option, client, now)),
            _ => (Standing::Invalid, self.make(option, client, now)),
        }
    }

    fn make(&self, option: &[u8], client: IpAddr, now: u32) -> Cookie {
        let mut cookie = [0; SERVER_COOKIE];
        cookie[..CLIENT_COOKIE].copy_from_slice(&option[..CLIENT_COOKIE]);
        cookie[CLIENT_COOKIE] = VERSION;
        cookie[TIME..HASH].copy_from_slice(&now.to_be_bytes());
        let hash = hash(&self.0[0], &cookie, client);
        cookie[HASH..].copy_from_slice(&hash);
        cookie
    }

    /// Which of the secrets made a cookie. The reserved octets may hold anything; the hash covers them (RFC 9018 4.2).
    fn maker(&self, cookie: &Cookie, client: IpAddr) -> Option<usize> {
        let given = u64::from_ne_bytes(*cookie.last_chunk()?);
        // Compared as one number: the time it takes does not tell how many octets were guessed right.
        let is_made_by = |secret: &SipHasher24| u64::from_ne_bytes(hash(secret, cookie, client)) == given;
        self.0.iter().position(is_made_by).filter(|_| cookie[CLIENT_COOKIE] == VERSION)
    }
}

/// The hash of all that stands before it, and of the address; its octets in the order that SipHash gives them.
fn hash(secret: &SipHasher24, cookie: &Cookie, client: IpAddr) -> [u8; 8] {
    let mut octets = [0; HASH + 16];
    octets[..HASH].copy_from_slice(&cookie[..HASH]);
    let len = match client {
        IpAddr::V4(address) => {
            octets[HASH..HASH + 4].copy_from_slice(&address.octets());
            HASH + 4
        }
        IpAddr::V6(address) => {
            octets[HASH..].copy_from_slice(&address.octets());
            HASH + 16
        }
    };
    secret.hash(&octets[..len]).to_le_bytes()
}

/// Seconds since a cookie was made, less than 0 when the clock that made it is ahead. Times count modulo 2^32, so that
/// 2106 is a year like any other (RFC 1982).
fn age(cookie: &Cookie, now: u32) -> i32 {
    let made = [cookie[TIME], cookie[TIME + 1], cookie[TIME + 2], cookie[TIME + 3]];
    now.wrapping_sub(u32::from_be_bytes(made)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The octets of a text of hexadecimal digits.
    fn octets<const N: usize>(hex: &str) -> [u8; N] {
        assert_eq!(hex.len(), 2 * N);
        std::array::from_fn(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hexadecimal"))
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn secrets(texts: &[&str]) -> Secrets {
        let secrets: Vec<_> = texts.iter().map(|text| octets(text)).collect();
        Secrets::new(&secrets, &[0; SECRET])
    }

    const SECRET_A: &str = "e5e973e5a6b2a43f48e7dc849e37bfcf";
    const CLIENT_A: &str = "198.51.100.100";
    const COOKIE_A: &str = "2464c4abcf10c957010000005cf79f111f8130c3eee29480";
    const MADE_A: u32 = 1_559_731_985;

    #[test]
    fn rfc_9018_a_1_a_new_server_cookie() {
        let client: [u8; 8] = octets("2464c4abcf10c957");
        let found = secrets(&[SECRET_A]).judge(&client, address(CLIENT_A), MADE_A);
        assert_eq!(found, (Standing::New, octets(COOKIE_A)));
    }

    #[test]
    fn rfc_9018_a_2_renewed_after_40_minutes() {
        let cookie: Cookie = octets(COOKIE_A);
        let found = secrets(&[SECRET_A]).judge(&cookie, address(CLIENT_A), 1_559_734_385);
        assert_eq!(found, (Standing::Valid, octets("2464c4abcf10c957010000005cf7a871d4a564a1442aca77")));
    }

    #[test]
    fn rfc_9018_a_3_another_client_with_reserved_octets() {
        let cookie: Cookie = octets("fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5");
        let (secrets, client) = (secrets(&[SECRET_A]), address("203.0.113.203"));
        // The request is older than an hour; only its hash is right.
        let found = secrets.judge(&cookie, client, 1_559_734_700);
        assert_eq!(found, (Standing::Invalid, octets("fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e")));
        assert_eq!(secrets.judge(&cookie, client, 0x5cf7_8f71).0, Standing::Valid);
    }

    #[test]
    fn rfc_9018_a_4_ipv6_and_a_rolled_over_secret() {
        let cookie: Cookie = octets("22681ab97d52c298010000005cf7c57926556bd0934c72f8");
        let client = address("2001:db8:220:1:59de:d0f4:8769:82b8");
        let (old, new) = ("dd3bdf9344b678b185a6f5cb60fca715", "445536bcd2513298075a5d379663c962");
        let answered: Cookie = octets("22681ab97d52c298010000005cf7c609a6bb79d16625507a");
        // Made by the old secret: valid, but at once replaced by one of the new.
        assert_eq!(secrets(&[new, old]).judge(&cookie, client, 0x5cf7_c609), (Standing::Valid, answered));
        assert_eq!(secrets(&[new]).judge(&cookie, client, 0x5cf7_c609), (Standing::Invalid, answered));
    }

    #[test]
    fn ages() {
        let (secrets, cookie, client) = (secrets(&[SECRET_A]), octets::<24>(COOKIE_A), address(CLIENT_A));
        let at = |now: u32| secrets.judge(&cookie, client, now);
        for age in [0, 1, 1800] {
            assert_eq!(at(MADE_A + age), (Standing::Valid, cookie), "{age} s: the same cookie again");
        }
        for age in [1801, 3600] {
            let (standing, next) = at(MADE_A + age);
            assert_eq!((standing, next == cookie), (Standing::Valid, false), "{age} s: another one");
        }
        assert_eq!(at(MADE_A - 300), (Standing::Valid, cookie));
        for now in [MADE_A + 3601, MADE_A - 301, MADE_A.wrapping_add(1 << 31)] {
            assert_eq!(at(now).0, Standing::Invalid, "at {now}");
        }
    }

    #[test]
    fn clocks_go_on_after_2_to_the_32() {
        let (secrets, client) = (secrets(&[SECRET_A]), address(CLIENT_A));
        let (_, cookie) = secrets.judge(&[7; 8], client, u32::MAX - 10);
        assert_eq!(secrets.judge(&cookie, client, 20), (Standing::Valid, cookie));
    }

    #[test]
    fn what_somebody_else_was_given_is_invalid() {
        let (secrets, cookie) = (secrets(&[SECRET_A]), octets::<24>(COOKIE_A));
        assert_eq!(secrets.judge(&cookie, address("198.51.100.101"), MADE_A).0, Standing::Invalid);
        for octet in 0..24 {
            let mut forged = cookie;
            forged[octet] ^= 1;
            assert_eq!(secrets.judge(&forged, address(CLIENT_A), MADE_A).0, Standing::Invalid, "octet {octet}");
        }
        for len in (16..24).chain(25..=40) {
            let mut other = [0; 40];
            other[..24].copy_from_slice(&cookie);
            assert_eq!(secrets.judge(&other[..len], address(CLIENT_A), MADE_A).0, Standing::Invalid, "{len} octets");
        }
    }

    #[test]
    fn without_a_secret_the_other_one_makes_cookies() {
        let [one, other] = [random().expect("octets"), random().expect("octets")];
        assert_ne!(one, other);
        let (_, cookie) = Secrets::new(&[], &one).judge(&[7; 8], address(CLIENT_A), 0);
        assert_eq!(Secrets::new(&[one], &other).judge(&cookie, address(CLIENT_A), 0).0, Standing::Valid);
        assert_eq!(Secrets::new(&[], &other).judge(&cookie, address(CLIENT_A), 0).0, Standing::Invalid);
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = format!("{:?}", secrets(&[SECRET_A]));
        assert_eq!(shown, "Secrets(1, hidden)");
    }
}
