"""Signed zones and what messages hold: types asked for by name, room, and the header."""

import dns.flags
import dns.name
import dns.rcode
import pytest
from dns.rdatatype import RdataType

from servers import Running

from .asking import ask, ask_udp, parse, question
from .checker import Trust, check
from .sources import Tree
from .test_answers import Place, denying, sections

FAMILIES = ["nsec", "nsec3", "salted", "optout"]


def one(server: Running, name: str, rtype: str, *, do: bool = True):  # type: ignore[no-untyped-def]
    ((_, reply),) = ask(server, [question(name, rtype)], do=do)
    return reply


@pytest.mark.parametrize("do", [True, False])
def test_nsec_is_a_type_like_others(do: bool, ours: Running) -> None:
    """RFC 4035 3.1: without DO too, when it is asked for."""
    reply = one(ours, "host.nsec.example.", "NSEC", do=do)
    assert sections(reply)[0] == ["host.nsec.example. NSEC" + "*" * do]


@pytest.mark.parametrize("do", [True, False])
def test_signatures_can_be_asked_for(do: bool, ours: Running, signed: Tree) -> None:
    """RFC 4035 3.1: those of the owner, each with the TTL of what it covers (RFC 4034 3)."""
    zone = signed.signed["nsec.example."]
    reply = one(ours, "host.nsec.example.", "RRSIG", do=do)
    owned = [found for found in zone.rrsets if found.name == zone_name("host") and found.rdtype == RdataType.RRSIG]
    assert {str(r) for r in reply.answer} <= {f"{s.name} {s.ttl} IN RRSIG {d}" for s in owned for d in s}
    assert reply.answer and not reply.authority


def zone_name(label: str) -> dns.name.Name:
    return dns.name.from_text(label, dns.name.from_text("nsec.example."))


def test_signatures_of_an_alias_are_not_those_of_its_target(ours: Running) -> None:
    """RFC 4035 2.5: RRSIG and NSEC stand beside the CNAME, so the alias is not followed for them."""
    for rtype in ("RRSIG", "NSEC"):
        reply = one(ours, "alias1.nsec.example.", rtype)
        assert {str(record.name) for record in reply.answer} == {"alias1.nsec.example."}
        assert RdataType.CNAME not in {record.rdtype for record in reply.answer}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("rtype", ["A", "NSEC3", "RRSIG", "ANY", "DS"])
def test_owners_of_nsec3_do_not_exist(family: str, rtype: str, ours: Running, signed: Tree, trust: Trust) -> None:
    """RFC 5155 7.2.8: unless something else is there."""
    owners = [found.name for found in signed.signed[f"{family}.example."].rrsets if found.rdtype == RdataType.NSEC3]
    assert bool(owners) == (family != "nsec")
    for owner in owners[:3]:
        asked = (owner, int(RdataType[rtype]))
        ((_, reply),) = ask(ours, [asked])
        assert reply.rcode() == dns.rcode.NXDOMAIN
        assert check(trust, reply, *asked) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_any_is_one_set_with_its_signature(family: str, ours: Running, trust: Trust) -> None:
    asked = question(f"host.{family}.example.", "ANY")
    ((_, reply),) = ask(ours, [asked])
    assert len({r.rdtype for r in reply.answer} - {RdataType.RRSIG}) == 1
    assert check(trust, reply, *asked) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_additional_addresses_are_signed(family: str, ours: Running) -> None:
    """RFC 4035 3.1.1: when there is room."""
    reply = one(ours, f"{family}.example.", "MX")
    signed = {(str(r.name), r[0].type_covered) for r in reply.additional if r.rdtype == RdataType.RRSIG}
    assert (f"mail.{family}.example.", RdataType.A) in signed


@pytest.mark.parametrize("family", FAMILIES)
def test_glue_is_not_signed(family: str, ours: Running) -> None:
    reply = one(ours, f"www.secure.{family}.example.", "A")
    assert [str(r.name) for r in reply.additional if r.rdtype == RdataType.A] == [f"ns1.secure.{family}.example."]
    assert not [r for r in reply.additional if r.rdtype == RdataType.RRSIG]


def test_a_referral_without_do_has_neither_ds_nor_denial(ours: Running) -> None:
    """RFC 4035 3.1.4: DS comes along with DO."""
    for cut in ("secure", "insecure"):
        reply = one(ours, f"www.{cut}.nsec.example.", "A", do=False)
        assert {record.rdtype for record in reply.authority} == {RdataType.NS}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("payload", [512, 700, 1232])
def test_what_has_no_room_is_left_out_whole(family: str, payload: int, ours: Running, trust: Trust) -> None:
    """RFC 4035 3.1: answer and authority are whole or TC is set; never more octets than asked for."""
    for name, rtype in (("x.b.c.hollow", "A"), ("any.twice", "A"), ("any.lost", "A"), ("@", "DNSKEY"), ("alias1", "A")):
        asked = question(f"{name}.{family}.example.".removeprefix("@."), rtype)
        packet = ask_udp(ours, asked, payload=payload)
        assert len(packet) <= payload
        reply = parse(packet)
        if not reply.flags & dns.flags.TC:
            assert check(trust, reply, *asked) == []


def test_additional_signatures_never_truncate(ours: Running) -> None:
    """RFC 4035 3.1.1: addresses and their signatures may be left out without TC."""
    packet = ask_udp(ours, question("nsec.example.", "MX"), payload=512)
    assert not parse(packet).flags & dns.flags.TC


def test_ad_is_clear(ours: Running) -> None:
    """RFC 4035 3.1.6: it speaks of data that was validated."""
    assert not one(ours, "host.nsec.example.", "A").flags & dns.flags.AD


def test_do_is_copied(ours: Running) -> None:
    """RFC 3225 3."""
    assert one(ours, "host.nsec.example.", "A").ednsflags & dns.flags.DO
    assert not one(ours, "host.nsec.example.", "A", do=False).ednsflags & dns.flags.DO


def test_names_in_svcb_keep_their_case(ours: Running, signed: Tree) -> None:
    """RFC 4034 6.2 and RFC 6840 5.1: names in SVCB and NSEC are signed as they are spelled."""
    for family in FAMILIES:
        (data,) = next(r for r in one(ours, f"svc.{family}.example.", "SVCB").answer if r.rdtype == RdataType.SVCB)
        assert str(data.target) == f"TarGet.Host.{family}.example."
    chain = [found for found in signed.signed["nsec.example."].rrsets if found.rdtype == RdataType.NSEC]
    spelled = {str(data.next) for found in chain for data in found}
    assert any(name != name.lower() for name in spelled), "no signer kept the case: the test asks nothing"


def test_ds_at_an_apex_without_the_parent(ours: Running, trust: Trust) -> None:
    """RFC 4035 3.1.4.1: the child says that it has none."""
    asked = question("alone.test.", "DS")
    ((_, reply),) = ask(ours, [asked])
    assert sections(reply) == ([], {"alone.test. SOA*"})
    assert denying(reply) == {dns.name.from_text("alone.test.")}
    assert check(trust, reply, *asked) == []


def test_a_dname_at_the_apex(ours: Running, trust: Trust) -> None:
    asked = question("alias1.dnamed.example.", "A")
    ((_, reply),) = ask(ours, [asked])
    chain = ["alias1.nsec.example. CNAME*", "alias2.nsec.example. CNAME*", "alias3.nsec.example. CNAME*"]
    made = ["dnamed.example. DNAME*", "alias1.dnamed.example. CNAME"]
    assert sections(reply)[0] == [*made, *chain, "host.nsec.example. A*"]
    assert check(trust, reply, *asked) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_each_zone_proves_its_own_part(family: str, ours: Running, signed: Tree, trust: Trust) -> None:
    """A wildcard here, a wildcard there, and a name that does not exist: three proofs from two zones."""
    asked = question(f"any.faraway.{family}.example.", "A")
    ((_, reply),) = ask(ours, [asked])
    assert reply.rcode() == dns.rcode.NXDOMAIN
    following = Place(signed, family).following()
    zones = {str(r[0].signer) for r in reply.authority if r.rdtype == RdataType.RRSIG}
    assert zones == {f"{family}.example.", following}
    assert check(trust, reply, *asked) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_wildcards_of_three_zones_in_a_row(family: str, ours: Running, trust: Trust) -> None:
    asked = question(f"any.thrice.{family}.example.", "A")
    ((_, reply),) = ask(ours, [asked])
    assert [line.split(" ")[1] for line in sections(reply)[0]] == ["CNAME*", "CNAME*", "A*"]
    assert len(denying(reply)) >= 3
    assert check(trust, reply, *asked) == []
