"""What a connection brings is taken as it comes."""

import socket
import threading

import pytest

from truename.imports import incoming
from truename.imports.incoming import Incoming


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_server_is_not_kept_waiting(ends):
    ours, theirs = ends
    theirs.settimeout(5)
    sent = b"x" * (8 << 20)  # more than the kernel holds
    coming = Incoming(ours, 5)
    theirs.sendall(sent)  # and nobody has taken any of it
    assert coming.take(len(sent), 5) == sent
    coming.close()


def test_what_is_read_ahead_is_bounded(ends, monkeypatch):
    ours, theirs = ends
    monkeypatch.setattr(incoming, "AHEAD", 1 << 20)
    coming = Incoming(ours, 5)
    sender = threading.Thread(target=theirs.sendall, args=(b"x" * (16 << 20),))
    sender.start()
    for _ in range(16 << 10):
        assert len(coming.take(1 << 10, 5)) == 1 << 10
        assert coming._size <= (1 << 20) + incoming.PART
    sender.join()
    coming.close()


def test_pieces_come_in_order_and_the_end_is_told(ends):
    ours, theirs = ends
    coming = Incoming(ours, 5)
    theirs.sendall(b"abc")
    theirs.sendall(b"defg")
    assert [coming.take(2, 5), coming.take(4, 5)] == [b"ab", b"cdef"]
    theirs.close()
    with pytest.raises(EOFError):
        coming.take(2, 5)
    coming.close()


def test_nothing_comes(ends):
    ours, _ = ends
    coming = Incoming(ours, 5)
    with pytest.raises(TimeoutError):
        coming.take(1, 0.01)
    coming.close()
