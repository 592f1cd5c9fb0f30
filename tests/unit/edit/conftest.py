"""Two zones whose names lead into each other, behind a door."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from truename.store import Store
from unit.edit.kept import COM, ORG, Kept


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as store:
        made = Kept(store)
        made.make("example.com.", COM)
        made.make("example.org.", ORG)
        yield made
        made.assert_published()
