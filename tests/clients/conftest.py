"""One server for the clients of a module; each makes zones of its own."""

import pytest

from .api import running


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with running(tmp_path_factory.mktemp("clients")) as found:
        yield found
