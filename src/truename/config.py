"""Settings: what can be set, what it is by default, and where its value came from.

    defaults < truename.toml < environment TRUENAME_<SECTION>_<KEY> < flags

Where there is no truename.toml, the tables below [tool.truename] of a pyproject.toml stand for it.

The dataclasses below are the whole table; a field is one key, its type is the type in the file, and its metadata hold
what the type cannot say (`check`) and one line for people (`doc`). Reading is driven by that table, so that a key that
is added here is at once known to the file, the environment, `--print-config` and docs/cli.md.

A value that cannot be meant is a ConfigError with its place; nothing is repaired or ignored.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

from truename import database_url
from truename import settings_check as check
from truename.errors import ConfigError
from truename.toml_source import TomlSource

ENVIRONMENT_PREFIX = "TRUENAME_"
DEFAULT_FILE = "truename.toml"
PROJECT_FILE = "pyproject.toml"


def key(default: object, doc: str, checked: Callable[[Any], None] = check.anything, *, is_secret: bool = False) -> Any:
    """One setting: its default, its line of documentation, and what its values must satisfy.

    A secret is shown nowhere: not by `--print-config`, not in an error, not in a repr.
    """
    metadata = {"doc": doc, "check": checked, "is_secret": is_secret}
    if isinstance(default, list | dict):
        return field(default_factory=lambda: type(default)(default), metadata=metadata, repr=not is_secret)
    return field(default=default, metadata=metadata, repr=not is_secret)


@dataclass(frozen=True)
class Serve:
    """[serve]"""

    listen: list[str] = key(
        ["127.0.0.1:5300"], 'addresses that answer DNS, UDP and TCP; ":PORT" is every address', check.listeners
    )
    http: str = key(
        "127.0.0.1:8053",
        'address of the API and metrics, or "off"; ":PORT" is every IPv4 address',
        check.address_or_off,
    )
    workers: int = key(0, "UDP and TCP workers; 0 is one per core", check.between(0, 1024))
    data: str = key("truename-data", "directory of the key, the lock and the database", check.not_empty)
    database: str = key(
        "",
        "URL of the database, SQLite or PostgreSQL; empty is truename.db in the data directory",
        check.database,
        is_secret=True,
    )
    follow: str = key(
        "served", "chains go on through every zone served, or stay in the zone", check.one_of("served", "zone")
    )
    max_chain: int = key(16, "links that an answer follows at most", check.between(1, 255))
    nsid: str = key("", "name of this server, told on request (RFC 5001); empty is none", check.octets(128))
    cookie_secrets: list[str] = key(
        [],
        "secrets of DNS cookies, 32 hexadecimal digits each: the first makes, all are accepted; none is a random one",
        check.secrets,
        is_secret=True,
    )
    sandbox: bool = key(True, "have the kernel refuse what a running server does not need")
    log: str = key("text", "log lines on stderr: key=value text or JSON", check.one_of("text", "json"))


@dataclass(frozen=True)
class Resolve:
    """[resolve]"""

    hints: str = key("", "file of root hints; empty is the built-in list")
    port: int = key(53, "port that name servers are asked on", check.between(1, 65535))
    forward: list[str] = key([], "resolvers to ask instead of the root", check.addresses)
    timeout: float = key(2.0, "seconds to wait for one reply", check.positive)
    max_queries: int = key(64, "queries for one name at most", check.between(1, 100_000))


@dataclass(frozen=True)
class Flatten:
    """[flatten]"""

    enabled: bool = key(True, "whether ALIAS is answered with the addresses of its target")
    allow: list[str] = key(["*"], "targets that may be followed")
    ttl_floor: int = key(30, "seconds that an address is kept at least", check.between(0, 2**31 - 1))
    ttl_cap: int = key(3600, "seconds that an address is kept at most", check.between(0, 2**31 - 1))
    stale: int = key(
        86400, "seconds that an address outlives a target that cannot be asked", check.between(0, 2**31 - 1)
    )


@dataclass(frozen=True)
class Check:
    """[check]"""

    select: list[str] = key([], "rules to judge by; empty is all", check.rules)
    ignore: list[str] = key([], "rules to leave out", check.rules)
    fail_on: str = key("error", "findings that end `check` with 1", check.one_of("error", "warning", "never"))
    severity: dict[str, str] = key({}, "rule = severity, in place of its own", check.severities)
    per_path: dict[str, list[str]] = key({}, "pattern of paths = rules to leave out there", check.rules_by_pattern)


@dataclass(frozen=True)
class Limits:
    """[limits]"""

    udp_size: int = key(1232, "octets of a UDP reply at most", check.between(512, 65535))
    tcp_clients: int = key(512, "TCP connections open at once", check.between(1, 1_000_000))
    tcp_idle: float = key(10, "seconds that a TCP connection may be silent", check.positive)
    rate: int = key(
        0, "replies of one kind a second to one client network, over UDP; 0 is no limit", check.between(0, 10_000_000)
    )
    rate_prefix4: int = key(24, "bits of an IPv4 client network", check.between(0, 32))
    rate_prefix6: int = key(56, "bits of an IPv6 client network", check.between(0, 128))
    rate_allow: list[str] = key([], "networks without a limit", check.networks)
    slip: int = key(2, "every n-th reply over the rate is sent empty, with TC; 0 is none", check.between(0, 100))
    generate_records: int = key(
        1_000_000, "records that $GENERATE makes in one text over the API", check.between(0, 16_777_216)
    )
    generate_octets: int = key(
        268_435_456, "octets of the lines that $GENERATE makes in one text over the API", check.between(0, 2**36)
    )


@dataclass(frozen=True)
class ZoneEntry:
    """[[zone]]"""

    name: str = key("", "origin; empty is what the file says")
    file: str = key("", "master file, relative to the directory of the configuration", check.not_empty)
    flatten: str = key(
        "alias", "which links are flattened; nothing is yet", check.one_of("alias", "apex", "all", "off")
    )


@dataclass(frozen=True)
class Settings:
    """All settings.

    Shape:  *sources* maps "section.key" to where its value came from; keys at their default are not in it
    """

    serve: Serve = field(default_factory=Serve)
    resolve: Resolve = field(default_factory=Resolve)
    flatten: Flatten = field(default_factory=Flatten)
    check: Check = field(default_factory=Check)
    limits: Limits = field(default_factory=Limits)
    zones: tuple[ZoneEntry, ...] = ()
    file: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)

    def items(self) -> Iterator[tuple[str, str, object, str]]:
        """(section, key, value, source) of every key of the fixed sections, in the order of the table."""
        for section in SECTIONS:
            for one in fields(SECTIONS[section]):
                value = getattr(getattr(self, section), one.name)
                yield section, one.name, value, self.sources.get(f"{section}.{one.name}", "default")

    def shown(self) -> Iterator[tuple[str, str, object, str]]:
        """The same for people: of a secret only how much there is of it."""
        for section, name, value, source in self.items():
            if isinstance(value, list) and _is_secret(section, name):
                value = ["(hidden)" for _ in value]
            if (section, name) == ("serve", "database"):
                value = database_url.shown(str(value))
            yield section, name, value, source


SECTIONS: dict[str, type] = {"serve": Serve, "resolve": Resolve, "flatten": Flatten, "check": Check, "limits": Limits}


def _is_secret(section: str, name: str) -> bool:
    return any(one.name == name and one.metadata["is_secret"] for one in fields(SECTIONS[section]))


def load(
    *, file: str | None = None, environ: Mapping[str, str] | None = None, flags: Mapping[str, object] | None = None
) -> Settings:
    """Settings from all four layers.

    Shape:   *flags* maps "section.key" to a value; None stands for a flag that was not given
    Raises:  ConfigError; also for a *file* that was named and cannot be read
    """
    env = os.environ if environ is None else environ
    settings = _from_file(Settings(), _file(file, env))
    for where, section, name, text in _in_environment(env):
        settings = _set(settings, section, name, (_from_text(text, _type(section, name), where), where))
    for dotted, value in (flags or {}).items():
        section, name = dotted.split(".")
        if value is not None:
            settings = _set(settings, section, name, (value, f"--{name.replace('_', '-')}"))
    return settings


def _file(named: str | None, env: Mapping[str, str]) -> Path | None:
    named = named or env.get("TRUENAME_CONFIG")
    if named:
        return Path(named)
    if Path(DEFAULT_FILE).exists():
        return Path(DEFAULT_FILE)
    return Path(PROJECT_FILE) if _speaks_of_us(Path(PROJECT_FILE)) else None


def _speaks_of_us(path: Path) -> bool:
    # Most projects say nothing to us; then their file need not be read as TOML, nor be any.
    try:
        return b"truename" in path.read_bytes()
    except OSError:
        return False


def _from_file(settings: Settings, path: Path | None) -> Settings:
    if path is None:
        return settings
    source = TomlSource.read(path, ("tool", "truename") if path.name == PROJECT_FILE else ())
    settings = replace(settings, file=str(path))
    for section, body in source.tables.items():
        if section == "zone":
            settings = replace(settings, zones=tuple(_zone_entries(source, body)))
            continue
        if section not in SECTIONS:
            raise ConfigError(
                f"unknown section [{section}]", where=source.place(section), hint=_near(section, [*SECTIONS, "zone"])
            )
        if not isinstance(body, dict):
            raise ConfigError(f"{section} is a section: [{section}]", where=source.place(section))
        for name, value in body.items():
            settings = _set(settings, section, name, (value, source.place(section, name)))
    return settings


def _zone_entries(source: TomlSource, body: object) -> Iterator[ZoneEntry]:
    if not isinstance(body, list) or not all(isinstance(entry, dict) for entry in body):
        raise ConfigError("zones are written [[zone]], one after the other", where=source.place("zone"))
    for number, entry in enumerate(body):
        for name, value in entry.items():
            _checked(ZoneEntry, "zone", name, (value, source.place("zone", name, number)))
        if "file" not in entry:
            raise ConfigError("[[zone]] has no file", where=source.place("zone", None, number), hint='file = "PATH"')
        # The reader of a file knows paths relative to that file; the server may be started anywhere.
        yield replace(ZoneEntry(**entry), file=str(source.path.parent / entry["file"]))


def _in_environment(env: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    for variable in sorted(env):
        section, _, name = variable.removeprefix(ENVIRONMENT_PREFIX).lower().partition("_")
        if variable.startswith(ENVIRONMENT_PREFIX) and section in SECTIONS and name:
            yield variable, section, name, env[variable]


def _set(settings: Settings, section: str, name: str, given: tuple[object, str]) -> Settings:
    part = replace(getattr(settings, section), **{name: _checked(SECTIONS[section], section, name, given)})
    sources = {**settings.sources, f"{section}.{name}": given[1]}
    return replace(settings, **{section: part}, sources=sources)


def _checked(table: type, section: str, name: str, given: tuple[object, str]) -> object:
    value, where = given
    known: dict[str, Field[Any]] = {one.name: one for one in fields(table)}
    if name not in known:
        raise ConfigError(f'unknown key "{name}" in [{section}]', where=where, hint=_near(name, known))
    doc = known[name].metadata["doc"]
    try:
        value = check.typed(value, get_type_hints(table)[name])
        known[name].metadata["check"](value)
    except check.UnknownWord as wrong:
        raise ConfigError(f"{section}.{name}: {wrong}", where=where, hint=wrong.hint) from None
    except ValueError as wrong:
        if known[name].metadata["is_secret"] and not isinstance(wrong, check.WithoutValue):
            raise ConfigError(f"{section}.{name} cannot be read", where=where, hint=doc) from None
        raise ConfigError(f"{section}.{name}: {wrong}", where=where, hint=doc) from None
    return value


def _type(section: str, name: str) -> object:
    return get_type_hints(SECTIONS[section]).get(name, str)


def _from_text(text: str, kind: object, where: str) -> object:
    try:
        return check.parsed(text, kind)
    except ValueError as wrong:
        raise ConfigError(str(wrong), where=where) from None


def _near(word: str, known: Any) -> str:
    near = get_close_matches(word, list(known), n=1)
    return f'did you mean "{near[0]}"?' if near else f"known are: {', '.join(known)}"
