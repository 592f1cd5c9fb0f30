"""The tables, and how a database comes by them."""

from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, create_engine, inspect, text
from zones_kept import SOA, changed, make_zone, rrset

from truename.errors import StoreError
from truename.store import Store, migrate, schema
from truename.zone import Entry, ZoneInfo


@pytest.fixture
def engine(url: str):
    made = create_engine(url)
    yield made
    made.dispose()


def test_the_steps_lead_to_the_tables_that_the_program_means(url: str, engine):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    Store.open(url).close()
    with engine.connect() as connection:
        options = {"version_table": migrate.VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.metadata) == []
        for table in schema.metadata.tables.values():
            kept = {one["name"] for one in inspect(connection).get_check_constraints(table.name)}
            assert kept == {one.name for one in table.constraints if isinstance(one, CheckConstraint)}


def test_the_newest_step_is_the_version():
    assert max(migrate.known_versions()) == schema.VERSION
    assert {path.suffix for path in (migrate.SCRIPTS / "versions").iterdir()} <= {".py", ""}


def test_a_second_opening_changes_nothing_and_needs_no_alembic(url: str, monkeypatch: pytest.MonkeyPatch):
    with Store.open(url) as store:
        make_zone(store)
    monkeypatch.setattr(migrate, "_upgrade", None)
    with Store.open(url) as store:
        assert next(store.rrsets("example.com.")) == SOA


def test_a_step_that_fails_has_not_happened(url: str, engine, monkeypatch: pytest.MonkeyPatch):
    upgrade = migrate._upgrade

    def interrupted(connection) -> None:
        upgrade(connection)
        raise KeyboardInterrupt

    monkeypatch.setattr(migrate, "_upgrade", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Store.open(url)
    assert inspect(engine).get_table_names() == []
    monkeypatch.undo()
    Store.open(url).close()


def test_a_newer_version_is_left_alone(url: str, engine):
    Store.open(url).close()
    with engine.begin() as connection:
        connection.execute(text("UPDATE truename_version SET version_num = '9001'"))
    with pytest.raises(StoreError, match=r"newer truename \(tables of version 9001") as newer:
        Store.open(url)
    assert "newer version" in newer.value.hint
    with engine.connect() as connection:
        assert migrate.stored_version(connection) == "9001"


def test_tables_of_another_program_are_left_alone(url: str, engine):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE users (id INTEGER)"))
    with pytest.raises(StoreError, match=r"another program \(users\)"):
        Store.open(url)
    assert inspect(engine).get_table_names() == ["users"]


def test_the_steps_are_part_of_the_package():
    import truename.store

    assert Path(truename.store.__file__).parent in migrate.SCRIPTS.parents


def test_a_database_of_the_first_version_keeps_what_it_has(url: str, engine):
    with engine.begin() as connection:
        migrate._upgrade(connection, "0001")
        for statement in FIRST:
            connection.execute(text(statement))
        assert migrate.stored_version(connection) == "0001"
    with Store.open(url) as store:
        assert store.zone("example.com.") == ZoneInfo("example.com.", "Master", "ada", ("192.0.2.7",), serial=2)
        assert [one.type for one in store.rrsets("example.com.")] == ["SOA", "NS", "A"]
        assert store.entry("example.com.", 2) == Entry(
            "example.com.",
            2,
            1,
            1.5,
            "ada",
            "cli",
            ("www.example.com. 300 IN A 192.0.2.1",),
            (),
            ("x",),
            number=1,
            change=1,
        )
        assert [zone for zone, one in store.unlinked("192.0.2.2") if one.type == "A"] == ["example.com."]
        store.commit([changed(rrset("ftp", "A", "192.0.2.1"), serial=3)])
        assert [one.serial for one in store.journal("example.com.")] == [3, 2]
    with engine.connect() as connection:
        assert migrate.stored_version(connection) == schema.VERSION


FIRST = (
    "INSERT INTO zones VALUES (1, 'example.com.', 'Master', 'ada', '[\"192.0.2.7\"]', '', 'DEFAULT', false, '', 2)",
    "INSERT INTO owners VALUES (1, '', 'data'), (1, 'www', 'data')",
    "INSERT INTO rrsets VALUES"
    " (1, '', 'SOA', 300, 'data', 'ns.example.com. h.example.com. 2 1 1 1 1', '', ''),"
    " (1, '', 'NS', 300, 'data', 'ns.example.com.', '', ''),"
    " (1, 'www', 'A', 300, 'data', '192.0.2.1', '192.0.2.2', '[[\"why\", \"ada\", 7]]')",
    "INSERT INTO journal (zone, serial, previous, made_at, made_by, door, added, removed, accepted) VALUES"
    " ('example.com.', 2, 1, 1.5, 'ada', 'cli', 'www.example.com. 300 IN A 192.0.2.1', '', 'x')",
)


BEFORE_SPELLING = (
    "INSERT INTO zones VALUES (1, 'example.com.', 'Native', '', '[]', '', 'DEFAULT', '0', '', 2)",
    "INSERT INTO rrsets VALUES"
    " (1, '', 'SOA', 300, 'data', 'ns.example.com. h.example.com. 2 1 1 1 1', '', ''),"
    " (1, 'a', 'CERT', 300, 'data', 'PKIX 1 8 MIIB', '', ''),"
    " (1, 'a', 'DS', 300, 'data', '1 8 2 ABCD\n1 8 2 EF', '1 8 2 AA', ''),"
    " (1, 'a', 'HIP', 300, 'data', '2 2001AB AwEA', '', ''),"
    " (1, 'a', 'NSEC3', 300, 'data', '1 1 12 AABB 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A TYPE1234', '', ''),"
    " (1, 'a', 'TYPE65534', 300, 'data', '\\# 2 ABCD', '', ''),"
    " (1, 'a', 'TLSA', 300, 'data', 'cannot be READ', '', '')",
)


def test_hexadecimal_digits_are_put_into_lower_case(url: str, engine):
    with engine.begin() as connection:
        migrate._upgrade(connection, "0003")
        for statement in BEFORE_SPELLING:
            connection.execute(text(statement))
    with Store.open(url) as store:
        found = {one.type: [record.content for record in one.records] for one in store.rrsets("example.com.")}
    assert found | {"SOA": []} == {
        "SOA": [],
        "CERT": ["1 1 8 MIIB"],
        "DS": ["1 8 2 abcd", "1 8 2 ef", "1 8 2 aa"],
        "HIP": ["2 2001ab AwEA"],
        "NSEC3": ["1 1 12 aabb 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A TYPE1234"],
        "TYPE65534": ["\\# 2 abcd"],
        "TLSA": ["cannot be READ"],
    }


BEFORE_TRIGGERS = (
    "INSERT INTO zones VALUES (1, 'example.com.', 'Native', '', '[]', '', 'DEFAULT', '0', '', 2)",
    "INSERT INTO owners VALUES (1, '', 'data'), (1, 'www', 'alias')",
    "INSERT INTO rrsets VALUES"
    " (1, '', 'SOA', 300, 'data', 'ns.example.com. h.example.com. 2 1 1 1 1', '', ''),"
    " (1, '', 'NS', 300, 'data', 'ns.example.com.', '', ''),"
    " (1, 'www', 'CNAME', 300, 'alias', 'example.com.', '', ''),"
    " (1, 'www', 'A', 300, NULL, '', '192.0.2.2', '[[\"why\", \"ada\", 7]]')",
)


def test_triggers_take_the_place_of_the_table_of_owners(url: str, engine):
    with engine.begin() as connection:
        migrate._upgrade(connection, "0002")
        assert migrate.stored_version(connection) == "0002"
        for statement in BEFORE_TRIGGERS:
            connection.execute(text(statement))
        connection.execute(text("CREATE INDEX of_somebody ON rrsets (type)"))
    with Store.open(url) as store:
        sets = list(store.rrsets("example.com."))
        assert [(one.owner, one.type) for one in sets][2:] == [("www.example.com.", "A"), ("www.example.com.", "CNAME")]
        assert [record.is_disabled for record in sets[2].records] == [True] and sets[2].comments
        with pytest.raises(StoreError, match="an alias beside other data"):
            store.commit([changed(rrset("www", "TXT", '"x"'), serial=3, previous=2)])
        store.commit([changed(("www.example.com.", "CNAME"), rrset("www", "TXT", '"x"'), serial=3, previous=2)])
    with engine.connect() as connection:
        assert "owners" not in inspect(connection).get_table_names()
        kept = {one["name"] for one in inspect(connection).get_indexes("rrsets")}
        assert {"of_somebody", "rrsets_disabled"} <= kept


# number, zone, made_at, made_by, door, accepted
BEFORE_CHANGES = [
    (1, "example.com.", 10.0, "ada", "cli", ""),  # a rename over three zones
    (2, "example.org.", 10.00004, "ada", "cli", ""),
    (3, "example.net.", 10.0001, "ada", "cli", ""),
    (4, "example.com.", 10.0001, "ada", "cli", ""),  # one zone twice is two changes
    (5, "example.org.", 10.0001, "bob", "cli", ""),  # another hand
    (6, "example.net.", 10.0001, "bob", "api", ""),  # another door
    (7, "example.com.", 10.0001, "bob", "api", "x"),  # other findings let through
    (8, "example.org.", 10.0021, "bob", "api", "x"),  # a commit later
    (10, "example.net.", 10.0021, "bob", "api", "x"),  # another came between, and was taken back
    (11, "example.com.", 99.5, "ada", "api", "y"),  # an import of two zones
    (12, "example.net.", 99.5, "ada", "api", "y"),
]


def test_older_entries_are_one_change_where_that_can_be_told(url: str, engine):
    names = ("number", "zone", "made_at", "made_by", "door", "accepted")
    add = text(
        "INSERT INTO journal (number, zone, serial, previous, made_at, made_by, door, added, removed, accepted)"
        " VALUES (:number, :zone, :number, 0, :made_at, :made_by, :door, '', '', :accepted)"
    )
    with engine.begin() as connection:
        migrate._upgrade(connection, "0003")
        connection.execute(add, [dict(zip(names, row, strict=True)) for row in BEFORE_CHANGES])
    with Store.open(url) as store:
        zones = ("example.com.", "example.org.", "example.net.")
        found = {one.number: one.change for zone in zones for one in store.journal(zone)}
        assert found == {1: 1, 2: 1, 3: 1, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 10: 10, 11: 11, 12: 11}
        assert store.zones_of([1, 11]) == {1: zones, 11: ("example.com.", "example.net.")}
        assert [one.number for one in store.change(1)] == [1, 2, 3]


BEFORE_KEYS = (
    "INSERT INTO zones VALUES (1, 'example.com.', 'Native', '', '[]', '', 'DEFAULT', '0', '', 2)",
    "INSERT INTO rrsets VALUES"
    " (1, '', 'SOA', 300, 'data', 'ns.example.com. h.example.com. 2 1 1 1 1', '', ''),"
    " (1, 'www', 'KEY', 300, 'data', '256 3 8 AwEAAag=', '', '')",
)


def test_a_key_of_an_older_version_may_get_an_alias_beside_it(url: str, engine):
    with engine.begin() as connection:
        migrate._upgrade(connection, "0004")
        for statement in BEFORE_KEYS:
            connection.execute(text(statement))
    with Store.open(url) as store:
        store.commit([changed(rrset("www", "CNAME", "web.example.com."), serial=3, previous=2)])
        assert [one.type for one in store.rrsets("example.com.", owner="www.example.com.")] == ["CNAME", "KEY"]
        with pytest.raises(StoreError, match="an alias beside other data"):  # the triggers are still there
            store.commit([changed(rrset("www", "TXT", '"x"'), serial=4, previous=3)])
    with engine.connect() as connection:
        assert "rrsets_disabled" in {one["name"] for one in inspect(connection).get_indexes("rrsets")}
