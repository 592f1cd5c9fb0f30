"""dns-lexicon's powerdns provider, as it comes from PyPI: create, list, update, delete."""

import pytest
from lexicon.client import Client
from lexicon.config import ConfigResolver

from .api import Api, rrset

ZONE = "example.com"  # one that the list of public suffixes knows: that is how it finds the zone of a name


@pytest.fixture(scope="module")
def zone(api: Api) -> str:
    made = api.create(f"{ZONE}.", rrset(f"www.{ZONE}.", "A", "192.0.2.1"), kind="Master")
    assert made.status == 201
    return ZONE


def lexicon(api: Api, action: str, rtype: str, **more: str):
    settings = {
        "provider_name": "powerdns",
        "action": action,
        "domain": ZONE,
        "type": rtype,
        **more,
        "powerdns": {"auth_token": api.key, "pdns_server": api.url, "pdns_server_id": "localhost"},
    }
    with Client(ConfigResolver().with_dict(settings)) as operations:
        match action:
            case "list":
                return operations.list_records(rtype, more.get("name"), more.get("content"))
            case "create":
                return operations.create_record(rtype, more["name"], more["content"])
            case "update":
                return operations.update_record(more["identifier"], rtype, more["name"], more["content"])
            case _:
                return operations.delete_record(more.get("identifier"), rtype, more.get("name"), more.get("content"))


@pytest.mark.parametrize(
    ("rtype", "name", "content", "shown"),
    [
        ("A", "a", "192.0.2.7", ["192.0.2.7"]),
        ("AAAA", "aaaa", "2001:db8::7", ["2001:db8::7"]),
        ("CNAME", "alias", f"www.{ZONE}", [f"www.{ZONE}.", "192.0.2.1"]),
        ("TXT", "_acme-challenge.txt", "challengetoken", ['"challengetoken"']),
        ("MX", "mx", f"10 www.{ZONE}.", [f"10 www.{ZONE}."]),
    ],
)
def test_records_are_made_listed_and_deleted(api: Api, zone: str, rtype: str, name: str, content: str, shown: list):
    full = f"{name}.{zone}"
    for _ in range(2):  # twice is once
        assert lexicon(api, "create", rtype, name=full, content=content)
    assert api.ask(full, "A" if rtype == "CNAME" else rtype) == shown
    (found,) = lexicon(api, "list", rtype, name=full)
    assert (found["name"], found["type"], found["content"]) == (full, rtype, content)
    assert lexicon(api, "delete", rtype, name=full, content=content)
    assert lexicon(api, "list", rtype, name=full) == [] == api.contents(f"{zone}.", f"{full}.", rtype)


def test_one_of_several_is_deleted(api: Api, zone: str):
    name = f"_acme-challenge.several.{zone}"
    for token in ("one", "two", "three"):
        lexicon(api, "create", "TXT", name=name, content=token)
    lexicon(api, "delete", "TXT", name=name, content="two")
    assert api.contents(f"{zone}.", f"{name}.", "TXT") == ['"one"', '"three"']
    lexicon(api, "delete", "TXT", name=name)
    assert api.contents(f"{zone}.", f"{name}.", "TXT") == []


def test_a_record_is_updated(api: Api, zone: str):
    name = f"update.{zone}"
    lexicon(api, "create", "A", name=name, content="192.0.2.1")
    (found,) = lexicon(api, "list", "A", name=name)
    assert lexicon(api, "update", "A", identifier=found["id"], name=name, content="192.0.2.2")
    assert api.ask(name) == ["192.0.2.2"]


def test_a_wrong_key_and_an_unknown_zone_end_in_an_error(api: Api, zone: str):
    with pytest.raises(Exception, match="401"):
        lexicon(api.with_key("wrong"), "list", "A")
