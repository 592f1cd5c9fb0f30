"""A store on each database. What holds for one must hold for the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from system.postgres import Cluster, NotInstalled, cluster
from truename.store import Store


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    try:
        with cluster() as running:
            yield running
    except NotInstalled as why:
        pytest.skip(str(why))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    return request.getfixturevalue("postgres").make_schema()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened
