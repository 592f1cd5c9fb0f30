"""Findings as text, JSON, SARIF and annotations."""

import json
import time

import pytest
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from truename import report
from truename.report import github, sarif, text
from truename.rules import IDS
from truename.rules.base import Finding, finding_json

KEYS = [
    *("rule", "severity", "zone", "owner", "type", "target", "file", "line", "column", "message", "hint"),
    *("fixable", "chain"),
]


def finding(file: str = "", line: int = 0, column: int = 0, **changed) -> Finding:
    values = {
        "rule": "alias-loop",
        "severity": "error",
        "zone": "example.com.",
        "owner": "a.example.com.",
        "type": "CNAME",
        "target": "b.example.com.",
        "file": file,
        "line": line,
        "column": column,
        "message": "it goes round",
        "hint": "end it",
        "fixable": False,
        "chain": ["a.", "b."],
        **changed,
    }
    return Finding(**values)


def as_json(findings: list[Finding]) -> bytes:
    return b"".join(report.as_json(findings))


def test_json_holds_what_is_documented():
    findings = [finding("f", 1, 2), finding(message='a "quote" }\n{ and a line')]
    read = json.loads(as_json(findings))
    assert [list(one) for one in read] == [KEYS, KEYS]
    assert read == [finding_json(one) for one in findings]
    assert as_json(findings).count(b"\n") == 4  # one finding a line
    assert as_json([]) == b"[]\n"
    many = [finding(line=at) for at in range(1, 1502)]
    assert json.loads(as_json(many)) == [finding_json(one) for one in many]


def test_fifty_thousand_findings_cost_little():
    began = time.process_time()
    many = [finding("f", at, 1, chain=["a.", "b."]) for at in range(50_000)]
    as_json(many)
    # 0.15 s on a slow machine with this loop's own cost; the bound is for a mistake of another order.
    assert time.process_time() - began < 1.0


def test_annotations():
    lines = list(github.lines([finding("z/a,b:c%.zone", 3, 4, message="100 %\r\nsure"), finding(severity="info")]))
    assert lines == [
        "::error file=z/a%2Cb%3Ac%25.zone,line=3,col=4,title=alias-loop::100 %25%0D%0Asure; end it",
        "::notice title=alias-loop::it goes round; end it",
    ]


def test_sarif_is_valid_by_its_schema():
    findings = [
        finding("zones/a b.zone", 3, 4),
        finding("/z/a.zone", 3, severity="warning"),
        finding("x:y", severity="info"),
        finding(hint=""),
    ]
    log = json.loads(sarif.render(findings))
    # The model is generated from the official schema and takes no property that is not in it.
    Sarif.model_validate(log)
    Sarif.model_validate(json.loads(sarif.render([])))
    run = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert set(rules) == set(IDS)
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "error"]
    places = [result.get("locations", [{}])[0].get("physicalLocation") for result in run["results"]]
    assert places == [
        {"artifactLocation": {"uri": "zones/a%20b.zone"}, "region": {"startLine": 3, "startColumn": 4}},
        {"artifactLocation": {"uri": "file:///z/a.zone"}, "region": {"startLine": 3}},
        {"artifactLocation": {"uri": "x%3Ay"}},
        None,
    ]


def test_sarif_with_a_wrong_property_would_not_be_valid():
    log = json.loads(sarif.render([finding("f", 1, 1)]))
    log["runs"][0]["results"][0]["colour"] = "red"
    with pytest.raises(ValueError, match="colour"):
        Sarif.model_validate(log)


@pytest.fixture
def file(tmp_path):
    def write(content: bytes) -> str:
        (tmp_path / "f.zone").write_bytes(content)
        return str(tmp_path / "f.zone")

    return write


def shown(path: str, line: int, column: int) -> list[str]:
    lines = list(text.lines([finding(path, line, column)]))
    return [one.partition("| ")[2] for one in lines if " | " in one]


def test_text_shows_the_line_with_a_caret(file):
    path = file(b"@ SOA\nblog\tCNAME  192.0.2.1 ; note\n")
    assert list(text.lines([finding(path, 2, 13)])) == [
        f"{path}: 1 error",
        "",
        f"{path}:2:13: error[alias-loop] it goes round",
        "   2 | blog    CNAME  192.0.2.1 ; note",
        "     |                ^^^^^^^^^",
        "     = hint: end it",
        "",
    ]


@pytest.mark.parametrize(
    ("line", "column", "marked"),
    [
        (b"blog CNAME x", 1, "blog"),
        (b"  CNAME x", 3, "CNAME"),
        (b"@ MX 10 mail ; note", 6, "10 mail"),
        (b'@ TXT "a ; b" c;d', 7, '"a ; b" c'),
        (b"@ MX ( 10 mail ) ; x", 8, "10 mail"),
        (b"a;x", 1, "a"),
        (b"abc", 4, ""),
        (b"\xff\xfe CNAME x", 10, "x"),
    ],
)
def test_what_the_caret_marks(file, line, column, marked):
    above, below = shown(file(line), 1, column)
    assert above[below.index("^") :][: below.count("^")] == marked


def test_long_lines_are_cut_around_the_caret(file):
    above, below = shown(file(b"x" * 5_000_000 + b" CNAME " + b"y" * 5_000_000), 1, 5_000_008)
    assert len(above) < 130 and above.startswith("...x") and above.endswith("y...")
    assert above[below.index("^") - 7 :].startswith(" CNAME yyy")
    above, below = shown(file(b"x" * 1000), 1, 1)
    assert len(above) < 130 and above.startswith("xxx") and below.startswith("^^^")


def test_nothing_of_a_file_moves_the_cursor(file):
    path = file(b"\x1b[31mred CNAME \x07\x9b x\n")
    lines = "\n".join(text.lines([finding(path, 1, 1, message="\x1b]0;title\x07")]))
    assert all(one.isprintable() or one == "\n" for one in lines)


@pytest.mark.parametrize(("line", "column"), [(0, 0), (9, 1), (1, 99)])
def test_places_that_are_not_there(file, line, column):
    assert shown(file(b"abc\n"), line, column) == []
    assert shown("/absent", line, column) == []
    assert shown("", line, column) == []


def test_summary():
    some = [finding(), finding(severity="warning", fixable=True), finding(severity="info", zone="example.org.")]
    assert text.summary(some, 2, 9) == "Found 1 error, 1 warning and 1 info in 2 zones; `truename fix` mends 1 of them"
    assert text.summary(some[:1] * 3, 200, 9) == "Found 3 errors in 1 of 200 zones"
    assert text.summary([], 1, 1234) == "All clear: 1,234 records in 1 zone"
    assert text.summary([], 1, 1, text.coloured) == "\x1b[32mAll clear: 1 record in 1 zone\x1b[0m"
