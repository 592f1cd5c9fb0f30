"""The tree of signed zones, made once a run, and the servers that hold it."""

from collections.abc import Iterator

import dns.name
import pytest

from servers import Running, knot, nsd, truename

from .checker import Trust
from .signing import for_oracle, read
from .sources import Tree, tree


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return tree(tmp_path_factory.mktemp("signed"))


@pytest.fixture(scope="session")
def trust(signed: Tree) -> Trust:
    return trust_in(signed)


def trust_in(signed: Tree) -> Trust:
    """What the zones of *signed* say, and the keys of those that have some."""
    zones = {zone.name: for_oracle(zone.rrsets) for zone in signed.signed.values()}
    for origin, file in signed.plain.items():
        name = dns.name.from_text(origin)
        zones[name] = for_oracle(read(file.path.read_text(), name))
    return Trust(zones, {zone.name: zone.dnskey for zone in signed.signed.values()})


@pytest.fixture(scope="session")
def ours(signed: Tree, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with truename(signed.files, tmp_path_factory.mktemp("truename")) as running:
        yield running


@pytest.fixture(scope="session")
def by_nsd(signed: Tree, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with nsd(signed.files, tmp_path_factory.mktemp("nsd")) as running:
        yield running


@pytest.fixture(scope="session")
def by_knot(signed: Tree, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with knot(signed.files, tmp_path_factory.mktemp("knot")) as running:
        yield running
