"""`truename serve`: zone files in, DNS answers out."""

from typing import TYPE_CHECKING, Any

import click

from truename.cli.messages import complain, say
from truename.errors import ConfigError

if TYPE_CHECKING:
    from truename.config import Settings
    from truename.serve.http import Tls


@click.command()
@click.argument("zones", nargs=-1, metavar="[[ORIGIN=]ZONEFILE|DIR]...")
@click.option("--config", metavar="FILE", help="Settings (default: ./truename.toml).")
@click.option("--data", metavar="DIR", help="Directory of the key and the lock.")
@click.option(
    "--database",
    metavar="URL",
    help="sqlite:///FILE or postgresql+psycopg://..; `ps` shows a password in it, not in TRUENAME_SERVE_DATABASE.",
)
@click.option(
    "--listen", metavar="HOST:PORT", multiple=True, help="Answer DNS here; repeatable. `:PORT` is every address."
)
@click.option("--http", metavar="HOST:PORT|off", help="Answer the API here.")
@click.option("--workers", metavar="N", type=int, help="Worker threads; 0 is one per core.")
@click.option("--strict", is_flag=True, help="Do not start when a zone cannot be read, or a DIR holds none.")
@click.option("--user", metavar="NAME", help="Go on as this user once the ports are bound.")
@click.option("--behind-proxy", is_flag=True, help="A proxy in front of the API does TLS.")
@click.option("--tls-cert", metavar="FILE", help="Certificate chain of the API, PEM.")
@click.option("--tls-key", metavar="FILE", help="Its key, PEM.")
@click.option("--zone-list", metavar="FILE", help="Lines ORIGIN<TAB>ZONEFILE.")
@click.option("--print-config", is_flag=True, help="Show all settings and where they come from, and end.")
@click.option("--json", "as_json", is_flag=True, help="With --print-config: as JSON.")
def serve(zones: tuple[str, ...], **given: Any) -> int:
    """Serve zone files over DNS until SIGTERM; SIGHUP reloads.

    A DIR stands for its *.zone files. Files that change are read again by themselves.
    """
    settings = ("listen", "http", "workers", "data", "database")
    flags = {f"serve.{name}": _given(given[name]) for name in settings}
    if given["print_config"]:
        from truename.config import load

        say(_shown(load(file=given["config"], flags=flags), as_json=given["as_json"]))
        return 0
    if given["as_json"]:
        raise ConfigError("shows nothing here", where="--json", hint="--print-config --json")
    from truename.serve.options import Options
    from truename.serve.supervisor import Supervisor

    options = Options(
        arguments=zones,
        config_file=given["config"],
        zone_list=given["zone_list"],
        flags=flags,
        is_strict=given["strict"],
        user=given["user"],
        is_behind_proxy=given["behind_proxy"],
        tls=_tls(given["tls_cert"], given["tls_key"]),
    )
    return Supervisor(options, _make_app, complain).run()


def _given(value: Any) -> object:
    """What a flag says; None when it was not given."""
    return (list(value) or None) if isinstance(value, tuple) else value


def _make_app(served: Any) -> Any:
    from truename.web.app import create_app

    return create_app(served)


def _tls(certificate: str | None, key: str | None) -> "Tls | None":
    from truename.serve.http import Tls

    if (certificate is None) != (key is None):
        missing = "--tls-key" if key is None else "--tls-cert"
        raise ConfigError("is missing", where=missing, hint="a certificate and its key come together")
    return Tls(certificate, key) if certificate is not None and key is not None else None


def _shown(settings: "Settings", *, as_json: bool) -> str:
    import json
    from dataclasses import asdict

    if as_json:
        items = settings.shown()
        values = {f"{section}.{key}": {"value": value, "source": source} for section, key, value, source in items}
        return json.dumps({**values, "zone": [asdict(zone) for zone in settings.zones]}, indent=2)
    lines = [(f"{section}.{key} = {_toml(value)}", source) for section, key, value, source in settings.shown()]
    lines += [(f"zone {zone.name or '?'} = {_toml(zone.file)}", settings.file) for zone in settings.zones]
    width = max(len(line) for line, _ in lines)
    return "\n".join(f"{line:<{width}}  # {source}" for line, source in lines)


def _toml(value: object) -> str:
    import json

    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {json.dumps(one)}" for key, one in value.items()) + "}"
    return json.dumps(value)  # texts, numbers, booleans and lists of texts look the same in TOML
