//! What one record shows by itself: an address for a target, octets that no host has, a TTL of 0, that it is an ALIAS.

use super::hosts::{is_odd_host, is_reverse};
use super::{Asked, Fact, FactKind, Facts, Kinds};
use crate::graph::node::NameId;
use crate::graph::Zone;
use crate::name::Name;
use crate::record::Rtype;
use crate::record::{has_target, means_none, targets};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One record, wherever it stands; a node need not hold it.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// Its owner.
    pub owner: NameId,
    /// Its type.
    pub rtype: Rtype,
    /// Seconds.
    pub ttl: u32,
    /// Wire form.
    pub data: &'a [u8],
}

/// The kinds that a target shows by itself.
pub const OF_TARGET: Kinds = Kinds::of(&[FactKind::TargetAddress, FactKind::OddTarget, FactKind::HostCharacters]);
/// The kinds that a record of an RRset shows by itself.
pub const OF_SET: Kinds =
    Kinds::of(&[FactKind::TargetAddress, FactKind::OddTarget, FactKind::HostCharacters, FactKind::AliasNotFollowed]);

/// The facts that one record shows by itself, whether a node can hold it or not: `target-address`, `odd-target`,
/// `host-characters` of a target, `ttl-zero`, `alias-not-followed`. `name_of` makes the owner's name, which few records
/// need.
pub fn record_facts(
    zone: &Zone,
    record: Shown<'_>,
    name_of: &dyn Fn(NameId) -> Name,
    asked: &Asked<'_>,
    facts: &mut Facts,
) {
    let Shown { owner, rtype, ttl, data } = record;
    let fact = |kind: FactKind, detail: String| Fact {
        ttl,
        data: data.to_vec(),
        detail,
        ..Fact::new(kind, zone.id, owner, rtype)
    };
    if rtype == Rtype::CNAME && ttl == 0 && asked.kinds.has(FactKind::TtlZero) {
        facts.add(FactKind::TtlZero, || fact(FactKind::TtlZero, String::new()));
    }
    if rtype == Rtype::ALIAS && asked.kinds.has(FactKind::AliasNotFollowed) {
        facts.add(FactKind::AliasNotFollowed, || fact(FactKind::AliasNotFollowed, String::new()));
    }
    if !has_target(rtype) || means_none(rtype, data) {
        return;
    }
    let Some(target) = targets(rtype, data).next() else { return };
    match address_of(&target, &zone.origin).filter(|_| names_host(rtype)) {
        Some(address) if asked.kinds.has(FactKind::TargetAddress) => {
            facts.add(FactKind::TargetAddress, || fact(FactKind::TargetAddress, address.to_string()));
        }
        // Its dots and colons are no second mistake.
        Some(_) => {}
        None => {
            if asked.kinds.has(FactKind::OddTarget) && is_odd(&target) {
                facts.add(FactKind::OddTarget, || fact(FactKind::OddTarget, String::new()));
            }
            if asked.kinds.has(FactKind::HostCharacters) && is_odd_host(rtype, &target, || name_of(owner)) {
                facts.add(FactKind::HostCharacters, || fact(FactKind::HostCharacters, target.to_string()));
            }
        }
    }
}

/// Whether a link of the type leads to a host, where an address may have been meant.
fn names_host(rtype: Rtype) -> bool {
    matches!(rtype, Rtype::CNAME | Rtype::DNAME | Rtype::ALIAS | Rtype::MX | Rtype::NS | Rtype::SRV)
}

fn is_odd(target: &Name) -> bool {
    let skipped = target.is_wildcard() as usize;
    target.labels().skip(skipped).any(|label| !is_plain(label))
}

/// Whether a label holds nothing but letters, digits, `-` and `_`.
#[inline]
pub fn is_plain(label: &[u8]) -> bool {
    label.iter().all(|octet| PLAIN[*octet as usize])
}

static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut octet = 0;
    while octet < 256 {
        plain[octet] = (octet as u8).is_ascii_alphanumeric() || octet == b'-' as usize || octet == b'_' as usize;
        octet += 1;
    }
    plain
};

/// Whether a first label may be the beginning of an IPv4 address. Those of IPv6 are not plain.
#[inline]
pub fn may_be_address(label: &[u8]) -> bool {
    label.len() <= 3 && label.iter().all(u8::is_ascii_digit)
}

/// The address that a target is: alone, or with the zone's name or one below it behind, which a reader appends to what
/// has no final dot.
fn address_of(target: &Name, origin: &Name) -> Option<IpAddr> {
    let labels: Vec<&[u8]> = target.labels().take(4).collect();
    let text = |labels: &[&[u8]]| String::from_utf8(labels.join(&b'.')).ok();
    let (count, address) = if labels.first()?.contains(&b':') {
        // ::ffff:192.0.2.1 has dots, and its first label alone is an address too.
        let dotted =
            text(&labels).and_then(|text| text.parse::<Ipv6Addr>().ok()).map(|address| (labels.len(), address));
        let alone = || text(&labels[..1])?.parse().ok().map(|address| (1, address));
        dotted.or_else(alone).map(|(count, address)| (count, IpAddr::V6(address)))?
    } else {
        let address: Ipv4Addr = text(&labels)?.parse().ok()?;
        (4, IpAddr::V4(address))
    };
    let rest = (0..count).try_fold(*target, |name, _| name.parent())?;
    // A fifth number says that the first four are part of something longer.
    let is_longer = rest != *origin && rest.first_label().iter().all(u8::is_ascii_digit);
    let is_appended = rest.is_at_or_below(origin) && !is_longer && !is_reverse(&rest);
    (rest.is_root() || is_appended).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(target: &str, origin: &str) -> Option<String> {
        let name = |text: &str| text.parse::<Name>().expect("a name");
        address_of(&name(target), &name(origin)).map(|address| address.to_string())
    }

    #[test]
    fn addresses_in_the_place_of_names() {
        for (target, found) in [
            ("192.0.2.1", Some("192.0.2.1")),
            ("192.0.2.1.example.com", Some("192.0.2.1")),
            ("192.0.2.1.sub.example.com", Some("192.0.2.1")),
            ("192.0.2.1.example.net", None),
            ("192.0.2.256.example.com", None),
            ("192.0.2.example.com", None),
            ("7.192.0.2.1.example.com", None),
            ("2001:db8::1", Some("2001:db8::1")),
            ("2001:db8::1.example.com", Some("2001:db8::1")),
            ("::ffff:192.0.2.1.example.com", Some("::ffff:192.0.2.1")),
            ("host:80.example.com", None),
            (".", None),
        ] {
            assert_eq!(address(target, "example.com").as_deref(), found, "{target}");
        }
        assert_eq!(address("1.2.0.192.in-addr.arpa", "in-addr.arpa"), None);
        assert_eq!(address("192.0.2.1.example", ".").as_deref(), Some("192.0.2.1"));
    }

    #[test]
    fn odd_octets() {
        let odd = |text: &str| is_odd(&text.parse::<Name>().expect("a name"));
        assert!(odd("a/b.example") && odd("http://www.example") && odd("a\\ b.example") && odd("a.*.example"));
        assert!(!odd("_dmarc.a-b.example") && !odd("*.example") && !odd("."));
    }
}
