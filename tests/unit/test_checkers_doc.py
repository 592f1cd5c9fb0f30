"""docs/checkers.md is made by running other programs and is not made again here; it must be about these rules."""

from pathlib import Path

from truename.rules import IDS
from truename.rules.base import load

PAGE = Path(__file__).parents[2] / "docs" / "checkers.md"


def test_every_rule_has_a_row_and_was_found() -> None:
    cells = [line.split("|") for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    rows = {row[1].strip(" `"): row[2].strip() for row in cells}
    # What a comment of ours silences, or a change does, is nobody else's to find.
    assert rows == {rule: "found" for rule in IDS if load(rule).kinds}
