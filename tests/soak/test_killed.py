"""`make soak`: SIGKILL a thousand times under a stream of edits, and as often under changes of every kind."""

import os
import sys
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).parents[1] / "system"), str(Path(__file__).parents[1])]

from soak.killed import kill_under_changes
from system.killing import kill_again_and_again

KILLS = int(os.environ.get("SOAK_KILLS", "1000"))


@pytest.mark.soak
def test_what_was_acknowledged_is_there(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, KILLS, seed=1000)


@pytest.mark.soak
def test_changes_of_every_kind_are_there_whole(tmp_path: Path) -> None:
    count = kill_under_changes(tmp_path, KILLS, seed=2000)
    print(f"{KILLS} kills: " + ", ".join(f"{number} {kind}" for kind, number in sorted(count.items())))
