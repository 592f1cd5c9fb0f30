"""The checker itself: it must miss what is missing. Each reply of a choice is believed as it is, and not without any
one of its signatures or denials."""

import pytest
from dns.message import Message
from dns.rdatatype import RdataType

from servers import Running

from .asking import ask, copied, question
from .checker import Trust, check

ASKED = [
    f"{name}.{family}.example. {rtype}"
    for family in ("nsec", "nsec3", "salted", "optout")
    for name, rtype in (
        ("host", "A"), ("alias1", "A"), ("host", "MX"), ("missing", "A"), ("x.b.c.hollow", "A"), ("hollow", "A"),
        ("any.wild", "A"), ("any.wild", "MX"), ("any.alias", "MX"), ("any.starry", "A"), ("www.dname", "A"),
        ("x.host", "A"), ("www.secure", "A"), ("www.insecure", "A"), ("insecure", "DS"), ("only.below", "A"),
    )
]  # fmt: skip
PROOFS = (RdataType.RRSIG, RdataType.NSEC, RdataType.NSEC3, RdataType.DS)


@pytest.mark.parametrize("text", ASKED)
def test_nothing_can_be_left_out(text: str, by_nsd: Running, trust: Trust) -> None:
    name, rtype = text.split(" ")
    asked = question(name, rtype)
    ((_, reply),) = ask(by_nsd, [asked])
    believed = [problem for problem in check(trust, reply, *asked) if not problem.endswith("proves nothing")]
    assert believed == []
    for section in ("answer", "authority"):
        for place, record in enumerate(getattr(reply, section)):
            if record.rdtype in PROOFS:
                assert check(trust, without(reply, section, place), *asked), f"believed without {record}"


def without(reply: Message, section: str, place: int) -> Message:
    changed = copied(reply)
    setattr(changed, section, [r for at, r in enumerate(getattr(reply, section)) if at != place])
    return changed


def test_a_changed_record_is_not_believed(by_nsd: Running, trust: Trust) -> None:
    asked, other = question("host.nsec.example.", "A"), question("mail.nsec.example.", "A")
    (_, reply), (_, wrong) = ask(by_nsd, [asked, other])
    reply.answer[0] = wrong.answer[0].copy()
    reply.answer[0].name = asked[0]
    assert any("signature of nsec.example." in problem for problem in check(trust, reply, *asked))


def test_a_proof_of_another_name_is_not_believed(by_nsd: Running, trust: Trust) -> None:
    """The NSEC records of one absent name say nothing of another that lies elsewhere."""
    asked, other = question("aaa.nsec.example.", "A"), question("x.hollow.nsec.example.", "A")
    (_, reply), (_, wrong) = ask(by_nsd, [asked, other])
    wrong.question = reply.question
    assert any("no NSEC covers" in problem for problem in check(trust, wrong, *asked))
