"""`truename fix` on random worlds: answers about addresses stay, a second run has nothing to do, and what `check` calls
fixable is gone."""

import io
import json
import random
import re
import sys
import tempfile
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest import MonkeyPatch

from truename._core import Graph
from truename.cli import run
from truename.fix import passes
from truename.fix.passes import Fixed, Wish, decide, fix, look

from .worlds import World, below, candidate_names, worlds

WORLDS = 300
Answers = dict[tuple[str, str], tuple[str, str, str, tuple[tuple[str, int, str, str], ...]]]


NUMBERS = st.integers(0, 5)
LINKS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=4, max_size=8, unique_by=lambda link: link[0])


def with_chains(world: World, links: list[tuple[int, int]], choose: random.Random) -> World:
    """*world* with aliases among names of their own, or at any name that it holds: random worlds have few chains."""
    owners = [line[0] for lines in world.lines.values() for line in lines if "*" not in line[0]]
    origins = list(world.lines)
    home = [choose.choice(origins) for _ in range(6)]
    for number, other in links:
        target = below(f"n{other}", home[other]) if choose.random() < 0.7 else choose.choice(owners)
        world.lines[home[number]].append((below(f"n{number}", home[number]), 60, "CNAME", target))
    return world


def straighten(files: list[tuple[str, str]], *, across_zones: bool) -> Fixed:
    return fix(Wish(files, ["alias-chain"], across_zones))


def answers(world: World, files: list[tuple[str, str]]) -> Answers:
    graph = Graph()
    for path, origin in files:
        assert not graph.load_zone(path, origin).problems
    asked = [(name.to_text(), rtype) for name in candidate_names(world) for rtype in ("A", "AAAA")]
    chains = {question: graph.explain(*question) for question in asked}
    return {
        question: (chain.end, chain.rcode, chain.canonical_name, tuple(chain.records))
        for question, chain in chains.items()
    }


def test_answers_stay_and_a_second_run_finds_nothing() -> None:
    straightened = 0

    @settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
    @given(worlds(), LINKS, st.integers(0, 2**32), st.booleans())
    def put_to_the_test(world: World, links: list[tuple[int, int]], seed: int, across_zones: bool) -> None:
        nonlocal straightened
        world = with_chains(world, links, random.Random(seed))
        with tempfile.TemporaryDirectory() as directory:
            files = [(str(file.path), file.origin) for file in world.write(Path(directory))]
            before = answers(world, files)
            fixed = straighten(files, across_zones=across_zones)
            for source in fixed.changed:
                Path(source.path).write_bytes(source.now)
            straightened += len(fixed.mended)
            assert answers(world, files) == before
            assert not straighten(files, across_zones=across_zones).changed

    put_to_the_test()
    assert straightened > WORLDS / 2  # worlds without chains would prove nothing


FAULTS = (
    "{owner} 60 IN CNAME {bare}\n",
    "{owner} 60 IN MX 10 {bare}\n",
    "{owner} 60 IN CNAME 192.0.2.{number}\n",
    "{owner} 60 IN ALIAS 192.0.2.{number}\n",
    "{owner} 60 IN SRV 0 0 5060 {bare}\n",
    "{owner} 60 IN A 192.0.2.{number} ; truename: ignore alias-chain -- stale\n",
    "{owner} 60 IN CNAME {target} ; truename: ignore alias-chain -- meant\n",
    "{owner} 60 IN CNAME {target} ; truename: ignore target-missing, alias-chain\n",
    "$GENERATE 1-2 {owner} 60 CNAME {target}\n",
)


def seed_faults(file: Path, origin: str, world: World, choose: random.Random) -> None:
    """Append lines that are wrong in ways that `fix` knows, some of them beside data that bar the cure."""
    names = [line[0] for lines in world.lines.values() for line in lines]
    with file.open("a") as out:
        for number in range(choose.randint(0, 4)):
            owner = below(f"m{choose.randint(0, 3)}", origin) if choose.random() < 0.8 else choose.choice(names)
            target = below(f"m{choose.randint(0, 3)}", origin) if choose.random() < 0.4 else choose.choice(names)
            bare = target[:-1] or "@"
            out.write(choose.choice(FAULTS).format(owner=owner, target=target, bare=bare, number=number))


def command(*words: str) -> tuple[int, str, str]:
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = run(words)
        sys.stdout.flush()
    return status, out.buffer.getvalue().decode(), err.getvalue()  # type: ignore[attr-defined]


def found(files: list[str]) -> list[dict]:
    return json.loads(command("check", "--format", "json", *files)[1])


def who(finding: dict) -> tuple[object, ...]:
    return tuple(finding[name] for name in ("rule", "file", "line", "zone", "owner", "type", "target"))


def number_in(pattern: str, text: str) -> int:
    said = re.search(pattern, text)
    return int(said[1]) if said else 0


def test_what_check_calls_fixable_is_what_fix_mends() -> None:
    mended = left = 0

    @settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
    @given(worlds(), LINKS, st.integers(0, 2**32))
    def put_to_the_test(world: World, links: list[tuple[int, int]], seed: int) -> None:
        nonlocal mended, left
        choose = random.Random(seed)
        world = with_chains(world, links, choose)
        with tempfile.TemporaryDirectory() as directory:
            written = world.write(Path(directory))
            for file in written:
                seed_faults(file.path, file.origin, world, choose)
            files = [f"{file.origin}={file.path}" for file in written]
            before = found(files)
            said = number_in(r"mends ([0-9,]+) of them", command("check", *files)[1])
            status, _, words = command("fix", "--write", *files)
            after = found(files)
        fixable = Counter(who(one) for one in before if one["fixable"])
        assert status == 0
        assert fixable == Counter(map(who, before)) - Counter(map(who, after))
        assert not any(one["fixable"] for one in after)
        assert fixable.total() == said == number_in(r"fixed (\d+) finding", words)
        mended, left = mended + fixable.total(), left + words.count(" is left: ")

    put_to_the_test()
    assert mended > WORLDS / 2 and left > WORLDS / 10


def test_what_is_foreseen_is_what_a_second_look_finds() -> None:
    foreseen = fixable = 0

    @settings(max_examples=WORLDS, deadline=None, suppress_health_check=list(HealthCheck))
    @given(worlds(), LINKS, st.integers(0, 2**32))
    def put_to_the_test(world: World, links: list[tuple[int, int]], seed: int) -> None:
        nonlocal foreseen, fixable
        choose = random.Random(seed)
        world = with_chains(world, links, choose)
        with tempfile.TemporaryDirectory() as directory:
            written = world.write(Path(directory))
            for file in written:
                if choose.random() < 0.5:
                    seed_faults(file.path, file.origin, world, choose)
            wish = Wish([(str(file.path), file.origin) for file in written])
            first, looks = look(wish), 0

            def counted(*given: object) -> passes.Look:
                nonlocal looks
                looks += 1
                return look(*given)  # type: ignore[arg-type]

            with MonkeyPatch.context() as patch:
                patch.setattr(passes, "look", counted)
                decide(wish, first)
            said = [one.fixable for one in first.findings]
            fix(wish, first)
            assert said == [one.fixable for one in first.findings]
        foreseen, fixable = foreseen + (any(said) and not looks), fixable + sum(said)

    put_to_the_test()
    assert foreseen > WORLDS / 10 and fixable > WORLDS / 2
