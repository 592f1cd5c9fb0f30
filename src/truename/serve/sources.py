"""Which zone files are meant: what the command line, --zone-list and [[zone]] say.

[ORIGIN=]FILE     one zone; it keeps its last version when the file goes away
DIR               its *.zone files, those that appear later too; a file that goes away takes its zone along
--zone-list FILE  lines ORIGIN<TAB>FILE
[[zone]]          name and file
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from truename.config import ZoneEntry
from truename.errors import ConfigError

SUFFIX = ".zone"


@dataclass(frozen=True)
class Source:
    """One file to be read as one zone. *origin* None: the file says it. *is_named*: somebody wrote this very path."""

    path: str
    origin: str | None = None
    is_named: bool = True


ByPath = dict[tuple[str, str | None], Source]  # by real path and origin


@dataclass(frozen=True)
class Sources:
    """What is meant: files by name, and directories, which are looked through again and again."""

    named: tuple[Source, ...] = ()
    directories: tuple[str, ...] = ()
    empty_lists: tuple[str, ...] = ()
    # of `named`, for where the directories led last
    _resolved: dict[tuple[str, ...], ByPath] = field(init=False, repr=False, compare=False, default_factory=dict)

    def files(self) -> list[Source]:
        """Every file meant right now, each once, named ones first."""
        return self.look()[0]

    def look(self) -> tuple[list[Source], dict[str, OSError]]:
        """(every file meant right now, the directories that cannot be listed).

        Asked once a second for what may be ten thousand files, so only directories are resolved here.
        """
        reals = tuple(os.path.realpath(directory) for directory in self.directories)
        found, unlisted = dict(self._by_path(reals)), {}
        for directory, real in zip(self.directories, reals, strict=True):
            try:
                listed = _in_directory(directory)
            except OSError as wrong:
                unlisted[directory] = wrong
                continue
            for source in listed:
                found.setdefault((os.path.join(real, os.path.basename(source.path)), None), source)
        return list(found.values()), unlisted

    def empty(self) -> list[str]:
        """The directories and zone lists that name no zone file right now, in words."""
        files, unlisted = self.look()
        full = {os.path.dirname(source.path) for source in files if not source.is_named} | set(unlisted)
        # A file that is named by itself, and lies in a directory that is named too, is not listed there.
        full |= {directory for directory in self.directories if any(_is_in(source, directory) for source in files)}
        hollow = [f"{shown(one)} has no *{SUFFIX} file in it" for one in self.directories if one not in full]
        return [*hollow, *(f"{shown(one)} names no zone" for one in self.empty_lists)]

    def _by_path(self, reals: tuple[str, ...]) -> ByPath:
        """The named files, each once, whatever way its path was written.

        Resolved again when a directory leads elsewhere: a link that was turned is turned for the named ones too.
        """
        if reals not in self._resolved:
            found: ByPath = {}
            for source in self.named:
                found.setdefault((os.path.realpath(source.path), source.origin), source)
            self._resolved.clear()
            self._resolved[reals] = found
        return self._resolved[reals]


def shown(path: str) -> str:
    """*path* in letters that can be printed and sent, whatever octets it has."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _is_in(source: Source, directory: str) -> bool:
    return os.path.realpath(os.path.dirname(source.path)) == os.path.realpath(directory)


def gather(arguments: Sequence[str], zone_list: str | None = None, entries: Iterable[ZoneEntry] = ()) -> Sources:
    """All that was said, in one value.

    Raises: ConfigError for a zone list that cannot be read; a zone file is first opened when it is loaded
    """
    named: list[Source] = []
    directories: list[str] = []
    for argument in arguments:
        source = argument_source(argument)
        if source.origin is None and Path(source.path).is_dir():
            directories.append(source.path)
        else:
            named.append(source)
    listed = _in_list(Path(zone_list)) if zone_list else []
    named += listed
    named += [Source(entry.file, entry.name or None) for entry in entries]
    return Sources(tuple(named), tuple(directories), (zone_list,) if zone_list and not listed else ())


def argument_source(argument: str) -> Source:
    """`[ORIGIN=]FILE`: divided at the first = that no backslash precedes, unless a file has the whole as its name."""
    if Path(argument).exists():
        return Source(argument)
    for at, character in enumerate(argument):
        if character == "=" and argument[at - 1 : at] != "\\" and at > 0:
            return Source(argument[at + 1 :], argument[:at])
    return Source(argument)


def _in_directory(path: str) -> list[Source]:
    with os.scandir(path) as entries:
        names = sorted(
            entry.path for entry in entries if entry.name.endswith(SUFFIX) and not entry.name.startswith(".")
        )
    return [Source(name, is_named=False) for name in names]


def _in_list(path: Path) -> list[Source]:
    try:
        text = path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as wrong:
        raise ConfigError(f"cannot be read: {wrong.strerror}", where=str(path), hint="--zone-list FILE") from None
    sources = []
    for number, line in enumerate(text.splitlines(), 1):
        origin, tab, file = line.partition("\t")
        if not line.strip():
            continue
        if not tab or not origin.strip() or not file.strip():
            raise ConfigError(
                "is not ORIGIN<TAB>FILE", where=f"{path}:{number}", hint="one zone a line, parted by a tab"
            )
        sources.append(Source(_beside(path, file.strip()), origin.strip()))
    return sources


def _beside(zone_list: Path, file: str) -> str:
    # A list that travels with its zones names them relative to itself; one made by `find` relative to where it ran.
    beside = zone_list.parent / file
    return str(beside) if beside.exists() else file
