"""`make soak`: PostgreSQL stops twenty times as a crash would, under six writers."""

import os
import sys
from pathlib import Path

import pytest

sys.path += [str(Path(__file__).parents[1] / "system"), str(Path(__file__).parents[1])]

from clients.api import running
from system.postgres import cluster
from system.stopping import stop_again_and_again

STOPS = int(os.environ.get("SOAK_STOPS", "20"))


@pytest.mark.soak
def test_what_was_acknowledged_is_there(tmp_path: Path) -> None:
    with cluster() as postgres, running(tmp_path, "--database", postgres.make_database()) as api:
        print(dict(stop_again_and_again(api, postgres, STOPS, seed=20)))
