"""What DNS forbids is refused by the database itself: here it is written past the store."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import IntegrityError

from truename.store import Store

Write = Callable[..., None]
OWNER = "INSERT INTO owners (zone, place, kind) VALUES (1, :place, :kind)"
SET = (
    "INSERT INTO rrsets (zone, place, type, ttl, kind, served, disabled, comments)"
    " VALUES (1, :place, :type, :ttl, :kind, :served, :disabled, '')"
)


@pytest.fixture
def write(url: str) -> Iterator[Write]:
    """Run statements in one transaction on a connection of our own."""
    Store.open(url).close()
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = ON"))

    def run(*statements: tuple[str, dict[str, object]]) -> None:
        with engine.begin() as connection:
            for statement, values in statements:
                connection.execute(text(statement), values)

    zone = "'example.com.', 'Native', '', '[]', '', '', :no, '', 1"
    columns = "id, name, kind, account, masters, soa_edit, soa_edit_api, api_rectify, catalog, serial"
    run((f"INSERT INTO zones ({columns}) VALUES (1, {zone})", {"no": False}))
    yield run
    engine.dispose()


def owner(kind: str, place: str = "www") -> tuple[str, dict[str, object]]:
    return OWNER, {"place": place, "kind": kind}


def rrset(rtype: str, kind: str | None, served: str = "x", **given: object) -> tuple[str, dict[str, object]]:
    values = {"place": "www", "type": rtype, "kind": kind, "served": served, "disabled": "", "ttl": 300}
    return SET, {**values, **given}


def test_what_is_allowed(write: Write):
    write(
        owner("alias"), rrset("CNAME", "alias", "a."), rrset("RRSIG", None), rrset("NSEC", None), rrset("A", None, "")
    )
    write(owner("data", "mail"), *(rrset(one, "data", "x\ny", place="mail") for one in ("A", "AAAA", "MX")))


@pytest.mark.parametrize("first", ["CNAME", "A"])
def test_an_alias_beside_other_data(write: Write, first: str):
    kinds = {"CNAME": "alias", "A": "data"}
    second = "A" if first == "CNAME" else "CNAME"
    write(owner(kinds[first]), rrset(first, kinds[first]))
    with pytest.raises(IntegrityError):
        write(rrset(second, kinds[second]))
    with pytest.raises(IntegrityError):  # the owner has the other kind already
        write(owner(kinds[second]), rrset(second, kinds[second]))
    with pytest.raises(IntegrityError):  # a kind that the type has not
        write(rrset(second, kinds[first]))
    with pytest.raises(IntegrityError):  # a set that is served and belongs to no kind
        write(rrset(second, None))
    with pytest.raises(IntegrityError):  # what is there cannot change its kind under the set that has it
        write(("UPDATE owners SET kind = :kind", {"kind": kinds[second]}))


def test_a_disabled_set_that_is_enabled_beside_an_alias(write: Write):
    write(owner("alias"), rrset("CNAME", "alias", "a."), rrset("A", None, "", disabled="192.0.2.1"))
    with pytest.raises(IntegrityError):
        write(("UPDATE rrsets SET served = disabled WHERE type = 'A'", {}))
    with pytest.raises(IntegrityError):
        write(("UPDATE rrsets SET served = disabled, kind = 'data' WHERE type = 'A'", {}))


def test_two_cnames_at_one_owner(write: Write):
    with pytest.raises(IntegrityError):
        write(owner("alias"), rrset("CNAME", "alias", "a.\nb."))
    write(owner("alias"), rrset("CNAME", "alias", "a."))
    with pytest.raises(IntegrityError):
        write(rrset("CNAME", "alias", "b."))
    with pytest.raises(IntegrityError):
        write(("UPDATE rrsets SET served = :two", {"two": "a.\nb."}))


@pytest.mark.parametrize(
    "statement",
    [
        rrset("A", "data", place="nobody"),
        rrset("A", "data", ttl=-1),
        rrset("A", "data", ttl=2**31),
        rrset("A", "other"),
        owner("other"),
        ("UPDATE zones SET serial = 4294967296", {}),
        ("DELETE FROM zones", {}),
        ("INSERT INTO users VALUES ('ada', 'x', 'owner', 0)", {}),
    ],
)
def test_what_makes_no_sense(write: Write, statement: tuple[str, dict[str, object]]):
    write(owner("data", "mail"), owner("data"))
    with pytest.raises(IntegrityError):
        write(statement)
