"""Zone files as one world: what was read, what is found and where, from Python's side."""

import os
import time

import pytest

from truename._core import World

HEAD = "$TTL 60\n@ SOA ns host 7 7200 900 1209600 300\n@ NS ns\nns A 192.0.2.53\n"
CONFLICTS = ["conflict-alias-data", "conflict-aliases", "conflict-dnames", "conflict-dname-ns", "conflict-apex-alias"]


def write(folder, origin, text="", head=HEAD):
    path = folder / f"{origin}.zone"
    path.write_text(head + text)
    return str(path)


def world_of(*paths):
    world = World()
    return world, world.read([(path, None) for path in paths])


def test_what_was_read(tmp_path):
    one = write(tmp_path, "example.com", "www A 192.0.2.1\nwww CNAME ns\n$INCLUDE more.inc\n")
    (tmp_path / "more.inc").write_text("x A 192.0.2.2\n")
    gone = str(tmp_path / "gone.zone")
    world, reads = world_of(one, gone)
    read = reads[0]
    assert (read.path, read.origin, read.serial, read.records, read.names) == (one, "example.com.", 7, 6, 4)
    assert (read.is_zone, read.error, read.files) == (True, "", [one, str(tmp_path / "more.inc")])
    assert (reads[1].path, reads[1].is_zone, reads[1].error) == (gone, False, "No such file or directory")
    assert [(zone.origin, zone.records) for zone in world.zones()] == [("example.com.", 6)]


def test_a_conflict_names_both_records_and_their_places(tmp_path):
    path = write(tmp_path, "example.com", "www A 192.0.2.1\nwww 30 IN CNAME ns\nwww CNAME other\n")
    world, _ = world_of(path)
    first, second = world.facts(CONFLICTS)
    assert (first.kind, first.zone, first.owner, first.type) == (
        "conflict-alias-data",
        "example.com.",
        "www.example.com.",
        "CNAME",
    )
    assert (first.ttl, first.data, first.target) == (30, "ns.example.com.", "ns.example.com.")
    assert (first.file, first.line, first.column, first.data_line, first.data_column) == (path, 6, 1, 6, 17)
    assert first.other == ("www.example.com.", "A", "192.0.2.1", path, 5, 1)
    assert "www.example.com. is an alias and also has A 192.0.2.1" in first.detail
    assert first.hint
    assert (second.kind, second.line, second.other[5]) == ("conflict-aliases", 7, 1)
    assert [fact.line for fact in world.facts(CONFLICTS, limit=1)] == [6]
    assert world.facts(CONFLICTS, scope=["ns.example.com."]) == []
    assert len(world.facts(CONFLICTS, scope=["WWW.example.com"])) == 2


def test_what_is_no_zone(tmp_path):
    bad = write(tmp_path, "example.com", "www A nothing\n")
    nameless = tmp_path / "a..b.zone"
    nameless.write_text("x A 192.0.2.1\n")
    twin = tmp_path / "twin.zone"
    twin.write_text(f"$ORIGIN example.com.\n{HEAD}")
    world, reads = world_of(bad, str(nameless), str(twin))
    assert [read.is_zone for read in reads] == [True, False, False]
    facts = world.facts(["unreadable", "zone-twice"])
    assert [(fact.kind, fact.file, fact.line, fact.column) for fact in facts] == [
        ("unreadable", bad, 5, 7),
        ("unreadable", str(nameless), 1, 1),
        ("zone-twice", str(twin), 0, 0),
    ]
    assert [fact.zone for fact in facts] == ["example.com.", "", "example.com."]
    assert (facts[0].type, facts[0].detail) == ("", "`nothing` is no IPv4 address")
    assert facts[2].detail == bad


def test_a_pipe(tmp_path):
    """As `truename check <(generate)` gives one: what was taken from it to look ahead would be gone."""
    text = f"$ORIGIN example.com.\n{HEAD}www CNAME gone\n" + "".join(f"h{i} A 192.0.2.1\n" for i in range(1000))
    ours, theirs = os.pipe()
    with os.fdopen(theirs, "w") as end:
        end.write(text)
    world, reads = world_of(f"/dev/fd/{ours}")
    os.close(ours)
    assert (reads[0].origin, reads[0].records, reads[0].error) == ("example.com.", 1004, "")
    assert [fact.line for fact in world.facts(["target-missing"])] == [6]


def test_names_of_all_files(tmp_path):
    one = write(tmp_path, "example.com", "www CNAME there.example.org.\n")
    two = write(tmp_path, "example.org", "there A 192.0.2.1\nx.deep A 192.0.2.2\n")
    world, _ = world_of(one, two)
    names = ["example.com", "THERE.example.org.", "deep.example.org", "none.example.org", "example.net"]
    assert world.exists(names) == [True, True, True, False, False]
    chain = world.explain("www.example.com")
    assert (chain.end, chain.canonical_name) == ("data", "there.example.org.")


def test_progress(tmp_path):
    paths = [write(tmp_path, f"z{i}.example", f"a A 192.0.2.{i}\n" * 2000) for i in range(100)]
    told = []
    world = World()
    world.read([(path, None) for path in paths], progress=lambda done, total: told.append((done, total)))
    size = sum((tmp_path / f"z{i}.example.zone").stat().st_size for i in range(100))
    assert all(0 < done <= total == size for done, total in told)
    assert told == sorted(told)


def test_an_error_in_progress_comes_through_and_nothing_was_read(tmp_path):
    paths = [write(tmp_path, f"z{i}.example", f"a A 192.0.2.{i}\n" * 2000) for i in range(100)]
    world = World()

    def stop(done, total):
        raise RuntimeError("enough")

    # Telling is bound to the clock: a machine that reads all of it before the first time is due gets more.
    for _ in range(20):
        try:
            World().read([(path, None) for path in paths * 5], progress=stop)
        except RuntimeError as error:
            assert str(error) == "enough"
            break
        paths *= 2
    else:
        pytest.fail("progress was never told")
    with pytest.raises(RuntimeError, match="enough"):
        world.read([(path, None) for path in paths * 5], progress=stop)
    assert world.zones() == []


def test_callers_mistakes(tmp_path):
    world = World()
    with pytest.raises(ValueError, match="nonsense"):
        world.facts(["nonsense"])
    with pytest.raises(ValueError, match="is no name"):
        world.read([("x", "a..b")])
    with pytest.raises(ValueError, match="is no name"):
        world.exists(["a..b"])


def test_many_facts_are_cheap(tmp_path):
    """A bound that only something quadratic, or text made for nothing, breaks; the figure stands in bench/README."""
    text = "".join(f"w{i} A 192.0.2.1\nw{i} CNAME ns\n" for i in range(20_000))
    world, _ = world_of(write(tmp_path, "example.com", text))
    start = time.process_time()
    facts = world.facts(CONFLICTS)
    lines = [(f.file, f.line, f.column, f.owner, f.data, f.detail, f.other) for f in facts]
    assert len(lines) == 20_000
    assert time.process_time() - start < 3
