"""One server per run of these tests: Truename, NSD and Knot, or any other.

    SUBJECT=192.0.2.1:53 pytest tests/rfc      a server of your own, which must serve zones/*.zone, file name = origin
    SUBJECT=knot pytest tests/rfc              one (or several, with commas) of those started here

NSD and Knot are oracles: they read the same RFCs. Where one of them reads them differently from us, the test says so:

    @differs("knot", "Aliases into other zones", "rcode NOERROR")

names the heading of docs/readings.md that explains it and a part of the assertion that fails there. Such a test must
fail there, with that text: an oracle that agrees after all makes it fail.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from servers import SERVERS, zone_files

from .client import Subject

ZONES = Path(__file__).parent / "zones"
READINGS = Path(__file__).parents[2] / "docs" / "readings.md"
SUBJECTS = os.environ.get("SUBJECT", "truename,nsd,knot").split(",")


@dataclass(frozen=True)
class Difference:
    """A declared difference: *server* fails the test with *shows* in its assertion, as *heading* explains."""

    server: str
    heading: str
    shows: str


@pytest.fixture(scope="session", params=SUBJECTS)
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """The server that the test speaks to."""
    if request.param not in SERVERS:
        host, _, port = request.param.rpartition(":")
        yield Subject("subject", host.strip("[]"), int(port))
        return
    with SERVERS[request.param](zone_files(ZONES), tmp_path_factory.mktemp(request.param)) as running:
        yield Subject(running.name, running.host, running.port)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "differs(server, heading, shows): a declared difference of an oracle")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every declared difference must have its explanation."""
    headings = set(re.findall(r"^#+ (.+)$", READINGS.read_text(), re.MULTILINE))
    for item in items:
        for mark in item.iter_markers("differs"):
            declared = Difference(*mark.args)
            if declared.heading not in headings:
                raise pytest.UsageError(f"{item.nodeid}: docs/readings.md has no heading {declared.heading!r}")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    declared = declared_difference(pyfuncitem)
    if declared is None:
        return (yield)
    try:
        yield
    except AssertionError as failed:
        if declared.shows in str(failed):
            return True  # type: ignore[return-value]
        raise
    pytest.fail(f"{declared.server} is said to differ ({declared.heading}: {declared.shows}), but agrees")


def declared_difference(item: pytest.Function) -> Difference | None:
    subject = item.funcargs.get("subject")
    if not isinstance(subject, Subject):
        return None
    marks = [Difference(*mark.args) for mark in item.iter_markers("differs")]
    return next((mark for mark in marks if mark.server == subject.name), None)
