"""The zones of these tests, as they are written before they are signed, and the tree they make.

    example.            signed (RSA, NSEC3 with opt-out); delegates what follows, `plain` without DS
      plain.example.    not signed
      FAMILY.example.   nsec, nsec3, salted, optout: the same text, signed in four ways
        child.FAMILY    signed as its parent is, served beside it
        island.FAMILY   not signed, served beside its signed parent
      dnamed.example.   a DNAME at the apex, to nsec.example.
    alone.test.         signed; nobody serves its parent

Every family points at the next one with its aliases, and the last at the first, so that chains pass through zones
that deny in different ways.
"""

from dataclasses import dataclass
from pathlib import Path

from servers import ZoneFile

from .signing import Nsec3, Recipe, Signed, sign

FAMILIES = {
    "nsec": Recipe("ldns", "ECDSAP256SHA256"),
    "nsec3": Recipe("bind", "ECDSAP256SHA256", Nsec3()),
    "salted": Recipe("ldns", "ED25519", Nsec3(5, "aabbccdd")),
    "optout": Recipe("bind", "RSASHA256", Nsec3(0, "", opt_out=True)),
}
TOP = Recipe("bind", "RSASHA256", Nsec3(0, "", opt_out=True))
DNAMED = Recipe("bind", "ECDSAP256SHA256")
ALONE = Recipe("ldns", "ECDSAP256SHA256")

APEX = """$ORIGIN {origin}
$TTL 3600
@ SOA ns1 HostMaster 1 7200 3600 1209600 300
@ NS ns1
ns1 A 192.0.2.53
ns1 AAAA 2001:db8::53
"""

FAMILY = """
@ NS ns.plain.example.
@ MX 10 mail
@ TXT "apex"
mail A 192.0.2.25
host A 192.0.2.1
host A 192.0.2.2
host TXT "data" "in two strings"
service SRV 0 5 443 mail
; chains: in the zone, into the next one, out of what is signed and back, out of what is served, nowhere, in a ring
alias1 CNAME alias2
alias2 CNAME alias3
alias3 CNAME host
over CNAME host.{next}
overalias CNAME alias1.{next}
overover CNAME over.{next}
overmissing CNAME missing.{next}
overnodata CNAME mail.{next}
overwild CNAME any.wild.{next}
overlost CNAME any.lost.{next}
plainly CNAME host.plain.example.
plainmissing CNAME missing.plain.example.
roundtrip CNAME to-{family}.plain.example.
outside CNAME www.example.net.
dangling CNAME missing
intochild CNAME host.child
intochildmissing CNAME missing.child
intoisland CNAME host.island
intosecure CNAME www.secure
intoinsecure CNAME www.insecure
ring1 CNAME ring2
ring2 CNAME ring1
; wildcards: of data, of aliases, into another wildcard, nowhere; a name and an empty non-terminal that block them
*.wild A 192.0.2.3
*.wild TXT "wild"
exact.wild A 192.0.2.4
below.deeper.wild A 192.0.2.5
*.alias CNAME host
*.far CNAME host.{next}
*.twice CNAME once.wild
*.thrice CNAME any.twice.{next}
*.lost CNAME missing
*.faraway CNAME missing.{next}
*.plain CNAME host.plain.example.
under.*.starry A 192.0.2.6
; DNAMEs: in the zone, into the next one, onto a wildcard, nowhere, beside data
dname DNAME target
dname A 192.0.2.7
www.target A 192.0.2.8
alias.target CNAME host
fardname DNAME {next}
wilddname DNAME wild
lostdname DNAME nothing.here
; empty non-terminals
a.b.c.hollow A 192.0.2.9
; cuts: signed and not, with glue; below an empty non-terminal; of zones served here
secure NS ns1.secure
secure NS ns.plain.example.
secure DS 12345 13 2 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
ns1.secure A 192.0.2.10
insecure NS ns1.insecure
ns1.insecure A 192.0.2.11
ns1.insecure AAAA 2001:db8::11
unsigned.only.below NS ns.plain.example.
signed.only.above NS ns.plain.example.
signed.only.above DS 12345 13 2 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
plain.under.above NS ns.plain.example.
child NS ns1.child
ns1.child A 192.0.2.12
island NS ns1.island
ns1.island A 192.0.2.13
; case is kept where signatures see it (RFC 6840 5.1), and does not matter elsewhere
MiXed A 192.0.2.14
Upper.CASE CNAME MIXED
zZz.Case TXT "case"
svc SVCB 1 TarGet.Host alpn=h2
web HTTPS 1 MiXed alpn="h2,h3"
web2 HTTPS 0 HOST
odd TYPE65400 \\# 4 0A0b0C0d
l\\.abel TXT "a dot in a label"
b\\000inary TXT "a zero octet"
"""

CHILD = """
host A 192.0.2.30
*.wild A 192.0.2.31
up CNAME host.{parent}
upmissing CNAME missing.{parent}
hollow.deep TXT "deep"
"""

PLAIN = """
ns A 192.0.2.54
host A 192.0.2.40
to-nsec CNAME alias1.nsec.example.
to-nsec3 CNAME alias1.nsec3.example.
to-salted CNAME alias1.salted.example.
to-optout CNAME alias1.optout.example.
to-missing CNAME missing.nsec3.example.
to-wild CNAME any.wild.nsec.example.
*.wild CNAME any.wild.salted.example.
"""


@dataclass(frozen=True)
class Tree:
    """All zones, those that are signed with their keys."""

    signed: dict[str, Signed]  # by origin
    plain: dict[str, ZoneFile]

    @property
    def files(self) -> list[ZoneFile]:
        return [*(zone.file for zone in self.signed.values()), *self.plain.values()]


def tree(directory: Path) -> Tree:
    """Sign everything, children first, and write it below *directory*."""
    signed: dict[str, Signed] = {}
    plain = {"plain.example.": write("plain.example.", apex("plain.example.") + PLAIN, directory)}
    following = dict(zip(FAMILIES, [*list(FAMILIES)[1:], next(iter(FAMILIES))], strict=True))
    for family, recipe in FAMILIES.items():
        origin = f"{family}.example."
        child, island = f"child.{origin}", f"island.{origin}"
        signed[child] = sign(child, apex(child) + CHILD.format(parent=origin), recipe, directory / child)
        plain[island] = write(island, apex(island) + CHILD.format(parent=origin), directory)
        text = FAMILY.format(family=family, next=f"{following[family]}.example.") + signed[child].ds
        signed[origin] = sign(origin, apex(origin) + text, recipe, directory / origin)
    signed["dnamed.example."] = sign("dnamed.example.", DNAMED_TEXT, DNAMED, directory / "dnamed.example.")
    signed["alone.test."] = sign("alone.test.", apex("alone.test.") + ALONE_TEXT, ALONE, directory / "alone.test.")
    signed["example."] = sign("example.", top(signed), TOP, directory / "example.")
    return Tree(signed, plain)


def apex(origin: str) -> str:
    return APEX.format(origin=origin)


DNAMED_TEXT = """$ORIGIN dnamed.example.
$TTL 3600
@ SOA ns.plain.example. hostmaster 1 7200 3600 1209600 300
@ NS ns.plain.example.
@ DNAME nsec.example.
@ TXT "beside"
"""
ALONE_TEXT = """host A 192.0.2.60
alias CNAME host
*.w CNAME alias1.salted.example.
cut NS ns.cut
ns.cut A 192.0.2.61
"""


def top(signed: dict[str, Signed]) -> str:
    """The parent of them all, with the DS of every zone right below it that is signed."""
    below = [origin for origin in signed if origin.count(".") == 2 and origin.endswith(".example.")]
    cuts = "".join(f"{origin} NS ns.plain.example.\n{signed[origin].ds}" for origin in below)
    return apex("example.") + cuts + "plain NS ns.plain\nns.plain A 192.0.2.54\nwww CNAME alias1.nsec\n"


def write(origin: str, text: str, directory: Path) -> ZoneFile:
    path = directory / f"{origin}zone"
    path.write_text(text)
    return ZoneFile(origin, path)
