"""A TTL as people type it: seconds, or `5m`, `1h`, `2d`, `1h30m` as master files of BIND have it."""

import re

import click

from truename.whole import whole

MOST = 2**31 - 1  # RFC 2181 8
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}

_SECONDS = re.compile(r"[0-9]+", re.ASCII)
_PARTS = re.compile(r"(?:[0-9]+[smhdw])+", re.ASCII)
_PART = re.compile(r"([0-9]+)([smhdw])")


class Ttl(click.ParamType[int]):
    """Reads one. Units: seconds"""

    name = "ttl"

    def convert(self, value: object, parameter: click.Parameter | None, context: click.Context | None) -> int:
        """Raises: click.BadParameter"""
        seconds = value if isinstance(value, int) else _seconds(str(value).strip().lower())
        if seconds is None:
            self.fail(f'"{value}" is no TTL: seconds, or 5m, 1h, 2d', parameter, context)
        if seconds > MOST:
            self.fail(f"{value} is more than the {MOST} seconds that a TTL can have", parameter, context)
        return seconds


def _seconds(text: str) -> int | None:
    if _SECONDS.fullmatch(text):
        return _number(text)
    if not _PARTS.fullmatch(text):
        return None
    return sum(_number(count) * UNITS[unit] for count, unit in _PART.findall(text))


def _number(text: str) -> int:
    number = whole(text, MOST)
    return MOST + 1 if number is None else number


TTL = Ttl()
