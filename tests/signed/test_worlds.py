"""Small worlds, asked for every name that their alphabet can spell, three labels deep, and many types."""

import random
from pathlib import Path

import pytest
from dns.rdatatype import RdataType

import oracle
from property.compare import differences
from property.test_oracle import drawn

from .asking import shown
from .checker import check
from .small import TYPES, Keys, SignedWorld, ask_graph, every_name, sign_world
from .test_oracles import report, without_proofs

WORLDS = 40


@pytest.fixture(scope="module")
def signed_worlds(tmp_path_factory: pytest.TempPathFactory) -> list[SignedWorld]:
    keys, choice = Keys(tmp_path_factory.mktemp("keys")), random.Random(7)
    return [sign_world(world, choice, keys) for world in drawn(WORLDS)]


@pytest.mark.parametrize("number", range(WORLDS))
def test_every_name_of_a_small_world(number: int, signed_worlds: list[SignedWorld]) -> None:
    world = signed_worlds[number]
    graph, trust, problems = world.graph(), world.trust, []
    for name in every_name(list(world.files)):
        for rtype in TYPES:
            asked = (name, int(rtype))
            reply = ask_graph(graph, asked)
            found = check(trust, reply, *asked)
            found += differences(without_proofs(reply, rtype), oracle.answer(trust.zones, *asked))
            problems += [f"{shown(asked)}: {problem}" for problem in found]
    assert not problems, f"{report(problems)}\n{show(world)}"


@pytest.mark.parametrize("number", range(WORLDS))
def test_signatures_asked_for_by_type(number: int, signed_worlds: list[SignedWorld]) -> None:
    """RRSIG as a question: records of the zone, at a name that exists, or the denial that any type would get."""
    world = signed_worlds[number]
    graph, trust, problems = world.graph(), world.trust, []
    known = {data for zone in world.signed.values() for found in zone.rrsets for data in found}
    for name in every_name(list(world.files), 2):
        asked = (name, int(RdataType.RRSIG))
        reply = ask_graph(graph, asked)
        signatures = [data for record in reply.answer for data in record if record.rdtype == RdataType.RRSIG]
        problems += [f"{shown(asked)}: {one}" for one in signatures if one not in known]
        problems += [f"{shown(asked)}: {one}" for one in check(trust, reply, *asked) if not signatures]
    assert not problems, f"{report(problems)}\n{show(world)}"


def show(world: SignedWorld) -> str:
    return "\n".join(f"{origin}: {path}" for origin, path in world.files.items())


def test_worlds_are_signed_in_all_ways(signed_worlds: list[SignedWorld], tmp_path: Path) -> None:
    """The random choice leaves nothing out."""
    texts = [path.read_text() for world in signed_worlds for path in world.files.values()]
    assert sum("\tNSEC3PARAM\t" in text or " NSEC3PARAM " in text for text in texts) > 5
    assert sum("\tNSEC\t" in text or " NSEC " in text for text in texts) > 5
    assert sum("DNSKEY" not in text for text in texts) > 2
