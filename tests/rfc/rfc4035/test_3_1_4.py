"""RFC 4035 3.1.4: "when returning a referral", DS records go along, and only from a zone that is signed itself."""

from ..client import Subject, expect


def test_a_referral_of_an_unsigned_zone_carries_no_ds(subject: Subject) -> None:
    reply = subject.ask("host.cut.example.com", "A", edns=0, do=True)
    expect(reply, "NOERROR", aa=False, answer="")
    assert {str(one.name): one.rdtype.name for one in reply.authority} == {"cut.example.com.": "NS"}, (
        "authority: not NS"
    )
