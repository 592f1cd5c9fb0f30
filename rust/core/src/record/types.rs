//! The table of types: number, mnemonic, fields, and an example of the data that hints show and tests read.

use super::fields::Field::{self, *};
use std::fmt;
use std::str::FromStr;

/// A record type (RFC 1035 3.2.2, IANA "DNS parameters").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Rtype(pub u16);

#[allow(missing_docs)] // a mnemonic says what there is to say
impl Rtype {
    pub const A: Rtype = Rtype(1);
    pub const NS: Rtype = Rtype(2);
    pub const CNAME: Rtype = Rtype(5);
    pub const SOA: Rtype = Rtype(6);
    pub const PTR: Rtype = Rtype(12);
    pub const MX: Rtype = Rtype(15);
    pub const TXT: Rtype = Rtype(16);
    pub const SIG: Rtype = Rtype(24);
    pub const KEY: Rtype = Rtype(25);
    pub const AAAA: Rtype = Rtype(28);
    pub const NXT: Rtype = Rtype(30);
    pub const SRV: Rtype = Rtype(33);
    pub const DNAME: Rtype = Rtype(39);
    pub const DS: Rtype = Rtype(43);
    pub const RRSIG: Rtype = Rtype(46);
    pub const NSEC: Rtype = Rtype(47);
    pub const DNSKEY: Rtype = Rtype(48);
    pub const NSEC3: Rtype = Rtype(50);
    pub const NSEC3PARAM: Rtype = Rtype(51);
    pub const SVCB: Rtype = Rtype(64);
    pub const HTTPS: Rtype = Rtype(65);
    pub const ANY: Rtype = Rtype(255);
    pub const ALIAS: Rtype = Rtype(65401);

    /// Whether the type has a mnemonic of its own.
    pub fn is_known(self) -> bool {
        self.form().is_some()
    }

    /// Whether the type exists only in questions, options or transactions, so that no name has it
    /// (RFC 6895 3.1: 128..=255; 0 and OPT besides; RFC 9824 for NXNAME).
    pub fn is_meta(self) -> bool {
        matches!(self.0, 0 | 41 | 128..=255)
    }

    /// Whether records of the type may stand beside a CNAME: RRSIG, NSEC and KEY (RFC 4035 2.5).
    #[inline]
    pub fn stands_beside_alias(self) -> bool {
        matches!(self, Rtype::RRSIG | Rtype::NSEC | Rtype::KEY)
    }

    /// The row of the table, for types that have one.
    #[inline]
    pub(crate) fn form(self) -> Option<&'static Form> {
        let at = match self.0 as usize {
            low if low < ROWS_BELOW.len() => ROWS_BELOW[low],
            _ => TYPES.iter().position(|form| form.number == self.0).map_or(0, |at| at as u8 + 1),
        };
        TYPES.get((at as usize).wrapping_sub(1))
    }

    /// The type of a mnemonic or of `TYPE123`, without regard to case.
    #[inline]
    pub(crate) fn from_word(word: &[u8]) -> Option<Rtype> {
        // The types of nearly all records, as they are mostly written: no search for them.
        match word {
            b"A" => return Some(Rtype::A),
            b"CNAME" => return Some(Rtype::CNAME),
            b"AAAA" => return Some(Rtype::AAAA),
            b"MX" => return Some(Rtype::MX),
            b"NS" => return Some(Rtype::NS),
            _ => {}
        }
        let key = key_of(word)?;
        match BY_MNEMONIC.binary_search_by(|(other, _)| other.cmp(&key)) {
            Ok(at) => Some(Rtype(BY_MNEMONIC[at].1)),
            Err(_) => numbered(word),
        }
    }

    /// The mnemonic that `word` was perhaps meant to be.
    pub(crate) fn nearest(word: &[u8]) -> Option<&'static str> {
        let word = word.to_ascii_uppercase();
        let most = if word.len() < 4 { 1 } else { 2 };
        if word.len() > 12 {
            return None;
        }
        let distances = TYPES.iter().map(|form| (distance(&word, form.mnemonic.as_bytes()), form.mnemonic));
        distances.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
    }
}

/// A text that is no record type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownType;

impl fmt::Display for UnknownType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such record type")
    }
}

impl std::error::Error for UnknownType {}

impl FromStr for Rtype {
    type Err = UnknownType;
    fn from_str(text: &str) -> Result<Rtype, UnknownType> {
        Rtype::from_word(text.as_bytes()).ok_or(UnknownType)
    }
}

impl fmt::Display for Rtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form() {
            Some(form) => f.pad(form.mnemonic),
            None => write!(f, "TYPE{}", self.0),
        }
    }
}

/// One row of the table.
pub(crate) struct Form {
    pub number: u16,
    pub mnemonic: &'static str,
    /// What the data is made of, in order; empty: only the form of RFC 3597 is known.
    pub fields: &'static [Field],
    /// Data of the type as one writes it.
    pub example: &'static str,
    /// Whether a domain name may be among the data.
    pub may_name: bool,
}

const fn row(number: u16, mnemonic: &'static str, fields: &'static [Field], example: &'static str) -> Form {
    Form { number, mnemonic, fields, example, may_name: may_name(fields) }
}

const fn may_name(fields: &[Field]) -> bool {
    let mut at = 0;
    while at < fields.len() {
        if fields[at].may_name() {
            return true;
        }
        at += 1;
    }
    false
}

const HOST: &str = "host.example.com.";
const TWO_NAMES: &str = "mailbox.example.com. errors.example.com.";
const DIGEST: &str = "60485 8 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A";
const KEY: &str = "257 3 8 AwEAAbOFAxl+Lkt0UMglZizKEC1AxUu8zlj65KYatR5w";
const SIGNATURE: &str =
    "A 8 2 3600 20300101000000 20260101000000 2642 example.com. oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTr";
const CERTIFICATE: &str = "3 1 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971";

/// Every type that NSD 4.6 or BIND 9.18 names, and ALIAS. In the order of the numbers.
pub(crate) static TYPES: &[Form] = &[
    row(1, "A", &[Ipv4], "192.0.2.1"),
    row(2, "NS", &[Name], HOST),
    row(3, "MD", &[Name], HOST),
    row(4, "MF", &[Name], HOST),
    row(5, "CNAME", &[Name], HOST),
    row(6, "SOA", &[Name, Name, U32, Seconds, Seconds, Seconds, Seconds], "ns1.example.com. hostmaster.example.com. 1 7200 3600 1209600 3600"),
    row(7, "MB", &[Name], HOST),
    row(8, "MG", &[Name], HOST),
    row(9, "MR", &[Name], HOST),
    row(10, "NULL", &[], "\\# 1 00"),
    row(11, "WKS", &[Ipv4, Services], "192.0.2.1 6 25 80"),
    row(12, "PTR", &[Name], HOST),
    row(13, "HINFO", &[Text, Text], "\"PDP-11\" \"UNIX\""),
    row(14, "MINFO", &[Name, Name], TWO_NAMES),
    row(15, "MX", &[U16, Name], "10 mail.example.com."),
    row(16, "TXT", &[Texts], "\"v=spf1 -all\""),
    row(17, "RP", &[Name, Name], TWO_NAMES),
    row(18, "AFSDB", &[U16, Name], "1 afs.example.com."),
    row(19, "X25", &[Text], "\"311061700956\""),
    row(20, "ISDN", &[Text, TextOrNone], "\"150862028003217\" \"004\""),
    row(21, "RT", &[U16, Name], "10 relay.example.com."),
    row(22, "NSAP", &[Nsap], "0x47000580005a0000000001e133ffffff00016100"),
    row(23, "NSAP-PTR", &[Name], HOST),
    row(24, "SIG", &[Type, Algorithm, U8, Seconds, Time, Time, U16, Name, Base64], SIGNATURE),
    row(25, "KEY", &[U16, U8, Algorithm, Base64OrNone], KEY),
    row(26, "PX", &[U16, Name, Name], "10 map822.example.com. mapx400.example.com."),
    row(27, "GPOS", &[Text, Text, Text], "\"-32.6882\" \"116.8652\" \"10.0\""),
    row(28, "AAAA", &[Ipv6], "2001:db8::1"),
    row(29, "LOC", &[Location], "42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m"),
    row(30, "NXT", &[Name, NxtBits], "b.example.com. A NS SOA NXT"),
    row(31, "EID", &[Hex], "E32C6F78163A9348"),
    row(32, "NIMLOC", &[Hex], "32251A030067"),
    row(33, "SRV", &[U16, U16, U16, Name], "0 5 5060 sip.example.com."),
    row(34, "ATMA", &[], "\\# 5 0100112233"),
    row(35, "NAPTR", &[U16, U16, Text, Text, Text, Name], "100 50 \"s\" \"SIP+D2U\" \"\" _sip._udp.example.com."),
    row(36, "KX", &[U16, Name], "10 kx.example.com."),
    row(37, "CERT", &[CertificateType, U16, Algorithm, Base64], "1 12345 8 MIIBszCCAVmgAwIBAgIB"),
    row(38, "A6", &[], "\\# 17 0020010DB8000000000000000000000001"),
    row(39, "DNAME", &[Name], HOST),
    row(40, "SINK", &[U8, U8, U8, Base64OrNone], "64 1 2 R0lGODlh"),
    row(41, "OPT", &[], ""),
    row(42, "APL", &[AddressList], "1:192.0.2.0/24 !1:192.0.2.64/28 2:2001:db8::/32"),
    row(43, "DS", &[U16, Algorithm, U8, Hex], DIGEST),
    row(44, "SSHFP", &[U8, U8, Hex], "1 1 DD465C09CFA51FB45020CC83316FFF21B9EC74AC"),
    row(45, "IPSECKEY", &[U8, IpsecGateway, Base64OrNone], "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4"),
    row(46, "RRSIG", &[Type, Algorithm, U8, Seconds, Time, Time, U16, Name, Base64], SIGNATURE),
    row(47, "NSEC", &[Name, TypeBits], "b.example.com. A MX RRSIG NSEC TYPE1234"),
    row(48, "DNSKEY", &[U16, U8, Algorithm, Base64], KEY),
    row(49, "DHCID", &[Base64], "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA="),
    row(50, "NSEC3", &[U8, U8, U16, Salt, Hash, TypeBits], "1 1 12 AABBCCDD 2t7b4g4vsa5smi47k61mv5bv1a22bojr A RRSIG"),
    row(51, "NSEC3PARAM", &[U8, U8, U16, Salt], "1 0 0 -"),
    row(52, "TLSA", &[U8, U8, U8, Hex], CERTIFICATE),
    row(53, "SMIMEA", &[U8, U8, U8, Hex], CERTIFICATE),
    row(55, "HIP", &[HostIdentity, Names], "2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9 rvs.example.com."),
    row(56, "NINFO", &[Texts], "\"zone status\""),
    row(57, "RKEY", &[U16, U8, Algorithm, Base64], KEY),
    row(58, "TALINK", &[Name, Name], "previous.example.com. next.example.com."),
    row(59, "CDS", &[U16, Algorithm, U8, Hex], DIGEST),
    row(60, "CDNSKEY", &[U16, U8, Algorithm, Base64], KEY),
    row(61, "OPENPGPKEY", &[Base64], "mQENBFVHm5sBCADL0zOq"),
    row(62, "CSYNC", &[U32, U16, TypeBits], "66 3 A NS AAAA"),
    row(63, "ZONEMD", &[U32, U8, U8, Hex], "2018031500 1 1 FEBE3D4CE2EC2FFA4BA99D46CD69D6D29711E55217057BEE7EB1A7B641A47BA7FED2DD5B97AE499FAFA4F22C6BD647DE"),
    row(64, "SVCB", &[U16, Name, Parameters], "1 svc.example.com. alpn=h2 port=8443 key65500=\"a value\""),
    row(65, "HTTPS", &[U16, Name, Parameters], "1 . alpn=h2,h3 ipv4hint=192.0.2.1"),
    row(99, "SPF", &[Texts], "\"v=spf1 -all\""),
    row(100, "UINFO", &[], "\\# 1 00"),
    row(101, "UID", &[], "\\# 1 00"),
    row(102, "GID", &[], "\\# 1 00"),
    row(103, "UNSPEC", &[], "\\# 1 00"),
    row(104, "NID", &[U16, Identifier], "10 0014:4fff:ff20:ee64"),
    row(105, "L32", &[U16, Ipv4], "10 192.0.2.0"),
    row(106, "L64", &[U16, Identifier], "10 2001:0db8:1140:1000"),
    row(107, "LP", &[U16, Name], "10 l64-subnet.example.com."),
    row(108, "EUI48", &[Hardware(6)], "00-00-5e-00-53-2a"),
    row(109, "EUI64", &[Hardware(8)], "00-00-5e-ef-10-00-00-2a"),
    row(249, "TKEY", &[], ""),
    row(250, "TSIG", &[], ""),
    row(251, "IXFR", &[], ""),
    row(252, "AXFR", &[], ""),
    row(253, "MAILB", &[], ""),
    row(254, "MAILA", &[], ""),
    row(255, "ANY", &[], ""),
    row(256, "URI", &[U16, U16, RestText], "10 1 \"https://www.example.com/\""),
    row(257, "CAA", &[U8, Tag, RestText], "0 issue \"ca.example.net\""),
    row(258, "AVC", &[Texts], "\"app-name:WOLFGANG\""),
    row(259, "DOA", &[], "\\# 10 00000001000000010100"),
    row(260, "AMTRELAY", &[U8, Relay], "10 0 3 relay.example.com."),
    row(261, "RESINFO", &[Texts], "\"qnamemin\" \"exterr=15,16,17\""),
    row(262, "WALLET", &[Texts], "\"ETH\" \"0x0\""),
    row(32768, "TA", &[U16, Algorithm, U8, Hex], DIGEST),
    row(32769, "DLV", &[U16, Algorithm, U8, Hex], DIGEST),
    row(65401, "ALIAS", &[Name], HOST),
];

/// Row + 1 of each low number, 0 for none: records are read by the million, and most have a low number.
static ROWS_BELOW: [u8; 264] = {
    let mut rows = [0; 264];
    let mut at = 0;
    while at < TYPES.len() {
        if (TYPES[at].number as usize) < rows.len() {
            rows[TYPES[at].number as usize] = at as u8 + 1;
        }
        at += 1;
    }
    rows
};

/// The mnemonics as sorted numbers, so that a search compares no strings.
static BY_MNEMONIC: [(u128, u16); TYPES.len()] = {
    let mut sorted = [(0, 0); TYPES.len()];
    let mut at = 0;
    while at < TYPES.len() {
        let Some(key) = key_of(TYPES[at].mnemonic.as_bytes()) else { panic!("a mnemonic is too long") };
        let mut hole = at;
        while hole > 0 && sorted[hole - 1].0 > key {
            sorted[hole] = sorted[hole - 1];
            hole -= 1;
        }
        sorted[hole] = (key, TYPES[at].number);
        at += 1;
    }
    sorted
};

/// The word in upper case as one number; `None` when it is too long for a mnemonic.
#[inline]
const fn key_of(word: &[u8]) -> Option<u128> {
    if word.len() > 16 {
        return None;
    }
    let (mut key, mut at) = (0, 0);
    while at < word.len() {
        key = key << 8 | word[at].to_ascii_uppercase() as u128;
        at += 1;
    }
    Some(key)
}

/// The type of `TYPE123` (RFC 3597 5).
fn numbered(word: &[u8]) -> Option<Rtype> {
    let (prefix, digits) = word.split_at_checked(4)?;
    let value = super::number(digits).filter(|_| prefix.eq_ignore_ascii_case(b"TYPE"))?;
    u16::try_from(value).ok().map(Rtype)
}

/// Levenshtein's distance.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let best = (diagonal + usize::from(a != b)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mnemonics_and_back() {
        for form in TYPES {
            assert_eq!(Rtype(form.number).to_string(), form.mnemonic);
            assert_eq!(form.mnemonic.to_ascii_lowercase().parse(), Ok(Rtype(form.number)));
        }
        assert!(TYPES.windows(2).all(|pair| pair[0].number < pair[1].number));
    }

    #[test]
    fn numbers_without_a_mnemonic() {
        assert_eq!("type65534".parse(), Ok(Rtype(65534)));
        assert_eq!(Rtype(65534).to_string(), "TYPE65534");
        assert_eq!("TYPE1".parse(), Ok(Rtype::A));
        for text in ["TYPE65536", "TYPE", "TYPE1x", "TYPE-1", "", "NOPE", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(text.parse::<Rtype>(), Err(UnknownType), "{text}");
        }
    }

    #[test]
    fn suggestions() {
        assert_eq!(Rtype::nearest(b"CNAM"), Some("CNAME"));
        assert_eq!(Rtype::nearest(b"cmane"), Some("CNAME"));
        assert_eq!(Rtype::nearest(b"AAA"), Some("AAAA"));
        assert_eq!(Rtype::nearest(b"something"), None);
    }

    #[test]
    fn examples_read_and_read_back() {
        for form in TYPES.iter().filter(|form| !form.example.is_empty()) {
            let rtype = Rtype(form.number);
            let origin = crate::name::Name::ROOT;
            let wire = crate::record::rdata_from_text(rtype, form.example, &origin);
            let wire = wire.unwrap_or_else(|fault| panic!("{rtype} {}: {fault}", form.example));
            let text = crate::record::present(rtype, &wire);
            assert_eq!(crate::record::rdata_from_text(rtype, &text, &origin), Ok(wire.clone()), "{rtype} {text}");
            assert_eq!(text.starts_with("\\#"), form.fields.is_empty(), "{rtype} {text}");
            let raw = format!("\\# {} {}", wire.len(), domain::utils::base16::encode_display(&wire));
            assert_eq!(crate::record::rdata_from_text(rtype, &raw, &origin), Ok(wire), "{rtype} {raw}");
        }
    }

    #[test]
    fn which_data_may_name_others() {
        use crate::record::{may_name, names_in, rdata_from_text};
        for form in TYPES.iter().filter(|form| !form.example.is_empty()) {
            let rtype = Rtype(form.number);
            let wire = rdata_from_text(rtype, form.example, &crate::name::Name::ROOT).expect("data as one writes it");
            // The gateway of the example is an address.
            let names = names_in(rtype, &wire).count() > 0 || form.mnemonic == "IPSECKEY";
            assert_eq!(may_name(rtype), names, "{rtype}");
        }
        assert!(!may_name(Rtype(65_280)) && !may_name(Rtype::ANY));
    }

    #[test]
    fn meta_types_have_no_data() {
        assert!(["OPT", "TSIG", "ANY", "MAILA", "TYPE0"].iter().all(|t| t.parse::<Rtype>().is_ok_and(Rtype::is_meta)));
        assert!(!Rtype::ALIAS.is_meta() && !Rtype::A.is_meta());
    }
}
