"""Names in the data of records, `--ns` and the targets of aliases: which name is meant by what somebody typed.

    www                       one label: relative, www.example.com.
    @                         the zone
    www.example.net.          absolute, as it says
    mail.example.com          in this zone, or in another one that is kept here: absolute
    www.example.net           ends in a suffix that the public suffix list names: absolute
    mail.internal             may be either: refused, with both spellings
    192.0.2.1  https://a.b/   no question of spelling: target-is-address and target-malformed say what is wrong

A zone file takes all of them but the third for relative names, and is wrong about nearly every one with a dot inside.
The default rule of the list, by which any last label is a suffix, is left out: `internal` is not one.
"""

import re
from collections.abc import Callable
from functools import cache, cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING

from truename._core import name_spans
from truename.cli import typed
from truename.errors import ParseError
from truename.name import ROOT, absolute, ancestors, is_absolute, labels, masked, normal, of_mailbox, undotted

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

    from truename.cli.client import Client

_ODD = re.compile(
    r"[:@\s]|/(?!.*\.arpa\.?$)", re.IGNORECASE
)  # a URL, a port, a mailbox, words, a path (RFC 2317 has /)
_MAILBOXES = ("SOA", "RP")


class Reading:
    """How names are read that are typed for the zone of *name*, the closest that is kept at or above it.

    *is_kept*: whether a zone of that name is kept here; asked of the server where a name does not say it by itself.
    Where no zone is kept above *name*, what is relative is so to the root.
    """

    def __init__(self, name: str, is_kept: Callable[[str], bool]) -> None:
        self._name = name
        self._is_kept = is_kept

    @classmethod
    def of(cls, client: "Client", name: str) -> "Reading":
        """Beside the zones that the server has and shows to this key."""
        return cls(name, cache(lambda name: bool(client.get("zones", {"zone": name, "dnssec": False}))))

    @classmethod
    def of_zone(cls, client: "Client", zone: str) -> "Reading":
        """The same for *zone* itself, which need not be there yet."""
        reading = cls.of(client, zone)
        return cls(zone, lambda name: name == zone or reading._is_kept(name))

    @cached_property
    def zone(self) -> str:
        """What relative names are relative to."""
        return next((one for one in ancestors(self._name) if self._is_kept(one)), ROOT)

    def name(self, text: str, what: str = "name") -> str:
        """The name that *text* means, in its spelling. Raises: ParseError where that could be either of two"""
        name = typed.spelled(text, what)
        if name == "@":
            return self.zone
        if is_absolute(name):
            return name
        if len(labels(name)) > 1:
            if self._is_meant_absolute(normal(_without_spaces(name))):
                return absolute(name)
            if not _is_no_name(name):
                raise _unclear(name, absolute(name, self.zone), what)
        return absolute(name, self.zone)

    def data(self, text: str, rtype: str) -> str:
        """The data of one record, with absolute names. Raises: ParseError"""
        if rtype in typed.TEXTS:
            return text if text.lstrip().startswith('"') else " ".join(typed.quoted(text))
        if _is_one_name(rtype) and "\\#" not in text:
            # A space in it is a finding, not a second field.
            return _without_spaces(self.name(text, "value"))
        for start, end in reversed(name_spans(rtype, text)):
            _refuse_mailbox(rtype, text[start:end])
            text = text[:start] + self.name(text[start:end], "value") + text[end:]
        return text

    def _is_meant_absolute(self, name: str) -> bool:
        return _is_public(name) or any(self._is_kept(one) for one in ancestors(name) if one != ROOT)


def _unclear(name: str, relative: str, what: str) -> ParseError:
    return ParseError(
        f'the {what} "{name}" may be the absolute name {name}. or {relative}',
        hint=f"write {name}. or {relative}, with the final dot",
    )


def _refuse_mailbox(rtype: str, name: str) -> None:
    if rtype in _MAILBOXES and "@" in name[1:]:
        raise ParseError(
            f'"{name}" is an e-mail address; its name has a dot for the @', hint=f"write {of_mailbox(name)}"
        )


def _is_no_name(name: str) -> bool:
    """Whether *name* reads as an address, a URL, or words."""
    if _ODD.search(masked(name, "")):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_one_name(rtype: str) -> bool:
    """Whether the data of *rtype* are one name and nothing else."""
    return name_spans(rtype, "a") == name_spans(rtype, "a a a") == [(0, 1)]


def _without_spaces(name: str) -> str:
    return "".join(f"\\{ord(one):03}" if one.isspace() else one for one in name)


def _is_public(name: str) -> bool:
    """Whether *name* ends in a suffix that the public suffix list names."""
    return _suffixes("xn--" in name).publicsuffix(masked(undotted(name))) is not None


@cache
def _suffixes(has_idns: bool) -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList  # 12 ms; to encode its IDNs takes 45 more

    return PublicSuffixList(accept_unknown=False, accept_encoded_idn=has_idns)
