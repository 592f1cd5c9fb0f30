"""Zones that were signed elsewhere, changed through the door: what the finding tells, and what is none.

ldns and BIND sign; what of their signatures and denials a change breaks is known here by hand.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from truename._core import Graph, read_text
from truename.config import Check
from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.edit.door import Door, Options
from truename.edit.plan import Plan
from truename.errors import RejectedEdit
from truename.rules.base import Finding
from truename.store import Store
from truename.zone import Record, RRset

from .signing import Nsec3, Recipe, Signed
from .small import Keys

ORIGIN = "example.com."
ZONE = """$ORIGIN example.com.
@ 300 SOA ns1 hostmaster 5 7200 3600 1209600 300
@ 300 NS ns1
ns1 300 A 192.0.2.53
a 300 CNAME www
deep.ent 300 TXT "below an empty name"
sub 300 NS ns.sub
ns.sub 300 A 192.0.2.54
www 300 A 192.0.2.1
"""
RULE = "signed-zone-edited"
NSEC = Recipe("ldns", "ECDSAP256SHA256")
NSEC3 = Recipe("ldns", "ECDSAP256SHA256", Nsec3())
OPT_OUT = Recipe("bind", "ECDSAP256SHA256", Nsec3(opt_out=True))
ALL = {"NSEC": NSEC, "NSEC3": NSEC3, "opt-out": OPT_OUT}
SOA = ("example.com.", "SOA")
DNSSEC = ("DNSKEY", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM")


class House:
    """A store with the zone in it, and its door."""

    def __init__(self, store: Store, signed: Signed) -> None:
        self.signed = signed
        self.graph = Graph()
        self.check = Check()
        self.door = Door(store, self.graph, check=self.check)
        self.store = store

    @property
    def text(self) -> bytes:
        return self.signed.path.read_bytes()

    def give(self, text: bytes | None = None, **options: object) -> Plan:
        """Import the zone as a whole, as new or in place of what is there."""
        is_new = not self.door.has(ORIGIN)
        return self.commit(ZoneChange(ORIGIN, is_new=is_new, text=text or self.text), **options)

    def commit(
        self, *changes: SetChange | ZoneChange, strict: bool = True, accept: str = "", dry: bool = False
    ) -> Plan:
        options = Options(is_strict=strict, accept=frozenset(filter(None, [accept])), is_dry_run=dry)
        sets = tuple(one for one in changes if isinstance(one, SetChange))
        zones = tuple(one for one in changes if isinstance(one, ZoneChange))
        return self.door.commit(ChangeSet(sets, zones), options)

    def told(self, *changes: SetChange | ZoneChange) -> set[tuple[str, str]]:
        """(owner, type) that the plan of a change tells of; that it would ask is made sure of."""
        plan = self.commit(*changes, dry=True)
        assert all(one.rule == RULE and one.severity == "error" for one in plan.findings), plan.findings
        assert bool(plan.refused) == bool(plan.findings)
        return {(one.owner, one.type) for one in plan.findings}

    def checked(self, **settings: object) -> list[Finding]:
        self.door.configure(Check(**settings))  # type: ignore[arg-type]
        return self.door.check(ORIGIN)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def make(tmp_path: Path, keys: Keys) -> Iterator[Callable[..., House]]:
    stores: list[Store] = []

    def house(recipe: Recipe = NSEC, zone: str = ZONE) -> House:
        stores.append(Store.open(f"sqlite:///{tmp_path / f'{len(stores)}.db'}"))
        made = House(stores[-1], keys.sign(ORIGIN, zone, recipe))
        made.give()
        return made

    yield house
    for store in stores:
        store.close()


def put(owner: str, rtype: str, *data: str, ttl: int = 300) -> SetChange:
    return SetChange(ORIGIN, owner, rtype, "replace", ttl, tuple(map(Record, data)))


def gone(owner: str, rtype: str) -> SetChange:
    return SetChange(ORIGIN, owner, rtype, "delete")


@pytest.mark.parametrize("recipe", ALL.values(), ids=ALL)
def test_importing_and_replacing_it_whole_is_no_edit(make, keys: Keys, recipe: Recipe) -> None:
    house = make(recipe)
    assert house.checked() == [] and house.checked(select=[RULE]) == []
    newer = keys.sign(ORIGIN, ZONE.replace(" 5 ", " 6 ").replace("192.0.2.1", "192.0.2.9"), recipe)
    assert house.told(ZoneChange(ORIGIN, text=newer.path.read_bytes())) == set()
    house.give(newer.path.read_bytes())
    assert house.checked(select=[RULE]) == []


def test_another_way_of_signing_it_is_no_edit(make, keys: Keys) -> None:
    house = make(NSEC)
    for recipe in (NSEC3, OPT_OUT, NSEC):
        serial = house.door._published.zones[ORIGIN].serial + 1
        assert house.give(keys.sign(ORIGIN, ZONE.replace(" 5 ", f" {serial} "), recipe).path.read_bytes()).is_saved


def test_signed_again_below_the_serial_that_is_there(make, keys: Keys) -> None:
    """The zone gets a serial that nobody has signed."""
    house = make()
    again = keys.sign(ORIGIN, ZONE.replace("192.0.2.1", "192.0.2.9"), NSEC)
    assert house.told(ZoneChange(ORIGIN, text=again.path.read_bytes())) == {SOA}
    with pytest.raises(RejectedEdit) as refused:
        house.give(again.path.read_bytes())
    assert "with a serial above the last one that it had here" in refused.value.findings[0].hint


@pytest.mark.parametrize("recipe", ALL.values(), ids=ALL)
def test_other_data_below_a_signature(make, recipe: Recipe) -> None:
    house = make(recipe)
    assert house.told(put("www.example.com.", "A", "192.0.2.9")) == {("www.example.com.", "A"), SOA}
    assert house.told(put("a.example.com.", "CNAME", "ns1.example.com.")) == {("a.example.com.", "CNAME"), SOA}
    assert house.told(put("www.example.com.", "A", "192.0.2.1", ttl=60)) == {("www.example.com.", "A"), SOA}


def test_the_door_asks_and_records_who_was_let_through(make) -> None:
    house = make()
    with pytest.raises(RejectedEdit) as refused:
        house.commit(put("www.example.com.", "A", "192.0.2.9"))
    assert {one.rule for one in refused.value.findings} == {RULE}
    house.commit(put("www.example.com.", "A", "192.0.2.9"), strict=False)
    assert next(iter(house.store.journal(ORIGIN))).accepted == (RULE,)
    assert {(one.owner, one.type) for one in house.checked()} == set()  # structure and dates are right
    found = house.checked(select=[RULE])
    assert {(one.owner, one.type) for one in found} == {("www.example.com.", "A"), SOA}
    assert {one.severity for one in found} == {"warning"}


def test_a_new_name(make) -> None:
    new = put("new.example.com.", "A", "192.0.2.9")
    assert make(NSEC).told(new) == {("new.example.com.", "A"), ("new.example.com.", "NSEC"), SOA}
    assert make(NSEC3).told(new) == {("new.example.com.", "A"), ("new.example.com.", "NSEC3"), SOA}
    assert make(OPT_OUT).told(new) == {("new.example.com.", "A"), ("new.example.com.", "NSEC3"), SOA}


def test_a_new_name_with_empty_ones_above_it(make) -> None:
    new = put("x.y.z.example.com.", "A", "192.0.2.9")
    names = {("x.y.z.example.com.", "NSEC3"), ("y.z.example.com.", "NSEC3"), ("z.example.com.", "NSEC3")}
    assert make(NSEC3).told(new) == {("x.y.z.example.com.", "A"), SOA, *names}


def test_a_new_type_at_a_name(make) -> None:
    new = put("www.example.com.", "TXT", '"x"')
    assert make(NSEC).told(new) == {("www.example.com.", "TXT"), ("www.example.com.", "NSEC"), SOA}
    assert make(NSEC3).told(new) == {("www.example.com.", "TXT"), ("www.example.com.", "NSEC3"), SOA}


def test_records_that_go_and_leave_their_signature(make) -> None:
    away = gone("www.example.com.", "A")
    assert make(NSEC).told(gone("a.example.com.", "CNAME"), away) == {
        ("a.example.com.", "CNAME"), ("a.example.com.", "NSEC"),
        ("www.example.com.", "A"), ("www.example.com.", "NSEC"), SOA,
    }  # fmt: skip


def test_a_name_that_goes_with_all_it_has(make) -> None:
    house = make(NSEC)
    whole = [gone("www.example.com.", rtype) for rtype in ("A", "RRSIG", "NSEC")]
    # What leads to it stands at the name before: canonical order.
    assert house.told(gone("a.example.com.", "CNAME"), *whole) >= {("sub.example.com.", "NSEC"), SOA}
    hashed = make(NSEC3)
    whole = [gone("www.example.com.", rtype) for rtype in ("A", "RRSIG")]
    plan = hashed.commit(gone("a.example.com.", "CNAME"), *whole, dry=True)
    assert any("NSEC3 stands for www.example.com., which is gone" in one.message for one in plan.findings)


def test_delegations(make) -> None:
    insecure = put("cut.example.com.", "NS", "ns.example.net.")
    ds = put("sub.example.com.", "DS", f"12345 13 2 {'0' * 64}")
    assert make(OPT_OUT).told(insecure) == {SOA}
    assert make(NSEC).told(insecure) == {("cut.example.com.", "NSEC"), SOA}
    assert make(NSEC).told(ds) == {("sub.example.com.", "DS"), ("sub.example.com.", "NSEC"), SOA}
    assert make(OPT_OUT).told(ds) == {("sub.example.com.", "DS"), ("sub.example.com.", "NSEC3"), SOA}


@pytest.mark.parametrize("recipe", ALL.values(), ids=ALL)
def test_glue_has_no_signature_to_lose(make, recipe: Recipe) -> None:
    house = make(recipe)
    assert house.told(put("ns.sub.example.com.", "A", "192.0.2.99")) == {
        SOA
    }  # only because each change numbers the zone
    assert house.told(put("other.sub.example.com.", "AAAA", "2001:db8::1")) == {SOA}


def test_properties_and_comments_number_the_zone_too(make) -> None:
    house = make()
    info = house.door._published.zones[ORIGIN]
    assert house.told(ZoneChange(ORIGIN, info=replace(info, account="ops"))) == {SOA}


def test_an_edit_that_brings_its_signatures_along(make, keys: Keys) -> None:
    """A signer that speaks the API: RRsets and their new signatures in one change."""
    house = make()
    newer = keys.sign(ORIGIN, ZONE.replace(" 5 ", " 6 ").replace("192.0.2.1", "192.0.2.9"), NSEC)
    sets = [RRset(o, t, ttl, tuple(map(Record, data))) for o, t, ttl, data in read_text(newer.path.read_bytes()).sets()]
    steps = [put(one.owner, one.type, *one.served, ttl=one.ttl) for one in sets]
    assert house.told(*steps) == set()
    without = [step for step in steps if (step.owner, step.type) != ("www.example.com.", "RRSIG")]
    assert house.told(*without) == {("www.example.com.", "A")}


def test_taking_all_of_dnssec_out_is_none(make) -> None:
    house = make()
    plain = b"".join(
        line for line in house.text.splitlines(True) if not any(f"\t{t}\t".encode() in line for t in DNSSEC)
    )
    assert house.told(ZoneChange(ORIGIN, text=plain)) == set()
    keyless = b"".join(line for line in house.text.splitlines(True) if b"\tDNSKEY\t" not in line)
    assert (ORIGIN, "DNSKEY") in house.told(ZoneChange(ORIGIN, text=keyless))


def test_deleting_it_is_none_and_bringing_it_back_is(make) -> None:
    """It comes back with a serial that nobody has signed, by undo as by another import of the same file."""
    house = make()
    house.commit(ZoneChange(ORIGIN, is_deleted=True))
    last = house.store.journal(ORIGIN, limit=1)[0].serial
    with pytest.raises(RejectedEdit) as refused:
        house.door.undo(ORIGIN, last, Options(is_strict=True))
    assert {(one.owner, one.type, one.rule) for one in refused.value.findings} == {(*SOA, RULE)}
    with pytest.raises(RejectedEdit):
        house.give()
    assert house.give(accept=RULE).is_saved


def test_undo_breaks_nothing_that_was_not_broken(make) -> None:
    house = make()
    house.commit(put("www.example.com.", "A", "192.0.2.9"), accept=RULE)
    serial = house.store.journal(ORIGIN, limit=1)[0].serial
    plan = house.door.undo(ORIGIN, serial, Options(is_strict=True))
    assert plan.findings == () and {(one.owner, one.type) for one in plan.existing} == {SOA}
    assert {(one.owner, one.type) for one in house.checked(select=[RULE])} == {SOA}


def test_a_rename(make) -> None:
    house = make()
    plan = house.door.rename("www.example.com.", "web.example.com.", Options(is_dry_run=True, is_strict=True))
    assert {one.rule for one in plan.findings} == {RULE} and plan.refused
    assert ("a.example.com.", "CNAME") in {(one.owner, one.type) for one in plan.findings}


def test_an_unsigned_zone_is_never_told_of(make) -> None:
    house = make()
    plain = b"".join(
        line for line in house.text.splitlines(True) if not any(f"\t{t}\t".encode() in line for t in DNSSEC)
    )
    house.give(plain)
    assert house.told(put("www.example.com.", "A", "192.0.2.9"), put("new.example.com.", "TXT", '"x"')) == set()
