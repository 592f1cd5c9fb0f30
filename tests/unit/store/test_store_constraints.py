"""What DNS forbids is refused by the database itself: here it is written past the store."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from truename.store import Store

Write = Callable[..., None]
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


def rrset(rtype: str, kind: str | None, served: str = "x", **given: object) -> tuple[str, dict[str, object]]:
    values = {"place": "www", "type": rtype, "kind": kind, "served": served, "disabled": "", "ttl": 300}
    return SET, {**values, **given}


def test_what_is_allowed(write: Write):
    write(rrset("CNAME", "alias", "a."), rrset("RRSIG", None), rrset("NSEC", None), rrset("A", None, ""))
    write(rrset("KEY", None))
    with pytest.raises(IntegrityError):  # of no kind, because it may stand beside either
        write(rrset("KEY", "data", place="mail"))
    write(*(rrset(one, "data", "x\ny", place="mail") for one in ("A", "AAAA", "MX")))
    write(("UPDATE rrsets SET ttl = 1, served = 'z' WHERE kind IS NOT NULL", {}))


@pytest.mark.parametrize("first", ["CNAME", "A"])
def test_an_alias_beside_other_data(write: Write, first: str):
    kinds = {"CNAME": "alias", "A": "data"}
    second = "A" if first == "CNAME" else "CNAME"
    write(rrset(first, kinds[first]), rrset(second, kinds[second], place="mail"))
    with pytest.raises(IntegrityError):
        write(rrset(second, kinds[second]))
    with pytest.raises(IntegrityError):  # a kind that the type has not
        write(rrset(second, kinds[first]))
    with pytest.raises(IntegrityError):  # a set that is served and belongs to no kind
        write(rrset(second, None))
    with pytest.raises(IntegrityError):  # a type that would be of another kind
        write(("UPDATE rrsets SET type = :other WHERE type = :type", {"type": first, "other": second}))
    with pytest.raises(IntegrityError):  # an owner that moves to where the other kind is
        write(("UPDATE rrsets SET place = 'www' WHERE place = 'mail'", {}))


def test_an_alias_beside_other_data_in_one_statement(write: Write):
    both = "VALUES (1, 'b', 'A', 1, 'data', 'x', '', ''), (1, 'b', 'CNAME', 1, 'alias', 'x', '', '')"
    with pytest.raises(IntegrityError):
        write((f"INSERT INTO rrsets {both}", {}))
    with pytest.raises(IntegrityError):
        write((f"INSERT INTO rrsets {both} ON CONFLICT DO NOTHING", {}))
    write(rrset("A", "data", place="c"), rrset("CNAME", "alias", place="d"))
    with pytest.raises(IntegrityError):
        write(("UPDATE rrsets SET place = 'e'", {}))


def test_two_transactions_at_once(url: str, write: Write):
    """In PostgreSQL neither sees what the other adds; SQLite lets one write at a time."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        engine.dispose()
        return
    for level in ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"):
        values = {"place": f"b{level}"}
        one, other = (engine.connect().execution_options(isolation_level=level) for _ in range(2))
        with one, other, ThreadPoolExecutor(1) as beside:
            for connection in (one, other):
                connection.execute(text("SELECT count(*) FROM rrsets")).all()  # the version it sees begins here
            one.execute(text(SET), {**rrset("A", "data")[1], **values})
            waits = beside.submit(other.execute, text(SET), {**rrset("CNAME", "alias")[1], **values})
            with pytest.raises(TimeoutError):
                waits.result(0.2)
            one.commit()
            with pytest.raises(DBAPIError):
                waits.result(30)
    engine.dispose()


def test_a_disabled_set_that_is_enabled_beside_an_alias(write: Write):
    write(rrset("CNAME", "alias", "a."), rrset("A", None, "", disabled="192.0.2.1"))
    with pytest.raises(IntegrityError):
        write(("UPDATE rrsets SET served = disabled WHERE type = 'A'", {}))
    with pytest.raises(IntegrityError):
        write(("UPDATE rrsets SET served = disabled, kind = 'data' WHERE type = 'A'", {}))


def test_two_cnames_at_one_owner(write: Write):
    with pytest.raises(IntegrityError):
        write(rrset("CNAME", "alias", "a.\nb."))
    write(rrset("CNAME", "alias", "a."))
    with pytest.raises(IntegrityError):
        write(rrset("CNAME", "alias", "b."))
    with pytest.raises(IntegrityError):
        write(("UPDATE rrsets SET served = :two", {"two": "a.\nb."}))


@pytest.mark.parametrize(
    "statement",
    [
        rrset("A", "data", ttl=-1),
        rrset("A", "data", ttl=2**31),
        rrset("A", "other"),
        ("UPDATE rrsets SET zone = 2", {}),
        ("UPDATE zones SET serial = 4294967296", {}),
        ("DELETE FROM zones", {}),
        ("INSERT INTO users VALUES ('ada', 'x', 'owner', 0)", {}),
    ],
)
def test_what_makes_no_sense(write: Write, statement: tuple[str, dict[str, object]]):
    write(rrset("A", "data", place="mail"))
    with pytest.raises(IntegrityError):
        write(statement)
