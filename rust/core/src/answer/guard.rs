//! Who is at the door: the sender's cookie, and whether the reply may go out.
//!
//! A [`Policy`] is shared by all workers and replaced as a whole; a `Guard` is one worker's use of it. Clocks are read
//! once per batch of queries, and only when a query needs them.

use super::cookie::{random, Cookie, Secrets, Standing, SECRET};
use super::limit::{Class, Limiter, Moment, Rate, Verdict};
use crate::listen::Transport;
use crate::packet::Edns;
use arc_swap::ArcSwap;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// How senders are treated.
pub struct Policy {
    /// What cookies are made with.
    secrets: Secrets,
    /// How often they are answered; nothing: always.
    limiter: Option<Arc<Limiter>>,
}

/// Where the policy that holds now is found.
pub struct Policies {
    /// What makes cookies when no secret is set.
    random: [u8; SECRET],
    /// What nobody may know of the limiter's table.
    key: [u8; 16],
    now: ArcSwap<Policy>,
}

impl Policies {
    /// `secrets` make and accept cookies, none stands for a random one; without a rate nobody is limited.
    ///
    /// Fails when the system has no random numbers.
    pub fn new(secrets: Vec<[u8; SECRET]>, rate: Option<Rate>) -> io::Result<Policies> {
        let (random, key) = (random()?, random()?);
        let limiter = rate.map(|rate| Arc::new(Limiter::new(rate, &key)));
        let policy = Policy { secrets: Secrets::new(&secrets, &random), limiter };
        Ok(Policies { random, key, now: ArcSwap::from_pointee(policy) })
    }

    /// Another policy from the next batch of queries on. What was counted is kept when the rate stays as it is.
    pub fn change(&self, secrets: Vec<[u8; SECRET]>, rate: Option<Rate>) {
        let before = self.load().limiter.clone();
        let limiter = rate.map(|rate| match before {
            Some(before) if *before.rate() == rate => before,
            _ => Arc::new(Limiter::new(rate, &self.key)),
        });
        self.now.store(Arc::new(Policy { secrets: Secrets::new(&secrets, &self.random), limiter }));
    }

    /// The policy now, to be kept.
    pub fn newest(&self) -> Arc<Policy> {
        self.now.load_full()
    }

    /// The policy now, to be looked at.
    pub(super) fn load(&self) -> arc_swap::Guard<Arc<Policy>> {
        self.now.load()
    }
}

/// Who sent a query, as far as its packet tells.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// Where the reply goes.
    pub address: IpAddr,
    /// How the query came.
    pub transport: Transport,
}

/// For those who ask what would be answered, without a sender.
impl From<Transport> for Client {
    fn from(transport: Transport) -> Client {
        Client { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), transport }
    }
}

/// A client at the door.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visitor {
    pub client: Client,
    pub standing: Standing,
    /// The COOKIE option to answer with.
    pub cookie: Option<Cookie>,
}

/// One worker's guard; without a policy everybody passes and cookies are an unknown option.
#[derive(Default)]
pub(super) struct Guard {
    policy: Option<Arc<Policy>>,
    seconds: Option<u32>,
    moment: Option<Moment>,
}

impl Guard {
    pub fn obey(&mut self, policy: Arc<Policy>) {
        self.policy = Some(policy);
        self.forget_time();
    }

    /// Another batch begins.
    pub fn forget_time(&mut self) {
        (self.seconds, self.moment) = (None, None);
    }

    /// Looks at the cookie of a query.
    #[inline]
    pub fn greet(&mut self, edns: Option<&Edns<'_>>, client: Client) -> Visitor {
        let Some((option, policy)) = edns.and_then(Edns::cookie).zip(self.policy.as_ref()) else {
            return Visitor { client, standing: Standing::NoCookie, cookie: None };
        };
        let now = *self.seconds.get_or_insert_with(seconds);
        let (standing, cookie) = policy.secrets.judge(option, client.address.to_canonical(), now);
        Visitor { client, standing, cookie: Some(cookie) }
    }

    /// Whether a reply may go out. TCP and a cookie show that the client is where it says: it only floods itself.
    #[inline]
    pub fn judge(&mut self, visitor: &Visitor, class: impl FnOnce() -> Class) -> Verdict {
        let Some(limiter) = self.policy.as_ref().and_then(|policy| policy.limiter.as_ref()) else {
            return Verdict::Pass;
        };
        if visitor.client.transport == Transport::Tcp || visitor.standing == Standing::Valid {
            return Verdict::Pass;
        }
        let now = *self.moment.get_or_insert_with(|| limiter.now());
        limiter.judge(visitor.client.address.to_canonical(), class(), now)
    }
}

/// Seconds since 1970, modulo 2^32.
fn seconds() -> u32 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { replies: 5, prefix4: 24, prefix6: 56, allow: Vec::new(), slip: 0 };

    fn policies(rate: Option<Rate>) -> Policies {
        Policies::new(Vec::new(), rate).expect("random octets")
    }

    fn guard(policies: &Policies) -> Guard {
        let mut guard = Guard::default();
        guard.obey(policies.newest());
        guard
    }

    fn visitor(address: &str, transport: Transport, standing: Standing) -> Visitor {
        let client = Client { address: address.parse().expect("an address"), transport };
        Visitor { client, standing, cookie: None }
    }

    fn sent(guard: &mut Guard, visitor: &Visitor) -> usize {
        (0..50).filter(|_| guard.judge(visitor, || Class::Error) == Verdict::Pass).count()
    }

    #[test]
    fn who_is_limited() {
        let policies = policies(Some(RATE));
        let mut guard = guard(&policies);
        for (transport, standing, expected) in [
            (Transport::Tcp, Standing::NoCookie, 50),
            (Transport::Udp, Standing::Valid, 50),
            (Transport::Udp, Standing::NoCookie, 5),
            (Transport::Udp, Standing::New, 0),
            (Transport::Udp, Standing::Invalid, 0),
        ] {
            let found = sent(&mut guard, &visitor("192.0.2.1", transport, standing));
            assert_eq!(found, expected, "{transport:?} {standing:?}");
        }
        let mapped = visitor("::ffff:192.0.2.2", Transport::Udp, Standing::NoCookie);
        assert_eq!(sent(&mut guard, &mapped), 0, "IPv4 on a socket of both families is IPv4");
    }

    #[test]
    fn without_a_rate_and_without_a_policy_nobody_is() {
        let client = visitor("192.0.2.1", Transport::Udp, Standing::NoCookie);
        assert_eq!(sent(&mut guard(&policies(None)), &client), 50);
        assert_eq!(sent(&mut Guard::default(), &client), 50);
    }

    #[test]
    fn what_was_counted_stays_while_the_rate_does() {
        let policies = policies(Some(RATE));
        let client = visitor("192.0.2.1", Transport::Udp, Standing::NoCookie);
        assert_eq!(sent(&mut guard(&policies), &client), 5);
        policies.change(vec![[1; SECRET]], Some(RATE));
        assert_eq!(sent(&mut guard(&policies), &client), 0);
        policies.change(vec![], Some(Rate { replies: 7, ..RATE }));
        assert_eq!(sent(&mut guard(&policies), &client), 7);
        policies.change(vec![], None);
        assert_eq!(sent(&mut guard(&policies), &client), 50);
    }

    #[test]
    fn a_random_secret_lasts_as_long_as_the_server() {
        let policies = policies(None);
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let (_, cookie) = policies.newest().secrets.judge(&[7; 8], address, 0);
        policies.change(vec![[1; SECRET]], None);
        assert_eq!(policies.newest().secrets.judge(&cookie, address, 0).0, Standing::Invalid);
        policies.change(vec![], None);
        assert_eq!(policies.newest().secrets.judge(&cookie, address, 0).0, Standing::Valid);
    }
}
