"""`zone edit`: the text of a zone in an editor, and a plan of what then differs.

    export ── editor ── read ── RRsets that differ ── plan ── question ── PATCH on the version that was exported
                 └── again, or the text stays in its file

Only what differs is sent. Comments and disabled records are not in the text, and stay with the RRsets that stay; an
RRset whose last record goes keeps those that are disabled. Nobody's typing is lost: where the text is not carried out,
its file stays and is named.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from truename.cli.changing import Call, change, is_agreed
from truename.cli.client import Client, in_path
from truename.cli.importing import unreadable
from truename.cli.messages import complain, note, say
from truename.cli.options import Mode
from truename.errors import ServeError, TruenameError
from truename.imports import Problem
from truename.name import undotted

HEAD = "; {zone} at serial {serial}. Comments and disabled records are not shown here, and stay.\n"
EDITORS = ("editor", "sensible-editor", "nano", "vi")  # where neither VISUAL nor EDITOR says one
STDERR = 2
FEW = 20  # RRsets that are asked for one by one

Key = tuple[str, str]  # owner, type
Sets = dict[Key, tuple[int, list[str]]]  # ttl, data


@dataclass(frozen=True)
class Version:
    """The zone as it was when somebody began to edit it. *sets* are those that are served"""

    zone: str
    serial: int
    text: bytes
    sets: Sets

    @classmethod
    def read(cls, client: Client, zone: str) -> "Version":
        """Raises: TruenameError"""
        text = client.text(f"zones/{in_path(zone)}/export")
        sets = _sets(text, zone)
        _, soa = sets[zone, "SOA"]
        serial = int(soa[0].split()[2])
        return cls(zone, serial, HEAD.format(zone=zone, serial=serial).encode() + text, sets)

    def changed(self, text: bytes) -> list[Key]:
        """The RRsets that *text* has in another way. Raises: Unreadable"""
        after = _sets(text, self.zone)
        return [key for key in {**self.sets, **after} if _unordered(self.sets.get(key)) != _unordered(after.get(key))]


class Unreadable(Exception):
    """A text that is no zone."""

    def __init__(self, problems: list[Any]) -> None:
        super().__init__()
        self.problems = problems


def _sets(text: bytes, zone: str) -> Sets:
    from truename._core import read_text

    read = read_text(text, zone)
    if read.problems:
        raise Unreadable(list(read.problems))
    if not read.count:
        raise ServeError("the text holds no record; nothing was changed", hint="`zone delete` deletes a zone")
    return {(owner, rtype): (ttl, list(data)) for owner, rtype, ttl, data in read.sets(0, read.count)}


def _unordered(found: tuple[int, list[str]] | None) -> tuple[int, list[str]] | None:
    return found and (found[0], sorted(found[1]))


def edit(client: Client, zone: str, mode: Mode) -> int:
    """Let somebody edit *zone*, as often as it takes. Returns: exit status. Raises: TruenameError"""
    version, editor = Version.read(client, zone), _editor()
    path = Path(tempfile.mkdtemp(prefix="truename-")) / f"{undotted(zone).replace('/', '_') or 'root'}.zone"
    path.write_bytes(version.text)
    try:
        status = _edited(client, version, path, editor, mode)
        while status and _is_edited_again(client, version, mode):
            status = _edited(client, version, path, editor, mode)
    except click.Abort:
        _keep(path, version)
        raise
    if status or mode.is_dry_run:
        _keep(path, version)
    else:
        shutil.rmtree(path.parent)
    return status


def _edited(client: Client, version: Version, path: Path, editor: list[str], mode: Mode) -> int:
    """One time in the editor, and what comes of it. Returns: exit status"""
    try:
        _open(editor, path)
        text = path.read_bytes()
        changed = version.changed(text)
        if not changed:
            say("No changes.")
            return 0
        steps = list(_steps(changed, _sets(text, version.zone), _there(client, version.zone, changed)))
        call = Call("PATCH", f"zones/{in_path(version.zone)}", {"rrsets": steps}, {"base_serial": version.serial})
        return change(client, call, mode)
    except Unreadable as wrong:
        problems = [Problem(str(path), one.line, one.column, one.message, one.hint) for one in wrong.problems]
        return unreadable(problems, as_json=mode.as_json)
    except (TruenameError, OSError) as wrong:
        complain(str(wrong), getattr(wrong, "hint", ""))
        return 2


def _there(client: Client, zone: str, keys: list[Key]) -> dict[Key, Mapping[str, Any]]:
    """The RRsets as they are kept, with what the text does not show."""
    path = f"zones/{in_path(zone)}"
    queries = [{"rrset_name": owner, "rrset_type": rtype} for owner, rtype in keys] if len(keys) <= FEW else [{}]
    found = [one for query in queries for one in client.get(path, query)["rrsets"]]
    return {(one["name"], one["type"]): one for one in found}


def _steps(keys: list[Key], after: Sets, there: Mapping[Key, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for owner, rtype in keys:
        kept = there.get((owner, rtype), {"ttl": 0, "records": []})
        ttl, contents = after.get((owner, rtype), (kept["ttl"], []))
        records = [{"content": content, "disabled": False} for content in contents]
        records += [one for one in kept["records"] if one["disabled"] and one["content"] not in contents]
        step = {"name": owner, "type": rtype, "changetype": "REPLACE" if records else "DELETE"}
        yield {**step, "ttl": ttl, "records": records} if records else step


def _is_edited_again(client: Client, version: Version, mode: Mode) -> bool:
    return mode.is_asked and _is_current(client, version) and is_agreed("Edit the text again?")


def _keep(path: Path, version: Version) -> None:
    """Leave what somebody typed, and say where."""
    if path.is_file() and path.read_bytes() != version.text:
        note(f"the text is kept in {path}")
    else:
        shutil.rmtree(path.parent)


def _is_current(client: Client, version: Version) -> bool:
    """Whether the zone is still the version that was edited; else to edit the text again would lead nowhere."""
    try:
        serial = client.get(f"zones/{in_path(version.zone)}", {"rrsets": False})["serial"]
    except TruenameError:
        return False
    return bool(serial == version.serial)


def _editor() -> list[str]:
    """Raises: ServeError when there is none"""
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    words = shlex.split(named) or [found for found in map(shutil.which, EDITORS) if found][:1]
    if not words:
        raise ServeError("no editor", hint="set VISUAL or EDITOR")
    return words


def _open(editor: list[str], path: Path) -> None:
    """Raises: ServeError for an editor that cannot be started, or that says that nothing shall be done"""
    try:
        status = subprocess.run([*editor, str(path)], check=False, stdout=_terminal()).returncode  # noqa: S603
    except OSError as wrong:
        raise ServeError(f"{editor[0]}: {wrong.strerror}", hint="VISUAL or EDITOR names the editor") from None
    if status != 0:
        raise ServeError(f"{editor[0]} ended with {status}; nothing was changed")


def _terminal() -> int | None:
    """Where the editor writes: the terminal, also when a program reads what this verb prints."""
    return None if sys.stdout.isatty() else STDERR
