"""YAML that is short and stands for much, and values that PyYAML itself stumbles over: one line each, nothing built."""

from pathlib import Path

import pytest

from truename.imports import Taken, files, octodns_nodes

DEEP = 9
BOMB = "a: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
LAUGHS = BOMB + "".join(f"b{n}: &a{n + 1} [{','.join([f'*a{n}'] * 10)}]\n" for n in range(DEEP))
MERGED = "a: &a0 {type: A, value: 192.0.2.1}\n" + "".join(
    f"b{n}: &a{n + 1} {{<<: [{','.join([f'*a{n}'] * 10)}], k{n}: 1}}\n" for n in range(DEEP)
)
VALUES = "".join(f"n{number}: *a\n" for number in range(2000))
CROSS = "a: &a {type: TXT, values: [" + ",".join(["x"] * 2000) + "]}\n" + VALUES
LONG = "a: &a {type: TXT, value: '" + "x" * 500_000 + "'}\n" + VALUES
HUGE = "9" * 6000


def read(folder: Path, text: str | bytes) -> Taken:
    (folder / "example.com.yaml").write_bytes(text.encode() if isinstance(text, str) else text)
    (taken,) = files.read(files.gather([str(folder / "example.com.yaml")])).taken
    return taken


@pytest.mark.parametrize("text", [LAUGHS, MERGED, CROSS, LONG], ids=["aliases", "merge keys", "products", "scalars"])
def test_what_repeats_without_end_is_refused_before_it_is_made(tmp_path, monkeypatch, text):
    monkeypatch.setattr("truename.imports.octodns.constructed", lambda _: pytest.fail("it was built"))
    counted: list[int] = []
    original = octodns_nodes._counted

    def noted(*arguments):
        counted.append(1)
        return original(*arguments)

    monkeypatch.setattr(octodns_nodes, "_counted", noted)
    taken = read(tmp_path, text)
    assert [one.message for one in taken.problems] == [
        "no YAML of octoDNS: aliases and merge keys repeat far more than the file holds"
    ]
    assert taken.text == b""
    assert len(counted) < 3 * len(text), "each node is looked at once"


@pytest.mark.parametrize("text", ["a: &a [*a]\n", "a: &a {<<: *a}\n", "a: &a {type: TXT, value: {x: *a}}\n"])
def test_what_stands_inside_itself(tmp_path, text):
    (problem,) = read(tmp_path, text).problems
    assert "inside of what it names" in problem.message and problem.line == 1


def test_common_values_of_many_records_are_taken(tmp_path):
    names = "".join(f"n{number}: {{<<: *common, value: 192.0.2.1}}\n" for number in range(3000))
    taken = read(tmp_path, "common: &common {type: A, ttl: 60, value: 192.0.2.9}\n" + names)
    assert taken.problems == () and taken.text.count(b" 60 IN A ") == 3001


@pytest.mark.parametrize(
    "value",
    [
        HUGE, f"-{HUGE}", f"0x{'f' * 6000}", "0x" + "f" * 300, "1" + ":59" * 6000, f"{HUGE}.5", "1e400", ".inf",
        "-.inf", ".nan", "!!int ''", "!!int x", "!!float x", "!!bool x", "!!timestamp x", "2020-99-99", "!!binary '@'",
        "!!set {a}",
        "!!omap x", "true", "null", "[]", "{}", "[[[[]]]]", "{a: b}", '"\\ud800"', "'9'", f"'{HUGE}'", "!!null x",
        "!!python/none x", "? [a]", "12:30:45",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "form",
    [
        "www: {{type: A, value: 192.0.2.1, ttl: {}}}\n",
        "www: {{type: MX, value: {{preference: {}, exchange: a.}}}}\n",
        "www: {{type: LOC, value: {{lat_degrees: 1, lat_minutes: 1, lat_seconds: {0}, altitude: {0}}}}}\n",
        "www: {{type: TXT, value: {}}}\n",
        "www: {{type: {}, value: x}}\n",
        "{}: {{type: A, value: 192.0.2.1}}\n",
        "www: {{type: A, value: 192.0.2.1, octodns: {}}}\n",
        "www: {{type: HTTPS, value: {{svcpriority: 1, targetname: a., svcparams: {{port: {}}}}}}}\n",
    ],
    ids=["ttl", "number", "decimal", "text", "type", "name", "options", "parameter"],
)
def test_no_value_is_a_fault_inside(tmp_path, form, value):
    """Whatever it is, it is taken or told in a line that people can read."""
    taken = read(tmp_path, form.format(value))
    assert all(0 < len(problem.message) < 7000 for problem in taken.problems)
    taken.text.decode()


def test_a_ttl_of_six_thousand_digits(tmp_path):
    (problem,) = read(
        tmp_path, f"www:\n  type: A\n  value: 192.0.2.1\n  ttl: {HUGE}\nb: {{type: A, value: 192.0.2.2}}\n"
    ).problems
    assert problem.message == "no YAML of octoDNS: this int is longer than 400 characters"
    assert (problem.line, problem.column) == (4, 8)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{a: " * 50_000, "- " * 50_000, "? " * 50_000, b"\xff\xfe\x00", b"\xef\xbb\xbf"]
)
def test_no_text_is_a_fault_inside(tmp_path, text):
    taken = read(tmp_path, text)
    assert len(taken.problems) <= 1 and taken.text == b""
