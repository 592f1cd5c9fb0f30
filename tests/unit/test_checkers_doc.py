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


def test_what_others_find_is_found_or_has_its_reason() -> None:
    """No zone here is clean for a server and full of errors for its checker without our saying so."""
    text = PAGE.read_text()
    others = text.partition("## Other faults")[2]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in others.splitlines() if line.startswith("| ")]
    faults = {row[0]: row[1] for row in rows if row[1] in ("found", "-")}
    reasons = {line[2:].partition(": ")[0] for line in others.splitlines() if line.startswith("- ")}
    assert {fault for fault, found in faults.items() if found == "-"} == reasons
    assert len(faults) > 15
