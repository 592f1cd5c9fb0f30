"""One server for all hostile datagrams and queries, looked at after every test."""

from collections.abc import Iterator

import pytest

from servers import truename

from .vitals import Victim
from .zones import write, write_signed


@pytest.fixture(scope="package")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    """A server with two workers and the zones of `zones.py`."""
    directory = tmp_path_factory.mktemp("hostile")
    zones = write(directory) + write_signed(directory)
    with truename(zones, directory, ["--http", "127.0.0.1:0", "--workers", "2"]) as running:
        yield Victim.of(running)


@pytest.fixture(autouse=True)
def well_afterwards(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did, the server that it used is alive and has not panicked."""
    yield
    for name in ("victim", "besieged"):
        if name in request.fixturenames:
            request.getfixturevalue(name).assert_well()
