"""A zone that goes from its file to the database, or back to the file: what differs for those who ask.

    zone import --take-over    the file's version ── served until the stored one is published ── not read any more
    zone delete                the stored version ── served until the file's one is published ── read again

Both ways it is one publication, so no question meets a server without the zone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from truename._core import normalize_name
from truename.edit.change import ChangeSet
from truename.edit.files import FileZones
from truename.edit.plan import Change
from truename.edit.soa import is_same_but_serial, serial_of
from truename.edit.undo import rrsets
from truename.zone import DISABLED, Record, RRset

Key = tuple[str, str]  # owner, type


@dataclass(slots=True)
class Handover:
    """One zone and its file.

    Shape:  *is_read*: the file is read from now on, else not any more; *lines* are those of its version, as the graph
            has it, None when the file cannot be read as it stands; *changes* are the RRsets that differ (`compare`)
    """

    zone: str
    file: str
    is_read: bool
    lines: tuple[str, ...] | None
    changes: tuple[Change, ...] = ()
    soa: RRset | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        heads = [line for line in self.lines or () if line.startswith(f"{self.zone} ") and " IN SOA " in line]
        self.soa = next(iter(rrsets(heads)), None)

    @property
    def serial(self) -> int:
        """Of the file's version; 0 when there is none."""
        return serial_of(self.soa) if self.soa else 0

    @property
    def text(self) -> bytes | None:
        """The file's version as a master file."""
        return None if self.lines is None else "".join(f"{line}\n" for line in self.lines).encode()

    def compare(self, stored: Iterable[str]) -> None:
        """Find the RRsets that differ between the file's version and the lines that are *stored*."""
        file, kept = ({_same(line): line for line in lines} for lines in (self.lines or (), stored))
        differing = {_key(line) for line in (file[one] for one in file.keys() - kept.keys())}
        differing |= {_key(line) for line in (kept[one] for one in kept.keys() - file.keys())}
        there, here = (_sets(line for line in one.values() if _key(line) in differing) for one in (file, kept))
        before, after = (here, there) if self.is_read else (there, here)
        changes = (Change(self.zone, *key, before.get(key), after.get(key)) for key in sorted(differing))
        self.changes = tuple(one for one in changes if not self._is_serial_only(one))

    def _is_serial_only(self, change: Change) -> bool:
        if (change.owner, change.type) != (self.zone, "SOA") or not (change.before and change.after):
            return False
        return is_same_but_serial(_lower(change.before), _lower(change.after))


def of_change(change: ChangeSet, files: FileZones) -> dict[str, Handover]:
    """The zones of *change* that a file is left for, or comes back for."""
    found = {}
    for one in change.zones:
        zone = normalize_name(one.zone)
        file = files.file_of(zone) if one.takes_over else files.behind(zone) if one.is_deleted else None
        if file is not None:
            text = files.text_of(zone)
            lines = None if text is None else tuple(text.decode().splitlines())
            found[zone] = Handover(zone, file, is_read=one.is_deleted, lines=lines)
    return found


def _same(line: str) -> str:
    """What of a record has to be the same: the graph may have the names in it in lower case, what is quoted is text."""
    return line if '"' in line else line.lower()


def _lower(rrset: RRset) -> RRset:
    return replace(rrset, records=tuple(Record(one.content.lower()) for one in rrset.records))


def _key(line: str) -> Key:
    owner, _, _, rtype, _ = line.removeprefix(DISABLED).split(" ", 4)
    return owner, rtype


def _sets(lines: Iterable[str]) -> dict[Key, RRset]:
    return {(one.owner, one.type): one for one in rrsets(lines)}
