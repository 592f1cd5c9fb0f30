"""`truename zone`: zones of the database, from their making to the undoing of a change."""

from typing import Any

import click

from truename.cli.options import Mode, of_change, of_server, open_client
from truename.cli.verbs import Verbs


@click.group(cls=Verbs)
def zone() -> None:
    """Show, make, import, export, change, check and delete zones of the database.

    Every change is a plan first: what differs, what the rules say of the result, who notices. --dry-run stops there.
    """


@zone.command("list")
@of_server
def list_zones(**given: Any) -> int:
    """Show the zones."""
    from truename.cli import zones

    with open_client(given) as client:
        zones.show_list(client.get("zones"), as_json=given["as_json"])
    return 0


@zone.command()
@click.argument("name", metavar="Z")
@of_server
def show(name: str, **given: Any) -> int:
    """Show what is kept of the zone Z besides its records (those: record list Z)."""
    from truename.cli import zones

    with open_client(given) as client:
        zones.show_one(zones.properties(client, name), as_json=given["as_json"])
    return 0


@zone.command()
@click.argument("name", metavar="Z")
@click.option(
    "--ns",
    multiple=True,
    metavar="NAME[=ADDRESS,..]",
    help="A name server of the zone, with its addresses; repeatable.",
)
@click.option("--kind", type=click.Choice(["Native", "Master"]), default="Native", show_default=True)
@of_change
def create(name: str, ns: tuple[str, ...], kind: str, **given: Any) -> int:
    """Make the zone Z, with an SOA and the name servers given."""
    from truename.cli import name_servers, typed
    from truename.cli.changing import Call, change
    from truename.cli.reading import Reading

    mode = Mode.of(given)
    made = typed.new_zone(name)
    with open_client(given, may_create=True) as client:
        reading = Reading.of_zone(client, made)
        body = {"name": made, "kind": kind, **name_servers.of_new_zone(ns, reading)}
        return change(client, Call("POST", "zones", body), mode, remarks=name_servers.remarks)


@zone.command("import")
@click.argument("files", nargs=-1, metavar="[FILE|DIR...]")
@click.option("--origin", metavar="Z", help="The zone's name; else what the file says, or the file's name.")
@click.option("--axfr", metavar="HOST[:PORT]", help="Fetch the zone from this server.")
@click.option("--tsig", metavar="KEYFILE", help="Sign the transfer with the key in this file (tsig-keygen, keymgr -t).")
@click.option("--take-over", is_flag=True, help="Zones may be read from files: they are in the database from then on.")
@click.option("--leave-out-unreadable", is_flag=True, help="Take the rest of a zone where records cannot be read.")
@of_change
def import_zones(files: tuple[str, ...], take_over: bool, leave_out_unreadable: bool, **given: Any) -> int:
    """Take zones over from zone files, octoDNS' YAML files, or a server.

    A DIR stands for its *.zone and *.yaml files. Zones that are there already are replaced. All zones are judged
    together and stored together, or none of them; all findings are shown at once.

    Zones that the server reads from files are refused without --take-over. With it they are zones of the database from
    then on, answered all the time, and their files are not read any more; without FILE it is all zones of files, or
    the one that --origin names, as they are served.
    """
    from truename.cli import importing

    mode = Mode.of(given)
    origin, axfr, tsig = (given.pop(name) for name in ("origin", "axfr", "tsig"))
    wanted = importing.Wanted(files, origin, axfr, tsig, take_over, leave_out_unreadable)
    gathered = None if wanted.is_from_server else importing.gather(wanted)
    with open_client(given, may_create=True) as client:
        gathered = gathered or importing.served_from_files(client, wanted.origin)
        return importing.carry_out(client, gathered, mode, wanted)


@zone.command()
@click.argument("name", metavar="Z", required=False)
@click.option("--all", "directory", metavar="DIR", help="Write every zone to DIR, each to a file of its own.")
@of_server
def export(name: str | None, directory: str | None, **given: Any) -> int:
    """Print the zone Z as a master file that other servers read, too; or write all zones to a directory."""
    from pathlib import Path

    from truename.cli import exporting, typed
    from truename.cli.changing import say_json
    from truename.cli.messages import note, say_octets

    if (name is None) == (directory is None):
        raise click.UsageError("either a zone, or --all DIR")
    with open_client(given) as client:
        if directory is not None:
            written = list(exporting.write_all(client, Path(directory)))
            if given["as_json"]:
                say_json([{"zone": zone, "file": str(path)} for zone, path in written])
            note(f"{len(written):,} zone{'s' * (len(written) != 1)} written to {directory}")
            return 0
        text = exporting.text_of(client, typed.zone_name(name or ""))
    if given["as_json"]:
        say_json({"zone": text.decode()})
    else:
        say_octets(text)
    return 0


@zone.command()
@click.argument("name", metavar="Z")
@of_change
def edit(name: str, **given: Any) -> int:
    """Edit the text of the zone Z in $VISUAL or $EDITOR; what then differs is a plan.

    Comments and disabled records are not in the text, and stay. A text that cannot be read or is refused may be edited
    again; without a terminal it is kept in its file, which is named.
    """
    from truename.cli import editing, typed

    mode = Mode.of(given)
    with open_client(given) as client:
        return editing.edit(client, typed.zone_name(name), mode)


@zone.command("set")
@click.argument("name", metavar="Z")
@click.argument("settings", nargs=-1, required=True, metavar="KEY=VALUE...")
@of_change
def set_properties(name: str, settings: tuple[str, ...], **given: Any) -> int:
    """Set properties of the zone Z: kind, account, masters, soa_edit, soa_edit_api, api_rectify, catalog.

    masters=A,B is a list; api_rectify is true or false.
    """
    from truename.cli import zones

    mode = Mode.of(given)
    wanted = zones.parsed(settings)
    with open_client(given) as client:
        return zones.set_properties(client, name, wanted, mode)


@zone.command()
@click.argument("name", metavar="Z")
@of_change
def delete(name: str, **given: Any) -> int:
    """Delete the zone Z with all its records. Its history stays, and with it the way back: `zone undo`."""
    from truename.cli import typed, zones

    mode = Mode.of(given)
    with open_client(given) as client:
        return zones.delete(client, typed.zone_name(name), mode, given)


@zone.command()
@click.argument("name", metavar="Z")
@click.option("--format", "shape", type=click.Choice(["text", "json", "sarif", "github"]), default="text")
@of_server
def check(name: str, shape: str, **given: Any) -> int:
    """Judge the zone Z as it is. Ends with 1 when there is an error."""
    from truename.cli import typed, zones
    from truename.cli.client import in_path

    with open_client(given) as client:
        findings = client.get(f"zones/{in_path(typed.zone_name(name))}/check")
    return zones.show_findings(findings, "json" if given["as_json"] else shape)


@zone.command()
@click.argument("name", metavar="Z")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Changes at most.")
@of_server
def history(name: str, limit: int, **given: Any) -> int:
    """Show what was changed in the zone Z, newest first: when, by whom, through which door."""
    from truename.cli import typed, zones

    with open_client(given) as client:
        entries = zones.history(client, typed.zone_name(name), limit)
        zones.show_history(entries, as_json=given["as_json"])
        if not entries:
            zones.note_file(client, name)
    return 0


@zone.command()
@click.argument("name", metavar="Z")
@click.argument("serial", required=False, type=click.IntRange(1, 2**32 - 1))
@click.option(
    "--only-this-zone", is_flag=True, help="Take back what was done in Z, and leave the other zones as they are."
)
@of_change
def undo(name: str, serial: int | None, only_this_zone: bool, **given: Any) -> int:
    """Take back a change of the zone Z: the one that made SERIAL, or the last one. It is a new change.

    A change that was made in several zones at once is taken back in all of them, or in none.
    """
    from truename.cli import typed, zones

    mode = Mode.of(given)
    with open_client(given) as client:
        return zones.undo(client, typed.zone_name(name), serial, mode, only_this_zone=only_this_zone)
