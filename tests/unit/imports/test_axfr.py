"""Transfers from servers that behave, and from such that do not."""

import contextlib
import socket
import struct
import threading
import time

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from ports import free_port
from truename import _core
from truename.errors import UpstreamError
from truename.imports import axfr

SOA = "example.com. 60 IN SOA ns1.example.com. h.example.com. 1 2 3 4 5"


@contextlib.contextmanager
def server(answer):
    """A server that reads one query and lets *answer(query, connection)* do the rest. Gives HOST:PORT."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run():
            with contextlib.suppress(OSError):
                connection, _ = listening.accept()
                with connection:
                    (length,) = struct.unpack("!H", connection.recv(2))
                    answer(dns.message.from_wire(connection.recv(length)), connection)

        thread = threading.Thread(target=run)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    thread.join(10)


def reply(query, *lines, rcode=dns.rcode.NOERROR):
    message = dns.message.make_response(query)
    message.set_rcode(rcode)
    for line in lines:
        name, ttl, _, rtype, data = line.split(" ", 4)
        message.answer.append(dns.rrset.from_text(name, int(ttl), "IN", rtype, data))
    wire = message.to_wire()
    return struct.pack("!H", len(wire)) + wire


def fetched(*messages, **options):
    """What comes of these messages, each a list of lines."""

    def answer(query, connection):
        for lines in messages:
            connection.sendall(reply(query, *lines))

    with server(answer) as where:
        return axfr.fetch(where, "example.com.", **options)


def test_a_transfer_in_parts():
    lines = [SOA, "example.com. 60 IN NS ns1.example.com.", 'x.example.com. 5 IN TXT "a b" "\\195\\188;"']
    taken = fetched(
        lines[:1], lines[1:], ["a.example.com. 5 IN TYPE65401 \\# 3 016100", SOA, "no.example. 1 IN A 192.0.2.1"]
    )
    found = _core.read_text(taken.text, "example.com.")
    assert found.problems == [] and taken.zone == "example.com."
    assert found.lines().decode().splitlines() == [*lines, "a.example.com. 5 IN ALIAS a."]


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([["www.example.com. 60 IN A 192.0.2.1"]], "does not begin with an SOA"),
        ([["example.org. 60 IN SOA a. b. 1 2 3 4 5"]], "does not begin with an SOA"),
        ([[SOA], []], "empty"),
        ([[SOA]], "closed the connection"),
        ([], "closed the connection"),
    ],
)
def test_no_zone_comes_of_it(messages, words):
    with pytest.raises(UpstreamError, match=words):
        fetched(*messages)


def test_refused():
    def answer(query, connection):
        connection.sendall(reply(query, rcode=dns.rcode.NOTAUTH))

    with server(answer) as where, pytest.raises(UpstreamError, match="NOTAUTH") as refused:
        axfr.fetch(where, "example.com.")
    assert "--tsig KEYFILE" in refused.value.hint


def test_nonsense():
    for octets in (b"\0\4abcd", b"\0\0", b"\xff\xff" + b"x" * 70_000):

        def answer(_, connection, octets=octets):
            connection.sendall(octets)

        with server(answer) as where, pytest.raises(UpstreamError):
            axfr.fetch(where, "example.com.")


def test_an_answer_to_another_question():
    def answer(query, connection):
        query.id ^= 1
        connection.sendall(reply(query, SOA, SOA))

    with server(answer) as where, pytest.raises(UpstreamError, match="not to this question"):
        axfr.fetch(where, "example.com.")


def altered(change, *lines):
    """What comes of an answer whose octets *change* alters; the length before them stays as it is."""

    def answer(query, connection):
        octets = bytearray(reply(query, *lines))
        change(octets)
        connection.sendall(octets)

    with server(answer) as where:
        return axfr.fetch(where, "example.com.")


def test_an_answer_that_repeats_no_question_is_one():
    def answer(query, connection):
        query.question = []
        connection.sendall(reply(query, SOA, SOA))

    with server(answer) as where:
        assert axfr.fetch(where, "example.com.").text.decode() == f"{SOA}\n"


@pytest.mark.parametrize(
    ("name", "rtype", "rclass"),
    [("example.org.", "AXFR", "IN"), ("example.com.", "SOA", "IN"), ("example.com.", "AXFR", "CH")],
)
@pytest.mark.parametrize("number", [0, 1])
def test_an_answer_that_repeats_another_question(name, rtype, rclass, number):
    """Whoever answers a question that was not asked does not answer ours (RFC 5936 2.2.2), in whichever message."""

    def answer(query, connection):
        for sent in range(number + 1):
            if sent == number:
                query.question = dns.message.make_query(name, rtype, rclass).question
            connection.sendall(reply(query, SOA if sent == 0 else "a.example.com. 60 IN A 192.0.2.1"))

    with server(answer) as where, pytest.raises(UpstreamError, match="not to this question") as refused:
        axfr.fetch(where, "example.com.")
    assert refused.value.hint


def test_two_questions_are_none_of_ours():
    def answer(query, connection):
        query.question = query.question * 2
        connection.sendall(reply(query, SOA, SOA))

    with server(answer) as where, pytest.raises(UpstreamError, match="not to this question"):
        axfr.fetch(where, "example.com.")


@pytest.mark.parametrize("bits", [0x80, 0x08, 0x10, 0x28])
def test_a_message_that_answers_no_question(bits):
    """A query, and opcodes that are none: QR and opcode are in the third octet."""

    def change(octets):
        octets[4] ^= bits

    with pytest.raises(UpstreamError, match="no answer to a question"):
        altered(change, SOA, SOA)


@pytest.mark.parametrize(
    "last",
    [
        SOA.replace(" 1 2 3", " 2 2 3"),
        SOA.replace("h.example", "i.example"),
        SOA.replace("3 4 5", "3 4 6"),
    ],
)
def test_both_ends_say_the_same(last):
    with pytest.raises(UpstreamError, match=r"SOAs at both ends differ.*try again"):
        fetched([SOA, "a.example.com. 60 IN A 192.0.2.1", last])


def test_ends_in_another_case_are_the_same():
    assert fetched(
        [SOA], [SOA.replace("ns1.example", "NS1.eXample").replace("example.com. 60", "Example.COM. 60")]
    ).text


@pytest.mark.parametrize("owner", ["www.example.org.", "com.", ".", "notexample.com.", "a\\.example.com."])
def test_names_of_others_are_not_taken(owner):
    with pytest.raises(UpstreamError, match="is not in the zone"):
        fetched([SOA, f"{owner} 60 IN A 192.0.2.1", SOA])


def test_escaped_labels_are_in_the_zone():
    assert b"a\\\\.example.com." in fetched([SOA, "a\\\\.example.com. 60 IN A 192.0.2.1", SOA]).text


def test_records_that_cannot_be_read_without_end():
    def answer(query, connection):
        connection.sendall(reply(query, SOA))
        while True:
            connection.sendall(reply(query, *[f"a{n}.example.com. 60 IN TYPE0 \\# 0" for n in range(100)]))

    with server(answer) as where, pytest.raises(UpstreamError, match="cannot be read"):
        axfr.fetch(where, "example.com.")


def test_octets_without_end(monkeypatch):
    def answer(query, connection):
        connection.sendall(reply(query, SOA))
        while True:
            connection.sendall(reply(query, *["a.example.com. 60 IN A 192.0.2.1"] * 300))

    monkeypatch.setattr(axfr, "TIMES", 1)
    monkeypatch.setattr(axfr, "_bounded", lambda lines, _: lines)
    with server(answer) as where, pytest.raises(UpstreamError, match="does not end"):
        axfr.fetch(where, "example.com.", limit=1 << 20)


def test_a_server_that_is_never_done(monkeypatch):
    monkeypatch.setattr(axfr, "WHOLE", 0.3)

    def answer(query, connection):
        connection.sendall(reply(query, SOA))
        while True:
            connection.sendall(reply(query, "a.example.com. 60 IN A 192.0.2.1"))

    with server(answer) as where, pytest.raises(UpstreamError, match=r"within 0\.3 s"):
        axfr.fetch(where, "example.com.")


def test_a_zone_without_end():
    def answer(query, connection):
        connection.sendall(reply(query, SOA))
        while True:
            connection.sendall(reply(query, *["a.example.com. 60 IN A 192.0.2.1"] * 100))

    with server(answer) as where, pytest.raises(UpstreamError, match="larger than"):
        axfr.fetch(where, "example.com.", limit=1 << 16)


def test_silence():
    began = time.monotonic()
    with server(lambda *_: time.sleep(1)) as where, pytest.raises(UpstreamError, match=r"no answer within 0\.2 s"):
        axfr.fetch(where, "example.com.", wait=0.2)
    assert time.monotonic() - began < 5


def test_nobody_there():
    with pytest.raises(UpstreamError, match="Connection refused"):
        axfr.fetch(f"127.0.0.1:{free_port()}", "example.com.")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("ns1.example.com:5300", ("ns1.example.com", 5300)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5300", ("2001:db8::1", 5300)),
        ("[2001:db8::1]", ("2001:db8::1", 53)),
    ],
)
def test_addresses(text, address):
    assert axfr.address(text) == address


@pytest.mark.parametrize("text", ["", ":53", "a:b", "a:0", "a:70000", "[::1]x", "[::1]:"])
def test_what_is_no_address(text):
    with pytest.raises(UpstreamError):
        axfr.address(text)
