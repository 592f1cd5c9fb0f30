"""A few of the kills of `make soak`, under imports, renames, deletions and undo as well."""

from pathlib import Path

from soak.killed import kill_under_changes


def test_changes_of_every_kind_are_there_whole(tmp_path: Path) -> None:
    kill_under_changes(tmp_path, rounds=8, seed=3)
