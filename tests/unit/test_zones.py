"""The set of files: which are meant, and how it follows them, with the real graph and without waiting for the clock."""

from pathlib import Path

import pytest

from truename._core import Graph
from truename.config import ZoneEntry
from truename.errors import ConfigError
from truename.serve.sources import Source, Sources, argument_source, gather
from truename.serve.zones import Zones, shown

ZONE = """$ORIGIN {origin}
@ 60 IN SOA ns.example.net. hostmaster.example.net. {serial} 7200 900 1209600 300
@ 60 IN NS ns.example.net.
www 60 IN A {address}
"""


def write(path: Path, origin: str = "example.com.", address: str = "192.0.2.1", serial: int = 1) -> Path:
    path.write_text(ZONE.format(origin=origin, address=address, serial=serial))
    return path


def loaded(*arguments: Path) -> Zones:
    zones = Zones(Graph(), gather([str(argument) for argument in arguments]))
    zones.load()
    return zones


def address(zones: Zones, name: str = "www.example.com") -> list[str]:
    return [data for _, _, _, data in zones.graph.explain(name).records]


def settle(zones: Zones) -> list[str]:
    """Two looks: the first sees a change, the second sees that it has come to rest."""
    return [outcome.action for _ in range(2) for outcome in zones.poll()]


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("a.zone", Source("a.zone")),
        ("example.com=a.zone", Source("a.zone", "example.com")),
        ("example.com=a=b", Source("a=b", "example.com")),
        ("a\\=b.example=c", Source("c", "a\\=b.example")),
        ("=c", Source("=c")),
        ("0/25.2.0.192.in-addr.arpa=c", Source("c", "0/25.2.0.192.in-addr.arpa")),
    ],
)
def test_argument(argument, expected):
    assert argument_source(argument) == expected


def test_a_file_with_an_equals_sign_in_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a=b").touch()
    assert argument_source("a=b") == Source("a=b")


def test_each_file_counts_once(tmp_path):
    write(tmp_path / "a.zone")
    (tmp_path / "readme.txt").touch()
    (tmp_path / ".hidden.zone").touch()
    sources = gather([str(tmp_path), str(tmp_path / "a.zone"), f"{tmp_path}/../{tmp_path.name}/a.zone"])
    assert sources.files() == [Source(str(tmp_path / "a.zone"))]


def test_one_file_for_several_origins(tmp_path):
    listed = tmp_path / "list"
    listed.write_text("a.example\tz\n\nb.example\tz\n")
    (tmp_path / "z").touch()
    files = gather([], str(listed), [ZoneEntry(name="c.example", file="z")]).files()
    assert [(source.origin, source.path) for source in files] == [
        ("a.example", str(tmp_path / "z")),
        ("b.example", str(tmp_path / "z")),
        ("c.example", "z"),
    ]


@pytest.mark.parametrize("line", ["a.example z", "a.example\t", "\tz"])
def test_a_zone_list_with_a_bad_line(tmp_path, line):
    (tmp_path / "list").write_text(f"ok.example\tz\n{line}\n")
    with pytest.raises(ConfigError, match="list:2: is not ORIGIN<TAB>FILE"):
        gather([], str(tmp_path / "list"))


def test_nothing_is_read_again_that_did_not_change(tmp_path):
    zones = loaded(write(tmp_path / "a"))
    assert settle(zones) == []


def test_a_change_is_read_when_two_looks_saw_the_same(tmp_path):
    zones = loaded(write(tmp_path / "a"))
    write(tmp_path / "a", address="192.0.2.2")
    assert zones.poll() == []
    write(tmp_path / "a", address="192.0.2.33")  # still being written
    assert zones.poll() == []
    (outcome,) = zones.poll()
    assert (outcome.action, outcome.zone, outcome.is_change) == ("loaded", "example.com.", True)
    assert address(zones) == ["192.0.2.33"]


def test_a_bad_version_is_told_once_and_the_old_one_stays(tmp_path):
    zones = loaded(write(tmp_path / "a"))
    (tmp_path / "a").write_text("nonsense\n")
    assert settle(zones) == ["refused"]
    assert settle(zones) == []
    ((zone, problem),) = zones.problems
    assert (zone, problem.place) == ("example.com.", f"{tmp_path / 'a'}:{problem.line}:{problem.column}")
    assert address(zones) == ["192.0.2.1"]
    write(tmp_path / "a", address="192.0.2.2")
    assert settle(zones) == ["loaded"]
    assert zones.problems == []


def test_a_named_file_that_goes_away_and_comes_back(tmp_path):
    zones = loaded(write(tmp_path / "a"))
    (tmp_path / "a").unlink()
    assert settle(zones) == ["refused"]
    assert "is still served" in zones.problems[0][1].message
    assert address(zones) == ["192.0.2.1"]
    write(tmp_path / "a", address="192.0.2.2")
    assert settle(zones) == ["loaded"]
    assert address(zones) == ["192.0.2.2"]


def test_a_directory_brings_and_takes_zones(tmp_path):
    write(tmp_path / "a.zone")
    zones = loaded(tmp_path)
    write(tmp_path / "b.zone", "example.org.")
    assert settle(zones) == ["loaded"]
    assert [zone.origin for zone in zones.graph.zones()] == ["example.com.", "example.org."]
    (tmp_path / "a.zone").unlink()
    assert settle(zones) == ["unloaded"]
    assert [zone.origin for zone in zones.graph.zones()] == ["example.org."]


@pytest.mark.parametrize("is_live", [False, True], ids=["start", "running"])
def test_the_file_that_came_first_keeps_its_zone(tmp_path, is_live):
    write(tmp_path / "a.zone")
    if not is_live:
        write(tmp_path / "b.zone", address="192.0.2.99")
    zones = loaded(tmp_path)
    if is_live:
        write(tmp_path / "b.zone", address="192.0.2.99")
        assert settle(zones) == ["refused"]
    ((_, problem),) = zones.problems
    assert problem.file == str(tmp_path / "b.zone") and "example.com. is served from" in problem.message
    assert address(zones) == ["192.0.2.1"]
    # The one that did not get the zone gets it when the other lets go, on the next reading of its file.
    (tmp_path / "a.zone").unlink()
    zones.poll()
    zones.reload(zones.sources)
    assert address(zones) == ["192.0.2.99"] and zones.problems == []


def test_an_edit_cannot_turn_one_zone_into_another(tmp_path):
    zones = loaded(write(tmp_path / "a"))
    write(tmp_path / "a", "example.org.")
    assert settle(zones) == ["refused"]
    assert [zone.origin for zone in zones.graph.zones()] == ["example.com."]


def test_reload_reads_everything_and_publishes_what_differs(tmp_path):
    zones = loaded(write(tmp_path / "a"), write(tmp_path / "b", "example.org."))
    write(tmp_path / "b", "example.org.", "192.0.2.2", serial=2)
    outcomes = zones.reload(zones.sources)
    assert [(outcome.zone, outcome.is_change) for outcome in outcomes] == [
        ("example.com.", False),
        ("example.org.", True),
    ]


def test_reload_takes_away_what_is_no_longer_named(tmp_path):
    zones = loaded(write(tmp_path / "a"), write(tmp_path / "b", "example.org."))
    outcomes = zones.reload(Sources((Source(str(tmp_path / "a")),)))
    assert [outcome.action for outcome in outcomes] == ["unloaded", "loaded"]
    assert [zone.origin for zone in zones.graph.zones()] == ["example.com."]


def test_an_origin_that_is_no_name_is_a_problem(tmp_path):
    zones = Zones(Graph(), gather([f"a..b={write(tmp_path / 'a')}"]))
    (outcome,) = zones.load()
    assert outcome.action == "refused" and "a..b" in outcome.problems[0].message


def test_paths_are_shown_in_letters():
    assert shown("a\udcff") == "a\\xff"


def test_a_change_without_a_new_serial_is_told_once(tmp_path):
    path = write(tmp_path / "a.zone", serial=7)
    zones = loaded(path)

    def changed(address: str, serial: int) -> str:
        write(path, address=address, serial=serial)
        (outcome,) = [outcome for _ in range(2) for outcome in zones.poll()]
        return outcome.warning.message if outcome.warning else ""

    assert changed("192.0.2.2", 7) == "example.com. was changed and has the serial from before, 7"
    assert [(zone, warning.file) for zone, warning in zones.warnings] == [("example.com.", str(path))]
    assert "raise the serial, to 8" in zones.warnings[0][1].hint
    assert changed("192.0.2.33", 7) == "" and zones.warnings
    assert changed("192.0.2.4", 8) == "" and not zones.warnings
    assert "older than 8" in changed("192.0.2.55", 6)
    assert [outcome.warning for outcome in zones.reload(zones.sources)] == [None]


def test_what_differs_in_no_record_needs_no_serial(tmp_path):
    path = write(tmp_path / "a.zone")
    zones = loaded(path)
    path.write_text(path.read_text() + "; a comment\n")
    assert [outcome.warning for _ in range(2) for outcome in zones.poll()] == [None]
