"""SIGTERM while a large text is taken: the server ends, its client is told, and the zone is whole or not there."""

import http.client
import threading
import time
from collections.abc import Iterator

import pytest

from clients.api import Api, Reply, running
from system.postgres import NotInstalled, cluster

ZONE = "example.net."
MADE = 50_000
HEAD = f"$ORIGIN {ZONE}\n@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\n"
GENERATED = f"{HEAD}$GENERATE 1-{MADE} h$ 60 A 192.0.2.1\n"
WRITTEN = HEAD + "".join(f"h{number} 60 A 192.0.2.1\n" for number in range(1, MADE + 1))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request) -> Iterator[object]:
    if request.param == "sqlite":
        yield None
        return
    try:
        with cluster() as postgres:
            yield postgres
    except NotInstalled:
        pytest.skip("no PostgreSQL")


@pytest.fixture
def database(kind) -> list[str]:
    """What names an empty database to the server."""
    return [] if kind is None else ["--database", kind.make_database()]


def sent(api: Api, how: str, text: str) -> Reply:
    flags = "?dry_run=true" if "planned" in how else ""
    if "over" in how:
        return api.call("PUT", f"zones/{ZONE}/text{flags}", text.encode(), headers={"Content-Type": "text/plain"})
    if "import" in how:
        return api.call("POST", f"import{flags}", {"zones": [{"name": ZONE, "text": text}]})
    body = {"name": ZONE, "kind": "Native", "zone": text}
    return api.call("POST", f"zones{flags or '?rrsets=false'}", body)


def has_made(api: Api) -> bool | None:
    """Whether the zone has the last name; None without the zone."""
    if api.get(f"zones/{ZONE}?rrsets=false").status == 404:
        return None
    found = [api.get(f"zones/{ZONE}?rrset_name=h{number}.{ZONE}").json["rrsets"] for number in (1, MADE // 2, MADE)]
    assert len({len(one) for one in found}) == 1, "a part of it is there"
    return bool(found[0])


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ("made", WRITTEN),
        ("made", GENERATED),
        ("made planned", GENERATED),
        ("import", GENERATED),
        ("import planned", WRITTEN),
        ("put over", WRITTEN),
        ("put over planned", GENERATED),
    ],
    ids=lambda one: one if len(one) < 20 else "written" if one is WRITTEN else "generated",
)
def test_the_end_of_the_server(tmp_path, database, how: str, text: str):
    before: bool | None = None
    ends = []
    for wait in (0.1, 0.8):
        with running(tmp_path, *database) as api:
            found = has_made(api)
            if "planned" in how:
                assert not found
            if found or (found is None and "over" in how):
                api.call("DELETE", f"zones/{ZONE}")
                if "over" in how:
                    assert sent(api, "made", HEAD).status == 201
            elif found is False and "over" not in how:
                pytest.fail("a part of it is there")
            before = has_made(api)
            calling = threading.Thread(target=called, args=(api, how, text, ends))
            calling.start()
            time.sleep(wait)
            assert api.server.stop() == 0
            calling.join()
            assert "Traceback" not in api.server.errors()
        with running(tmp_path, *database) as api:
            after = has_made(api)
            assert after in (before, True)
            if isinstance(ends[-1], int) and ends[-1] < 300 and "planned" not in how:
                assert after is True, "it was acknowledged"
    assert all(end in (200, 201, 503, None) for end in ends), ends


def called(api: Api, how: str, text: str, ends: list[int | None]) -> None:
    try:
        ends.append(sent(api, how, text).status)
    except (OSError, http.client.HTTPException):  # it is gone without a word
        ends.append(None)
