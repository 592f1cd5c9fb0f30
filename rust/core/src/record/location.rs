//! LOC: a place on earth (RFC 1876).

use super::fault::Faulty;
use super::present::{Unshown, Wire, Words};
use super::read::{put32, Source};
use super::token::Token;

/// Thousandths of a second of arc from here: the equator, the prime meridian (RFC 1876 2).
const ZERO: u32 = 1 << 31;
/// The altitude of 0 in centimetres above the reference (RFC 1876 2).
const SEA_LEVEL: i64 = 10_000_000;
/// Size 1 m, horizontal precision 10,000 m, vertical precision 10 m, when not said (RFC 1876 3).
const DEFAULTS: [u8; 3] = [0x12, 0x16, 0x13];
/// The largest size and precision, in centimetres: 9e9.
const MOST_SIZE: i64 = 9_000_000_000;

pub(crate) fn read(source: &mut Source<'_, '_>, out: &mut Vec<u8>) -> Faulty<()> {
    let latitude = angle(source, 90, *b"NS")?;
    let longitude = angle(source, 180, *b"EW")?;
    let token = source.needed()?;
    let altitude = centimetres(&token, -SEA_LEVEL, i64::from(u32::MAX) - SEA_LEVEL)?;
    out.push(0); // the version
    for default in DEFAULTS {
        out.push(match source.tokens.next()? {
            Some(token) => scaled(centimetres(&token, 0, MOST_SIZE)?),
            None => default,
        });
    }
    put32(out, latitude);
    put32(out, longitude);
    put32(out, (altitude + SEA_LEVEL) as u32);
    Ok(())
}

/// `degrees [minutes [seconds[.fraction]]] direction`; the second direction counts downwards.
fn angle(source: &mut Source<'_, '_>, most_degrees: u64, directions: [u8; 2]) -> Faulty<u32> {
    let first = source.needed()?;
    let mut thousandths = part(&first, most_degrees * 1000)? / 1000 * 3_600_000;
    for (most, scale) in [(59_000, 60), (59_999, 1)] {
        let token = source.needed()?;
        if let Some(sign) = direction(&token, directions) {
            return place(&first, sign, thousandths, most_degrees);
        }
        thousandths += part(&token, most)? * scale;
    }
    let token = source.needed()?;
    match direction(&token, directions) {
        Some(sign) => place(&first, sign, thousandths, most_degrees),
        None => Err(token.fault(format!("{} is no direction", token.shown()), "")),
    }
}

fn place(first: &Token<'_>, sign: i64, thousandths: u64, most_degrees: u64) -> Faulty<u32> {
    match thousandths <= most_degrees * 3_600_000 {
        true => Ok((i64::from(ZERO) + sign * thousandths as i64) as u32),
        false => Err(first.fault(format!("an angle over {most_degrees} degrees"), "")),
    }
}

fn direction(token: &Token<'_>, directions: [u8; 2]) -> Option<i64> {
    match token.text {
        [letter] if letter.eq_ignore_ascii_case(&directions[0]) => Some(1),
        [letter] if letter.eq_ignore_ascii_case(&directions[1]) => Some(-1),
        _ => None,
    }
}

fn part(token: &Token<'_>, most: u64) -> Faulty<u64> {
    let value = decimal(token.as_str(), 3).filter(|value| *value <= most);
    value.ok_or_else(|| token.fault(format!("{} is no part of an angle", token.shown()), fewer(token.as_str(), 3)))
}

/// Metres, with an `m` or without, as centimetres.
fn centimetres(token: &Token<'_>, least: i64, most: i64) -> Faulty<i64> {
    let text = token.as_str();
    let digits = text.strip_suffix(['m', 'M']).unwrap_or(text);
    let (sign, digits) = digits.strip_prefix('-').map_or((1, digits), |rest| (-1, rest));
    let value = decimal(digits, 2).and_then(|value| i64::try_from(value).ok()).map(|value| sign * value);
    let value = value.filter(|value| (least..=most).contains(value));
    value.ok_or_else(|| token.fault(format!("{} is no length in metres", token.shown()), fewer(token.as_str(), 2)))
}

/// A decimal number as a whole number of its `places`-th place; in further places only zeros can be held.
fn decimal(text: &str, places: usize) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|octet| octet.is_ascii_digit()) || is_cut(fraction, places) {
        return None;
    }
    let fraction: String = fraction.chars().chain(std::iter::repeat('0')).take(places).collect();
    super::number(format!("{whole}{fraction}").as_bytes()).filter(|_| !whole.is_empty())
}

/// Whether digits other than 0 stand behind the `places`-th.
fn is_cut(fraction: &str, places: usize) -> bool {
    fraction.bytes().skip(places).any(|octet| octet != b'0')
}

/// What to write in place of a number with more places than can be held.
fn fewer(text: &str, places: usize) -> String {
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction.trim_end_matches(['m', 'M']));
    match is_cut(fraction, places) {
        true => format!("no more than {places} digits behind the point can be held"),
        false => String::new(),
    }
}

/// The first digit and the power of ten it stands at, in one octet.
fn scaled(mut centimetres: i64) -> u8 {
    let mut power = 0;
    while centimetres > 9 {
        centimetres /= 10;
        power += 1;
    }
    (centimetres as u8) << 4 | power
}

pub(crate) fn show(wire: &mut Wire<'_>, out: &mut Words) -> Result<(), Unshown> {
    if wire.0.len() != 16 {
        return Err(Unshown::Malformed);
    }
    let version = wire.u8()?;
    let sizes = [wire.u8()?, wire.u8()?, wire.u8()?];
    let (latitude, longitude, altitude) = (wire.u32()?, wire.u32()?, i64::from(wire.u32()?) - SEA_LEVEL);
    if version != 0 {
        return Err(Unshown::NoText);
    }
    show_angle(latitude, 90, ['N', 'S'], out)?;
    show_angle(longitude, 180, ['E', 'W'], out)?;
    let sign = if altitude < 0 { "-" } else { "" };
    out.word(format_args!("{sign}{}.{:02}m", altitude.abs() / 100, altitude.abs() % 100));
    sizes.iter().try_for_each(|size| show_size(*size, out))
}

fn show_angle(value: u32, most_degrees: i64, directions: [char; 2], out: &mut Words) -> Result<(), Unshown> {
    let offset = i64::from(value) - i64::from(ZERO);
    let thousandths = offset.abs();
    if thousandths > most_degrees * 3_600_000 {
        return Err(Unshown::NoText);
    }
    let (degrees, minutes) = (thousandths / 3_600_000, thousandths / 60_000 % 60);
    let (seconds, fraction) = (thousandths / 1000 % 60, thousandths % 1000);
    let letter = directions[usize::from(offset < 0)];
    out.word(format_args!("{degrees} {minutes} {seconds}.{fraction:03} {letter}"));
    Ok(())
}

fn show_size(octet: u8, out: &mut Words) -> Result<(), Unshown> {
    let (digit, power) = (u64::from(octet >> 4), u32::from(octet & 15));
    if digit > 9 || power > 9 || (digit == 0 && power > 0) {
        return Err(Unshown::NoText);
    }
    let centimetres = digit * 10u64.pow(power);
    out.word(format_args!("{}.{:02}m", centimetres / 100, centimetres % 100));
    Ok(())
}
