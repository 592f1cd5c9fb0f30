"""RFC 7873 5.4: asking for a server cookie and nothing else."""

import pytest

from ..client import Subject, expect
from ..cookies import CLIENT, ask_without_question, cookie_of, learned

differs = pytest.mark.differs
NO_QUESTION = "Queries without a question"


@differs("knot", NO_QUESTION, "rcode FORMERR")
def test_a_client_cookie_gets_a_server_cookie(subject: Subject) -> None:
    reply = ask_without_question(subject, CLIENT)
    expect(reply, "NOERROR", aa=False, answer="", authority="")
    assert reply.question == []
    assert cookie_of(reply)[:8] == CLIENT and len(cookie_of(reply)) >= 16


@differs("knot", NO_QUESTION, "rcode FORMERR")
def test_a_cookie_that_holds_is_noerror(subject: Subject) -> None:
    reply = ask_without_question(subject, learned(subject))
    expect(reply, "NOERROR", aa=False, answer="")
    assert cookie_of(reply)[:8] == CLIENT


@differs("knot", NO_QUESTION, "rcode FORMERR")
@differs("nsd", NO_QUESTION, "rcode NOERROR")
def test_a_cookie_that_does_not_is_badcookie(subject: Subject) -> None:
    reply = ask_without_question(subject, CLIENT + bytes(16))
    expect(reply, "BADCOOKIE", aa=False, answer="")
    assert cookie_of(reply)[:8] == CLIENT


@differs("knot", NO_QUESTION, "cookies 0")
def test_the_cookie_of_a_badcookie_holds(subject: Subject) -> None:
    fresh = cookie_of(ask_without_question(subject, CLIENT + bytes(16)))
    expect(ask_without_question(subject, fresh), "NOERROR", aa=False, answer="")


@pytest.mark.parametrize("length", [0, 7, 9, 15, 41])
def test_a_malformed_cookie_is_malformed(subject: Subject, length: int) -> None:
    expect(ask_without_question(subject, bytes(length)), "FORMERR", aa=False, answer="")
