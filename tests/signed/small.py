"""Small signed worlds: those of tests/property (tiny alphabet, everything meets everything), signed at random.

sign_world(world, choice, keys) -> SignedWorld      `graph()` loads it, `trust` believes it
every_name(origins)                                 all names of the alphabet, three labels deep
"""

import itertools
import random
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import dns.name
from dns.message import Message
from dns.name import Name
from dns.rdatatype import RdataType

from property.worlds import World, below, render
from truename._core import Graph

from .asking import Question, parse, query
from .checker import Trust
from .signing import Nsec3, Recipe, Signed, for_oracle, make_key, read, sign_with

LABELS = ("a", "b", "c", "*")
RECIPES = (
    Recipe("ldns", "ED25519"),
    Recipe("bind", "ECDSAP256SHA256"),
    Recipe("ldns", "ECDSAP256SHA256", Nsec3()),
    Recipe("bind", "ED25519", Nsec3(5, "0badcafe")),
    Recipe("bind", "ECDSAP256SHA256", Nsec3(0, "", opt_out=True)),
)


@dataclass
class SignedWorld:
    """Zones by origin as they are served, and the parsed form of those that are signed."""

    files: dict[str, Path]
    signed: dict[str, Signed]

    @cached_property
    def trust(self) -> Trust:
        named = {dns.name.from_text(origin): path for origin, path in self.files.items()}
        zones = {name: for_oracle(read(path.read_text(), name)) for name, path in named.items()}
        return Trust(zones, {zone.name: zone.dnskey for zone in self.signed.values()})

    def graph(self) -> Graph:
        graph = Graph()
        for origin, path in self.files.items():
            assert not graph.load_zone(str(path), origin).problems
        return graph


class Keys:
    """Keys by origin and algorithm, made when first asked for."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.made: dict[tuple[str, str], Path] = {}
        self.names = itertools.count()

    def of(self, origin: str, recipe: Recipe) -> Path:
        wanted = (origin, recipe.algorithm)
        if wanted not in self.made:
            folder = self.directory / str(len(self.made))
            folder.mkdir()
            self.made[wanted] = make_key(origin, recipe, folder)
        return self.made[wanted]

    def sign(self, origin: str, text: str, recipe: Recipe) -> Signed:
        return sign_with(self.of(origin, recipe), origin, text, recipe, f"zone{next(self.names)}")


def sign_world(world: World, choice: random.Random, keys: Keys) -> SignedWorld:
    """Each zone signed by one of RECIPES, or now and then not at all. Nothing may hide below a DNAME: no signer would
    take that."""
    files: dict[str, Path] = {}
    signed: dict[str, Signed] = {}
    for origin, lines in world.without_occluded().lines.items():
        text = render(lines, know_alias=False)
        if choice.random() < 0.15:
            files[origin] = keys.directory / f"plain{next(keys.names)}"
            files[origin].write_text(text)
        else:
            signed[origin] = keys.sign(origin, text, choice.choice(RECIPES))
            files[origin] = signed[origin].path
    return SignedWorld(files, signed)


def every_name(origins: list[str], deepest: int = 3) -> list[Name]:
    """The apexes and all names up to *deepest* labels below the shortest."""
    top = min(origins, key=len)
    depths = range(1, deepest + 1)
    labels = [".".join(found) for depth in depths for found in itertools.product(LABELS, repeat=depth)]
    return sorted({dns.name.from_text(name) for name in [*origins, *(below(found, top) for found in labels)]})


def ask_graph(graph: Graph, asked: Question, *, do: bool = True) -> Message:
    """The reply to *asked* over TCP."""
    reply = graph.answer(query(asked, do=do), tcp=True)
    assert reply is not None
    return parse(reply)


TYPES = [RdataType[t] for t in ("A", "CNAME", "DS", "NSEC", "DNSKEY", "TXT", "ANY")]
