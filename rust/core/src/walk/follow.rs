//! The one walker: follows aliases from a name until data, a dead end or a limit.
//!
//! It does no input or output and knows no graph: what a name leads to is asked of a [`Lookup`], one
//! step at a time. The served graph is one (`walk`); a cache will be another.

use crate::record::Rtype;

/// Kind of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A CNAME record.
    Cname,
    /// A CNAME made from a DNAME (RFC 6672 3.2).
    Dname,
    /// An ALIAS record, which only the server follows.
    Alias,
    /// An HTTPS record in AliasMode (RFC 9460 2.4.2).
    Https,
    /// An SVCB record in AliasMode.
    Svcb,
}

impl Kind {
    /// The type of the record that makes the link.
    pub fn rtype(self) -> Rtype {
        match self {
            Kind::Cname => Rtype::CNAME,
            Kind::Dname => Rtype::DNAME,
            Kind::Alias => Rtype::ALIAS,
            Kind::Https => Rtype::HTTPS,
            Kind::Svcb => Rtype::SVCB,
        }
    }

    /// The word for the kind.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Cname => "CNAME",
            Kind::Dname => "DNAME",
            Kind::Alias => "ALIAS",
            Kind::Https => "HTTPS",
            Kind::Svcb => "SVCB",
        }
    }
}

/// One link of a chain.
#[derive(Clone, Debug)]
pub struct Hop<N, P> {
    /// The name that is an alias.
    pub alias: N,
    /// The name it really is.
    pub target: N,
    /// Where the record stands: for a wildcard or a DNAME that is not the alias.
    pub place: P,
    /// Seconds.
    pub ttl: u32,
    /// What the record is.
    pub kind: Kind,
    /// Whether a wildcard made the record.
    pub is_wildcard: bool,
}

/// How a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End<P> {
    /// At data of the type that was asked for.
    Data {
        /// Where the RRset stands.
        place: P,
        /// Whether a wildcard made it.
        is_wildcard: bool,
    },
    /// At the last hop itself: a CNAME or anything was asked for, and a DNAME made a CNAME.
    Link,
    /// At a name that exists without the type (RFC 2308 2.2).
    NoData {
        /// The name.
        place: P,
        /// Whether a wildcard made it.
        is_wildcard: bool,
    },
    /// At a name that does not exist (RFC 2308 2.1, RFC 6604 3).
    NxDomain(P),
    /// At a delegation; the place is the cut.
    Referral(P),
    /// At a name outside the zones that are followed.
    OutOfZone,
    /// Where the look-up could not tell.
    Unknown,
    /// Where it was before.
    Loop,
    /// At the limit of hops.
    TooLong,
    /// At a DNAME that makes a name of more than 255 octets (YXDOMAIN, RFC 6672 2.2).
    Overflow(P),
}

/// The words for how a chain can end, as people and counters see them, by [`End::number`].
pub const ENDS: [&str; 9] =
    ["data", "nodata", "nxdomain", "referral", "out-of-zone", "unknown", "loop", "too-long", "failed"];

impl<P> End<P> {
    /// The end's place in [`ENDS`].
    pub fn number(&self) -> usize {
        match self {
            End::Data { .. } | End::Link => 0,
            End::NoData { .. } => 1,
            End::NxDomain(_) => 2,
            End::Referral(_) => 3,
            End::OutOfZone => 4,
            End::Unknown => 5,
            End::Loop => 6,
            End::TooLong => 7,
            End::Overflow(_) => 8,
        }
    }

    /// The word for the end.
    pub fn word(&self) -> &'static str {
        ENDS[self.number()]
    }
}

/// What one name leads to.
pub enum Step<N, P> {
    /// To another name.
    Link {
        /// The name.
        target: N,
        /// Where the record stands.
        place: P,
        /// Seconds.
        ttl: u32,
        /// What the record is.
        kind: Kind,
        /// Whether a wildcard made it.
        is_wildcard: bool,
    },
    /// To an end.
    End(End<P>),
}

/// Knows what a name leads to, without asking anybody.
pub trait Lookup {
    /// A name.
    type Name: Clone;
    /// Where a record stands.
    type Place: Copy;
    /// What `name` leads to when `qtype` is asked for.
    fn step(&self, name: &Self::Name, qtype: Rtype) -> Step<Self::Name, Self::Place>;
    /// Whether two names are the same name.
    fn is_same(&self, left: &Self::Name, right: &Self::Name) -> bool;
    /// Whether `target` was passed by a walk of these hops.
    #[inline]
    fn was_passed(&self, hops: &[Hop<Self::Name, Self::Place>], target: &Self::Name) -> bool {
        hops.iter().any(|hop| self.is_same(&hop.alias, target))
    }
    /// Whether two places are in one zone.
    fn is_same_zone(&self, left: &Self::Place, right: &Self::Place) -> bool;
}

/// How far to follow.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most hops.
    pub max_chain: usize,
    /// Whether to stop where the chain leaves the zone it began in.
    pub within_zone: bool,
}

/// A walk, as a value. Shape: `hops[i].target` is `hops[i + 1].alias`.
#[derive(Clone, Debug)]
pub struct Chain<N, P> {
    /// The links, in the order they were walked.
    pub hops: Vec<Hop<N, P>>,
    /// How it ended.
    pub end: End<P>,
}

impl<N, P> Chain<N, P> {
    /// A chain that has not been walked.
    pub fn new() -> Chain<N, P> {
        Chain { hops: Vec::new(), end: End::Unknown }
    }
}

/// Follows aliases from `start` and writes the walk into `chain`, whose room is used again.
///
/// Source: RFC 1034 4.3.2 step 3a; RFC 6672 3.2; RFC 6604 3.
pub fn follow<L: Lookup>(
    lookup: &L,
    start: L::Name,
    qtype: Rtype,
    limits: Limits,
    chain: &mut Chain<L::Name, L::Place>,
) {
    chain.hops.clear();
    let mut name = start;
    chain.end = loop {
        let (target, place, ttl, kind, is_wildcard) = match lookup.step(&name, qtype) {
            Step::End(end) => break leave(lookup, chain.hops.first(), end, limits),
            Step::Link { target, place, ttl, kind, is_wildcard } => (target, place, ttl, kind, is_wildcard),
        };
        if has_left(lookup, chain.hops.first(), &place, limits) {
            break End::OutOfZone;
        }
        if chain.hops.len() == limits.max_chain {
            break End::TooLong;
        }
        chain.hops.push(Hop { alias: name, target: target.clone(), place, ttl, kind, is_wildcard });
        if matches!(qtype, Rtype::CNAME | Rtype::ANY) {
            break End::Link;
        }
        if lookup.was_passed(&chain.hops, &target) {
            break End::Loop;
        }
        name = target;
    };
}

fn has_left<L: Lookup>(lookup: &L, first: Option<&Hop<L::Name, L::Place>>, now: &L::Place, limits: Limits) -> bool {
    limits.within_zone && first.is_some_and(|first| !lookup.is_same_zone(&first.place, now))
}

/// The end, or [`End::OutOfZone`] when it lies in a zone that is not to be entered.
fn leave<L: Lookup>(
    lookup: &L,
    first: Option<&Hop<L::Name, L::Place>>,
    end: End<L::Place>,
    limits: Limits,
) -> End<L::Place> {
    let place = match &end {
        End::Data { place, .. } | End::NoData { place, .. } => place,
        End::NxDomain(place) | End::Referral(place) | End::Overflow(place) => place,
        _ => return end,
    };
    if has_left(lookup, first, place, limits) {
        return End::OutOfZone;
    }
    end
}
