"""Zone files: their names, their problems, and what they include."""

import os

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from truename import _core
from truename.errors import ParseError
from truename.imports import files, includes

SOA = "@ 60 IN SOA ns1 hostmaster 1 2 3 4 5\n"


def read(path, origin=None):
    (taken,) = files.read([files.Source(path, origin)]).taken
    return taken


@pytest.mark.parametrize(
    ("name", "text", "origin", "zone"),
    [
        ("x", "$ORIGIN example.com.\n" + SOA, None, "example.com."),
        ("x", SOA.replace("@", "Example.com."), None, "example.com."),
        ("example.org.zone", SOA, None, "example.org."),
        ("example.org", SOA, None, "example.org."),
        ("x", SOA, "bücher.example", "xn--bcher-kva.example."),
    ],
)
def test_whose_zone_it_is(tmp_path, name, text, origin, zone):
    (tmp_path / name).write_text(text)
    taken = read(tmp_path / name, origin)
    assert (taken.zone, taken.problems, taken.text.decode()) == (zone, (), text)


def test_an_origin_that_is_no_name(tmp_path):
    (tmp_path / "x").write_text(SOA)
    with pytest.raises(ParseError):
        read(tmp_path / "x", "a..b")


def test_all_problems_with_their_places(tmp_path):
    path = tmp_path / "example.com.zone"
    path.write_text(SOA + "a A nonsense\nb A 192.0.2.1\nc NONSENSE x\n")
    assert [(one.file, one.line) for one in read(path).problems] == [(str(path), 2), (str(path), 4)]


def test_what_is_no_file(tmp_path):
    (tmp_path / "d.zone").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for wrong in (tmp_path / "d.zone", tmp_path / "absent", tmp_path / "pipe"):
        with pytest.raises(ParseError, match=str(wrong)):
            read(files.gather([str(wrong)])[0].path)


def world(directory, texts):
    for name, text in texts.items():
        (directory / name).write_text(text)
    return directory / "example.com.zone"


def agree(path):
    """The text with everything put in says what the core reads of the files."""
    taken = read(path)
    graph = _core.Graph()
    loaded = graph.load_zone(str(path), "example.com.")
    assert [one.message for one in loaded.problems] == [one.message for one in taken.problems] == []
    found = _core.read_text(taken.text, "example.com.")
    assert sorted(_core.zone_text(graph, "example.com.").splitlines()) == sorted(found.lines().splitlines())


def test_includes_are_put_in(tmp_path):
    texts = {
        "example.com.zone": '@ 60 IN SOA ns1 hostmaster (1 2 3 ; a comment (\n 4 5)\n  60 TXT "a;(" "b"\n'
        "www 60 A 192.0.2.1\n$include sub sub ; comment\n    60 A 192.0.2.2\n@ 60 NS ns1\nns1 60 A 192.0.2.9\n"
        '$INCLUDE "plain"\nlast 60 A 192.0.2.3\n$ORIGIN other\n$INCLUDE sub\n',
        "sub": "a 60 A 192.0.2.10\n$ORIGIN deeper\n@ 60 A 192.0.2.11\n$INCLUDE plain below.example.com.\n"
        "   60 AAAA 2001:db8::1\n",
        "plain": "p 60 A 192.0.2.20\n\t60 AAAA 2001:db8::2",
    }
    agree(world(tmp_path, texts))


LINE = st.sampled_from(
    [
        "a 60 A 192.0.2.1\n",
        "   60 A 192.0.2.2\n",
        "b.c 60 TXT ( \"x\n y\" ; (\n 'z' )\n",
        "; $INCLUDE no\n",
        "\n",
        "  \n",
        "$ORIGIN up\n",
        "$ORIGIN example.com.\n",
        "$TTL 70\n",
        "$INCLUDE one\n",
        "$INCLUDE two low\n",
        "$include one example.com.\n",
        'd 60 TXT "$INCLUDE" \\( \\"\n',
        "@ 60 A 192.0.2.3\n",
    ]
)
PLAIN = LINE.filter(lambda line: "$inc" not in line.lower())


@settings(max_examples=150, deadline=None)
@given(st.lists(LINE), st.lists(PLAIN), st.lists(PLAIN))
def test_the_core_reads_files_as_the_text_says(tmp_path_factory, main, one, two):
    directory = tmp_path_factory.mktemp("includes")
    head = "@ 60 IN SOA ns1 hostmaster 1 2 3 4 5\n@ 60 NS ns.example.net.\n"
    texts = {"example.com.zone": head + "".join(main), "one": "z 60 A 192.0.2.9\n" + "".join(one), "two": "".join(two)}
    note(repr(texts))
    path = world(directory, texts)
    if is_readable(path):
        agree(path)


def is_readable(path):
    return not _core.Graph().load_zone(str(path), "example.com.").problems


def test_problems_of_included_files_have_their_place(tmp_path):
    path = world(
        tmp_path,
        {
            "example.com.zone": SOA + "$INCLUDE sub\na A nonsense\n$INCLUDE absent\n$INCLUDE example.com.zone\n",
            "sub": "\n\nb A nonsense\n",
        },
    )
    places = {(one.file.rsplit("/", 1)[1], one.line) for one in read(path).problems}
    assert {("sub", 3), ("example.com.zone", 3), ("example.com.zone", 4), ("example.com.zone", 5)} <= places


def test_a_device_is_not_read(tmp_path):
    path = world(tmp_path, {"example.com.zone": SOA + "$INCLUDE /dev/zero\n"})
    assert "/dev/zero is no file" in read(path).problems[0].message


def test_no_includes_no_work():
    assert not includes.has_includes(b"a A 192.0.2.1\n; $INCLUDE x\n")
    assert includes.has_includes(b"a A 192.0.2.1\n$include x\n")
