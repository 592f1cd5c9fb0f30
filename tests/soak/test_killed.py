"""`make soak`: SIGKILL a thousand times under a stream of edits."""

import os
import sys
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).parents[1] / "system"), str(Path(__file__).parents[1])]

from system.killing import kill_again_and_again

KILLS = int(os.environ.get("SOAK_KILLS", "1000"))


@pytest.mark.soak
def test_what_was_acknowledged_is_there(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, KILLS, seed=1000)
