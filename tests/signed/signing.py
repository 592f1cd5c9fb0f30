"""Signs zones with other people's tools: `ldns-signzone` (ldnsutils) and `dnssec-signzone` (bind9-utils).

    Recipe("ldns", "ECDSAP256SHA256")                     NSEC
    Recipe("bind", "ED25519", Nsec3(5, "abcd"))           NSEC3 with iterations and a salt
    sign(origin, text, recipe, directory) -> Signed       the signed master file, one record a line

Each zone has one key that signs everything. A `Signed` knows the key's DS, so that a parent can be signed after it.
"""

import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import dns.dnssec
import dns.name
import dns.rrset
import dns.zone
from dns.name import Name
from dns.rdata import Rdata
from dns.rdatatype import RdataType
from dns.rrset import RRset

import oracle
from servers import NotStarted, ZoneFile

EXPIRED = ("20200101000000", "20200201000000")  # inception and expiration of signatures nobody should believe


@dataclass(frozen=True)
class Nsec3:
    """Parameters of RFC 5155 3.1; *salt* in hexadecimal, empty for none."""

    iterations: int = 0
    salt: str = ""
    opt_out: bool = False


@dataclass(frozen=True)
class Recipe:
    """How a zone is signed; *period* is (inception, expiration) as YYYYMMDDHHMMSS, None for now and a month."""

    tool: str  # ldns or bind
    algorithm: str  # mnemonic of RFC 8624
    nsec3: Nsec3 | None = None
    period: tuple[str, str] | None = None


@dataclass(frozen=True)
class Signed:
    """A signed zone."""

    origin: str
    path: Path
    key: Path  # K*.key

    @property
    def file(self) -> ZoneFile:
        return ZoneFile(self.origin, self.path)

    @property
    def name(self) -> Name:
        return dns.name.from_text(self.origin)

    @cached_property
    def rrsets(self) -> list[RRset]:
        """Everything in the file, signatures gathered by what they cover."""
        return read(self.path.read_text(), self.name)

    @cached_property
    def dnskey(self) -> RRset:
        return next(found for found in self.rrsets if found.rdtype == RdataType.DNSKEY and found.name == self.name)

    @property
    def ds(self) -> str:
        """The parent's record of this zone, as a line of a master file."""
        (key,) = self.dnskey
        return f"{self.origin} 3600 IN DS {dns.dnssec.make_ds(self.name, key, 'SHA256').to_text()}\n"


def read(text: str, origin: Name) -> list[RRset]:
    """The RRsets of a master file, names absolute; signatures gathered by what they cover."""
    zone = dns.zone.from_text(text, origin, relativize=False, check_origin=False)
    return [dns.rrset.from_rdata_list(name, found.ttl, found) for name, found in zone.iterate_rdatasets()]


def for_oracle(rrsets: list[RRset]) -> oracle.Zone:
    """The zone as RFC 1034 sees it: signatures and the names that only NSEC3 has are not there (RFC 5155 7.2.8)."""
    hidden = (RdataType.RRSIG, RdataType.NSEC3)
    records: list[tuple[Name, int, int, Rdata]] = [
        (found.name, int(found.rdtype), found.ttl, data)
        for found in rrsets if found.rdtype not in hidden for data in found
    ]  # fmt: skip
    return oracle.make_zone(records)


def sign(origin: str, text: str, recipe: Recipe, directory: Path) -> Signed:
    """Make a key for *origin* in *directory*, which holds no other zone, and sign *text* with it.

    Raises: NotStarted with what the tool said when it refuses.
    """
    directory.mkdir(parents=True, exist_ok=True)
    return sign_with(make_key(origin, recipe, directory), origin, text, recipe)


def make_key(origin: str, recipe: Recipe, directory: Path) -> Path:
    """A key with the SEP flag; its public file, whose name tells algorithm and key tag."""
    if recipe.tool == "ldns":
        made = run(
            ["ldns-keygen", "-r", "/dev/urandom", "-k", "-a", recipe.algorithm, *size(recipe), origin], directory
        )
    else:
        made = run(["dnssec-keygen", "-q", "-f", "KSK", "-a", recipe.algorithm, *size(recipe), origin], directory)
    return directory / f"{made.strip()}.key"


def size(recipe: Recipe) -> list[str]:
    return ["-b", "2048"] if recipe.algorithm.startswith("RSA") else []


def sign_with(key: Path, origin: str, text: str, recipe: Recipe, name: str = "zone") -> Signed:
    """Sign *text* with a key that exists; the files lie beside it."""
    source, signed = key.with_name(f"{name}.unsigned"), key.with_name(f"{name}.signed")
    source.write_text(text)
    command = ldns(recipe) if recipe.tool == "ldns" else bind(recipe)
    where = ["-o", origin, "-f", str(signed), str(source), str(key.with_suffix(""))]
    run([*command, *where], key.parent)
    return Signed(origin, signed, key)


def ldns(recipe: Recipe) -> list[str]:
    command = ["ldns-signzone"]
    if recipe.period:
        command += ["-i", recipe.period[0], "-e", recipe.period[1]]
    if recipe.nsec3:
        command += ["-n", "-t", str(recipe.nsec3.iterations)]
        command += ["-s", recipe.nsec3.salt] if recipe.nsec3.salt else []
        command += ["-p"] if recipe.nsec3.opt_out else []
    return command


def bind(recipe: Recipe) -> list[str]:
    """-z: one key signs everything; -P: zones that are broken on purpose are signed too; -S finds the key by itself."""
    command = ["dnssec-signzone", "-q", "-S", "-z", "-P", "-O", "full"]
    if recipe.period:
        command += ["-s", recipe.period[0], "-e", recipe.period[1]]
    if recipe.nsec3:
        command += ["-3", recipe.nsec3.salt or "-", "-H", str(recipe.nsec3.iterations)]
        command += ["-A"] if recipe.nsec3.opt_out else []
    return command


def run(command: list[str], directory: Path) -> str:
    """Its stdout. Raises: NotStarted with what it said when it is not there or fails."""
    program = shutil.which(command[0]) or shutil.which(command[0], path="/usr/sbin")
    if program is None:
        raise NotStarted(f"{command[0]} is not installed (apt-get install ldnsutils bind9-utils)")
    done = subprocess.run([program, *command[1:]], cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotStarted(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
