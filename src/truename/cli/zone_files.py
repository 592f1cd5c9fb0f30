"""Which zone files `check` and `fix` mean, and as which zones.

    [ORIGIN=]FILE   one zone; `-` is what comes on stdin
    DIR             the zone files in it and in the folders below: *.zone, *.db, db.*
    named.conf, nsd.conf, knot.conf   the zones that this configuration of another server names

Hidden files and folders, copies of editors and what is no text are left out. Where only the file's name says what the
zone is called, and the SOA speaks of other names, the guess is not taken: whoever asks has to say the origin.
"""

import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from truename.errors import ConfigError, ParseError
from truename.name import is_at_or_below, is_below, joined, labels, lower, parent, to_ascii, undotted

if TYPE_CHECKING:
    from truename._core import Read
    from truename.serve.sources import Source

STDIN = "-"
_COPY = re.compile(r"(~|\.(bak|old|orig|rej|save|sav|swp|swo|tmp|jnl|jbk|signed|dpkg-\w+|rpm\w+|ucf-\w+))$|^[#.]|#$")
_SOA = re.compile(rb"(?i)\bSOA\b")
_HEAD = 1 << 20  # octets in which the SOA of a file is looked for

Fault = tuple[str, str]  # what is wrong, and what to do about it


@dataclass
class ZoneFiles:
    """Files with their origins (None: the file says it), and what is to be said of others.

    *texts*  what stands for files: that of stdin
    *faults* end with 2; *notes* are told and end with nothing
    """

    files: list[tuple[str, str | None]] = field(default_factory=list)
    texts: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def find(arguments: Sequence[str], origin: str | None = None, config_of: str | None = None) -> ZoneFiles:
    """What *arguments* mean. *config_of*: all of them are configurations of this server

    Raises: ConfigError where *origin* is not that of one file
    """
    from truename.serve.sources import argument_source

    sources = [argument_source(argument) for argument in arguments]
    _refuse_origin(origin, sources, arguments, config_of)
    found = ZoneFiles()
    for source in sources:
        kind = config_of or _kind_of(source)
        if kind:
            _take_configured(source.path, kind, found)
        elif source.origin is None and os.path.isdir(source.path):
            _take_folder(source.path, found)
        else:
            _take_file(source.path, origin or source.origin, found)
    _take_once(found)
    return found


def doubtful(reads: "Sequence[Read]") -> list[Fault]:
    """What to say of each file whose zone's name is nothing but a guess that its SOA does not bear out."""
    return [(f"{read.path}: {why}", _how_to_say(read)) for read in reads if (why := _doubt(read))]


def of_addresses(reads: "Sequence[Read]") -> list[Fault]:
    """The same, of files that are called by the beginning of addresses alone: no zone is, whatever else it holds."""
    return doubtful([read for read in reads if _reverse_of(read.origin)])


def _doubt(read: "Read") -> str:
    from truename.rules.missing_trailing_dot import is_public

    if not read.is_guessed:
        return ""
    if read.path == STDIN:
        return "the zone's name is not known: no $ORIGIN, and no SOA with an absolute owner"
    names = [lower(name) for name in read.soa_names]
    is_borne_out = any(is_at_or_below(name, read.origin) for name in names)
    if not names or (is_borne_out and not _reverse_of(read.origin)):
        return ""
    # A provider's names stand in the SOA of thousands of zones whose files are called as they are.
    if _is_zone_file(read.path) and (is_public(undotted(read.origin)) or is_below(read.origin, "arpa.")):
        return ""
    listed = " and ".join(dict.fromkeys(names))
    return f"is this the zone {read.origin}? Its name says so, but its SOA names {listed}"


def _how_to_say(read: "Read") -> str:
    file = read.path

    names = [name for name in read.soa_names if not is_below(name, read.origin)]
    elsewhere = next((undotted(parent(name)) for name in names), "")
    example = _reverse_of(read.origin) or elsewhere or "example.com"
    turned = f"{read.origin}in-addr.arpa" if _reverse_of(read.origin) else example
    also = f"; or {turned}, where the file's name is turned round already" if turned != example else ""
    return f"say the zone's name: {example}={file}, or --origin {example} for a single file{also}"


def _reverse_of(origin: str) -> str:
    """The reverse zone of a file such as `db.192.0.2`, whose name is the beginning of addresses; else nothing."""
    parts = labels(origin)
    is_prefix = 0 < len(parts) <= 3 and all(one.isascii() and one.isdigit() and int(one) < 256 for one in parts)
    return undotted(joined([*reversed(parts), "in-addr", "arpa"])) if is_prefix else ""


def _refuse_origin(
    origin: str | None, sources: "Sequence[Source]", arguments: Sequence[str], config_of: str | None
) -> None:
    if origin is None:
        return
    is_one = len(sources) == 1 and not os.path.isdir(sources[0].path) and not (config_of or _kind_of(sources[0]))
    if not is_one:
        raise ConfigError("is the origin of one file", where="--origin", hint="ORIGIN=FILE says it for each of several")
    if sources[0].origin is not None:
        raise ConfigError(f"and {arguments[0]} both name an origin", where="--origin", hint="leave one of them out")


def _kind_of(source: "Source") -> str | None:
    from truename.imports.configured import kind_of

    return None if source.origin else kind_of(source.path)


def _take_configured(path: str, kind: str, found: ZoneFiles) -> None:
    from truename.imports import configured

    try:
        said = configured.read(path, kind)
    except ParseError as wrong:
        found.faults.append((str(wrong), wrong.hint))
        return
    found.notes += said.skipped
    found.faults += [(fault, "") for fault in said.faults]
    for name, file in said.zones:
        _take_file(file, name, found)
    if not said.zones and not said.faults:
        found.faults.append((f"{path}: names no zone with a file here", "is it the configuration of another server?"))


def _take_file(path: str, origin: str | None, found: ZoneFiles) -> None:
    fault = _fault(path)
    if fault:
        found.faults.append(fault)
        return
    if path == STDIN and STDIN not in found.texts:
        found.texts[STDIN] = sys.stdin.buffer.read() if sys.stdin else b""
    found.files.append((path, origin and to_ascii(origin)))


def _fault(path: str) -> Fault | None:
    """What is wrong with a path that is there and is no file: a device might never end, a named pipe never begin.

    A pipe that is open already (/dev/stdin, `<(command)`) is read; its lines cannot be shown, nor its comments seen.
    """
    try:
        kind = os.stat(path).st_mode
    except OSError:
        return None  # whoever opens it says why it cannot be
    if stat.S_ISREG(kind) or (stat.S_ISFIFO(kind) and os.path.realpath(path).startswith("/proc/")):
        return None
    return f"{path}: is no file", "" if stat.S_ISDIR(kind) else "write what it gives into a file first"


def _take_folder(path: str, found: ZoneFiles) -> None:
    before = len(found.files), len(found.faults)
    for file in _below(path, found, set()):
        found.files.append((file, None))
    if (len(found.files), len(found.faults)) == before:
        hint = "a DIR stands for its *.zone, *.db and db.* files, and those of the folders in it"
        found.faults.append((f"{path}: no zone file", hint))


def _below(folder: str, found: ZoneFiles, seen: set[str]) -> Iterator[str]:
    """The zone files in *folder* and the folders in it, in the order of their names; each folder once."""
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
    except OSError as wrong:
        found.faults.append((f"{folder}: cannot be read: {wrong.strerror}", ""))
        return
    folders = [entry for entry in inside if entry.is_dir() and not entry.name.startswith(".")]
    files = [entry for entry in inside if not entry.is_dir() and _is_zone_file(entry.path)]
    yield from (entry.path for entry in files if _is_text(entry.path, found))
    for entry in folders:
        yield from _below(entry.path, found, seen)


def _is_zone_file(path: str) -> bool:
    name = os.path.basename(path)
    return (name.endswith((".zone", ".db")) or name.startswith("db.")) and not _COPY.search(name)


def _is_text(path: str, found: ZoneFiles) -> bool:
    """Whether a file of a folder is worth reading: databases are called *.db too, and programs db.py."""
    if path.endswith(".zone"):
        return True
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return True  # whoever opens it says why it cannot be
    if _SOA.search(head) and b"\0" not in head[:512]:
        return True
    found.notes.append(f"{path} is left out: there is no SOA in it")
    return False


def _take_once(found: ZoneFiles) -> None:
    """Each file once for each origin, whatever way its path was written."""
    once = {
        (path if path == STDIN else os.path.realpath(path), origin): (path, origin)
        for path, origin in found.files[::-1]
    }
    found.files = list(once.values())[::-1]
