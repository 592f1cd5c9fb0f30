"""Large replies between the database and their clients: what comes out is what went in, and all of it is bounded."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from truename.web import replies, spool
from truename.web.answers import ApiError
from truename.web.api.streams import CHUNK, listed
from truename.web.replies import MOST, SHARE, Replies
from truename.web.spool import BLOCK, IN_MEMORY, Spool, Spools, SpoolsFull


@pytest.fixture
def spools(tmp_path: Path) -> Spools:
    return Spools(tmp_path)


def spooled(spools: Spools, pieces: Iterator[bytes]) -> Spool:
    one = spools.open()
    for piece in pieces:
        one.write(piece)
    one.finish()
    return one


def content(one: Spool) -> bytes:
    return b"".join(one.block(number) for number in range(one.blocks))


@pytest.mark.parametrize("length", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 7])
@pytest.mark.parametrize("piece", [1 << 10, BLOCK + 3, 3 * BLOCK])
def test_what_comes_out_is_what_went_in(spools: Spools, length: int, piece: int):
    octets = random.Random(length).randbytes(length)
    one = spooled(spools, (octets[at : at + piece] for at in range(0, length, piece)))
    assert one.octets == length and content(one) == octets
    assert all(len(one.block(number)) <= BLOCK for number in range(one.blocks))
    one.close()
    one.close()
    assert spools.taken == 0


def test_a_large_one_is_in_a_file_that_nobody_else_finds(spools: Spools, tmp_path: Path):
    octets = random.Random(1).randbytes(IN_MEMORY + BLOCK)
    one = spooled(spools, iter([octets]))
    assert content(one) == octets and list(tmp_path.iterdir()) == [] and spools.taken >= len(octets)
    one.close()
    with pytest.raises(ValueError, match="closed"):
        one.block(0)


def test_all_together_are_bounded_and_what_is_closed_makes_room(spools: Spools, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(spool, "ALL_SPOOLS", 3 * BLOCK)
    octets = random.Random(2).randbytes(2 * BLOCK)
    one, other = spooled(spools, iter([octets])), spools.open()
    with pytest.raises(SpoolsFull):
        other.write(octets)
    other.close()
    one.close()
    one = spooled(spools, iter([octets]))
    assert content(one) == octets
    one.close()


def test_what_compresses_takes_little(spools: Spools):
    line = b'{"content": "192.0.2.1", "disabled": false}, '
    one = spooled(spools, iter([line * 100_000]))
    assert one.octets > 50 * spools.taken
    one.close()


def test_so_many_replies_at_once_and_a_share_for_each():
    underway = Replies()
    for caller in ("a", "b"):
        for _ in range(SHARE):
            underway.begin(caller)
        with pytest.raises(ApiError) as refused:
            underway.begin(caller)
        assert refused.value.status == 503 and refused.value.headers == {"Retry-After": str(replies.RETRY)}
    assert len(underway) == MOST and not underway.has_room("c")
    underway.end("a")
    with pytest.raises(KeyError), underway.failing("c"):
        raise KeyError
    with underway.failing("c"):
        pass
    assert len(underway) == MOST and not underway.has_room("a")


@pytest.mark.parametrize("count", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_list_in_pieces_is_a_list(count: int):
    import json

    pieces = list(listed({"b": 1, "a": number} for number in range(count)))
    text = b"".join(pieces).decode()
    assert text == json.dumps([{"a": number, "b": 1} for number in range(count)]) and len(pieces) <= 2 + count / CHUNK
