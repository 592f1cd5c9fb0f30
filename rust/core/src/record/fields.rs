//! The kinds of fields that record data is made of. How each is read, shown and passed over stands in
//! `read`, `present` and `names`.

/// One field of a type's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// A domain name.
    Name,
    /// Domain names up to the end, perhaps none.
    Names,
    /// A decimal number of 8 bits.
    U8,
    /// A decimal number of 16 bits.
    U16,
    /// A decimal number of 32 bits.
    U32,
    /// 32 bits of seconds, also as `1h30m`.
    Seconds,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A character-string (RFC 1035 3.3).
    Text,
    /// A character-string that may be left out.
    TextOrNone,
    /// One or more character-strings up to the end.
    Texts,
    /// Octets up to the end, written as one quoted string (URI, CAA).
    RestText,
    /// A CAA property tag: letters and digits behind their count (RFC 8659 4.1).
    Tag,
    /// Hexadecimal digits up to the end, at least two.
    Hex,
    /// Base 64 up to the end, not empty.
    Base64,
    /// Base 64 up to the end, perhaps nothing.
    Base64OrNone,
    /// NSEC3's salt: hexadecimal behind its length, `-` for none.
    Salt,
    /// NSEC3's next owner: base 32 behind its length.
    Hash,
    /// A record type.
    Type,
    /// A DNSSEC algorithm, by number or mnemonic.
    Algorithm,
    /// A CERT certificate type, by number or mnemonic (RFC 4398 2.1).
    CertificateType,
    /// A time of RRSIG: `YYYYMMDDHHmmSS`, or seconds since 1970 modulo 2^32.
    Time,
    /// Types as NSEC's windows of bits (RFC 4034 4.1.2).
    TypeBits,
    /// Types below 128 as NXT's bits (RFC 2535 5.2).
    NxtBits,
    /// WKS: protocol and the ports as bits (RFC 1035 3.4.2).
    Services,
    /// LOC (RFC 1876).
    Location,
    /// APL (RFC 3123).
    AddressList,
    /// SVCB's parameters (RFC 9460 2.2).
    Parameters,
    /// IPSECKEY's gateway type, algorithm and gateway (RFC 4025 2).
    IpsecGateway,
    /// AMTRELAY's discovery bit, relay type and relay (RFC 8777 4).
    Relay,
    /// HIP's algorithm, host identity tag and public key (RFC 8005 5).
    HostIdentity,
    /// 64 bits as four groups of hexadecimal digits (RFC 6742).
    Identifier,
    /// This many octets as pairs of hexadecimal digits joined by `-` (RFC 7043).
    Hardware(usize),
    /// `0x`, then hexadecimal digits with dots anywhere (RFC 1706).
    Nsap,
}

impl Field {
    /// Whether the field holds domain names, or may hold one: a gateway and a relay say of themselves whether they do.
    pub(crate) const fn may_name(self) -> bool {
        matches!(self, Field::Name | Field::Names | Field::IpsecGateway | Field::Relay)
    }
}
