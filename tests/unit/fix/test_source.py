from truename.fix.source import Edit, Source, Token, tokens

ZONE = b"""$TTL 60
@ SOA ns1 host 1 2 3 4 5 ; comment "
a\tCNAME  b.example.com. ; why
t TXT "a;b \\" c" plain
"""


def test_words_and_their_positions() -> None:
    found = list(tokens([b'a\tTXT ( "x;y \\" z" w\\;q );c']))
    assert found == [
        Token(1, 1, b"a"),
        Token(1, 3, b"TXT"),
        Token(1, 7, b"("),
        Token(1, 9, b'"x;y \\" z"'),
        Token(1, 20, b"w\\;q"),
        Token(1, 25, b")"),
    ]


def test_a_word_is_found_by_its_position() -> None:
    source = Source("x", ZONE)
    assert source.word(3, 10) == b"b.example.com."
    assert source.word(9, 1) == b"" and source.word(3, 99) == b"" and source.word(3, 0) == b""
    assert [token.text for token in source.words_before(3, 10)] == [b"a", b"CNAME"]


def test_only_the_word_changes() -> None:
    source = Source("x", ZONE)
    assert source.apply([Edit(3, 10, b"b.example.com.", b"c"), Edit(3, 3, b"CNAME", b"A")]) == 2
    assert source.now == ZONE.replace(b"CNAME  b.example.com.", b"A  c")


def test_an_edit_that_does_not_fit_is_not_made() -> None:
    source = Source("x", ZONE)
    assert source.apply([Edit(3, 10, b"other", b"c"), Edit(77, 1, b"a", b"b"), Edit(3, 1, b"a", b"a")]) == 0
    assert source.now == ZONE and not source.is_changed
    assert list(source.diff()) == []


def test_line_ends_of_every_kind_are_kept() -> None:
    text = b"a CNAME b\r\nc CNAME d\n\ne\rf CNAME g"
    source = Source("x", text)
    assert source.now == text
    assert source.apply([Edit(4, 11, b"g", b"h")]) == 1
    assert source.now == text[:-1] + b"h"


def test_the_difference_is_a_unified_diff(tmp_path) -> None:
    import subprocess

    before = b"".join(b"line %d\n" % number for number in range(40)) + b"last"
    source = Source("zone", before)
    source.apply([Edit(n, 1, b"line", b"LINE") for n in (1, 2, 5, 20, 30)] + [Edit(41, 1, b"last", b"end")])
    path = tmp_path / "zone"
    path.write_bytes(before)
    patched = subprocess.run(
        ["patch", "-s", str(path)], input=b"".join(source.diff()), check=False, capture_output=True
    )
    assert patched.returncode == 0, patched.stderr
    assert path.read_bytes() == source.now
