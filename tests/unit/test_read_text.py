"""Master files that somebody sent."""

import re
from pathlib import Path

import pytest

from truename._core import find_links, read_text
from truename.store.rows import rows_of
from truename.zone import Record, RRset


def test_rrsets_come_whole_in_the_order_of_the_text() -> None:
    text = b"$ORIGIN Example.com.\n$TTL 60\nwww A 192.0.2.1\nmail 30 A 192.0.2.2\nWWW 20 A 192.0.2.3\nwww A 192.0.2.1\n"
    read = read_text(text, "example.com")
    assert read.origin == "example.com." and not read.problems
    assert read.sets() == [
        ("www.example.com.", "A", 20, ["192.0.2.1", "192.0.2.3"]),
        ("mail.example.com.", "A", 30, ["192.0.2.2"]),
    ]
    assert read.count == 2 and read.sets(1, 1) == read.sets()[1:] and read.sets(2) == []
    assert read.lines() == (
        b"www.example.com. 20 IN A 192.0.2.1\nwww.example.com. 20 IN A 192.0.2.3\nmail.example.com. 30 IN A 192.0.2.2\n"
    )


def test_data_are_as_normalized() -> None:
    text = b'a 60 TXT ( "b" \n c )\nm 60 MX 10 Mail\ns 60 SRV 0 0 1 Host\nt 60 TYPE1 \\# 4 c0000201\n'
    assert [data for _, _, _, data in read_text(text, "example.com.").sets()] == [
        ['"b" "c"'],
        ["10 Mail.example.com."],
        ["0 0 1 Host.example.com."],
        ["192.0.2.1"],
    ]


def test_names_keep_their_spelling_texts_have_one_and_each_record_stands_there_once() -> None:
    text = b"""$TTL 60
m MX 10 Mail
m MX 10 mail.Example.COM.
t TXT "gr\xc3\xbc\xc3\x9fe" "a\\;b"
t TXT "gr\\195\\188\\195\\159e" "a;b"
d DS 1 8 2 AB CD
d DS 1 8 2 abcd
$GENERATE 1-1 g$ CNAME Host$
"""
    assert {owner: data for owner, _, _, data in read_text(text, "example.com.").sets()} == {
        "m.example.com.": ["10 Mail.example.com."],
        "t.example.com.": ['"gr\\195\\188\\195\\159e" "a;b"'],
        "d.example.com.": ["1 8 2 abcd"],
        "g1.example.com.": ["host1.example.com."],
    }


def test_problems_have_places_and_no_file() -> None:
    read = read_text(b"$TTL 60\na A 192.0.2\nb MX mail\n", "example.com.")
    assert [(p.file, p.line, p.column) for p in read.problems] == [("", 2, 5), ("", 3, 6)]
    assert not read.sets()


def test_no_file_is_read() -> None:
    read = read_text(b"$INCLUDE /etc/hostname\n", "example.com.")
    assert [p.message for p in read.problems] == ["no file is included here"]


def test_the_origin_is_that_of_the_soa() -> None:
    assert read_text(b"example.org. 60 SOA a. b. 1 2 3 4 5\n").origin == "example.org."
    with pytest.raises(ValueError, match="is no name"):
        read_text(b"", "a..b")


def test_links_are_found_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "more").write_text("b CNAME Mail\n@ MX 10 mail\n MX 20 mail2\n   MX 30 mail\n")
    zone = tmp_path / "a.zone"
    zone.write_text("$TTL 60\na CNAME mail\n$INCLUDE more\n")

    def found(owner: str, rtype: str) -> list[tuple[str, int]]:
        places = find_links(str(zone), "example.com.", owner, rtype, "mail.example.com.")
        return [(Path(file).name, line) for file, line in places]

    assert found("a.example.com.", "CNAME") == [("a.zone", 2)]
    assert found("b.example.com.", "CNAME") == [("more", 1)]
    assert found("example.com.", "MX") == [("more", 2), ("more", 4)]
    assert found("c.example.com.", "CNAME") == [] and found("a.example.com.", "MX") == []
    with pytest.raises(OSError):
        find_links(str(tmp_path / "none"), "example.com.", "a.", "A", "b.")


def _sets(found: list[tuple[str, str, int, list[str]]]) -> list[RRset]:
    return [RRset(owner, rtype, ttl, tuple(map(Record, data))) for owner, rtype, ttl, data in found]


def _from_copy(line: str) -> tuple[str | None, ...]:
    """A line as COPY reads it (PostgreSQL manual, COPY, text format)."""
    meant = {r"\\": "\\", r"\n": "\n", r"\t": "\t", r"\r": "\r"}
    fields = [None if one == r"\N" else re.sub(r"\\.", lambda found: meant[found[0]], one) for one in line.split("\t")]
    return tuple(fields)


def test_rows_are_those_of_the_store() -> None:
    """What an import hands to the database without a detour over RRsets."""
    text = b"@ 60 A 192.0.2.1\na.b 60 A 192.0.2.1\na.b 60 A 192.0.2.2\nc CNAME a.b\nc NSEC d A\n"
    text += b'\\032x\\.y.z TXT a\n\\200\\!\\"\\001.w TXT "a b"\n\\$\\@ TXT x y\n'
    read = read_text(b"$TTL 60\n" + text, "example.com.")
    sets = sorted(rows_of(_sets(read.sets()), 5, "example.com."), key=lambda row: row[1:3])
    assert list(rows_of(_sets(read.ordered()), 5, "example.com.")) == sets
    statements = read.rows(5, 4)
    assert [len(one) for one in statements] == [1 + 4 * 5, 1 + 3 * 5] and {one[0] for one in statements} == {5}
    values = [value for one in statements for value in one[1:]]
    assert [(5, *values[at : at + 5], "", "") for at in range(0, len(values), 5)] == sets
    assert read.rows(5, 2, 2, 3) == [(5, *values[10:20]), (5, *values[20:25])]
    assert read.rows(5, 2, 7) == [] and read.copied(5, 7) == b""
    copied = [_from_copy(line) for line in read.copied(5).decode().splitlines()]
    assert copied == [tuple(None if one is None else str(one) for one in row) for row in sets]
    with pytest.raises(ValueError, match="is not in"):
        read_text(b"a.example.net. 60 A 192.0.2.1\n", "example.com.").rows(1, 10)


def test_the_serial_of_the_rows_is_another() -> None:
    read = read_text(b"b SOA ns h 1 2 3 4 5\n@ 60 SOA ns h 1 2 3 4 5\n", "example.com.")
    changed = "ns.example.com. h.example.com. 9 2 3 4 5"
    (row,) = read.rows(1, 10, soa=changed)
    assert row[5] == changed and row[10] == changed.replace("9", "1")
    assert read.copied(1, soa=changed).decode().count(changed) == 1
