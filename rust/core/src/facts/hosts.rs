//! Which names are names of hosts: letters, digits and hyphens, no hyphen at an end of a label (RFC 952, RFC 1123 2.1).

use crate::name::Name;
use crate::record::Rtype;

/// Whether a label may stand in the name of a host.
#[inline]
pub fn is_host_label(label: &[u8]) -> bool {
    let is_inside = |octet: &u8| octet.is_ascii_alphanumeric() || *octet == b'-';
    label.iter().all(is_inside) && label.first() != Some(&b'-') && label.last() != Some(&b'-')
}

/// Whether an owner of the type is the name of a host, or of a domain that mail is sent to.
#[inline]
pub fn is_of_host(rtype: Rtype) -> bool {
    matches!(rtype, Rtype::A | Rtype::AAAA | Rtype::MX)
}

/// Whether `name` is no host name, although a record of the type gives it as one; `owner` makes the owner's name. The root is none and no fault.
pub fn is_odd_host(rtype: Rtype, name: &Name, owner: impl FnOnce() -> Name) -> bool {
    let names_host = match rtype {
        Rtype::MX | Rtype::NS | Rtype::SRV => true,
        Rtype::PTR => return !name.labels().all(is_host_label) && is_reverse(&owner()),
        _ => false,
    };
    names_host && !name.labels().all(is_host_label)
}

/// Whether a name belongs to an address.
pub fn is_reverse(name: &Name) -> bool {
    ["in-addr.arpa", "ip6.arpa"].iter().filter_map(|top| top.parse::<Name>().ok()).any(|top| name.is_at_or_below(&top))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_hosts() {
        assert!([&b"a"[..], b"a-1", b"1", b"xn--bcher-kva"].iter().all(|label| is_host_label(label)));
        assert!(![&b"a_b"[..], b"-a", b"a-", b"a b", b"\xc3\xbc", b"*", b"a.b"]
            .iter()
            .any(|label| is_host_label(label)));
    }

    #[test]
    fn hosts_that_records_name() {
        let name = |text: &str| text.parse::<Name>().expect("a name");
        let odd = |rtype, owner: &str, host: &str| is_odd_host(rtype, &name(host), || name(owner));
        assert!(
            odd(Rtype::MX, "example.com", "mail_1.example.com") && odd(Rtype::NS, "example.com", "-ns.example.com")
        );
        assert!(odd(Rtype::PTR, "1.2.0.192.in-addr.arpa", "a_b.example.com"));
        assert!(!odd(Rtype::PTR, "_http._tcp.example.com", "Printer\\032One._http._tcp.example.com"));
        assert!(!odd(Rtype::SRV, "_sip._tcp.example.com", "sip.example.com") && !odd(Rtype::MX, "example.com", "."));
        assert!(!odd(Rtype::CNAME, "a.example.com", "b_c.example.com"));
    }
}
