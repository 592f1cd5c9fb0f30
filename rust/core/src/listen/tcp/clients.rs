//! Who has a place: limits on connections, and whose turn it is to leave.
//!
//! Every connection has one deadline, the idle time after it last got something done: opened, began a message, was
//! answered, took its replies. As the time is the same for all, the order in which they last got something done is also
//! the order in which they expire, and the order in which they make room for others.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::time::Instant;

/// Counts connections; numbers them with the smallest places that are free.
pub(super) struct Clients {
    limit: usize,
    limit_each: usize,
    places: Vec<Option<Place>>,
    free: Vec<usize>,
    each: HashMap<IpAddr, usize>,
    order: BTreeSet<(Instant, usize)>,
}

struct Place {
    client: IpAddr,
    opened: Instant,
    since: Instant,
}

/// What becomes of a new connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// It has this place.
    Place(usize),
    /// All places are taken: somebody must leave first.
    Full,
    /// This client has its share.
    Refused,
}

impl Clients {
    pub(super) fn new(limit: usize, limit_each: usize) -> Clients {
        Clients {
            limit,
            limit_each,
            places: Vec::new(),
            free: Vec::new(),
            each: HashMap::new(),
            order: BTreeSet::new(),
        }
    }

    pub(super) fn enter(&mut self, client: IpAddr, now: Instant) -> Entry {
        let client = network(client);
        if self.each.get(&client).is_some_and(|count| *count >= self.limit_each) {
            return Entry::Refused;
        }
        if self.order.len() >= self.limit {
            return Entry::Full;
        }
        let index = self.free.pop().unwrap_or_else(|| {
            self.places.push(None);
            self.places.len() - 1
        });
        self.places[index] = Some(Place { client, opened: now, since: now });
        *self.each.entry(client).or_default() += 1;
        self.order.insert((now, index));
        Entry::Place(index)
    }

    pub(super) fn leave(&mut self, index: usize) {
        let Some(place) = self.places[index].take() else { return };
        self.order.remove(&(place.since, index));
        self.free.push(index);
        if let Some(count) = self.each.get_mut(&place.client) {
            *count -= 1;
            if *count == 0 {
                self.each.remove(&place.client);
            }
        }
    }

    /// The connection got something done: its deadline moves, and others leave before it.
    pub(super) fn touch(&mut self, index: usize, now: Instant) {
        if let Some(place) = &mut self.places[index] {
            self.order.remove(&(place.since, index));
            place.since = now;
            self.order.insert((now, index));
        }
    }

    /// The connection that has got nothing done for the longest time, and since when.
    pub(super) fn idlest(&self) -> Option<(Instant, usize)> {
        self.order.first().copied()
    }

    pub(super) fn opened(&self, index: usize) -> Option<Instant> {
        self.places[index].as_ref().map(|place| place.opened)
    }

    pub(super) fn count(&self) -> usize {
        self.order.len()
    }
}

/// What counts as one client: an IPv4 address; the /56 that an IPv6 customer is usually given (RFC 6177 2).
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from(address.to_bits() >> 72 << 72)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn counts_per_client_before_it_counts_all() {
        let (mut clients, now) = (Clients::new(3, 2), Instant::now());
        assert_eq!(clients.enter(ip("192.0.2.1"), now), Entry::Place(0));
        assert_eq!(clients.enter(ip("::ffff:192.0.2.1"), now), Entry::Place(1));
        assert_eq!(clients.enter(ip("192.0.2.1"), now), Entry::Refused);
        assert_eq!(clients.enter(ip("192.0.2.2"), now), Entry::Place(2));
        assert_eq!(clients.enter(ip("192.0.2.3"), now), Entry::Full);
        clients.leave(1);
        clients.leave(1);
        assert_eq!(clients.count(), 2);
        assert_eq!(clients.enter(ip("192.0.2.1"), now), Entry::Place(1));
    }

    #[test]
    fn an_ipv6_client_is_a_56() {
        let (mut clients, now) = (Clients::new(8, 1), Instant::now());
        assert_eq!(clients.enter(ip("2001:db8:0:100::1"), now), Entry::Place(0));
        assert_eq!(clients.enter(ip("2001:db8:0:1ff::2"), now), Entry::Refused);
        assert_eq!(clients.enter(ip("2001:db8:0:200::1"), now), Entry::Place(1));
    }

    #[test]
    fn the_idlest_is_the_one_that_got_nothing_done() {
        let (mut clients, now) = (Clients::new(3, 3), Instant::now());
        for _ in 0..3 {
            clients.enter(ip("192.0.2.1"), now);
        }
        let later = now + Duration::from_secs(1);
        clients.touch(0, later);
        assert_eq!(clients.idlest(), Some((now, 1)));
        clients.leave(1);
        clients.touch(2, later);
        assert_eq!(clients.idlest(), Some((later, 0)));
        assert_eq!(clients.opened(0), Some(now));
        assert_eq!(clients.opened(1), None);
    }

    #[test]
    fn no_places_means_nobody_enters() {
        assert_eq!(Clients::new(0, 1).enter(ip("192.0.2.1"), Instant::now()), Entry::Full);
    }
}
