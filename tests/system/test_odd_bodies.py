"""Whatever is sent to whatever takes a body: an answer that says what is wrong with it, and never a fault inside."""

from collections.abc import Iterator
from typing import Any

import pytest

from clients.api import Api, Reply, rrset, running
from system import odd_bodies
from system.postgres import NotInstalled, cluster
from truename.web.app import openapi

PLACES = {"{zone_id}": "example.com.", "{name}": "www.example.com.", "{kind}": "X-A", "{key}": "x", "{account}": "y"}
AGAIN = 20  # requests after which the zone is made again: some of them delete it
OPERATIONS = [
    (method, path, operation)
    for path, operations in openapi()["paths"].items()
    for method, operation in operations.items()
    if "requestBody" in operation
]
PARAMETERS = [
    (method, path, parameter)
    for path, operations in openapi()["paths"].items()
    for method, operation in operations.items()
    for parameter in operation.get("parameters", [])
]
ODD = [
    "",
    "%00",
    "%ff%fe",
    "%ED%A0%80",
    "9" * 5000,
    "-1",
    "1e400",
    "nan",
    "%C2%B2",
    "%D9%A3",
    "a" * 3000,
    "..",
    "*",
    "%2E%2E%2F",
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def api(request, tmp_path_factory) -> Iterator[Api]:
    where = tmp_path_factory.mktemp("odd")
    if request.param == "sqlite":
        with running(where) as found:
            yield found
        return
    try:
        with cluster() as postgres, running(where, "--database", postgres.make_database()) as found:
            yield found
    except NotInstalled:
        pytest.skip("no PostgreSQL")


def filled(path: str) -> str:
    for name, value in PLACES.items():
        path = path.replace(name, value)
    return path


def assert_no_fault(api: Api, reply: Reply, said: object) -> None:
    assert reply.status < 500, (said, reply.status, reply.text)
    if reply.status >= 400:
        assert reply.json["error"], said


def made_again(api: Api, number: int) -> None:
    if number % AGAIN == 0:
        api.create("example.com.", rrset("www.example.com.", "A", "192.0.2.1"))


def sent(content: dict[str, Any]) -> tuple[str, list[bytes]]:
    if "text/plain" in content:
        return "text/plain", list(odd_bodies.texts())
    return "application/json", list(odd_bodies.bodies(content["application/json"]["schema"]))


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=[f"{one[0]} {one[1]}" for one in OPERATIONS])
def test_no_body_is_a_fault_inside(api: Api, method: str, path: str, operation: dict):
    kind, bodies = sent(operation["requestBody"]["content"])
    dry = any(one["name"] == "dry_run" for one in operation.get("parameters", []))
    for number, body in enumerate(bodies):
        made_again(api, number)
        flags = "?dry_run=true" if dry and number % 3 == 0 else ""
        reply = api.call(method.upper(), filled(path) + flags, body, headers={"Content-Type": kind})
        assert_no_fault(api, reply, body[:200])
    assert "Traceback" not in api.server.errors()


@pytest.mark.parametrize(
    ("method", "path", "parameter"), PARAMETERS, ids=[f"{one[0]} {one[1]} {one[2]['name']}" for one in PARAMETERS]
)
def test_no_parameter_is_a_fault_inside(api: Api, method: str, path: str, parameter: dict):
    for number, value in enumerate(ODD):
        made_again(api, number)
        if parameter["in"] == "path":
            where = filled(path.replace("{" + parameter["name"] + "}", value))
        else:
            where = f"{filled(path)}?{parameter['name']}={value}"
        body = b"{}" if method in ("post", "put", "patch") else None
        assert api.call(method.upper(), where, body).status < 500, where[:200]
    assert "Traceback" not in api.server.errors()


def test_the_server_is_as_it_was(api: Api):
    api.create("example.com.", rrset("www.example.com.", "A", "192.0.2.1"))
    assert api.create("after.example.").status == 201
    assert api.get("zones/after.example.").status == 200
