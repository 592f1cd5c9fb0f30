"""Zone files and folders: which files are meant, and each of them as a zone's text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from truename import _core
from truename.errors import ParseError
from truename.imports import TEXT_LIMIT, Problem, Taken, includes

ZONE = ".zone"
YAML = (".yaml", ".yml")
UNKNOWN = "the zone's name is not known"  # how the core says that the text does not name its zone


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


def read(source: Source) -> Taken:
    """One source as a zone. Raises: ParseError when it cannot be opened or names no zone"""
    if source.is_octodns:
        from truename.imports import octodns

        return octodns.read(source)
    text = opened(source.path)
    origin, problems = _read(source, text)
    if includes.has_includes(text):
        return _with_includes(source, text, origin)
    return Taken(origin, text, str(source.path), tuple(Problem(str(source.path), *one) for one in problems))


def _read(source: Source, text: bytes) -> tuple[str, list[tuple[int, int, str, str]]]:
    """(the zone, the problems) of *text*."""
    origin = _checked(source.origin) if source.origin else None
    found = _core.read_text(text, origin)
    if origin is None and any(problem.message.startswith(UNKNOWN) for problem in found.problems):
        origin = _checked(source.path.name.removesuffix(ZONE))
        found = _core.read_text(text, origin)
    return found.origin, [(one.line, one.column, one.message, one.hint) for one in found.problems]


def _with_includes(source: Source, text: bytes, origin: str) -> Taken:
    whole = includes.put_in(source.path, text, origin)
    joined = b"".join(whole.lines)
    found = _core.read_text(joined, origin)
    problems = list(whole.problems)
    for problem in found.problems:
        file, line = whole.places[problem.line - 1] if problem.line else (str(source.path), 0)
        problems.append(Problem(file, line, problem.column, problem.message, problem.hint))
    return Taken(found.origin, joined, str(source.path), tuple(problems))


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


def _checked(origin: str) -> str:
    from truename.idn import to_ascii

    try:
        return _core.read_text(b"", to_ascii(origin)).origin
    except ValueError as wrong:
        raise ParseError(str(wrong), hint="--origin example.com") from None
