"""Comments that ignore: which are meant, whose record they speak of, and what is said of stale ones."""

import pytest
from judged import LINES_OF_HEAD

from truename.config import Check
from truename.rules.comments import Comments, scan


def found_in(text: bytes) -> list[tuple[int, int, int, tuple[str, ...]]]:
    return [(one.line, one.column, one.about, one.rules) for one in scan("f", "z.", text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"a A 1 ; truename: ignore ttl-zero -- why\n", [(1, 7, 1, ("ttl-zero",))]),
        (b"\n\na A 1;truename:ignore ttl-zero,alias-chain", [(3, 6, 3, ("ttl-zero", "alias-chain"))]),
        (b"a A 1 ; truename: ignore ttl-zero, alias-chain--why", [(1, 7, 1, ("ttl-zero", "alias-chain"))]),
        (b"a A 1 ; note ; truename: ignore ttl-zero ; note", [(1, 14, 1, ("ttl-zero",))]),
        (b"a A 1 ; TRUENAME: Ignore ttl-zero\r\n", []),
        (b"a A 1 ; truename: Ignore ttl-zero\r\n", [(1, 7, 1, ("ttl-zero",))]),
        (b"; truename: ignore ttl-zero\na A 1\n", [(1, 1, 2, ("ttl-zero",))]),
        (b"  ; truename: ignore y\n\n; note\n; truename: ignore x\na A 1\n", [(1, 3, 5, ("y",)), (4, 1, 5, ("x",))]),
        (b"a A 1\n; truename: ignore ttl-zero", [(2, 1, 3, ("ttl-zero",))]),
        (b"a A 1 ; truename: ignore", [(1, 7, 1, ())]),
        (b"a A 1 ; truename: ignore -- why", [(1, 7, 1, ())]),
        (b'a TXT "; truename: ignore ttl-zero"', []),
        (b'a TXT "\\"; truename: ignore ttl-zero" ; x', []),
        (b"a TXT \\; truename: ignore ttl-zero", []),
        (b'a TXT "x" ; truename: ignore ttl-zero', [(1, 11, 1, ("ttl-zero",))]),
        (b"truename: ignore ttl-zero", []),
        (b"a A 1 ; truename: ignored ttl-zero", []),
        (b"a A 1 ; see truename: ignore ttl-zero", []),
        (b"a A 1 ; truename: \xff ignore", []),
        (b"a A 1 ; truename: ignore \xff", [(1, 7, 1, ("\ufffd",))]),
        (b"", []),
    ],
)  # fmt: skip
def test_which_are_meant(text, expected):
    assert found_in(text) == expected


def test_ten_megabytes_on_one_line_take_no_time():
    found_in(b'"' * 9_999_999 + b"; truename: ignore ttl-zero")
    found_in(b"\\" * 10_000_000 + b"; truename: ignore ttl-zero")
    assert found_in(b"x" * 10_000_000 + b" ; truename: ignore ttl-zero") == [(1, 10_000_002, 1, ("ttl-zero",))]


def test_files_that_cannot_be_read_have_none(tmp_path):
    assert Comments.read([(str(tmp_path), "z."), (str(tmp_path / "absent"), "z."), ("/dev/zero", "z.")]).all == []


@pytest.mark.parametrize("at", [0, 1, (1 << 18) - 10, (1 << 18) - 9, (1 << 18) - 5, (1 << 18) - 1, 1 << 18, 600_000])
def test_they_are_found_anywhere_in_a_file(tmp_path, at):
    (tmp_path / "f").write_bytes(b"\n" * at + b";truename: ignore ttl-zero")
    (found,) = Comments.read([(str(tmp_path / "f"), "z.")]).all
    assert (found.line, found.rules) == (at + 1, ("ttl-zero",))


def rules_of(findings) -> list[tuple[str, int]]:
    return [(finding.rule, finding.line - LINES_OF_HEAD) for finding in findings]


def test_they_silence_their_record_and_no_other(of):
    text = "a 0 CNAME ns1 ; truename: ignore ttl-zero -- it moves\nb 0 CNAME ns1"
    assert rules_of(of(text)) == [("ttl-zero", 2)]
    text = "; truename: ignore ttl-zero\na 0 CNAME ns1\nb 0 CNAME ns1"
    assert rules_of(of(text)) == [("ttl-zero", 3)]


def test_inside_a_record_of_several_lines(of):
    for text in (
        "a ( ; truename: ignore target-missing\n CNAME\n x )",
        "a (\n CNAME ; truename: ignore target-missing\n x )",
        "a (\n CNAME\n x ) ; truename: ignore target-missing",
        "; truename: ignore target-missing\na (\n CNAME\n x )",
    ):
        assert of(text) == []


def test_several_rules(of):
    assert of("a CNAME x.example.net ; truename: ignore target-missing, missing-trailing-dot") == []


def test_stale_ones_are_told(of):
    (found,) = of("a CNAME ns1 ; truename: ignore ttl-zero -- over")
    assert (found.rule, found.severity, found.line, found.column) == ("unused-ignore", "warning", LINES_OF_HEAD + 1, 13)
    assert found.fixable and found.zone == "example.com." and "ttl-zero" in found.message
    (found,) = of("a 0 CNAME ns1 ; truename: ignore ttl-zero, alias-chain")
    assert not found.fixable and "alias-chain" in found.message and "take alias-chain out" in found.hint
    (found,) = of("a CNAME ns1 ; truename: ignore ttl-zreo")
    assert found.hint == 'did you mean "ttl-zero"?'
    (found,) = of("a CNAME ns1 ; truename: ignore")
    assert "no rule" in found.message


def test_a_rule_that_was_not_asked_makes_nothing_stale(of):
    text = "a CNAME ns1 ; truename: ignore ttl-zero"
    assert of(text, settings=Check(ignore=["ttl-zero"])) == []
    assert of(text, rules=["alias-chain", "unused-ignore"]) == []
    assert of(text, settings=Check(ignore=["unused-ignore"])) == []
    assert of(text + ", unused-ignore") == []
