"""Zone files and folders: which files are meant, and each of them as a zone's text.

The core reads them as it does for `truename check`, all at once, so what is wrong later can be shown at its line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from truename import _core
from truename.errors import ParseError
from truename.imports import TEXT_LIMIT, Problem, Taken, includes

ZONE = ".zone"
# Stands before a text that has none, in one line.
SOA = "{zone} 3600 IN SOA . . 1 1 1 1 1\n"
YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class Source:
    """A file, or a folder that holds one zone of octoDNS in parts. *origin* None: the file or its name says it"""

    path: Path
    origin: str | None = None

    @property
    def is_octodns(self) -> bool:
        """Whether it is YAML."""
        return self.path.is_dir() or self.path.suffix in YAML


def gather(arguments: Sequence[str]) -> list[Source]:
    """What *arguments*, `[ORIGIN=]FILE` or `DIR`, mean.

    Raises: ParseError for what is not there, or a folder without a zone
    """
    from truename.serve.sources import argument_source

    found: list[Source] = []
    for argument in arguments:
        named = argument_source(argument)
        path = Path(named.path)
        if path.is_dir() and not _is_split_zone(path):
            inside = list(_in_folder(path))
            if not inside:
                raise ParseError(f"{path}: no *.zone and no octoDNS YAML of a zone", hint="name the files themselves")
            found += inside
        else:
            found.append(Source(path, named.origin))
    return found


def _in_folder(folder: Path) -> Iterator[Source]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as wrong:
        raise ParseError(f"{folder}: {wrong.strerror}", hint="check its permissions") from None
    for path in entries:
        # As octoDNS does it: config.yaml, with one dot, is no zone, example.com.yaml is.
        is_yaml_zone = path.suffix in YAML and path.name.count(".") >= 2
        is_file = not path.name.startswith(".") and (path.suffix == ZONE or is_yaml_zone) and path.is_file()
        if is_file or _is_split_zone(path):
            yield Source(path)


def _is_split_zone(path: Path) -> bool:
    """A folder `example.com./`: one zone in several YAML files (`split_extension` of octoDNS)."""
    return path.is_dir() and path.name.endswith(".") and path.name.count(".") >= 2 and any(path.glob("*.y*ml"))


@dataclass(frozen=True)
class Files:
    """Sources that were read. *world*: the zone files among them, with the places of their records; *reads*: as what"""

    taken: list[Taken]
    world: _core.World
    reads: list[_core.Read]


def read(sources: Sequence[Source]) -> Files:
    """All sources, as zones. Raises: ParseError when one cannot be opened or names no zone"""
    from truename.imports import octodns

    world = _core.World()
    texts = iter([opened(source.path) for source in sources if not source.is_octodns])
    reads = _read(world, [source for source in sources if not source.is_octodns])
    found = iter(reads)
    problems = _problems(world)
    taken = [
        octodns.read(source) if source.is_octodns else _taken(next(texts), next(found), problems) for source in sources
    ]
    _read_made(world, [one for one in taken if one.places])
    return Files(taken, world, reads)


def _read_made(world: _core.World, taken: list[Taken]) -> None:
    """Read texts that nobody wrote into the world, so that findings find their lines, and with them their places."""
    texts = {one.source: SOA.format(zone=one.zone).encode() + one.text for one in taken}
    world.read([(one.source, one.zone) for one in taken], now=texts)


def _read(world: _core.World, sources: Sequence[Source]) -> list[_core.Read]:
    from truename.name import to_ascii

    try:
        return world.read([(str(one.path), to_ascii(one.origin) if one.origin else None) for one in sources])
    except ValueError as wrong:
        raise ParseError(str(wrong), hint="--origin example.com, or ORIGIN=FILE") from None


def _problems(world: _core.World) -> dict[str, list[Problem]]:
    """What cannot be read, by the file that it stands in."""
    found: dict[str, list[Problem]] = {}
    for fact in world.facts(["unreadable"]):
        problem = Problem(fact.file, fact.line, fact.column, fact.detail, fact.hint)
        found.setdefault(fact.file, []).append(problem)
    return found


def _taken(text: bytes, read: _core.Read, problems: dict[str, list[Problem]]) -> Taken:
    wrong = [problem for file in dict.fromkeys([read.path, *read.files]) for problem in problems.pop(file, ())]
    if read.error:
        raise ParseError(f"{read.path}: {read.error}", hint="check its path and permissions")
    if includes.has_includes(text) and not wrong:
        whole = includes.put_in(Path(read.path), text, read.origin)
        text, wrong = b"".join(whole.lines), whole.problems
    # A line that cannot be read may say what those behind it mean.
    return Taken(read.origin, text, read.path, tuple(wrong), is_rest_whole=False)


def opened(path: Path) -> bytes:
    """The content of a file. Raises: ParseError when it cannot be read, or is too large"""
    try:
        if path.exists() and not path.is_file():
            raise ParseError(f"{path}: is no file", hint="zone import FILE|DIR...")
        with path.open("rb") as file:
            text = file.read(TEXT_LIMIT + 1)
    except OSError as wrong:
        raise ParseError(f"{path}: {wrong.strerror}", hint="check its path and permissions") from None
    if len(text) > TEXT_LIMIT:
        raise ParseError(f"{path}: larger than {TEXT_LIMIT >> 20} MiB, which is all that one zone may be")
    return text
