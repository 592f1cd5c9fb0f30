"""RFC 9018 4: server cookies that every server makes alike.

4.1 version 1, 4.2 three reserved octets, 4.3 the time, 4.4 the hash: it covers the client's cookie and address.
"""

import time

import pytest

from ..client import Subject, expect
from ..cookies import ask, ask_without_question, cookie_of, learned

differs = pytest.mark.differs
NO_QUESTION = "Queries without a question"


def test_4_a_server_cookie_has_16_octets(subject: Subject) -> None:
    assert len(learned(subject)) == 24


def test_4_1_and_4_2_version_1_and_zeros(subject: Subject) -> None:
    assert learned(subject)[8:12] == b"\x01\x00\x00\x00"


def test_4_3_the_time_is_now(subject: Subject) -> None:
    made = int.from_bytes(learned(subject)[12:16])
    assert abs(made - time.time()) < 5


@differs("knot", NO_QUESTION, "rcode FORMERR")
def test_4_3_a_cookie_that_is_not_old_stays_or_is_renewed(subject: Subject) -> None:
    cookie = learned(subject)
    again = cookie_of(ask(subject, cookie))
    assert int.from_bytes(again[12:16]) >= int.from_bytes(cookie[12:16])
    expect(ask_without_question(subject, again), "NOERROR", aa=False)


@differs("nsd", NO_QUESTION, "rcode NOERROR")
@differs("knot", NO_QUESTION, "rcode FORMERR")
def test_4_4_the_hash_covers_the_client_s_cookie(subject: Subject) -> None:
    mine, other = learned(subject), learned(subject, bytes(8))
    expect(ask_without_question(subject, bytes(8) + mine[8:]), "BADCOOKIE", aa=False)
    expect(ask_without_question(subject, other), "NOERROR", aa=False)


@differs("nsd", NO_QUESTION, "rcode NOERROR")
@differs("knot", NO_QUESTION, "rcode FORMERR")
def test_4_4_the_hash_covers_all_that_stands_before_it(subject: Subject) -> None:
    cookie = learned(subject)
    for octet in (8, 9, 15, 16, 23):
        forged = bytearray(cookie)
        forged[octet] ^= 1
        expect(ask_without_question(subject, bytes(forged)), "BADCOOKIE", aa=False)


def test_4_4_a_cookie_holds_over_tcp_as_well(subject: Subject) -> None:
    expect(ask(subject, learned(subject), tcp=True), "NOERROR")
