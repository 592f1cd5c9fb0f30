"""What becomes of whole files."""

from pathlib import Path

import pytest

from truename.errors import TruenameError
from truename.fix import passes
from truename.fix.cure import RULES
from truename.fix.passes import Fixed, Wish, decide, fix, look
from truename.fix.write import write

HEAD = "$TTL 3600\n@ SOA ns1 hostmaster 41 7200 3600 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n"
NEXT = HEAD.replace(" 41 ", " 42 ")


def fixed(path: Path, *more: Path, **wish: object) -> Fixed:
    files = [(str(one), None) for one in (path, *more)]
    return fix(Wish(files, wish.pop("rules", RULES), **wish))  # type: ignore[arg-type]


def zone(folder: Path, text: str, name: str = "example.com.zone", head: str = HEAD) -> Path:
    path = folder / name
    path.write_bytes((head + text).encode())
    return path


def result(path: Path, **wish: object) -> str:
    """The text of *path* as it would be."""
    sources = fixed(path, **wish).sources
    return (sources[str(path)].now if str(path) in sources else path.read_bytes()).decode()


def test_a_chain_is_straightened_and_all_else_stays(tmp_path: Path) -> None:
    text = '; a comment\n\nshop\t 60  CNAME\twww ; "sale"\r\nwww CNAME host\nhost   A 192.0.2.1\n  TXT "www;"\n'
    path = zone(tmp_path, text)
    assert result(path) == NEXT + text.replace("\twww ;", "\thost ;")
    assert result(path, rules=["missing-trailing-dot"]) == HEAD + text


def test_a_name_is_written_as_it_was(tmp_path: Path) -> None:
    text = "a CNAME b.example.com.\nb CNAME d.sub\nd.sub A 192.0.2.1\n$ORIGIN sub.example.com.\ne CNAME f\nf CNAME d\n"
    expected = text.replace("a CNAME b.example.com.", "a CNAME d.sub.example.com.").replace("e CNAME f", "e CNAME d")
    assert result(zone(tmp_path, text)) == NEXT + expected


def test_chains_through_wildcards_and_dnames(tmp_path: Path) -> None:
    text = "a CNAME x.w\n*.w CNAME host\nb CNAME c.old\nold DNAME new\nc.new A 192.0.2.1\nhost A 192.0.2.2\n"
    expected = text.replace("x.w", "host").replace("c.old", "c.new")
    assert result(zone(tmp_path, text)) == NEXT + expected


def test_chains_of_more_links_than_are_followed(tmp_path: Path) -> None:
    text = "".join(f"n{number} CNAME n{number + 1}\n" for number in range(30)) + "n30 A 192.0.2.1\n"
    expected = "".join(f"n{number} CNAME n30\n" for number in range(30)) + "n30 A 192.0.2.1\n"
    assert result(zone(tmp_path, text)) == NEXT + expected


def test_delegations_by_underscore_stay(tmp_path: Path) -> None:
    text = (
        "s1._domainkey CNAME s2._domainkey\ns2._domainkey CNAME key\nkey TXT x\n"
        "www CNAME _acme.sub\n_acme.sub CNAME host\nhost A 192.0.2.1\n"
    )
    assert result(zone(tmp_path, text)) == HEAD + text


def test_loops_and_dead_ends_stay(tmp_path: Path) -> None:
    text = "a CNAME b\nb CNAME a\nc CNAME d\nd CNAME gone\n"
    assert result(zone(tmp_path, text)) == HEAD + text


def test_a_link_of_another_zone_is_passed_only_when_asked(tmp_path: Path) -> None:
    ours = zone(tmp_path, "a CNAME b\nb CNAME www.example.org.\n")
    theirs = zone(tmp_path, "www CNAME host\nhost A 192.0.2.1\n", "example.org.zone")
    near, far = fixed(ours, theirs), fixed(ours, theirs, across_zones=True)
    assert near.sources[str(ours)].now.decode() == NEXT + "a CNAME www.example.org.\nb CNAME www.example.org.\n"
    assert {finding.owner for finding, _ in near.left} == {"a.example.com.", "b.example.com."}
    assert far.sources[str(ours)].now.decode() == NEXT + "a CNAME host.example.org.\nb CNAME host.example.org.\n"
    assert [source.path for source in far.changed] == [str(ours)]


def test_the_dot_is_set_where_the_absolute_name_exists(tmp_path: Path) -> None:
    text = "a CNAME host.example.com\nb CNAME host.example.net\n@ MX 10 host.example.com ; primary\nhost A 192.0.2.1\n"
    expected = text.replace("host.example.com", "host.example.com.")
    assert result(zone(tmp_path, text)) == NEXT + expected


def test_a_dot_that_makes_a_chain_is_followed_by_its_cure(tmp_path: Path) -> None:
    text = "a CNAME b\nb CNAME host.example.com\nhost CNAME web\nweb A 192.0.2.1\n"
    assert (
        result(zone(tmp_path, text))
        == NEXT + "a CNAME web\nb CNAME web.example.com.\nhost CNAME web\nweb A 192.0.2.1\n"
    )


def test_an_alias_of_an_address_becomes_the_address(tmp_path: Path) -> None:
    text = "a CNAME 192.0.2.1\nb 60 IN cname 2001:db8::1 ; v6\nc CNAME 192.0.2.2.\n@ MX 10 192.0.2.3\n"
    expected = "a A 192.0.2.1\nb 60 IN AAAA 2001:db8::1 ; v6\nc A 192.0.2.2\n@ MX 10 192.0.2.3\n"
    assert result(zone(tmp_path, text)) == NEXT + expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a CNAME b\nA.example.com. CNAME b.example.com.\na CNAME b\nb CNAME ns1\n",
            ["ns1", "ns1.example.com.", "ns1", "ns1"],
        ),
        ("a CNAME 192.0.2.1\na CNAME 192.0.2.1\n", ["192.0.2.1", "192.0.2.1"]),
        ("a CNAME ns1.example.com\na CNAME ns1.example.com\n", ["ns1.example.com.", "ns1"]),
    ],
)
def test_a_record_that_stands_twice_is_edited_twice(tmp_path: Path, text: str, expected: list[str]) -> None:
    path = zone(tmp_path, text)
    found = fixed(path)
    lines = found.sources[str(path)].now.decode().splitlines()[len(HEAD.splitlines()) :]
    assert [line.split()[-1] for line in lines] == expected
    assert found.after == []


def test_an_alias_beside_other_data_is_left_to_a_person(tmp_path: Path) -> None:
    text = "a CNAME 192.0.2.1\na A 192.0.2.9\n"
    assert result(zone(tmp_path, text)) == HEAD + text


def test_a_stale_comment_goes_without_a_new_serial(tmp_path: Path) -> None:
    stale = " ; truename: ignore alias-chain -- gone"
    text = f"a A 192.0.2.1{stale}\nb CNAME c ; truename: ignore alias-chain -- meant\nc CNAME a\n"
    assert result(zone(tmp_path, text)) == HEAD + text.replace(stale, "")


def test_what_stands_for_several_records_is_left(tmp_path: Path) -> None:
    text = "$GENERATE 1-3 a$ CNAME www\nwww CNAME host\nhost A 192.0.2.1\n"
    path = zone(tmp_path, text)
    assert result(path) == HEAD + text
    assert {why for _, why in fixed(path).left} == {"it is made by $GENERATE"}


def test_the_file_that_holds_the_record_is_edited_and_the_one_with_the_soa(tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.write_text("a CNAME b\nb CNAME host\n")
    path = zone(tmp_path, "host A 192.0.2.1\n$INCLUDE part\n")
    found = fixed(path)
    assert found.sources[str(part)].now == b"a CNAME host\nb CNAME host\n"
    assert found.sources[str(path)].now.decode() == NEXT + "host A 192.0.2.1\n$INCLUDE part\n"


def test_a_file_that_is_included_twice_is_left(tmp_path: Path) -> None:
    (tmp_path / "part").write_text("a CNAME b\nb CNAME host\nhost A 192.0.2.1\n")
    found = fixed(zone(tmp_path, "$INCLUDE part x\n$INCLUDE part y\n"))
    assert not found.changed
    assert {why for _, why in found.left} == {"its file is part of several zones, or of one several times"}


@pytest.mark.parametrize(
    "soa",
    [
        "@ SOA ns1 hostmaster ( 41 ; serial\n 7200 3600 1209600 300 )\n",
        "@ 60 IN SOA ns1 hostmaster (\n\n41\n7200 3600 1209600 300)\n",
        "soa TXT SOA\n@ SOA ns1 hostmaster 41 7200 3600 1209600 300\n",
        '@ SOA ns1 "host master" 41 7200 3600 1209600 300\n',
    ],
)
def test_the_serial_is_found_however_it_is_written(tmp_path: Path, soa: str) -> None:
    head = f"$TTL 60\n{soa}@ NS ns1\nns1 A 192.0.2.53\n"
    path = zone(tmp_path, "a CNAME b\nb CNAME ns1\n", head=head)
    assert result(path) == head.replace("41", "42") + "a CNAME ns1\nb CNAME ns1\n"


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    path = zone(tmp_path, "a CNAME b.example.com\nb CNAME c\nc CNAME d\nd A 192.0.2.1\nx CNAME 192.0.2.9\n")
    write(fixed(path).changed)
    assert not fixed(path).changed


def test_a_file_keeps_its_mode_and_a_link_stays_one(tmp_path: Path) -> None:
    real = zone(tmp_path, "a CNAME b\nb CNAME ns1\n", "real.zone")
    real.chmod(0o640)
    link = tmp_path / "example.com.zone"
    link.symlink_to(real)
    write(fixed(link).changed)
    assert link.is_symlink() and real.stat().st_mode & 0o777 == 0o640
    assert b"a CNAME ns1" in real.read_bytes()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["example.com.zone", "real.zone"]


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = zone(tmp_path, "a CNAME b\nb CNAME ns1\n")
    found = fixed(path)
    path.write_bytes(path.read_bytes() + b"new A 192.0.2.5\n")
    before = path.read_bytes()
    with pytest.raises(TruenameError, match="was changed meanwhile"):
        write(found.changed)
    assert path.read_bytes() == before


def fixable(monkeypatch: pytest.MonkeyPatch, path: Path) -> tuple[list[str], int]:
    """(owners of the findings that are fixable, how often the texts were looked at to say so)"""
    wish = Wish([(str(path), None)])
    first, looks = look(wish), []
    monkeypatch.setattr(passes, "look", lambda *given: looks.append(given) or look(*given))
    decide(wish, first)
    return [one.owner.partition(".")[0] for one in first.findings if one.fixable], len(looks)


FAULTY = "a CNAME b\nb CNAME host\nc CNAME gone\nd 0 CNAME host\n@ MX 10 b\nhost A 192.0.2.1\n"


def test_what_is_certain_needs_no_second_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fixable(monkeypatch, zone(tmp_path, FAULTY)) == (["a"], 0)
    text = FAULTY + "e CNAME host.example.com\nf CNAME 192.0.2.9\n"
    assert fixable(monkeypatch, zone(tmp_path, text)) == (["a", "e", "e", "f"], 0)


@pytest.mark.parametrize(
    "text",
    [
        "x CNAME e\ne CNAME host.example.com\n",  # x is mended by the dot of e
        "x MX 10 q.w\n*.w CNAME 192.0.2.9\n",
        "a0 CNAME host ; truename: ignore alias-chain\n",
        "l CNAME l\n",
        "a TXT beside\n",
    ],
)
def test_what_is_not_certain_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    assert fixable(monkeypatch, zone(tmp_path, FAULTY + text))[1] > 0
