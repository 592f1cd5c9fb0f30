"""TSIG (RFC 8945): the key of a transfer, read from files that other servers' tools write, and its messages verified.

    key "name" { algorithm hmac-sha256; secret "..."; };       tsig-keygen, ddns-confgen, named.conf
    hmac-sha256:name:secret                                    kdig -y and -k
    key: {id or name, algorithm, secret}                       keymgr -t, knot.conf, nsd.conf

One key a file: which of several is meant cannot be guessed. The secret is in no message.
"""

import binascii
import re
import time
from base64 import b64decode
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truename.errors import ParseError
from truename.name import lower, undotted

if TYPE_CHECKING:
    import dns.message
    import dns.tsig

LIMIT = 64 << 10  # octets of a key file
ALGORITHMS = ("hmac-sha256", "hmac-sha224", "hmac-sha384", "hmac-sha512", "hmac-sha1")
UNSAFE = ("hmac-md5", "hmac-md5.sig-alg.reg.int", "gss-tsig")
FORMS = 'key "name" { algorithm hmac-sha256; secret "..."; };'
# What a server says in its TSIG record, and what that means (RFC 8945 5.2).
ERRORS = {
    16: "the secret is another one than the server has (BADSIG)",
    17: "the server knows no such key, or it is one of another algorithm (BADKEY)",
    18: "the clocks of the two servers differ (BADTIME)",
    22: "the signature is too short for the server (BADTRUNC)",
}

_COMMENT = re.compile(r'"[^"\n]*"|/\*.*?\*/|(?://|#)[^\n]*', re.DOTALL)
_STATEMENT = re.compile(r'\bkey\s+("[^"\s]+"|[^\s{"]+)\s*\{([^{}]*)\}')
_CLAUSE = re.compile(r'\b(algorithm|secret)\s+("[^"]*"|[^\s;]+)\s*;')
_LINE = re.compile(r"^(?:([A-Za-z0-9.-]+):)?([^\s:#\"{}]+):([A-Za-z0-9+/]+=*)$", re.MULTILINE)
_ITEM = re.compile(r"^[\s-]*(id|name|algorithm|secret)\s*:\s*(\"[^\"]*\"|'[^']*'|[^\s#]+)", re.MULTILINE)


class Unverified(Exception):
    """A message whose signature is missing or wrong; says so in words."""


@dataclass(frozen=True)
class Key:
    """A key. Shape:  *name* absolute; *algorithm* one of ALGORITHMS"""

    name: str
    algorithm: str
    secret: bytes = field(repr=False)


def read(path: Path) -> Key:
    """The key in a file. Raises: ParseError, which never holds what might be the secret"""
    text = _text(path)
    found = _of_bind(text) or _of_lines(text) or _of_yaml(text)
    if len(found) != 1:
        raise ParseError(f"{path}: holds {len(found) or 'no'} TSIG keys, one is wanted", hint=f"as in: {FORMS}")
    return _key(path, *found[0])


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            octets = file.read(LIMIT + 1)
    except OSError as wrong:
        raise ParseError(f"{path}: {wrong.strerror}", hint="--tsig KEYFILE") from None
    if len(octets) > LIMIT:
        raise ParseError(f"{path}: is too large for a key file", hint=f"as in: {FORMS}")
    return octets.decode("utf-8", "replace")


Found = tuple[str, str, str]  # name, algorithm, secret in base64


def _of_bind(text: str) -> list[Found]:
    bare = _COMMENT.sub(lambda found: found[0] if found[0].startswith('"') else " ", text)
    clauses = [(name, dict(_CLAUSE.findall(body))) for name, body in _STATEMENT.findall(bare)]
    return [tuple(map(_bare, (name, of.get("algorithm", ""), of.get("secret", "")))) for name, of in clauses]  # type: ignore[misc]


def _of_lines(text: str) -> list[Found]:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    matches = [_LINE.match(line) for line in lines]
    return [(one[2], one[1] or "hmac-sha256", one[3]) for one in matches if one] if all(matches) else []


def _of_yaml(text: str) -> list[Found]:
    """The items of `key:` sections, a key more with each that comes again."""
    keys: list[dict[str, str]] = []
    for item, value in _ITEM.findall("\n".join(line.split(" #")[0] for line in text.splitlines())):
        which = "name" if item == "id" else item
        if not keys or which in keys[-1]:
            keys.append({})
        keys[-1][which] = _bare(value)
    return [(one.get("name", ""), one.get("algorithm", ""), one.get("secret", "")) for one in keys if "secret" in one]


def _bare(word: str) -> str:
    return word.strip("\"'")


def _key(path: Path, name: str, algorithm: str, secret: str) -> Key:
    from truename._core import normalize_name

    chosen = undotted(lower(algorithm))
    if chosen in UNSAFE:
        hint = "tsig-keygen -a hmac-sha256, on the server and here"
        raise ParseError(f"{path}: {chosen} is not safe, or not a shared secret (RFC 8945 6)", hint=hint)
    if chosen not in ALGORITHMS:
        said = f'"{chosen}" is no algorithm' if chosen else "the key has no algorithm"
        raise ParseError(f"{path}: {said} that is known here", hint=f"known are {', '.join(ALGORITHMS)}")
    try:
        octets = b64decode(secret, validate=True)
    except binascii.Error:
        raise ParseError(f"{path}: the secret is no base64", hint=f"as in: {FORMS}") from None
    if not name or not octets:
        missing = "secret" if name else "name"
        raise ParseError(f"{path}: the key has no {missing}", hint=f"as in: {FORMS}")
    try:
        return Key(normalize_name(name), chosen, octets)
    except ValueError as wrong:
        raise ParseError(f"{path}: the key's name: {wrong}", hint=f"as in: {FORMS}") from None


class Signing:
    """The signatures of one question and all messages of its answer (RFC 8945 5.3.1)."""

    def __init__(self, key: Key) -> None:
        import dns.name
        import dns.tsig

        self._name = key.name
        self._key = dns.tsig.Key(dns.name.from_text(key.name), key.secret, dns.name.from_text(key.algorithm))
        self._request_mac = b""
        self._context: Any = None
        self._unsigned = 0

    def sign(self, query: "dns.message.Message") -> bytes:
        """*query* in wire form, signed."""
        query.use_tsig(self._key)
        wire = query.to_wire()
        self._request_mac = query.mac or b""
        return wire

    def verify(self, wire: bytes, at: int | None, *, is_first: bool) -> None:
        """Look at the signature of the next message, which begins at *at*, if it has one. Raises: Unverified"""
        if at is None:
            if is_first or self._unsigned >= 99:
                raise Unverified(f"the answer is not signed with the key {self._name}")
            self._unsigned += 1
            self._context.update(wire)
            return
        self._unsigned = 0
        self._context = self._validated(wire, at)

    def finish(self) -> None:
        """Nothing may follow. Raises: Unverified when the last message was not signed"""
        if self._unsigned:
            raise Unverified(f"the end of the answer is not signed with the key {self._name}")

    def _validated(self, wire: bytes, at: int) -> Any:
        import dns.exception
        import dns.tsig

        owner, rdata = _tsig(wire, at)
        if rdata.error:
            raise Unverified(f"key {self._name}: {ERRORS.get(rdata.error, f'TSIG error {rdata.error}')}")
        if owner != self._key.name:
            raise Unverified(f"the answer is signed with another key than {self._name}")
        try:
            return dns.tsig.validate(  # type: ignore[no-untyped-call]
                wire, self._key, owner, rdata, int(time.time()), self._request_mac, at, self._context, multi=True
            )
        except dns.tsig.BadTime:
            raise Unverified(f"key {self._name}: {ERRORS[18]}") from None
        except (dns.exception.DNSException, ValueError):
            raise Unverified(f"the answer's signature with the key {self._name} does not verify") from None


def _tsig(wire: bytes, at: int) -> tuple[Any, Any]:
    """(owner, data) of the TSIG record at *at*. Raises: Unverified"""
    import dns.exception
    import dns.name
    import dns.rdata
    import dns.rdataclass
    import dns.rdatatype

    try:
        owner, length = dns.name.from_wire(wire, at)
        start = at + length + 10
        rdata = dns.rdata.from_wire(
            dns.rdataclass.ANY, dns.rdatatype.TSIG, wire, start, int.from_bytes(wire[start - 2 : start])
        )
    except (dns.exception.DNSException, ValueError, IndexError):
        raise Unverified("the answer holds a TSIG record that is none") from None
    return owner, rdata
