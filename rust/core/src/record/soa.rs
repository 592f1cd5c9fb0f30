//! The fields of an SOA record that answers need (RFC 1035 3.3.13).

use crate::name::Name;

fn numbers(rdata: &[u8]) -> Option<&[u8]> {
    let mname = Name::from_wire(rdata).ok()?;
    let rname = Name::from_wire(rdata.get(mname.len()..)?).ok()?;
    rdata.get(mname.len() + rname.len()..)
}

fn number(rdata: &[u8], index: usize) -> Option<u32> {
    let four = numbers(rdata)?.get(index * 4..index * 4 + 4)?;
    Some(u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
}

/// The zone's serial.
pub fn serial(rdata: &[u8]) -> Option<u32> {
    number(rdata, 0)
}

/// Seconds that a name's absence may be remembered, before the SOA's own TTL bounds it (RFC 2308 4).
pub fn minimum(rdata: &[u8]) -> Option<u32> {
    number(rdata, 4)
}
