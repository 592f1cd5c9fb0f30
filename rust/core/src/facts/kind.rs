//! The kinds of facts, and sets of them.

use std::ops::BitOr;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What kind of fact it is. Whose record it is about stands in the parentheses.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FactKind { $($(#[$doc])* $name,)* }

        impl FactKind {
            /// All kinds.
            pub const ALL: &'static [FactKind] = &[$(FactKind::$name,)*];

            /// The word for the kind, as everybody outside knows it.
            pub fn word(self) -> &'static str {
                match self { $(FactKind::$name => $word,)* }
            }
        }
    };
}

kinds! {
    /// A CNAME beside other data, not at the apex (the CNAME; `other` is the first of the data).
    ConflictAliasData = "conflict-alias-data",
    /// A CNAME at the apex (the CNAME).
    ConflictApexAlias = "conflict-apex-alias",
    /// A second CNAME with another target (the later one; `other` is the first).
    ConflictAliases = "conflict-aliases",
    /// A second DNAME (the later one; `other` is the first).
    ConflictDnames = "conflict-dnames",
    /// A DNAME beside NS records below the apex (the DNAME; `other` is the first NS).
    ConflictDnameNs = "conflict-dname-ns",
    /// An owner outside the zone (the record).
    Outside = "outside",
    /// No SOA at the apex.
    SoaMissing = "soa-missing",
    /// A second SOA (that one).
    SoaSecond = "soa-second",
    /// An SOA that does not stand at the apex (that one).
    SoaMisplaced = "soa-misplaced",
    /// No NS at the apex (the SOA).
    NsMissing = "ns-missing",
    /// Text that cannot be read.
    Unreadable = "unreadable",
    /// A zone given twice.
    ZoneTwice = "zone-twice",
    /// A target that is an IP address, perhaps with a name of the zone behind it (the link; `detail` is the address).
    TargetAddress = "target-address",
    /// A target with an octet that no host or service name has (the link).
    OddTarget = "odd-target",
    /// An owner with an octet that no host or service name has, a label that says to be an A-label, or the zone's name
    /// twice (the owner's first record).
    OddOwner = "odd-owner",
    /// An alias with a TTL of 0 (the CNAME).
    TtlZero = "ttl-zero",
    /// An ALIAS, whose target nothing asks for addresses yet (the ALIAS).
    AliasNotFollowed = "alias-not-followed",
    /// A cycle of aliases, once (the first of its records).
    Loop = "loop",
    /// A chain of more hops than answers follow (the record it begins with).
    TooLong = "too-long",
    /// A chain of many hops (the record it begins with).
    LongChain = "long-chain",
    /// A DNAME that makes a name of more than 255 octets (the record that runs into it).
    Overflow = "overflow",
    /// An alias of an alias (the CNAME; `detail` is `wildcard` where one makes a name in between, `apex` where the alias
    /// points to an apex with an ALIAS).
    AliasChain = "alias-chain",
    /// A link whose chain ends at a name that does not exist in a zone served here (the link).
    TargetMissing = "target-missing",
    /// A chain that ends at a name with nothing usable (the CNAME or ALIAS).
    TargetEmpty = "target-empty",
    /// A host without an address (the MX, NS or SRV).
    HostWithoutAddress = "host-without-address",
    /// A host that is an alias (the MX, NS, SRV or PTR).
    HostIsAlias = "host-is-alias",
    /// A name server at or below its own cut without an address (the NS; RFC 9471).
    GlueMissing = "glue-missing",
    /// An alias that a cut or a DNAME hides (the CNAME; `other` is what hides it).
    BelowCut = "below-cut",
    /// Data that a DNAME hides (the owner's first record; `other` is the DNAME).
    BelowDname = "below-dname",
    /// A wildcard alias that answers for a service name (the wildcard CNAME; `detail` is the name).
    WildcardCaptures = "wildcard-captures",
    /// An address that many names repeat (the first of them).
    SharedAddress = "shared-address",
    /// Records of one RRset with different TTLs (the first that differs; `other` is the RRset's first, `number` its TTL).
    TtlsDiffer = "ttls-differ",
    /// An owner of A, AAAA or MX records, or a host that MX, NS, SRV, SOA or a reverse zone's PTR names, which is no host name
    /// (the record; `detail` is the name, `number` 1 where it is the owner, 2 and 3 for the names of the SOA).
    HostCharacters = "host-characters",
    /// A second SPF record (that one; `other` is the first).
    TwoSpf = "two-spf",
    /// What is wrong with the DMARC record of a domain (the TXT; `detail` is a word of `facts::policy` and what it speaks
    /// of).
    DmarcFault = "dmarc-fault",
    /// A name of the SOA with the zone's name twice, or with three labels and more before it (the SOA; `detail` is the
    /// name; `number` is 1 where the zone's name stands twice).
    SoaName = "soa-name",
    /// Data that can be read and that nobody can use (the record; `detail` is a word of `facts::odd` and what it speaks of,
    /// or `wildcard-cut`, `apex-ds`, `keyless`, `deletion`).
    OddData = "odd-data",
    /// An escape of a character that needs none, and stands for another in octal (the record; `detail` says it).
    OctalEscape = "octal-escape",
    /// An RRset of a signed zone whose signatures have all expired.
    SignatureExpired = "signature-expired",
    /// An RRset of a signed zone without any signature.
    SignatureMissing = "signature-missing",
    /// An RRset of a signed zone whose signatures are not valid yet.
    SignatureEarly = "signature-early",
    /// A signature that covers nothing (the type that it speaks of).
    SignatureVoid = "signature-void",
    /// An RRset that its signatures do not describe (`detail`: original-ttl, labels or signer; RFC 4035 2.2).
    SignatureUnfit = "signature-unfit",
    /// An RRset that a change gives other data below the same signatures.
    SignatureOutlived = "signature-outlived",
    /// A name of a signed zone that no NSEC or NSEC3 record stands for, or whose record does not lead to the next or has
    /// other types (`detail`: absent and who denies it, next and the name, types and those that differ, or gone
    /// and the name that is).
    DenialBroken = "denial-broken",
    /// A signed zone, once (its apex).
    ZoneSigned = "zone-signed",
    /// An RRset of a signed zone that has signatures.
    SetSigned = "set-signed",
}

impl std::str::FromStr for FactKind {
    type Err = ();
    fn from_str(word: &str) -> Result<FactKind, ()> {
        FactKind::ALL.iter().copied().find(|kind| kind.word() == word).ok_or(())
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u64);

impl Kinds {
    /// No kind.
    pub const NONE: Kinds = Kinds(0);
    /// Every kind.
    pub const ALL: Kinds = Kinds((1 << FactKind::ALL.len()) - 1);

    /// The set of some kinds.
    pub const fn of(kinds: &[FactKind]) -> Kinds {
        let (mut bits, mut at) = (0, 0);
        while at < kinds.len() {
            bits |= 1 << kinds[at] as u64;
            at += 1;
        }
        Kinds(bits)
    }

    /// Whether a kind is among them.
    #[inline]
    pub const fn has(self, kind: FactKind) -> bool {
        self.0 >> kind as u64 & 1 != 0
    }

    /// Whether any kind is in both sets.
    #[inline]
    pub const fn has_any(self, of: Kinds) -> bool {
        self.0 & of.0 != 0
    }

    /// The set without the kinds of another.
    pub const fn without(self, others: Kinds) -> Kinds {
        Kinds(self.0 & !others.0)
    }
}

impl BitOr for Kinds {
    type Output = Kinds;
    fn bitor(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }
}

impl FromIterator<FactKind> for Kinds {
    fn from_iter<I: IntoIterator<Item = FactKind>>(kinds: I) -> Kinds {
        kinds.into_iter().fold(Kinds::NONE, |set, kind| set | Kinds::of(&[kind]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_back() {
        for kind in FactKind::ALL {
            assert_eq!(kind.word().parse(), Ok(*kind));
            assert!(Kinds::ALL.has(*kind) && !Kinds::NONE.has(*kind));
        }
        assert_eq!("nothing".parse::<FactKind>(), Err(()));
        let two: Kinds = [FactKind::Loop, FactKind::DenialBroken].into_iter().collect();
        assert!(two.has(FactKind::DenialBroken) && !two.has(FactKind::TooLong));
        assert_eq!(two.without(Kinds::of(&[FactKind::Loop])), Kinds::of(&[FactKind::DenialBroken]));
    }
}
