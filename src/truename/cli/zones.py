"""Zones over the API: their properties, findings and history, shown and set."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from truename.cli import finding_text, paint, same_server, table, typed
from truename.cli.changing import Call, change, say_json
from truename.cli.client import Client, in_path
from truename.cli.messages import note, say, say_octets
from truename.cli.options import Mode
from truename.cli.plan_text import comment_text, property_text
from truename.errors import RejectedEdit
from truename.name import both

PROPERTIES = ("kind", "account", "masters", "soa_edit", "soa_edit_api", "api_rectify", "catalog")
PAGE = 1000  # changes that the API gives at once, at most
LINES = 10  # of one change in the history, each way
OTHERS = 5  # zones of one change that are named


def properties(client: Client, name: str) -> dict[str, Any]:
    """The zone without its records. Raises: TruenameError"""
    found: dict[str, Any] = client.get(f"zones/{in_path(typed.zone_name(name))}", {"rrsets": False})
    return found


def show_list(zones: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print the zones, one a line."""
    if as_json:
        say_json(zones)
    elif zones:
        rows = [
            (both(one["name"]), one["kind"], str(one["serial"]), paint.plain(one["account"]), _kept_in(one))
            for one in zones
        ]
        say("\n".join(table.rows(rows, head=("ZONE", "KIND", "SERIAL", "ACCOUNT", "KEPT IN"))))


def show_one(zone: Mapping[str, Any], *, as_json: bool) -> None:
    """Print the properties of one zone."""
    if as_json:
        say_json(zone)
        return
    rows = [("name", both(zone["name"])), ("serial", str(zone["serial"]))]
    rows += [("kept in", _kept_in(zone, "; it is changed there"))]
    rows += [(key, property_text(zone[key])) for key in PROPERTIES if key in zone]
    rows += [("not served", paint.plain(one)) for one in zone.get("problems") or ()]
    say("\n".join(table.rows(rows)))


def _kept_in(zone: Mapping[str, Any], more: str = "") -> str:
    """Where the records of *zone* are: only the database's are changed here."""
    if "file" not in zone:
        return "database"
    return f"file {paint.plain(zone['file'])}{more}"


def note_file(client: Client, name: str) -> None:
    """Say of a zone that is read from a file why it has no history here. Raises: TruenameError"""
    zone = properties(client, name)
    if "file" in zone:
        note(f"{zone['name']} is read from {zone['file']}: what changes there is not written down here")


def parsed(settings: Sequence[str]) -> dict[str, Any]:
    """KEY=VALUE... as the API takes them. Raises: click.UsageError"""
    wanted: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or key not in PROPERTIES:
            known = ", ".join(PROPERTIES)
            raise click.UsageError(f'"{setting}" is no KEY=VALUE of {known}', click.get_current_context())
        wanted[key] = _value(key, value)
    return wanted


def _value(key: str, text: str) -> object:
    if key == "masters":
        return [one.strip() for one in text.split(",") if one.strip()]
    if key == "api_rectify":
        if text not in ("true", "false"):
            raise click.UsageError(f'api_rectify is true or false, not "{text}"', click.get_current_context())
        return text == "true"
    return typed.zone_name(text) if key == "catalog" and text else text


def set_properties(client: Client, name: str, wanted: Mapping[str, Any], mode: Mode) -> int:
    """Plan and carry out. Returns: exit status"""
    return change(client, Call("PUT", f"zones/{in_path(typed.zone_name(name))}", dict(wanted)), mode)


def delete(client: Client, zone: str, mode: Mode, given: Mapping[str, Any]) -> int:
    """Plan, carry out, and say how the zone is brought back. Returns: exit status"""
    status = change(client, Call("DELETE", f"zones/{in_path(zone)}"), mode)
    if status == 0 and not mode.is_dry_run:
        serial = _last_change(client, zone)["serial"]
        note(f"to bring it back: truename zone undo {same_server.typed(zone)} {serial}{same_server.flags(given)}")
    return status


def undo(client: Client, zone: str, serial: int | None, mode: Mode, *, only_this_zone: bool) -> int:
    """Plan and carry out. Returns: exit status"""
    if serial is None:
        last = _last_change(client, zone)
        serial = last["serial"]
        if not mode.as_json:
            note(f"the last change of {zone} is {serial}, {_when(last)} by {last['by']} ({last['door']})")
    body: dict[str, object] = {"serial": serial}
    if only_this_zone:
        body["only_this_zone"] = True
    return change(client, Call("POST", f"zones/{in_path(zone)}/undo", body), mode)


def _last_change(client: Client, zone: str) -> dict[str, Any]:
    """Raises: RejectedEdit when there is none; TruenameError"""
    found: list[dict[str, Any]] = client.get(f"zones/{in_path(zone)}/journal", {"limit": 1, "lines": 0})
    if not found:
        raise RejectedEdit(f"{zone} has no changes yet")
    return found[0]


def show_findings(findings: Sequence[Mapping[str, Any]], shape: str) -> int:
    """Print what is wrong in a zone, in a format of `truename check`. Returns: 1 when there is an error"""
    if shape == "json":
        say_json(findings)
    elif shape == "text":
        text = [*finding_text.lines(findings), finding_text.summary(findings) or "no findings"]
        say("\n".join(text))
    else:
        _show_for_programs(findings, shape)
    return int(any(finding["severity"] == "error" for finding in findings))


def _show_for_programs(findings: Sequence[Mapping[str, Any]], shape: str) -> None:
    import msgspec

    from truename.report import github, sarif
    from truename.rules.base import Finding

    found = msgspec.convert(findings, list[Finding])
    if shape == "sarif":
        say_octets(sarif.render(found))
    elif found:
        say("\n".join(github.lines(found)))


def history(client: Client, zone: str, most: int) -> list[dict[str, Any]]:
    """The newest changes of *zone*, as many pages of them as it takes; large ones are short. Raises: TruenameError"""
    path = f"zones/{in_path(zone)}/journal"
    found: list[dict[str, Any]] = client.get(path, {"limit": min(PAGE, most)})
    while found and len(found) < most and found[-1]["previous"]:
        page = client.get(path, {"limit": min(PAGE, most - len(found)), "before": found[-1]["number"]})
        if not page:
            break
        found += page
    return found


def show_history(entries: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print the changes of a zone."""
    if as_json:
        say_json(entries)
    elif entries:
        say("\n".join(line for entry in entries for line in _entry(entry)))


def _entry(entry: Mapping[str, Any]) -> Iterator[str]:
    who = f"{entry['by']}  {entry['door']}"
    yield f"{paint.title(str(entry['serial']))}  {_when(entry)}  {who}  after {entry['previous'] or 'nothing'}"
    others = [both(zone) for zone in entry["zones"] if zone != entry["zone"]]
    if others:
        more = f" and {len(others) - OTHERS:,} more" if len(others) > OTHERS else ""
        yield f"  together with {', '.join(others[:OTHERS])}{more}"
    for colour, sign, lines in ((paint.removed, "-", entry["removed"]), (paint.added, "+", entry["added"])):
        yield from (f"  {colour(sign)} {line}" for line in lines[:LINES])
        if len(lines) > LINES:
            yield f"  {colour(sign)} ... and {len(lines) - LINES:,} more"
    yield from _comments(entry.get("comments") or [])
    yield from (f"  {paint.changed('~')} {one}" for one in _properties(entry.get("properties") or []))


def _when(entry: Mapping[str, Any]) -> str:
    return datetime.fromtimestamp(entry["at"], UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _comments(changes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in changes[:LINES]:
        for colour, sign, said in ((paint.removed, "-", one["before"]), (paint.added, "+", one["after"])):
            other = one["after"] if sign == "-" else one["before"]
            texts = (comment_text(comment) for comment in said if comment not in other)
            yield from (f"  {colour(sign)} {one['name']} {one['type']} {text}" for text in texts)
    if len(changes) > LINES:
        yield f"  ... and comments of {len(changes) - LINES:,} more RRsets"


def _properties(changes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Those of a zone that stayed; one that was made or deleted had all of them."""
    for one in changes:
        if None not in (one["before"], one["after"]):
            yield f"{one['name']}: {property_text(one['before'])} -> {property_text(one['after'])}"
