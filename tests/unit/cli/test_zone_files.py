"""Which files `check` and `fix` mean."""

import io
import sys
from pathlib import Path

import pytest

from truename._core import World
from truename.cli.zone_files import doubtful, find
from truename.errors import ConfigError

SOA = "$TTL 60\n@ SOA {} 1 2 3 4 5\n"


def names(folder: Path, *arguments: str, **more: str) -> list[str]:
    found = find(arguments or [str(folder)], **more)
    return [str(Path(path).relative_to(folder)) for path, _ in found.files]


def made(folder: Path, *files: str, text: str = "@ SOA\n") -> None:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text)


def test_folders_are_walked(tmp_path: Path) -> None:
    wanted = ["b.zone", "d.db", "db.c", "sub/a.zone", "sub/deep/x.zone"]
    made(tmp_path, *wanted)
    made(
        tmp_path,
        ".git/h.zone",
        ".h.zone",
        "b.zone~",
        "#b.zone#",
        "db.c.bak",
        "db.c.jnl",
        "d.db.swp",
        ".#b.zone",
        "notes.txt",
    )
    assert names(tmp_path) == wanted


def test_what_is_no_zone_in_a_folder_is_said(tmp_path: Path) -> None:
    made(tmp_path, "db.py", text="import os\n")
    (tmp_path / "data.db").write_bytes(b"SQLite format 3\0 SOA")
    made(tmp_path, "a.zone", text="no zone\n")
    found = find([str(tmp_path)])
    assert [path for path, _ in found.files] == [str(tmp_path / "a.zone")]
    assert [note.split(" ")[0] for note in found.notes] == [str(tmp_path / "data.db"), str(tmp_path / "db.py")]


def test_links_are_followed_and_nothing_comes_twice(tmp_path: Path) -> None:
    made(tmp_path, "real/a.zone")
    (tmp_path / "real" / "loop").symlink_to(tmp_path)
    (tmp_path / "current").symlink_to(tmp_path / "real")
    (tmp_path / "again.zone").symlink_to(tmp_path / "real" / "a.zone")
    assert names(tmp_path) == ["again.zone"]


def test_an_empty_folder_is_a_fault(tmp_path: Path) -> None:
    made(tmp_path, "readme.txt")
    assert [what for what, _ in find([str(tmp_path)]).faults] == [f"{tmp_path}: no zone file"]


def test_configurations_by_name_or_by_word(tmp_path: Path) -> None:
    text = 'zone "example.com" { type primary; file "db.x"; };\n'
    made(tmp_path, "named.conf", "other", text=text)
    made(tmp_path, "db.x")
    expected = [(str(tmp_path / "db.x"), "example.com")]
    assert find([str(tmp_path / "named.conf")]).files == expected
    assert find([str(tmp_path / "other")], config_of="bind").files == expected
    assert find([f"example.net={tmp_path}/named.conf"]).files == [(f"{tmp_path}/named.conf", "example.net")]
    empty = find([str(tmp_path / "other")], config_of="nsd")
    assert not empty.files and "names no zone" in empty.faults[-1][0]


def test_an_origin_is_that_of_one_file(tmp_path: Path) -> None:
    made(tmp_path, "a.zone", "named.conf")
    assert find([str(tmp_path / "a.zone")], "bücher.example").files[0][1] == "xn--bcher-kva.example"
    for arguments in (["a", "b"], [str(tmp_path)], [str(tmp_path / "named.conf")], ["x.example=a"]):
        with pytest.raises(ConfigError):
            find(arguments, "example.com")


def test_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"@ SOA\n")))
    found = find(["example.com=-"])
    assert found.files == [("-", "example.com")] and found.texts == {"-": b"@ SOA\n"}


@pytest.mark.parametrize(
    ("file", "soa", "is_doubtful"),
    [
        ("zone.txt", "ns1.example.com. hostmaster.example.com.", True),
        ("internal.zone", "ns1.corp.example.com. root.corp.example.com.", True),
        ("db.192.0.2", "ns1.example.com. hostmaster.example.com.", True),
        ("db.192.0.2", "ns1 hostmaster", True),
        ("zone.txt", "ns1 hostmaster", False),
        ("example.com.zone", "ns1.example.com. hostmaster.example.net.", False),
        ("db.example.com", "ns1.example.com. hostmaster.example.com.", False),
        ("example.com.db", "ns1.example.com. hostmaster.example.com.", False),
        # a provider's names in a zone whose file is called as it is
        ("example.com.zone", "ns1.example.net. hostmaster.example.net.", False),
        ("db.2.0.192.in-addr.arpa", "ns1.example.net. hostmaster.example.net.", False),
    ],
)
def test_which_guesses_are_doubtful(tmp_path: Path, file: str, soa: str, is_doubtful: bool) -> None:
    made(tmp_path, file, text=SOA.format(soa))
    path = str(tmp_path / file)
    said = doubtful(World().read([(path, None)]))
    assert len(said) == is_doubtful
    assert not doubtful(World().read([(path, "example.org")]))
    if said:
        assert "--origin" in said[0][1] and "ns1." in said[0][0]


@pytest.mark.parametrize(
    ("file", "zone"),
    [("db.192.0.2", "2.0.192.in-addr.arpa"), ("db.127", "127.in-addr.arpa"), ("zone.txt", "example.com")],
)
def test_the_zone_to_say_is_the_one_that_was_meant(tmp_path: Path, file: str, zone: str) -> None:
    made(tmp_path, file, text=SOA.format("localhost. root.example.com."))
    ((_, hint),) = doubtful(World().read([(str(tmp_path / file), None)]))
    assert f" {zone}={tmp_path / file}," in hint


def test_what_the_file_says_is_no_guess(tmp_path: Path) -> None:
    for text in ("$ORIGIN example.org.\n@ 60 SOA ns.x. h.x. 1 2 3 4 5\n", "example.org. 60 SOA ns.x. h.x. 1 2 3 4 5\n"):
        made(tmp_path, "zone.txt", text=text)
        assert not doubtful(World().read([(str(tmp_path / "zone.txt"), None)]))
