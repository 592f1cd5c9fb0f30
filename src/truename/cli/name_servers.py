"""`--ns NAME[=ADDRESS,..]`: the name servers of a zone that is made, those in it with their addresses."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from truename.cli.records import DEFAULT_TTL
from truename.errors import ParseError

if TYPE_CHECKING:
    from truename.cli.reading import Reading


def of_new_zone(given: Sequence[str], reading: "Reading") -> dict[str, Any]:
    """The `nameservers` and `rrsets` of a zone that is made. Raises: ParseError"""
    servers = [(reading.name(name, "name server"), addresses) for name, addresses in map(_parted, given)]
    rrsets = [rrset for name, addresses in servers for rrset in _rrsets(name, addresses)]
    return {"nameservers": [name for name, _ in servers], **({"rrsets": rrsets} if rrsets else {})}


def remarks(plan: Any) -> Iterator[str]:
    """What to do about a name server in the new zone that has no address."""
    if "target-missing" in plan["asks"]:
        yield "the address of a name server in the zone comes along with --ns NAME=ADDRESS"


def _parted(text: str) -> tuple[str, list[str]]:
    name, _, addresses = text.partition("=")
    return name, [one.strip() for one in addresses.split(",") if one.strip()]


def _rrsets(name: str, addresses: Sequence[str]) -> Iterator[dict[str, Any]]:
    by_type: dict[str, list[str]] = {}
    for address in addresses:
        by_type.setdefault(_type_of(address), []).append(address)
    for rtype, contents in by_type.items():
        records = [{"content": content, "disabled": False} for content in contents]
        yield {"name": name, "type": rtype, "ttl": DEFAULT_TTL, "changetype": "REPLACE", "records": records}


def _type_of(address: str) -> str:
    try:
        return "AAAA" if ip_address(address).version == 6 else "A"
    except ValueError:
        raise ParseError(f'"{address}" is no address', hint="--ns ns1=192.0.2.53,2001:db8::53") from None
