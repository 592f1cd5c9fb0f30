"""Findings in a scope are all findings, restricted to the records whose owners are in it."""

import random
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from truename._core import World as Judged
from truename.rules import base
from truename.rules.base import Finding

from .test_answers import load
from .worlds import Line, World, candidate_names, worlds

SEEDS = st.integers(0, 2**32)


@st.composite
def broken(draw: st.DrawFn) -> World:
    """A world with records in it that no zone can hold: files may say anything."""
    world = draw(worlds())
    choice = random.Random(draw(SEEDS))
    owners = [str(name) for name in candidate_names(world)]
    for lines in world.lines.values():
        lines += [wrong_line(choice, owners) for _ in range(choice.randrange(4))]
    return world


def wrong_line(choice: random.Random, owners: list[str]) -> Line:
    kind = choice.choice(("CNAME", "CNAME", "DNAME", "NS", "A"))
    data = "192.0.2.9" if kind == "A" else choice.choice([*owners, "192.0.2.9."])
    return choice.choice(owners), 60, kind, data


def scopes(world: World, seed: int) -> list[list[str]]:
    """Some sets of names, of which some own nothing."""
    choice = random.Random(seed)
    names = [str(name) for name in candidate_names(world)]
    return [choice.sample(names, choice.randrange(len(names) + 1)) for _ in range(4)]


def is_restricted(judged: base.World, world: World, seed: int) -> None:
    every = base.check(judged)
    for scope in scopes(world, seed):
        expected = [finding for finding in every if finding.owner in {name.lower() for name in scope}]
        assert shown(base.check(judged, scope=scope)) == shown(expected), scope


def shown(findings: list[Finding]) -> list[dict]:
    # Graphs without text have no order of their own among findings about one record's fellows.
    return sorted((base.finding_json(one) for one in findings), key=str)


@given(broken(), SEEDS)
def test_of_files(world, seed):
    with tempfile.TemporaryDirectory() as directory:
        judged = Judged()
        judged.read([(str(zone.path), zone.origin) for zone in world.write(Path(directory))])
        is_restricted(judged, world, seed)


@given(worlds(), SEEDS)
def test_of_what_is_served(world, seed):
    is_restricted(load(world), world, seed)
