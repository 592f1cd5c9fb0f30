"""What `serve` was asked for: settings, and the flags that are no settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from truename import config
from truename.config import Settings
from truename.serve.http import Tls
from truename.serve.sources import Sources, gather

# Settings that are taken over while the server runs; every other key of these sections needs a new start.
CHANGEABLE = (
    "serve.follow",
    "serve.max_chain",
    "serve.cookie_secrets",
    "limits.rate",
    "limits.rate_prefix4",
    "limits.rate_prefix6",
    "limits.rate_allow",
    "limits.slip",
    "limits.generate_records",
    "limits.generate_octets",
    "check.select",
    "check.ignore",
    "check.severity",
)

# Settings that are read and checked, and that nothing acts on in this version.
WITHOUT_EFFECT = ("flatten", "resolve")  # sections


@dataclass(frozen=True)
class Options:
    """Everything that a start and a reload need to read the configuration again."""

    arguments: tuple[str, ...] = ()
    config_file: str | None = None
    zone_list: str | None = None
    flags: Mapping[str, object] = field(default_factory=dict)
    is_strict: bool = False
    user: str | None = None
    is_behind_proxy: bool = False
    tls: Tls | None = None

    def settings(self) -> Settings:
        """The settings as they stand now. Raises: ConfigError"""
        return config.load(file=self.config_file, flags=self.flags)

    def sources(self, settings: Settings) -> Sources:
        """The zone files as they are named now. Raises: ConfigError"""
        return gather(self.arguments, self.zone_list, settings.zones)


def differing(old: Settings, new: Settings) -> tuple[list[str], list[str]]:
    """(what a reload takes over, what waits for the next start), as "section.key"."""
    before = {f"{section}.{key}": value for section, key, value, _ in old.items()}
    changed = [f"{section}.{key}" for section, key, value, _ in new.items() if before[f"{section}.{key}"] != value]
    return [key for key in changed if key in CHANGEABLE], [
        key for key in changed if key not in CHANGEABLE and key.startswith(("serve.", "limits."))
    ]


def without_effect(settings: Settings) -> list[str]:
    """Keys that somebody set and that this version does not act on; saying so beats silence."""
    keys = [key for key in settings.sources if key.partition(".")[0] in WITHOUT_EFFECT]
    return keys + ["zone.flatten" for zone in settings.zones[:1] if any(z.flatten != "alias" for z in settings.zones)]
