"""The zones that hostile traffic is about: every shape of alias that has broken a server, beside ordinary data.

    write(directory) -> zone files, for servers.truename

`aliases.example` is dense with loops, redirections and delegations, `apex.example` is redirected as a whole, and
`large.example` has RRsets that do not fit: into 512 octets, into 1232, into any message. `nsec.example` and
`salted.example` are signed, and their aliases lead into each other.
"""

from pathlib import Path

import dns.dnssec

from servers import ZoneFile
from signed.signing import sign
from signed.sources import FAMILIES, FAMILY, apex

HEAD = "$TTL 300\n@ SOA ns.aliases.example. hostmaster 1 7200 900 1209600 60\n@ NS ns.aliases.example.\n"

# A target of 245 octets: a label of nine octets in front of it makes 255, one of ten makes too many.
LONG_TARGET = ".".join(["t" * 56] * 4) + ".aliases.example."

ALIASES = f"""
@ A 192.0.2.1
ns A 192.0.2.53
host A 192.0.2.10
host AAAA 2001:db8::10
www CNAME host
shop CNAME www
twice CNAME host
twice CNAME host
*.any CNAME host
out CNAME www.elsewhere.example.
dangling CNAME nowhere

; loops: one alias, three, a wildcard whose every name is an alias of one of them
self CNAME self
one CNAME two
two CNAME three
three CNAME one
*.wild CNAME next.wild
*.left CNAME a.right
*.right CNAME b.left

; redirections: to the zone itself, to each other, to themselves, to longer and longer names, through a CNAME and back
back DNAME aliases.example.
east DNAME west
west DNAME east
same DNAME same
grow DNAME grow.grow
trip CNAME x.hub
hub DNAME spoke
x.spoke CNAME trip
old DNAME any
far DNAME {LONG_TARGET}

; an asterisk in an empty non-terminal
x.*.ent A 192.0.2.20

; dots that are no separators, and letters of both cases
www\\.aliases A 192.0.2.21
MiXeD CNAME hOsT

; records that name nothing, themselves, or an alias that leads nowhere
nomail MX 0 .
noservice SRV 0 0 0 .
noweb HTTPS 0 .
ownmail MX 10 ownmail
ownmail A 192.0.2.22
loopmail MX 10 self
loopmail MX 20 one

; delegations: to a server below the cut without an address, to each other, to an alias, to themselves
glueless NS ns.glueless
here NS ns.there
there NS ns.here
aliased NS www
inward NS inward
glued NS ns.glued
ns.glued A 192.0.2.54

; an address that nobody may see, because a redirection hides it
hidden DNAME any
ns.hidden A 192.0.2.55
hiding NS ns.hidden
"""

APEX = "@ DNAME any.aliases.example.\n@ MX 10 mail\n"

CHAIN = 20


def large() -> str:
    """RRsets and chains beyond what a message or a walk takes."""
    lines = [f"chain{number} CNAME chain{number + 1}" for number in range(CHAIN)]
    lines += [f"chain{CHAIN} A 192.0.2.30"]
    lines += [f"hundred A 198.51.100.{number}" for number in range(100)]
    # Hosts that exist, each with addresses: an answer whose additional section has no end.
    lines += [f"mail MX {number} m{number}" for number in range(700)]
    lines += [f"m{number} A 203.0.113.{number % 256}" for number in range(700)]
    lines += [f"m{number} AAAA 2001:db8::{number + 1:x}" for number in range(700)]
    # Hosts that share no label with each other: compression has to search, and finds nothing.
    lines += [f"strangers MX {number} a{number}.b{number}.c{number}." for number in range(1000)]
    lines += [f'text TXT "{"t" * 250}{number:05}"' for number in range(100)]
    # 300 strings of 255 octets: no message holds them.
    lines += [f'beyond TXT "{"t" * 250}{number:05}"' for number in range(300)]
    lines += [f"cut NS ns{number}.cut" for number in range(200)]
    lines += [f"ns{number}.cut A 192.0.2.{number}" for number in range(200)]
    lines += [f"alias{number} CNAME beyond" for number in range(3)]
    return "\n".join(lines) + "\n"


def costly() -> str:
    """NSEC3 with as many iterations as the field can say: each name that is denied asks for three such hashes."""
    owners = ("costly.example.", "a.costly.example.")
    hashes = sorted(dns.dnssec.nsec3_hash(owner, "", 65535, "SHA1") for owner in owners)
    lines = [f"{one} NSEC3 1 0 65535 - {after} A" for one, after in zip(hashes, hashes[1:] + hashes[:1], strict=True)]
    return "\n".join(["@ NSEC3PARAM 1 0 65535 -", "a A 192.0.2.40", *lines]) + "\n"


def write(directory: Path) -> list[ZoneFile]:
    """All zones that are not signed as files in *directory*."""
    bodies = {
        "aliases.example.": ALIASES,
        "apex.example.": APEX,
        "large.example.": large(),
        "costly.example.": costly(),
    }
    files = []
    for origin, body in bodies.items():
        path = directory / f"{origin}zone"
        path.write_text(HEAD + body)
        files.append(ZoneFile(origin, path))
    return files


def write_signed(directory: Path) -> list[ZoneFile]:
    """Two signed zones, one with NSEC and one with NSEC3, iterations and a salt."""
    files = []
    for family, other in (("nsec", "salted"), ("salted", "nsec")):
        origin = f"{family}.example."
        text = apex(origin) + FAMILY.format(family=family, next=f"{other}.example.")
        files.append(sign(origin, text, FAMILIES[family], directory / family).file)
    return files
