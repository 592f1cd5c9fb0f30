"""Whatever a call waits for when the server ends, its client gets 503 or the end of a reply: no fault inside."""

import asyncio

import pytest

from truename.web.ending import Ending


async def cancelled(app) -> list[dict]:
    """What is sent when *app* is cancelled as soon as it waits."""
    sent: list[dict] = []

    async def send(message) -> None:
        sent.append(message)

    async def receive():
        await asyncio.Event().wait()

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    task = asyncio.ensure_future(Ending(app)(scope, receive, send))
    await asyncio.sleep(0)
    task.cancel()
    await task
    return sent


@pytest.mark.parametrize("has_begun", [True, False])
def test_a_call_that_is_cancelled(has_begun: bool) -> None:
    async def app(_, receive, send):
        if has_begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()

    sent = asyncio.run(cancelled(app))
    assert [one["status"] for one in sent if "status" in one] == [200 if has_begun else 503]
    assert has_begun or b"the server is ending" in sent[1]["body"]
