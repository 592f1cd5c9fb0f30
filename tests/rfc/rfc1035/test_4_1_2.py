"""RFC 1035 4.1.2, the question section: exactly one entry, class IN, echoed octet for octet."""

import struct

import pytest

from ..client import Subject, entry, expect, expect_rcode, extended_errors, header, message, opt, wire_name

differs = pytest.mark.differs
MALFORMED = "Malformed queries"
OTHER_CLASS = "Classes other than IN"
NOT_SUPPORTED = 21  # RFC 8914 4.22


def test_the_question_comes_back(subject: Subject) -> None:
    question = entry("www.example.com", 28)
    assert subject.over_udp(message(question))[12:].startswith(question)


def test_the_question_comes_back_in_its_case(subject: Subject) -> None:
    question = b"\x03wWw\x07eXAMPLE\x03CoM\x00" + struct.pack("!HH", 1, 1)
    assert subject.over_udp(message(question))[12:].startswith(question)


def test_the_question_comes_back_with_a_refusal(subject: Subject) -> None:
    question = entry("example.net")
    assert subject.over_udp(message(question))[12:].startswith(question)


def test_no_question_is_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(b"", counts=(0, 0, 0, 0))), "FORMERR")


@differs("knot", MALFORMED, "no reply")
def test_two_questions_are_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(entry() + entry(), counts=(2, 0, 0, 0))), "FORMERR")


@differs("knot", MALFORMED, "no reply")
def test_a_question_that_is_only_counted_is_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(b"")), "FORMERR")


@differs("knot", MALFORMED, "no reply")
def test_a_question_without_its_class_is_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(entry()[:-2])), "FORMERR")


@differs("knot", MALFORMED, "no reply")
def test_a_question_without_its_type_is_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(wire_name("example.com"))), "FORMERR")


def test_a_record_that_is_only_counted_is_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(entry(), counts=(1, 0, 0, 1))), "FORMERR")


@differs("nsd", MALFORMED, "rcode NOERROR")
def test_octets_behind_the_message_are_malformed(subject: Subject) -> None:
    expect_rcode(subject.over_udp(message(entry()) + b"\x00"), "FORMERR")


@pytest.mark.parametrize("rclass", ["CH", "HS", "CLASS2", "CLASS254", "CLASS65280"])
def test_other_classes_are_refused(subject: Subject, rclass: str) -> None:
    expect(subject.ask("host.example.com", "A", rclass=rclass), "REFUSED", aa=False, answer="", authority="")


@differs("nsd", OTHER_CLASS, "rcode NOERROR")
@differs("knot", OTHER_CLASS, "rcode NOERROR")
def test_class_any_is_refused(subject: Subject) -> None:
    expect(subject.ask("host.example.com", "A", rclass="ANY"), "REFUSED", aa=False, answer="", authority="")


@differs("knot", OTHER_CLASS, "extended errors []")
def test_a_refused_class_is_explained(subject: Subject) -> None:
    found = extended_errors(subject.ask("host.example.com", "A", rclass="HS", edns=0))
    assert found == [NOT_SUPPORTED], f"extended errors {found}, expected [{NOT_SUPPORTED}]"


@differs("knot", MALFORMED, "no reply")
def test_a_malformed_query_with_opt_gets_a_reply_too(subject: Subject) -> None:
    reply = subject.over_udp(message(entry() + entry() + opt(), counts=(2, 0, 0, 1)))
    expect_rcode(reply, "FORMERR")
    assert header(reply)[3:5] == (0, 0)
