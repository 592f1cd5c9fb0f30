//! The parameters of SVCB and HTTPS (RFC 9460 2.1, 2.2, 7, appendix A; 9461; 9540).

use super::fault::Faulty;
use super::present::{escape, Unshown, Wire, Words};
use super::read::put16;
use super::token::{number, unescaped, Token, Tokens};
use crate::name::Name;
use domain::utils::base64;
use std::fmt::Display;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// What the value of a parameter is.
#[derive(Clone, Copy)]
enum Value {
    Keys,
    Protocols,
    Nothing,
    Port,
    Ipv4s,
    Base64,
    Ipv6s,
    Utf8,
    Numbers,
    Octets,
}

/// Each known key's value, at its number.
const KEYS: [(&str, Value); 10] = [
    ("mandatory", Value::Keys),
    ("alpn", Value::Protocols),
    ("no-default-alpn", Value::Nothing),
    ("port", Value::Port),
    ("ipv4hint", Value::Ipv4s),
    ("ech", Value::Base64),
    ("ipv6hint", Value::Ipv6s),
    ("dohpath", Value::Utf8),
    ("ohttp", Value::Nothing),
    ("tls-supported-groups", Value::Numbers),
];
const MANDATORY: u16 = 0;
const ALPN: u16 = 1;
const NO_DEFAULT_ALPN: u16 = 2;
const IPV4_HINT: u16 = 4;
const IPV6_HINT: u16 = 6;
/// 65535 is "Invalid key" (RFC 9460 14.3.2).
const INVALID: u16 = 65_535;

/// Whether SVCB or HTTPS data gives an address, four octets or sixteen, as a hint (RFC 9460 7.3).
pub fn has_hint(rdata: &[u8], address: &[u8]) -> bool {
    let key = if address.len() == 4 { IPV4_HINT } else { IPV6_HINT };
    let target = rdata.get(2..).and_then(|rest| Name::from_wire(rest).ok());
    let mut rest = target.and_then(|name| rdata.get(2 + name.len()..)).unwrap_or_default();
    while let [k0, k1, l0, l1, values @ ..] = rest {
        let len = usize::from(u16::from_be_bytes([*l0, *l1])).min(values.len());
        let (value, behind) = values.split_at(len);
        if u16::from_be_bytes([*k0, *k1]) == key {
            return value.chunks(address.len()).any(|one| one == address);
        }
        rest = behind;
    }
    false
}

struct Parameter<'a> {
    key: u16,
    value: Vec<u8>,
    token: Token<'a>,
}

/// Reads parameters to the entry's end and writes them in the order of their keys.
pub(crate) fn read(tokens: &mut Tokens<'_>, out: &mut Vec<u8>) -> Faulty<()> {
    let mut all: Vec<Parameter<'_>> = Vec::new();
    while let Some(token) = tokens.next()? {
        all.push(parameter(tokens, token)?);
    }
    all.sort_by_key(|parameter| parameter.key);
    if let Some(pair) = all.windows(2).find(|pair| pair[0].key == pair[1].key) {
        return Err(pair[1].token.fault(format!("{} is given twice", name_of(pair[1].key)), "give each key once"));
    }
    all.iter().try_for_each(|parameter| needs(parameter, &all))?;
    for parameter in &all {
        let too_long = |_| parameter.token.fault("the value has more than 65535 octets", "");
        put16(out, parameter.key);
        put16(out, u16::try_from(parameter.value.len()).map_err(too_long)?);
        out.extend_from_slice(&parameter.value);
    }
    Ok(())
}

fn parameter<'a>(tokens: &mut Tokens<'a>, token: Token<'a>) -> Faulty<Parameter<'a>> {
    let split = memchr::memchr(b'=', token.text).unwrap_or(token.text.len());
    let (name, value) = (&token.text[..split], token.text.get(split + 1..));
    let key = (!token.is_quoted).then(|| key_of(name)).flatten();
    let known = "known keys: mandatory alpn no-default-alpn port ipv4hint ech ipv6hint dohpath; others as key65500";
    let key = key.ok_or_else(|| token.fault(format!("{} is no SvcParamKey", super::quote(name)), known))?;
    let touching = if value == Some(b"") { tokens.next_if_touching()? } else { None };
    let mut octets = Vec::new();
    unescaped(&touching.unwrap_or(Token { text: value.unwrap_or_default(), ..token }), &mut octets)?;
    let is_numbered = name.len() > 3 && name.starts_with(b"key");
    let kind = if is_numbered { Value::Octets } else { kind_of(key) };
    let value = encode(kind, &octets).ok_or_else(|| {
        let what = format!("{} is no value of {}", super::quote(&octets), name_of(key));
        token.fault(what, example_of(key))
    })?;
    match shown(kind_of(key), &value) {
        Some(_) => Ok(Parameter { key, value, token }),
        None => Err(token.fault(format!("these octets are no value of {}", name_of(key)), example_of(key))),
    }
}

/// What one parameter asks of the others (RFC 9460 8, 7.1.1); `all` is in the order of the keys.
fn needs(parameter: &Parameter<'_>, all: &[Parameter<'_>]) -> Faulty<()> {
    let is_given = |key: &u16| all.binary_search_by_key(key, |other| other.key).is_ok();
    let missing = match parameter.key {
        MANDATORY => keys_in(&parameter.value).find(|key| !is_given(key)),
        NO_DEFAULT_ALPN => Some(ALPN).filter(|key| !is_given(key)),
        _ => None,
    };
    let fault = |key| {
        let what = format!("{} needs {}, which is not given", name_of(parameter.key), name_of(key));
        parameter.token.fault(what, format!("add {}=...", name_of(key)))
    };
    missing.map_or(Ok(()), |key| Err(fault(key)))
}

fn key_of(name: &[u8]) -> Option<u16> {
    if let Some(at) = KEYS.iter().position(|row| row.0.as_bytes() == name) {
        return Some(at as u16);
    }
    let digits = name.strip_prefix(b"key").filter(|digits| digits.len() == 1 || !digits.starts_with(b"0"))?;
    u16::try_from(number(digits)?).ok().filter(|key| *key != INVALID)
}

fn name_of(key: u16) -> String {
    KEYS.get(usize::from(key)).map_or_else(|| format!("key{key}"), |row| row.0.to_string())
}

fn kind_of(key: u16) -> Value {
    KEYS.get(usize::from(key)).map_or(Value::Octets, |row| row.1)
}

fn example_of(key: u16) -> &'static str {
    match kind_of(key) {
        Value::Keys => "a list of other keys: mandatory=alpn,port",
        Value::Protocols => "a list of protocols: alpn=h2,h3",
        Value::Nothing => "this key takes no value",
        Value::Port => "a number: port=8443",
        Value::Ipv4s => "a list of addresses: ipv4hint=192.0.2.1,192.0.2.2",
        Value::Base64 => "base 64: ech=AEP+DQA=",
        Value::Ipv6s => "a list of addresses: ipv6hint=2001:db8::1",
        Value::Utf8 => "a URI template: dohpath=/dns-query{?dns}",
        Value::Numbers => "a list of numbers: tls-supported-groups=29,23",
        Value::Octets => "",
    }
}

/// The wire form of a value whose escapes are undone.
fn encode(kind: Value, text: &[u8]) -> Option<Vec<u8>> {
    match kind {
        Value::Keys => encode_keys(text),
        Value::Protocols => encode_protocols(text),
        Value::Port => Some(u16::try_from(number(text)?).ok()?.to_be_bytes().to_vec()),
        Value::Ipv4s => encode_each(text, |item: Ipv4Addr| item.octets().to_vec()),
        Value::Ipv6s => encode_each(text, |item: Ipv6Addr| item.octets().to_vec()),
        Value::Numbers => encode_each(text, |item: u16| item.to_be_bytes().to_vec()),
        Value::Base64 => base64::decode(std::str::from_utf8(text).ok()?).ok(),
        Value::Nothing | Value::Utf8 | Value::Octets => Some(text.to_vec()),
    }
}

fn encode_each<T: FromStr>(text: &[u8], octets: impl Fn(T) -> Vec<u8>) -> Option<Vec<u8>> {
    let items = std::str::from_utf8(text).ok()?.split(',');
    let items: Option<Vec<Vec<u8>>> = items.map(|item| item.parse().ok().map(&octets)).collect();
    items.map(|items| items.concat())
}

fn encode_keys(text: &[u8]) -> Option<Vec<u8>> {
    let keys: Option<Vec<u16>> = text.split(|octet| *octet == b',').map(key_of).collect();
    let mut keys = keys?;
    keys.sort_unstable();
    Some(keys.into_iter().flat_map(u16::to_be_bytes).collect())
}

/// A comma-separated list in which `\,` and `\\` stand for themselves (RFC 9460 appendix A.1).
fn encode_protocols(text: &[u8]) -> Option<Vec<u8>> {
    let mut items = vec![Vec::new()];
    let mut octets = text.iter();
    while let Some(octet) = octets.next() {
        match octet {
            b',' => items.push(Vec::new()),
            b'\\' => items.last_mut()?.push(*octets.next().filter(|next| matches!(next, b',' | b'\\'))?),
            other => items.last_mut()?.push(*other),
        }
    }
    let items = items.into_iter().map(|item| Some([vec![u8::try_from(item.len()).ok()?], item].concat()));
    items.collect::<Option<Vec<_>>>().map(|items| items.concat())
}

/// The value's text with its own escapes, not yet those of a string; `None` when it is malformed.
fn shown(kind: Value, value: &[u8]) -> Option<Vec<u8>> {
    match kind {
        Value::Keys => {
            let keys: Vec<u16> = keys_in(value).collect();
            let ascend = keys.windows(2).all(|pair| pair[0] < pair[1]) && !keys.contains(&MANDATORY);
            show_each(value, |item: [u8; 2]| name_of(u16::from_be_bytes(item))).filter(|_| ascend)
        }
        Value::Protocols => show_protocols(value),
        Value::Nothing => value.is_empty().then(Vec::new),
        Value::Port => show_each(value, u16::from_be_bytes).filter(|_| value.len() == 2),
        Value::Ipv4s => show_each(value, |item: [u8; 4]| Ipv4Addr::from(item)),
        Value::Ipv6s => show_each(value, |item: [u8; 16]| Ipv6Addr::from(item)),
        Value::Numbers => show_each(value, u16::from_be_bytes),
        Value::Base64 => (!value.is_empty()).then(|| base64::encode_string(value).into_bytes()),
        Value::Utf8 => std::str::from_utf8(value).is_ok_and(|text| !text.is_empty()).then(|| value.to_vec()),
        Value::Octets => Some(value.to_vec()),
    }
}

fn show_each<const N: usize, T: Display>(value: &[u8], text: impl Fn([u8; N]) -> T) -> Option<Vec<u8>> {
    let items = value.chunks(N).map(|item| item.try_into().ok().map(|item| text(item).to_string()));
    let items: Vec<String> = items.collect::<Option<_>>()?;
    (!items.is_empty()).then(|| items.join(",").into_bytes())
}

fn show_protocols(value: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut wire) = (Vec::new(), Wire(value));
    while !wire.0.is_empty() {
        let item = wire.text().ok().filter(|item| !item.is_empty())?;
        for octet in item {
            out.extend(matches!(octet, b',' | b'\\').then_some(b'\\'));
            out.push(*octet);
        }
        out.push(b',');
    }
    out.pop().map(|_| out)
}

fn keys_in(value: &[u8]) -> impl Iterator<Item = u16> + '_ {
    value.chunks_exact(2).map(|pair| u16::from(pair[0]) << 8 | u16::from(pair[1]))
}

pub(crate) fn show(wire: &mut Wire<'_>, out: &mut Words) -> Result<(), Unshown> {
    let mut least = 0;
    while !wire.0.is_empty() {
        let (key, length) = (wire.u16()?, wire.u16()?);
        let value = wire.take(usize::from(length))?;
        let text = shown(kind_of(key), value).filter(|_| key >= least && key != INVALID).ok_or(Unshown::Malformed)?;
        out.word(written(&name_of(key), &text));
        least = key.saturating_add(1);
    }
    Ok(())
}

/// `key`, `key=value` or `key="value"`: in quotes only what needs them.
fn written(key: &str, value: &[u8]) -> String {
    let mut text = String::new();
    escape(value, &mut text);
    let is_word = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.,:/+={}?".contains(&octet);
    match text.bytes().all(is_word) {
        true if text.is_empty() => key.to_string(),
        true => format!("{key}={text}"),
        false => format!("{key}=\"{text}\""),
    }
}
