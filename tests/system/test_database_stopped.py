"""PostgreSQL that stops as a crash would, under edits: nothing acknowledged is lost, no zone is stuck. `make soak` has
more of it."""

import pytest

from clients.api import Api
from system.postgres import NotInstalled, cluster
from system.stopping import stop_again_and_again

STOPS = 3


def test_six_writers_and_a_database_that_stops(serve):
    try:
        with cluster() as postgres:
            api = Api(serve("--database", postgres.make_database()))
            told = stop_again_and_again(api, postgres, STOPS, seed=3)
            assert told["done"] and told["refused"]
    except NotInstalled as why:
        pytest.skip(str(why))
