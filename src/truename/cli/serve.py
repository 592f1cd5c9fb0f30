"""`truename serve`: zone files in, DNS answers out."""

import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer

from truename.cli.messages import complain
from truename.errors import ConfigError


def serve(
    zones: Annotated[list[str] | None, typer.Argument(metavar="[[ORIGIN=]ZONEFILE|DIR]...", show_default=False)] = None,
    config: Annotated[str | None, typer.Option(metavar="FILE", help="Settings (default: ./truename.toml).")] = None,
    data: Annotated[str | None, typer.Option(metavar="DIR", help="Directory of the key and the lock.")] = None,
    database: Annotated[str | None, typer.Option(metavar="URL", help="Not in this version: zone files only.")] = None,
    listen: Annotated[list[str] | None, typer.Option(metavar="HOST:PORT", help="Answer DNS here; repeatable.")] = None,
    http: Annotated[str | None, typer.Option(metavar="HOST:PORT|off", help="Answer the API here.")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Worker threads; 0 is one per core.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Do not start when a zone cannot be read.")] = False,
    user: Annotated[str | None, typer.Option(metavar="NAME", help="Go on as this user once ports are bound.")] = None,
    behind_proxy: Annotated[bool, typer.Option("--behind-proxy", help="A proxy in front of the API does TLS.")] = False,
    tls_cert: Annotated[str | None, typer.Option(metavar="FILE", help="Certificate chain of the API, PEM.")] = None,
    tls_key: Annotated[str | None, typer.Option(metavar="FILE", help="Its key, PEM.")] = None,
    zone_list: Annotated[str | None, typer.Option(metavar="FILE", help="Lines ORIGIN<TAB>ZONEFILE.")] = None,
    print_config: Annotated[bool, typer.Option("--print-config", help="Show all settings and end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --print-config: as JSON.")] = False,
) -> int:
    """Serve zone files over DNS until SIGTERM; SIGHUP reloads.

    A DIR stands for its *.zone files. Files that change are read again by themselves.
    """
    flags: dict[str, object] = {
        "serve.listen": listen or None,
        "serve.http": http,
        "serve.workers": workers,
        "serve.data": data,
        "serve.database": database,
    }
    if print_config:
        return _print_config(config, flags, as_json=as_json)
    if as_json:
        raise ConfigError("shows nothing here", where="--json", hint="--print-config --json")
    from truename.serve.options import Options
    from truename.serve.supervisor import Supervisor

    options = Options(
        arguments=tuple(zones or ()),
        config_file=config,
        zone_list=zone_list,
        flags=flags,
        is_strict=strict,
        user=user,
        is_behind_proxy=behind_proxy,
        tls=_tls(tls_cert, tls_key),
    )
    return Supervisor(options, _make_app, complain).run()


def _make_app(served: Any) -> Any:
    from truename.web.app import create_app

    return create_app(served)


def _tls(certificate: str | None, key: str | None) -> Any:
    from truename.serve.http import Tls

    if (certificate is None) != (key is None):
        missing = "--tls-key" if key is None else "--tls-cert"
        raise ConfigError("is missing", where=missing, hint="a certificate and its key come together")
    return Tls(certificate, key) if certificate is not None and key is not None else None


def _print_config(file: str | None, flags: dict[str, object], *, as_json: bool) -> int:
    import json

    from truename.config import load

    settings = load(file=file, flags=flags)
    if as_json:
        values = {
            f"{section}.{key}": {"value": value, "source": source} for section, key, value, source in settings.items()
        }
        json.dump({**values, "zone": [asdict(zone) for zone in settings.zones]}, sys.stdout, indent=2)
        print()
        return 0
    lines = [(f"{section}.{key} = {_toml(value)}", source) for section, key, value, source in settings.items()]
    lines += [
        (f"zone = {zone.name or '?'} {zone.file} flatten={zone.flatten}", settings.file) for zone in settings.zones
    ]
    width = max(len(line) for line, _ in lines)
    for line, source in lines:
        print(f"{line:<{width}}  # {source}")
    return 0


def _toml(value: object) -> str:
    import json

    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {json.dumps(one)}" for key, one in value.items()) + "}"
    return json.dumps(value)  # texts, numbers, booleans and lists of texts look the same in TOML
