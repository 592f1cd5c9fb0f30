//! Record types and record data: numbers, mnemonics, wire form, presentation form.
//!
//! ```text
//! text   -> token::Tokens -> read::rdata   -> wire       zone files, the command line, the API
//! wire   -> present::present               -> text       explain, export, the journal
//! wire   -> names::names_in                -> the domain names inside, with their offsets
//! wire   -> meaning::targets               -> the names that a record links its owner to
//! text   -> spans::name_spans              -> where they stand in what somebody typed
//! ```
//!
//! One table (`types`) lists every type with its fields; all directions walk the same fields.
//! The `domain` crate does the codecs: base16, base32hex, base64, type bitmaps, signature times, algorithm
//! mnemonics. Its whole-type scanners are not used: they know no positions inside the data, refuse SvcParamKeys
//! with a `9` or a `z`, and print `no-default-alpn` and IPSECKEY in forms that nothing reads back (0.12.3).

mod address_list;
mod bits;
mod fault;
mod fields;
mod gateway;
mod hex;
mod location;
mod meaning;
mod names;
mod present;
mod read;
mod read_rare;
pub mod soa;
mod spans;
mod spelling;
mod svcb;
mod token;
mod types;

pub use fault::Fault;
pub use meaning::{has_target, is_alias_mode, is_link, linked, means_none, targets};
pub use names::{expanded, has_bits, may_name, names_in, NamesIn};
pub use present::present;
pub use read::{rdata_as_written, rdata_from_text};
pub use spans::name_spans;
pub use spelling::{canonical, spelled, spelled_in_file};
pub use svcb::has_hint;
pub use types::{Rtype, UnknownType};

pub(crate) use fault::{quote, Faulty};
pub(crate) use read::{rdata, read_name, seconds, Case};
pub(crate) use token::{number, unescaped, Token, Tokens};

/// Whether `rdata` is well-formed for the type; of types without known fields everything is.
pub fn is_well_formed(rtype: Rtype, rdata: &[u8]) -> bool {
    present::check(rtype, rdata).is_ok()
}
