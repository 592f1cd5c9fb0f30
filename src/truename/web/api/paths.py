"""Zones and names in paths.

PowerDNS writes a zone's id with =XX for every octet that a proxy might mistake (`/` is =2F, the root =2E); %2F is
understood as well, and an id without its final dot.
"""

import re
from ipaddress import ip_address
from typing import Annotated

from fastapi import Depends, Path
from starlette.convertors import Convertor, register_url_convertor

from truename.errors import ParseError
from truename.name import ROOT, is_absolute, normal
from truename.web.answers import ApiError

TEXT = r"^[^\x00]*$"  # what a database can be asked for: PostgreSQL refuses the question when there is a NUL in it
_ESCAPED = re.compile("=([0-9A-Fa-f]{2})")
_UNSAFE = re.compile(rb"[^A-Za-z0-9.-]")


class _Anything(Convertor[str]):
    """{name:path}, also of text with a line break in it: that is no name, which is not the same as no such path."""

    regex = "(?s:.*)"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("path", _Anything())


def zone_id(zone: str) -> str:
    """The id of *zone*, fit for a path."""
    return "=2E" if zone == ROOT else _UNSAFE.sub(lambda one: b"=%02X" % ord(one[0]), zone.encode()).decode()


def name_of_id(text: str) -> str:
    """The name behind an id or a name in a path, as it is stored. Raises: ApiError 422 for what is no name"""
    return absolute(_ESCAPED.sub(lambda one: chr(int(one[1], 16)), text))


def absolute(text: str) -> str:
    """*text* as a stored name: lower case, A-labels, final dot. Raises: ApiError 422"""
    try:
        return normal(text)
    except ParseError as wrong:
        raise ApiError(422, str(wrong)) from None


async def _zone(
    zone_id: Annotated[str, Path(description="the zone's name; / also as =2F, the final dot may be missing")],
) -> str:
    return name_of_id(zone_id)


async def _name_or_address(
    name: Annotated[str, Path(description="a name, percent-encoded, or an IPv4 or IPv6 address")],
) -> str:
    try:
        return str(ip_address(name))
    except ValueError:
        return name_of_id(name)


def is_address(text: str) -> bool:
    """Whether what `NameOrAddress` took is an address: names end in a dot."""
    return not is_absolute(text)


async def _name(
    name: Annotated[str, Path(description="percent-encoded; / also as =2F; U-labels are understood")],
) -> str:
    return name_of_id(name)


ZoneName = Annotated[str, Depends(_zone)]
Name = Annotated[str, Depends(_name)]
NameOrAddress = Annotated[str, Depends(_name_or_address)]
