"""One name in many spellings, at every door of the API that takes names: each makes the same of it, or refuses it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from truename.cli import offline
from truename.cli.client import Client, in_path
from truename.config import load
from truename.errors import TruenameError
from truename.name import normal

ZONE = "example.com."
UNASKED = {"strict": False}  # findings that ask are not what is tested
DRY = {**UNASKED, "dry_run": True}
REST = ".".join(["x" * 63] * 3)  # with the zone's 13 octets, 49 more make 255

# What is written before the zone's name, and the labels that are kept; None where it is no name.
SPELLINGS = {
    "plain": ("www", "www"),
    "upper": ("WwW", "www"),
    "dot": (r"a\.b", r"a\.b"),
    "dot-by-number": (r"a\046b", r"a\.b"),
    "nul": (r"a\000b", r"a\000b"),
    "letter-by-number": (r"\065x", "ax"),
    "backslash": (r"a\\", r"a\\"),
    "backslash-by-number": (r"a\092", r"a\\"),
    "escaped-letter": (r"\wx", "wx"),
    "underscore": ("_dmarc.A", "_dmarc.a"),
    "equals": ("a=2Eb", "a=2eb"),
    "u-label": ("b\u00fccher", "xn--bcher-kva"),
    "upper-u-label": ("B\u00dcCHER.A", "xn--bcher-kva.a"),
    "a-label": ("XN--bcher-kva", "xn--bcher-kva"),
    "255-octets": (f"{REST}.{'y' * 49}", f"{REST}.{'y' * 49}"),
    "256-octets": (f"{REST}.{'y' * 50}", None),
    "long-label": ("y" * 64, None),
    "empty-label": ("a..b", None),
    "number-too-large": (r"a\256", None),
    "number-too-short": (r"a\25", None),
    "no-u-label": ("b\u00fc--cher", None),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    data = tmp_path_factory.mktemp("names") / "data"
    transport, key = offline.open_app(load(environ={}, flags={"serve.data": str(data)}))
    client = Client(transport, key)
    client.call("POST", "zones", UNASKED, {"name": ZONE, "nameservers": [f"ns.{ZONE}"]})
    yield client
    transport.close()


def steps(name: str, content: str = "192.0.2.1", rtype: str = "A") -> dict[str, Any]:
    records = [{"content": content, "disabled": False}]
    return {"rrsets": [{"name": name, "type": rtype, "changetype": "REPLACE", "ttl": 60, "records": records}]}


def of_plan(plan: Any, rtype: str = "A") -> str:
    (found,) = [one["name"] for one in plan["changes"] if one["type"] == rtype]
    return str(found)


def api_plan(house: Client, name: str) -> str:
    return of_plan(house.call("PATCH", f"zones/{ZONE}", DRY, steps(name)))


def api_patch(house: Client, name: str) -> str:
    house.call("PATCH", f"zones/{ZONE}", UNASKED, steps(name))
    try:
        (found,) = house.get(f"zones/{ZONE}", {"rrset_name": name, "rrset_type": "A"})["rrsets"]
        (known,) = house.get("search-data", {"q": found["name"], "object_type": "record"})
        assert known["name"] == found["name"]
        return str(found["name"])
    finally:
        gone = {"name": name, "type": "A", "changetype": "DELETE"}
        house.call("PATCH", f"zones/{ZONE}", UNASKED, {"rrsets": [gone]})


def api_data(house: Client, name: str) -> str:
    plan = house.call("PATCH", f"zones/{ZONE}", DRY, steps(f"alias.{ZONE}", name, "CNAME"))
    ((content,),) = [one["after"]["records"] for one in plan["changes"] if one["type"] == "CNAME"]
    return normal(content)  # data keep the case that they were written in


def api_new_zone(house: Client, name: str) -> str:
    plan = house.call("POST", "zones", DRY, {"name": name, "nameservers": [f"ns.{ZONE}"]})
    return of_plan(plan, "NS")


def api_point(house: Client, name: str) -> str:
    body = {"target": f"other.{ZONE}"}
    return of_plan(house.call("POST", f"names/{in_path(name)}/point", DRY, body), "CNAME")


def api_explain(house: Client, name: str) -> str:
    return str(house.get(f"names/{in_path(name)}/explain")["qname"])


def api_impact(house: Client, name: str) -> str:
    return str(house.get(f"names/{in_path(name)}/impact")["name"])


def api_key(house: Client, name: str) -> str:
    made = house.call("POST", "keys", body={"name": "bound", "role": "viewer", "zones": [name]})
    house.call("DELETE", "keys/bound")
    return str(made["zones"][0])


DOORS: dict[str, Callable[[Client, str], str]] = {
    one.__name__: one
    for one in (
        api_plan,
        api_patch,
        api_data,
        api_new_zone,
        api_point,
        api_explain,
        api_impact,
        api_key,
    )
}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize(("written", "kept"), SPELLINGS.values(), ids=SPELLINGS)
def test_absolute_names(house, door, written, kept):
    name = f"{written}.{ZONE}"
    if kept is None:
        with pytest.raises(TruenameError):
            door(house, name)
    else:
        assert door(house, name) == f"{kept}.{ZONE}"
