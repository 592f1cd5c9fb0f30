//! Messages (RFC 1035 4): `parse` reads a question, `write` writes an answer.

mod parse;
mod write;

pub use parse::{asked_name, parse, Edns, Parsed, Query, CLIENT_COOKIE, COOKIE, SERVER_COOKIE};
pub use write::{Mark, NameKey, Section, Writer};

/// Octets of a message's header (RFC 1035 4.1.1).
pub const HEADER: usize = 12;

/// A response code (RFC 1035 4.1.1; BADVERS is extended, RFC 6891 6.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rcode(pub u16);

impl Rcode {
    /// No error.
    pub const NOERROR: Rcode = Rcode(0);
    /// The query could not be read.
    pub const FORMERR: Rcode = Rcode(1);
    /// The server failed.
    pub const SERVFAIL: Rcode = Rcode(2);
    /// The name does not exist.
    pub const NXDOMAIN: Rcode = Rcode(3);
    /// The operation is not known here.
    pub const NOTIMP: Rcode = Rcode(4);
    /// Not for this server to answer.
    pub const REFUSED: Rcode = Rcode(5);
    /// A DNAME made a name that is too long (RFC 6672 2.2).
    pub const YXDOMAIN: Rcode = Rcode(6);
    /// The key of a signed query is not known here (RFC 8945 5.2.1).
    pub const NOTAUTH: Rcode = Rcode(9);
    /// The EDNS version is not known here (RFC 6891 6.1.3).
    pub const BADVERS: Rcode = Rcode(16);
    /// The server cookie is missing or none of ours (RFC 7873 5.2.3, 5.2.4).
    pub const BADCOOKIE: Rcode = Rcode(23);

    /// The mnemonic, for people and counters.
    pub fn mnemonic(self) -> &'static str {
        match self.0 {
            0 => "NOERROR",
            1 => "FORMERR",
            2 => "SERVFAIL",
            3 => "NXDOMAIN",
            4 => "NOTIMP",
            5 => "REFUSED",
            6 => "YXDOMAIN",
            9 => "NOTAUTH",
            16 => "BADVERS",
            23 => "BADCOOKIE",
            _ => "OTHER",
        }
    }
}

/// An extended error's code (RFC 8914 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtendedError {
    /// The INFO-CODE.
    pub code: u16,
    /// The EXTRA-TEXT.
    pub text: &'static str,
}
