"""The application called in this process, and what is said when it does not answer."""

import json

import pytest

from truename.cli.client import Client, in_path
from truename.cli.transport import InProcess
from truename.errors import ServeError


async def echo(scope, receive, send):
    message = await receive()
    said = {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode(),
        "key": dict(scope["headers"])[b"x-api-key"].decode(),
        "body": message["body"].decode(),
    }
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(said).encode()[:5], "more_body": True})
    await send({"type": "http.response.body", "body": json.dumps(said).encode()[5:]})


def test_a_request_reaches_the_application_whole():
    ended = []
    with Client(InProcess(echo, "here", lambda: ended.append(1)), "k") as client:
        said = client.call("POST", f"zones/{in_path('0/25.example.')}", {"dry_run": True, "none": None}, {"a": "ü"})
        assert client.get("x")["body"] == ""
    assert said["path"] == "/api/v1/servers/localhost/zones/0=2F25.example."
    assert (said["method"], said["query"], said["key"]) == ("POST", "dry_run=true", "k")
    assert json.loads(said["body"]) == {"a": "ü"}
    assert ended == [1]


def test_an_application_that_fails_is_one_error():
    async def broken(scope, receive, send):
        raise ZeroDivisionError("inside")

    with pytest.raises(ServeError, match="internal error"), Client(InProcess(broken, "here", lambda: None), "k") as one:
        one.get("x")


def test_an_application_that_waits_for_the_peer_to_hang_up_is_not_cut_short():
    """Starlette listens for that beside a reply that it streams."""

    async def streaming(scope, receive, send):
        import asyncio

        await receive()
        hung_up = asyncio.ensure_future(receive())
        await asyncio.sleep(0)
        assert not hung_up.done()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})
        hung_up.cancel()

    with Client(InProcess(streaming, "here", lambda: None), "k") as client:
        assert client.get("x") == {}
