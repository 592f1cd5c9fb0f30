"""What has broken other servers, put to this one. docs/security.md has the table: which fault, and what it taught.

Answers are compared as text, in the order in which they stand in the message.
"""

import random
import signal
import struct
import time
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import pytest

from rfc.client import Subject, entry, extended_errors, framed, header, message, opt, parse, read_message, wire_name
from servers import ZoneFile, truename

from .crafted import COOKIE, NSID, option, record, tsig_data
from .exchange import limit
from .reading import offered, read
from .vitals import Victim
from .zones import CHAIN, HEAD, LONG_TARGET

MOST_SECONDS = 5.0  # for work that takes a fraction of a second; what is not bounded takes minutes
DNAME, RRSIG = 39, 46


@pytest.fixture
def subject(victim: Victim) -> Subject:
    return Subject("truename", *victim.address)


def answer(subject: Subject, name: str, rtype: str = "A", *, zone: str = "aliases.example") -> tuple[str, list[str]]:
    """The rcode and the answer section as `owner type data`, names within *zone* without it."""
    reply = subject.ask(f"{name}.{zone}" if name != "@" else zone, rtype, tcp=True)
    lines = [f"{rr.name} {dns.rdatatype.to_text(rr.rdtype)} {rr[0].to_text()}" for rr in reply.answer]
    return dns.rcode.to_text(reply.rcode()), [line.replace(f".{zone}.", "").replace(f"{zone}.", "@") for line in lines]


HOST = "host A 192.0.2.10"


def test_a_dname_whose_cname_answers_its_own_question(subject: Subject) -> None:
    """`back` redirects to its own parent: the name below it that is asked for is the DNAME's owner."""
    assert answer(subject, "back.back", "DNAME") == ("NOERROR", ["back DNAME @", "back.back CNAME back"])
    assert answer(subject, "host.back.back.back") == (
        "NOERROR",
        [
            "back DNAME @",
            "host.back.back.back CNAME host.back.back",
            "host.back.back CNAME host.back",
            "host.back CNAME host",
            HOST,
        ],
    )


def test_a_dname_asked_for_at_its_own_name(subject: Subject) -> None:
    """A DNAME redirects what is below its owner and not the owner (RFC 6672 2.3): there is nothing to cut off there."""
    far = LONG_TARGET.removesuffix(".aliases.example.")
    for owner, target in (
        ("back", "@"), ("east", "west"), ("same", "same"), ("grow", "grow.grow"), ("hub", "spoke"), ("far", far),
    ):  # fmt: skip
        for rtype in ("DNAME", "ANY"):
            assert answer(subject, owner, rtype) == ("NOERROR", [f"{owner} DNAME {target}"])
        for rtype in ("A", "CNAME", "TXT"):
            assert answer(subject, owner, rtype) == ("NOERROR", [])


def test_links_stand_in_their_order_and_a_dname_before_what_it_makes(subject: Subject) -> None:
    """Clients read an answer from its beginning: a link that comes too late is lost, and some have crashed on it."""
    expected = ["old DNAME any", "x.old CNAME x.any", "x.any CNAME host", HOST]
    assert answer(subject, "x.old") == ("NOERROR", expected)
    assert answer(subject, "shop") == ("NOERROR", ["shop CNAME www", "www CNAME host", HOST])


@pytest.mark.parametrize("rtype", ["RRSIG", "SIG", "NSEC", "NSEC3", "KEY", "NXT", "DNSKEY", "DS", "ANY"])
def test_signature_types_at_every_alias(subject: Subject, rtype: str) -> None:
    """There are no signatures here: an alias is followed, or is what ANY finds, and the end has no data."""
    for name in ("www", "x.old", "old", "back.back", "x.any", "self", "far", "@"):
        rcode, lines = answer(subject, name, rtype)
        assert rcode == "NOERROR"
        assert len(lines) == len(set(lines)) <= 8
        assert not any(f" {rtype} " in line for line in lines)


def test_an_alias_of_itself_is_written_once(subject: Subject) -> None:
    assert answer(subject, "self") == ("NOERROR", ["self CNAME self"])
    assert answer(subject, "one") == ("NOERROR", ["one CNAME two", "two CNAME three", "three CNAME one"])


def test_loops_through_wildcards(subject: Subject) -> None:
    assert answer(subject, "a.wild") == ("NOERROR", ["a.wild CNAME next.wild", "next.wild CNAME next.wild"])
    assert answer(subject, "z.left") == (
        "NOERROR",
        ["z.left CNAME a.right", "a.right CNAME b.left", "b.left CNAME a.right"],
    )


def test_loops_through_dnames(subject: Subject) -> None:
    assert answer(subject, "a.east") == (
        "NOERROR",
        ["east DNAME west", "a.east CNAME a.west", "west DNAME east", "a.west CNAME a.east"],
    )
    assert answer(subject, "a.same") == ("NOERROR", ["same DNAME same", "a.same CNAME a.same"])
    assert answer(subject, "trip") == (
        "NOERROR",
        ["trip CNAME x.hub", "hub DNAME spoke", "x.hub CNAME x.spoke", "x.spoke CNAME trip"],
    )


def test_a_dname_that_grows_ends(subject: Subject) -> None:
    """Each step is longer than the one before: the limit of hops ends it, or the limit of names."""
    rcode, lines = answer(subject, "a.grow")
    assert rcode == "NOERROR" and len(lines) == 17
    rcode, lines = answer(subject, f"{'l' * 63}.{'l' * 63}.{'l' * 63}.grow")
    assert rcode == "YXDOMAIN" and lines.count("grow DNAME grow.grow") == 1
    reply = subject.ask("a.grow.aliases.example", "A", edns=0)
    assert extended_errors(reply) == [0]


@pytest.mark.parametrize("rtype", ["A", "DNAME", "ANY", "TXT"])
def test_a_dname_that_makes_a_name_too_long(subject: Subject, rtype: str) -> None:
    """255 octets are a name, 256 are YXDOMAIN with the DNAME alone (RFC 6672 2.2)."""
    target = LONG_TARGET.removesuffix(".aliases.example.")
    link = f"far DNAME {target}"
    fits, does_not = "n" * 9, "n" * 10
    assert len(wire_name(f"{fits}.{LONG_TARGET}")) == 255
    rcode, lines = answer(subject, f"{fits}.far", rtype)
    assert lines == [link, f"{fits}.far CNAME {fits}.{target}"]
    assert rcode == ("NOERROR" if rtype == "ANY" else "NXDOMAIN")
    assert answer(subject, f"{does_not}.far", rtype) == ("YXDOMAIN", [link])


def test_a_zone_that_is_redirected_at_its_apex(subject: Subject) -> None:
    """The apex keeps its own data (RFC 6672 2.3), everything below it is elsewhere, whatever type is asked for."""
    apex = {"zone": "apex.example"}
    assert answer(subject, "@", "DNAME", **apex) == ("NOERROR", ["@ DNAME any.aliases.example."])
    assert answer(subject, "@", "MX", **apex) == ("NOERROR", ["@ MX 10 mail"])
    for rtype in ("SOA", "NS"):
        assert len(answer(subject, "@", rtype, **apex)[1]) == 1
    links = [
        "@ DNAME any.aliases.example.",
        "a CNAME a.any.aliases.example.",
        "a.any.aliases.example. CNAME host.aliases.example.",
    ]
    assert answer(subject, "a", **apex) == ("NOERROR", [*links, "host.aliases.example. A 192.0.2.10"])
    for rtype in ("SOA", "NS", "DS", "DNSKEY"):
        assert answer(subject, "a", rtype, **apex) == ("NOERROR", links)


def test_a_chain_longer_than_is_followed(subject: Subject) -> None:
    """The limit of hops is the server's own; the client sees where it stopped, and why."""
    rcode, lines = answer(subject, "chain0", zone="large.example")
    assert rcode == "NOERROR"
    assert lines == [f"chain{number} CNAME chain{number + 1}" for number in range(16)]
    assert answer(subject, f"chain{CHAIN - 16}", zone="large.example")[1][-1] == f"chain{CHAIN} A 192.0.2.30"


def test_the_same_alias_twice_in_a_zone_is_one_record(subject: Subject) -> None:
    assert answer(subject, "twice") == ("NOERROR", ["twice CNAME host", HOST])


def test_an_asterisk_in_an_empty_non_terminal(subject: Subject) -> None:
    assert answer(subject, "x.*.ent") == ("NOERROR", ["x.*.ent A 192.0.2.20"])
    for name in ("*.ent", "y.ent", "*.*.ent".removeprefix("*."), "ent"):
        assert answer(subject, name) == ("NOERROR", [])
    for name in ("y.*.ent", "*.*.ent"):
        assert answer(subject, name) == ("NXDOMAIN", [])


def test_a_dot_within_a_label_separates_nothing(subject: Subject) -> None:
    """The label `www.aliases` of the zone `example` is not `www` of `aliases.example`."""
    dotted = wire_name(r"www\.aliases.aliases.example")
    assert len(parse(subject.over_udp(message(dotted + b"\0\1\0\1"))).answer) == 1
    for wire in (wire_name(r"www\.aliases.example"), wire_name(r"www\.aliases\.example"), b"\x13www.aliases.example\0"):
        assert header(subject.over_udp(message(wire + b"\0\1\0\1")))[1] & 15 == dns.rcode.REFUSED


def test_letters_of_both_cases(subject: Subject) -> None:
    """The question comes back letter for letter (0x20), and every spelling has the same answer."""
    rng, rdata = random.Random(1), set()
    for _ in range(200):
        name = "".join(rng.choice((letter.upper(), letter)) for letter in "mixed.aliases.example")
        query = message(entry(name))
        reply = subject.over_udp(query)
        assert reply[12 : len(query)] == query[12:]
        rdata.add(tuple(rr[0].to_text().lower() for rr in parse(reply).answer))
    assert rdata == {("host.aliases.example.", "192.0.2.10")}


def test_one_batch_of_questions_that_differ_in_little(subject: Subject) -> None:
    """Case, type, class, EDNS and length of one name: each question has its own answer, though they come together."""
    questions = [
        (message(entry("www.aliases.example", 1)), 0, 2), (message(entry("WWW.aliases.example", 5)), 0, 1),
        (message(entry("www.aliases.example", 1, 3)), 5, 0), (message(entry("ww.aliases.example", 1)), 3, 0),
        (message(entry("www.aliases.example", 16)), 0, 1), (message(entry("www.aliases.exampl", 1)), 5, 0),
        (message(entry("www.aliases.example") + opt(version=1), counts=(1, 0, 0, 1)), 0, 0),
    ]  # fmt: skip
    with subject.udp() as sock:
        for number in range(1, 60 * len(questions)):
            query, *_ = questions[number % len(questions)]
            sock.send(struct.pack("!H", number) + query[2:])
            if number % 60 == 0:
                for expected in range(number - 59, number + 1):
                    query, rcode, answers = questions[expected % len(questions)]
                    reply = sock.recv(512)
                    said = header(reply)
                    assert (said[0], said[1] & 15, said[3]) == (expected, rcode, answers)
                    assert reply[12 : 12 + 21] == query[12 : 12 + 21]


def test_records_that_name_nothing_or_themselves(subject: Subject) -> None:
    """Addresses that go along are looked up once and not followed: `.`, the owner itself, aliases that loop."""
    for name, rtype, additional in (
        ("nomail", "MX", 0), ("noservice", "SRV", 0), ("noweb", "HTTPS", 0),
        ("loopmail", "MX", 0), ("ownmail", "MX", 1),
    ):  # fmt: skip
        reply = subject.ask(f"{name}.aliases.example", rtype)
        assert reply.rcode() == dns.rcode.NOERROR
        assert len(reply.additional) == additional


def test_delegations_to_themselves_to_each_other_and_to_aliases(subject: Subject) -> None:
    """A referral says what the zone says; its server names are never followed here."""
    for name, servers, glue in (
        ("glueless", "ns.glueless", 0), ("here", "ns.there", 0), ("there", "ns.here", 0), ("aliased", "www", 0),
        ("inward", "inward", 0), ("glued", "ns.glued", 1),
    ):  # fmt: skip
        for below in ("", "a.", "ns.", "a.b.c.d.e.f."):
            reply = subject.ask(f"{below}{name}.aliases.example", "A")
            assert not reply.flags & dns.flags.AA and not reply.answer
            assert [str(rr[0]) for rr in reply.authority] == [f"{servers}.aliases.example."]
            assert len(reply.additional) == glue


def test_a_dname_hides_addresses_from_referrals(subject: Subject) -> None:
    """RFC 6672 2.4: what is below a DNAME does not exist, also not as glue of a delegation beside it."""
    assert answer(subject, "ns.hidden", "A")[1][0] == "hidden DNAME any"
    reply = subject.ask("a.hiding.aliases.example", "A")
    assert [str(rr[0]) for rr in reply.authority] == ["ns.hidden.aliases.example."]
    assert not reply.additional


def test_nsec3_iterations_are_no_lever(subject: Subject) -> None:
    """RFC 9276 3.2: hashing a name 65,535 times for each denial would stop a worker with forty queries a second."""
    query = message(entry("x.y.costly.example") + opt(flags=0x8000), counts=(1, 0, 0, 1))
    began = time.monotonic()
    with subject.tcp() as sock:
        sock.settimeout(2 * MOST_SECONDS)
        sock.sendall(framed(query) * 400)
        assert all(header(read_message(sock))[1] & 15 == dns.rcode.NXDOMAIN for _ in range(400))
    assert time.monotonic() - began < MOST_SECONDS


def test_a_referral_with_two_hundred_servers_is_bounded(subject: Subject) -> None:
    """A resolver may be sent anywhere, but not with more than fits: TC over UDP, all of it over TCP, quickly."""
    query = message(entry("a.cut.large.example") + opt(), counts=(1, 0, 0, 1))
    small = subject.over_udp(query)
    assert len(small) <= 1232 and header(small)[1] & dns.flags.TC
    assert len(parse(subject.over_tcp(message(entry("a.cut.large.example")))).additional) == 200


@pytest.mark.parametrize("name, rtype", [("mail", 15), ("strangers", 15), ("hundred", 1), ("text", 16), ("a.cut", 1)])
def test_large_answers_cost_no_more_than_they_hold(subject: Subject, name: str, rtype: int) -> None:
    """Many records at a name, many hosts to look up, many names to compress: work stays in proportion."""
    query = message(entry(f"{name}.large.example", rtype))
    with subject.tcp() as sock:
        sock.settimeout(MOST_SECONDS)
        began = time.monotonic()
        for _ in range(10):
            sock.sendall(framed(query) * 10)
            assert all(len(read_message(sock)) <= 65535 for _ in range(10))
        assert time.monotonic() - began < MOST_SECONDS


def test_an_answer_larger_than_any_message(subject: Subject) -> None:
    """80,000 octets of text: TC also over TCP, whole RRsets only, and lengths that do not wrap around."""
    for name, links in (("beyond", 0), ("alias1", 1)):
        reply = subject.over_tcp(message(entry(f"{name}.large.example", 16)))
        said = read(reply)
        assert said.flags & 0x0200 and len(said.records) == links


def test_replies_of_every_size_with_everything_in_them(subject: Subject) -> None:
    """The room for question, OPT record and options is set aside before records are written, at every size offered."""
    label = "l" * 63
    names = ("hundred.large.example", "mail.large.example", f"{label}.{label}.{label}.any.aliases.example")
    options = option(NSID) + option(COOKIE, b"12345678")
    for name in names:
        for size in range(0, 1400, 7):
            query = message(entry(name, 255) + opt(payload=size, flags=0x8000, data=options), counts=(1, 0, 0, 1))
            reply = subject.over_udp(query)
            assert len(reply) <= limit(query)
            assert len(read(reply).opts()) == 1


@pytest.mark.parametrize("name", ["version.bind", "id.server", "aliases.example", "www.aliases.example"])
def test_other_classes_have_no_aliases(subject: Subject, name: str) -> None:
    for rclass in ("CH", "HS", "NONE", "ANY"):
        for rtype in ("HINFO", "TXT", "A", "CNAME", "DNAME", "ANY"):
            reply = subject.ask(name, rtype, rclass=rclass)
            assert reply.rcode() == dns.rcode.REFUSED and not reply.answer


def test_every_type_there_is(subject: Subject) -> None:
    """All 65,536, through a DNAME and a CNAME to a name with data; only transfers are refused."""
    with subject.tcp() as sock:
        sock.settimeout(MOST_SECONDS)
        for first in range(0, 65536, 512):
            kinds = range(first, first + 512)
            queries = [message(entry("x.old.aliases.example", rtype), ident=rtype) for rtype in kinds]
            sock.sendall(b"".join(map(framed, queries)))
            said = [header(read_message(sock)) for _ in kinds]
            rcodes = [dns.rcode.REFUSED if rtype in (251, 252) else dns.rcode.NOERROR for rtype in kinds]
            assert [(one[0], one[1] & 15) for one in said] == list(zip(kinds, rcodes, strict=True))


def test_a_message_of_many_different_names(subject: Subject) -> None:
    """Four thousand records, no two of one owner: each is stepped over once, none is compared with the others."""
    question = entry("www.aliases.example")
    owners = [b"\4" + number.to_bytes(4) + b"\0" for number in range((65535 - 12 - len(question)) // 16)]
    records = b"".join(record(owner, 1) for owner in owners)
    query = framed(message(question + records, counts=(1, 0, 0, len(owners))))
    began = time.monotonic()
    with subject.tcp() as sock:
        sock.settimeout(MOST_SECONDS)
        for _ in range(400):
            sock.sendall(query)
            said = header(read_message(sock))
            assert said[1] & 15 == dns.rcode.NOERROR and said[3] == 2
    assert time.monotonic() - began < MOST_SECONDS


def test_tkey_queries(subject: Subject) -> None:
    """A TKEY in the question, in the additional section, in both, of every mode; there are no keys to make here."""
    for mode in range(6):
        data = wire_name("gss-tsig.") + struct.pack("!IIHHH", 0, 0, mode, 0, 4) + b"abcd" + b"\0\0"
        for owner in (b"\xc0\x0c", b"\3key\0"):
            tkey = record(owner, 249, rclass=255, data=data)
            for counts in ((1, 0, 0, 1), (1, 1, 0, 0), (1, 0, 1, 0)):
                for rtype in (249, 1):
                    reply = subject.over_udp(message(entry("key.aliases.example", rtype) + tkey, counts=counts))
                    assert header(reply)[1] & 15 == dns.rcode.NXDOMAIN


@pytest.mark.parametrize(
    "algorithm", [b"\0", b"\1x\0", b"\xc0\x0c", b"\x3f", b"", wire_name("hmac-sha256."), wire_name("hmac-md5.")]
)
def test_signed_queries_without_a_key(subject: Subject, algorithm: bytes) -> None:
    """NOTAUTH for any key and any algorithm (RFC 8945 5.2.1): nothing of the signature is looked at before the key."""
    for error in (0, 16, 17, 18, 22, 65535):
        data = tsig_data(algorithm, random.Random(1))[:-4] + struct.pack("!HH", error, 0)
        signed = message(
            entry("www.aliases.example") + record(b"\3key\0", 250, rclass=255, data=data), counts=(1, 0, 0, 1)
        )
        reply = subject.over_udp(signed)
        assert header(reply)[1] & 15 == dns.rcode.NOTAUTH and header(reply)[3] == 0


def test_sig0_costs_nothing(subject: Subject) -> None:
    """A signature by a public key is not verified: a thousand of them are a thousand plain questions."""
    data = struct.pack("!HBBIIIH", 0, 8, 0, 0, 2**31, 0, 1) + wire_name("key.aliases.example") + bytes(256)
    query = message(entry("www.aliases.example") + record(b"\0", 24, rclass=255, data=data), counts=(1, 0, 0, 1))
    began = time.monotonic()
    with subject.tcp() as sock:
        sock.settimeout(MOST_SECONDS)
        for _ in range(10):
            sock.sendall(framed(query) * 100)
            assert all(header(read_message(sock))[3] == 2 for _ in range(100))
    assert time.monotonic() - began < MOST_SECONDS


def test_options_several_times_and_in_every_mixture(subject: Subject) -> None:
    """Two cookies, several key tags, options of no length, in any order: an answer or FORMERR."""
    rng = random.Random(1)
    codes = [COOKIE, NSID, 8, 9, 11, 12, 13, 14, 15, 16, 65001]
    for _ in range(2000):
        chosen = [
            option(rng.choice(codes), rng.randbytes(rng.choice((0, 1, 2, 8, 16, 40))))
            for _ in range(rng.randrange(1, 12))
        ]
        query = message(entry("www.aliases.example") + opt(data=b"".join(chosen)), counts=(1, 0, 0, 1))
        said = read(subject.over_udp(query))
        assert offered(query) == 1232
        assert said.rcode() in (0, 1, 23) and len(said.opts()) <= 1


@pytest.mark.parametrize("opcode", [4, 5])
def test_floods_of_update_and_notify_are_refused_unread(victim: Victim, subject: Subject, opcode: int) -> None:
    """Ten thousand, with records of every class and type in every section: nothing is queued, nothing grows."""
    rng, zone = random.Random(opcode), entry("aliases.example", 6)
    before = victim.resident()
    with subject.udp() as sock:
        for number in range(10_000):
            body = record(
                b"\xc0\x0c", rng.choice((1, 5, 39, 255)), rclass=rng.choice((1, 254, 255)), data=rng.randbytes(8)
            )
            sock.send(message(zone + body * 3, ident=number, flags=opcode << 11, counts=(1, 1, 1, 1)))
            said = header(sock.recv(512))
            assert (said[0], said[1] & 15) == (number, dns.rcode.REFUSED)
    assert victim.resident() < before + 4096


def test_answers_do_not_depend_on_what_was_asked_before(subject: Subject) -> None:
    """Nothing is cached between queries: the same question has the same octets before and after thousands of others."""
    rng = random.Random(1)
    names = ("www", "x.old", "self", "a.east", "a.grow", "no", "glued", "x.any", "out", "dangling")
    queries = [message(entry(f"{name}.aliases.example", rtype)) for name in names for rtype in (1, 5, 28, 39, 255)]
    before = {query: subject.over_udp(query) for query in queries}
    for query in rng.choices(queries, k=3000):
        assert subject.over_udp(query) == before[query]


def test_an_answer_is_of_one_version(tmp_path: Path) -> None:
    """The zone is replaced while its chain is asked for: all links have the TTL of one version, and so has the end."""
    path, links, burst = tmp_path / "moving.example.zone", 14, 20

    def publish(version: int) -> None:
        """All records of version *version*, in one move: a TTL that tells it, and an address that does as well."""
        chain = "".join(f"l{number} CNAME l{number + 1}\n" for number in range(links))
        new = tmp_path / "new"
        new.write_text(HEAD.replace("300", str(version)) + chain + f"l{links} A 192.0.2.{version}\n")
        new.replace(path)

    publish(1)
    query = message(entry("l0.moving.example"))
    with (
        truename([ZoneFile("moving.example.", path)], tmp_path, ["--workers", "2"]) as running,
        Subject("truename", running.host, running.port).udp() as sock,
    ):
        for version in range(2, 42):
            publish(version)
            running.process.send_signal(signal.SIGHUP)
            end, seen = time.monotonic() + MOST_SECONDS, 0
            while seen != version:
                assert time.monotonic() < end, f"version {version} is not served"
                for _ in range(burst):
                    sock.send(query)
                for _ in range(burst):
                    rrsets = parse(sock.recv(512)).answer
                    (seen,) = {rrset.ttl for rrset in rrsets}
                    assert len(rrsets) == links + 1 and rrsets[-1][0].to_text() == f"192.0.2.{seen}"
