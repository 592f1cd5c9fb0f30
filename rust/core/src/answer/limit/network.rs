//! Networks of clients, as the count and the settings know them.

use std::net::IpAddr;
use std::str::FromStr;

/// Clients with a common beginning of their address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    bits: u128,
    mask: u128,
}

impl Network {
    /// Whether a client is in it.
    pub(super) fn has(&self, client: IpAddr) -> bool {
        bits(client) & self.mask == self.bits
    }
}

/// An address in 128 bits; IPv4 stands where IPv6 maps it (RFC 4291 2.5.5.2).
pub(super) fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// The first `len` of 128 bits.
pub(super) fn mask(len: u32) -> u128 {
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
