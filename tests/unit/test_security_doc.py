"""docs/security.md: its limits are the program's, and every test that it names exists."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from truename.config import SECTIONS, Limits, Settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text()
SETTINGS = re.findall(r"^\| `\[(\w+)\] (\w+)` \| `([^`]+)` \|", TEXT, re.MULTILINE)
CONSTANTS = re.findall(r"^\| `([\w/]+\.(?:rs|py)) (\w+)` \| `([^`]+)` \|", TEXT, re.MULTILINE)
TESTS = sorted(set(re.findall(r"`((?:tests|rust)/\S+)::(\w+)`", TEXT)))
FAULTS = [line for line in TEXT.partition("## Faults of other servers")[2].splitlines() if line.startswith("| ")]


def test_the_page_has_its_tables():
    assert len(SETTINGS) >= 9
    assert len(CONSTANTS) >= 9
    assert len(TESTS) >= 30
    assert len([row for row in FAULTS if "CVE-" in row]) >= 40


@pytest.mark.parametrize(("section", "name", "default"), SETTINGS)
def test_a_limit_has_the_default_that_is_told(section, name, default):
    assert name in {one.name for one in fields(SECTIONS[section])}
    assert json.loads(default) == getattr(getattr(Settings(), section), name)


def test_every_setting_of_limits_is_told():
    assert {name for section, name, _ in SETTINGS if section == "limits"} == {one.name for one in fields(Limits)}


@pytest.mark.parametrize(("file", "name", "value"), CONSTANTS)
def test_a_constant_has_the_value_that_is_told(file, name, value):
    root = ROOT / "rust" / "core" / "src" if file.endswith(".rs") else ROOT / "src" / "truename"
    written = rf"^(?:const {name}: \w+|{name}) = {re.escape(value)}(?:;|\s|$)"
    assert re.search(written, (root / file).read_text(), re.MULTILINE), f"{file} has no {name} of {value}"


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_a_test_that_is_named_exists(file, name):
    assert re.search(rf"^\s*(?:def|fn) {name}\(", (ROOT / file).read_text(), re.MULTILINE)


@pytest.mark.parametrize("row", FAULTS, ids=lambda row: row.split("|")[1].strip()[:20])
def test_every_fault_has_a_lesson_and_a_test(row):
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert len(cells) == 5 and all(cells)
    assert row.startswith("| fault ") or "::test_" in cells[-1] or ".rs::" in cells[-1]


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:rust|examples|serve|packet|answer|graph|listen)/[\w/.]+)`", TEXT)))
)
def test_code_that_is_pointed_at_exists(path):
    roots = (ROOT, ROOT / "rust" / "core" / "src", ROOT / "src" / "truename")
    assert any((root / path).exists() for root in roots)
