"""RFC 7766 6: TCP: connections stay, queries are pipelined, messages come in any pieces."""

import contextlib
import socket
import struct
import time

import dns.flags
import pytest

from ..client import Subject, entry, expect_rcode, framed, header, message, parse, read_message

differs = pytest.mark.differs
HOST = entry("host.example.com")


def test_a_query_over_tcp(subject: Subject) -> None:
    assert len(parse(subject.over_tcp(message(HOST))).answer) == 2


def test_the_length_counts_exactly_the_message(subject: Subject) -> None:
    with subject.tcp() as sock:
        sock.sendall(framed(message(HOST)))
        parse(read_message(sock))
        sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            sock.recv(1)


def test_6_2_1_a_connection_serves_more_than_one_query(subject: Subject) -> None:
    with subject.tcp() as sock:
        for ident in range(5):
            sock.sendall(framed(message(HOST, ident=ident)))
            assert header(read_message(sock))[0] == ident


def test_6_2_1_1_queries_may_be_pipelined(subject: Subject) -> None:
    with subject.tcp() as sock:
        sock.sendall(b"".join(framed(message(entry(f"h{n}.example.com"), ident=n)) for n in range(1, 18)))
        replies = [parse(read_message(sock)) for _ in range(17)]
    assert {reply.id: str(reply.question[0].name) for reply in replies} == {
        n: f"h{n}.example.com." for n in range(1, 18)
    }


def test_8_a_message_may_come_octet_by_octet(subject: Subject) -> None:
    with subject.tcp() as sock:
        for octet in framed(message(HOST)):
            sock.sendall(bytes([octet]))
            time.sleep(0.002)
        assert len(parse(read_message(sock)).answer) == 2


def test_8_a_segment_may_end_within_the_next_length(subject: Subject) -> None:
    one, two = framed(message(HOST, ident=1)), framed(message(HOST, ident=2))
    with subject.tcp() as sock:
        sock.sendall(one + two[:1])
        assert header(read_message(sock))[0] == 1
        sock.sendall(two[1:20])
        time.sleep(0.02)
        sock.sendall(two[20:])
        assert header(read_message(sock))[0] == 2


def test_a_client_may_close_its_side_after_the_query(subject: Subject) -> None:
    with subject.tcp() as sock:
        sock.sendall(framed(message(HOST)))
        sock.shutdown(socket.SHUT_WR)
        assert len(parse(read_message(sock)).answer) == 2


def test_tc_over_udp_then_the_whole_answer_over_tcp(subject: Subject) -> None:
    query = message(entry("hundred.big.example.net"))
    assert header(subject.over_udp(query))[1] & dns.flags.TC
    reply = parse(subject.over_tcp(query))
    assert len(reply.answer) == 100
    assert not reply.flags & dns.flags.TC


def test_a_reply_of_many_thousand_octets(subject: Subject) -> None:
    reply = parse(subject.over_tcp(message(entry("mail.big.example.net", 15))))
    assert len(reply.answer) == 700


def test_large_replies_may_be_pipelined(subject: Subject) -> None:
    with subject.tcp() as sock:
        sock.sendall(b"".join(framed(message(entry("mail.big.example.net", 15), ident=n)) for n in range(8)))
        time.sleep(0.2)
        assert sorted(header(read_message(sock))[0] for _ in range(8)) == list(range(8))


def test_an_error_does_not_cost_the_connection(subject: Subject) -> None:
    with subject.tcp() as sock:
        sock.sendall(framed(message(HOST, flags=3 << 11, ident=1)) + framed(message(HOST, ident=2)))
        expect_rcode(read_message(sock), "NOTIMP")
        assert header(read_message(sock))[0] == 2


def test_a_response_is_not_answered_over_tcp(subject: Subject) -> None:
    with subject.tcp() as sock:
        sock.sendall(framed(message(HOST, flags=0x8000)))
        sock.settimeout(0.3)
        with contextlib.suppress(TimeoutError, ConnectionError):
            assert sock.recv(1) == b"", "a response was answered"


@pytest.mark.parametrize("length", [0, 1, 11])
def test_a_message_shorter_than_a_header_is_not_answered_over_tcp(subject: Subject, length: int) -> None:
    with subject.tcp() as sock:
        sock.sendall(struct.pack("!H", length) + message(HOST)[:length])
        sock.settimeout(0.3)
        with contextlib.suppress(TimeoutError, ConnectionError):
            assert sock.recv(1) == b"", "less than a header was answered"


def test_a_length_without_its_message_holds_nobody_up(subject: Subject) -> None:
    with subject.tcp() as slow:
        slow.sendall(b"\x01\x00" + message(HOST)[:7])
        assert len(parse(subject.over_tcp(message(HOST))).answer) == 2


def test_7_many_connections_at_once(subject: Subject) -> None:
    opened = [socket.create_connection((subject.host, subject.port), 2) for _ in range(40)]
    try:
        for ident, sock in enumerate(opened):
            sock.sendall(framed(message(HOST, ident=ident)))
        assert [header(read_message(sock))[0] for sock in opened] == list(range(40))
    finally:
        for sock in opened:
            sock.close()
