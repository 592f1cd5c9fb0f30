"""Zones as they are found in the world are clean, and each seeded fault is found: this one and no other."""

from pathlib import Path

import pytest
from judged import judged, marked

CASES = Path(__file__).parents[2] / "cases" / "rules"
EXAMPLES = Path(__file__).parents[3] / "examples" / "zones"


@pytest.mark.parametrize("file", sorted((CASES / "clean").glob("*.zone")), ids=lambda file: file.stem)
def test_clean(file):
    assert judged([file]) == []


def test_the_examples_hold_one_chain_and_one_alias_record_on_purpose():
    found = [(one.rule, one.owner) for one in judged(sorted(EXAMPLES.glob("*.zone")))]
    assert found == [("alias-chain", "shop.example.com."), ("alias-not-followed", "example.org.")]


@pytest.mark.parametrize("file", sorted((CASES / "faults").glob("*.zone")), ids=lambda file: file.stem)
def test_faults(file):
    expected = sorted((line, rule) for line, rules in marked(file.read_text()) for rule in rules.split())
    found = [(one.line, one.rule) for one in judged([file])]
    assert sorted(found) == expected
