//! Presentation form to wire form: the fields that zones do not hold by the million.

use super::fault::Faulty;
use super::fields::Field;
use super::read::{put16, put32, rtype, text, Source};
use super::token::{number, unescaped, Token, Tokens};
use super::{address_list, bits, gateway, location, svcb};
use domain::base::iana::SecurityAlgorithm;
use domain::rdata::dnssec::Timestamp;
use domain::utils::{base16, base32, base64};
use std::str::FromStr;

impl Source<'_, '_> {
    pub(super) fn rare_field(&mut self, field: Field, out: &mut Vec<u8>) -> Faulty<()> {
        match field {
            Field::TextOrNone => self.tokens.next()?.map_or(Ok(()), |token| text(&token, out)),
            Field::RestText => self.needed().and_then(|token| unescaped(&token, out)),
            Field::Tag => self.tag(out),
            Field::Hex => self.not_empty(out, |source, out| hex_to_end(source.tokens, out)),
            Field::Base64 => self.not_empty(out, |source, out| base64_to_end(source.tokens, out)),
            Field::Base64OrNone => base64_to_end(self.tokens, out),
            Field::Salt => self.salt(out),
            Field::Hash => self.hash(out),
            Field::Type => self.needed().and_then(|token| rtype(&token)).map(|value| put16(out, value.0)),
            Field::Algorithm => self.needed().and_then(|token| algorithm(&token)).map(|value| out.push(value)),
            Field::CertificateType => self.certificate_type(out),
            Field::Time => self.time(out),
            Field::TypeBits => bits::read_types(self.tokens, out),
            Field::NxtBits => bits::read_nxt(self.tokens, out),
            Field::Services => bits::read_services(self, out),
            Field::Location => location::read(self, out),
            Field::AddressList => address_list::read(self.tokens, out),
            Field::Parameters => svcb::read(self.tokens, out),
            Field::IpsecGateway => gateway::read_ipsec(self, out),
            Field::Relay => gateway::read_relay(self, out),
            Field::HostIdentity => gateway::read_host_identity(self, out),
            Field::Identifier => self.identifier(out),
            Field::Hardware(octets) => self.hardware(octets, out),
            Field::Nsap => self.nsap(out),
            Field::Name | Field::Names | Field::U8 | Field::U16 | Field::U32 | Field::Seconds => self.field(field, out),
            Field::Ipv4 | Field::Ipv6 | Field::Text | Field::Texts => self.field(field, out),
        }
    }

    fn tag(&mut self, out: &mut Vec<u8>) -> Faulty<()> {
        let token = self.needed()?;
        if token.text.is_empty() || !token.text.iter().all(u8::is_ascii_alphanumeric) {
            return Err(token.fault(format!("{} is no property tag", token.shown()), ""));
        }
        text(&token, out)
    }

    fn not_empty(&mut self, out: &mut Vec<u8>, read: impl Fn(&mut Self, &mut Vec<u8>) -> Faulty<()>) -> Faulty<()> {
        let before = out.len();
        read(self, out)?;
        match out.len() > before {
            true => Ok(()),
            false => self.needed().map(drop),
        }
    }

    fn salt(&mut self, out: &mut Vec<u8>) -> Faulty<()> {
        let token = self.needed()?;
        if token.is(b"-") {
            out.push(0);
            return Ok(());
        }
        let octets: Vec<u8> = base16::decode(token.as_str())
            .map_err(|_| token.fault(format!("{} is no salt in hexadecimal digits", token.shown()), ""))?;
        prefixed(&token, &octets, out)
    }

    fn hash(&mut self, out: &mut Vec<u8>) -> Faulty<()> {
        let token = self.needed()?;
        let octets: Vec<u8> = base32::decode_hex(token.as_str())
            .ok()
            .filter(|octets: &Vec<u8>| !octets.is_empty())
            .ok_or_else(|| token.fault(format!("{} is no hash in base 32", token.shown()), ""))?;
        prefixed(&token, &octets, out)
    }

    fn certificate_type(&mut self, out: &mut Vec<u8>) -> Faulty<()> {
        let token = self.needed()?;
        let mnemonic = CERTIFICATE_TYPES.iter().find(|row| token.text.eq_ignore_ascii_case(row.1.as_bytes()));
        let value = mnemonic.map(|row| row.0).or_else(|| u16::try_from(number(token.text)?).ok());
        put16(out, value.ok_or_else(|| token.fault(format!("{} is no certificate type", token.shown()), ""))?);
        Ok(())
    }

    fn time(&mut self, out: &mut Vec<u8>) -> Faulty<()> {
        let token = self.needed()?;
        let digits = Some(token.as_str()).filter(|text| text.bytes().all(|octet| octet.is_ascii_digit()));
        let value = digits.and_then(|text| Timestamp::from_str(text).ok());
        let fault = || token.fault(format!("{} is no time", token.shown()), "write the time as YYYYMMDDHHmmSS in UTC");
        put32(out, value.ok_or_else(fault)?.into_int());
        Ok(())
    }

    fn identifier(&mut self, out: &mut Vec<u8>) -> Faulty<()> {
        let token = self.needed()?;
        let groups: Vec<&str> = token.as_str().split(':').collect();
        let octets: Option<Vec<u8>> =
            groups.iter().map(|group| hex16(group)).collect::<Option<Vec<_>>>().map(|all| all.concat());
        match octets.filter(|octets| octets.len() == 8) {
            Some(octets) => out.extend(octets),
            None => return Err(token.fault(format!("{} is no identifier of 64 bits", token.shown()), "")),
        }
        Ok(())
    }

    fn hardware(&mut self, count: usize, out: &mut Vec<u8>) -> Faulty<()> {
        let token = self.needed()?;
        let pairs: Option<Vec<u8>> = token.as_str().split('-').map(hex8).collect();
        match pairs.filter(|octets| octets.len() == count) {
            Some(octets) => out.extend(octets),
            None => return Err(token.fault(format!("{} is no address of {} bits", token.shown(), count * 8), "")),
        }
        Ok(())
    }

    fn nsap(&mut self, out: &mut Vec<u8>) -> Faulty<()> {
        let token = self.needed()?;
        let digits = token.as_str().strip_prefix("0x").or_else(|| token.as_str().strip_prefix("0X"));
        let octets = digits.and_then(|digits| base16::decode::<Vec<u8>>(&digits.replace('.', "")).ok());
        let fault = || token.fault(format!("{} is no NSAP address", token.shown()), "");
        out.extend(octets.filter(|octets| !octets.is_empty()).ok_or_else(fault)?);
        Ok(())
    }
}

fn prefixed(token: &Token<'_>, octets: &[u8], out: &mut Vec<u8>) -> Faulty<()> {
    let fault = |_| token.fault("more than 255 octets", "");
    out.push(u8::try_from(octets.len()).map_err(fault)?);
    out.extend_from_slice(octets);
    Ok(())
}

pub(super) fn hex_to_end(tokens: &mut Tokens<'_>, out: &mut Vec<u8>) -> Faulty<()> {
    let mut decoder = base16::Decoder::<Vec<u8>>::new();
    while let Some(token) = tokens.next()? {
        for (at, octet) in token.text.iter().enumerate() {
            let fault = |_| token.fault_in(at, format!("{} is no hexadecimal text", token.shown()), "");
            decoder.push(char::from(*octet)).map_err(fault)?;
        }
    }
    let fault = |_| tokens.fault("an odd number of hexadecimal digits", "each octet takes two digits");
    out.extend(decoder.finalize().map_err(fault)?);
    Ok(())
}

fn base64_to_end(tokens: &mut Tokens<'_>, out: &mut Vec<u8>) -> Faulty<()> {
    let mut decoder = base64::Decoder::<Vec<u8>>::new();
    while let Some(token) = tokens.next()? {
        for (at, octet) in token.text.iter().enumerate() {
            let fault = |_| token.fault_in(at, format!("{} is no base 64 text", token.shown()), "");
            decoder.push(char::from(*octet)).map_err(fault)?;
        }
    }
    let fault = |_| tokens.fault("the base 64 text is not complete", "its length is a multiple of four characters");
    out.extend(decoder.finalize().map_err(fault)?);
    Ok(())
}

/// Mnemonics of certificate types (RFC 4398 2.1).
const CERTIFICATE_TYPES: [(u16, &str); 10] = [
    (1, "PKIX"),
    (2, "SPKI"),
    (3, "PGP"),
    (4, "IPKIX"),
    (5, "ISPKI"),
    (6, "IPGP"),
    (7, "ACPKIX"),
    (8, "IACPKIX"),
    (253, "URI"),
    (254, "OID"),
];

/// Mnemonics that BIND and NSD write and the registry does not have.
const OTHER_ALGORITHMS: [(&str, u8); 3] = [("NSEC3DSA", 6), ("NSEC3RSASHA1", 7), ("ECCGOST", 12)];

pub(crate) fn algorithm(token: &Token<'_>) -> Faulty<u8> {
    let other =
        || OTHER_ALGORITHMS.iter().find(|row| token.text.eq_ignore_ascii_case(row.0.as_bytes())).map(|row| row.1);
    let mnemonic = || SecurityAlgorithm::from_mnemonic(token.text).map(SecurityAlgorithm::to_int).or_else(other);
    let value = number(token.text).map_or_else(mnemonic, |value| u8::try_from(value).ok());
    value.ok_or_else(|| token.fault(format!("{} is no DNSSEC algorithm", token.shown()), ""))
}

fn hex8(text: &str) -> Option<u8> {
    let is_pair = text.len() == 2 && text.bytes().all(|octet| octet.is_ascii_hexdigit());
    u8::from_str_radix(text, 16).ok().filter(|_| is_pair)
}

fn hex16(text: &str) -> Option<[u8; 2]> {
    let is_group = (1..=4).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_hexdigit());
    u16::from_str_radix(text, 16).ok().filter(|_| is_group).map(u16::to_be_bytes)
}
