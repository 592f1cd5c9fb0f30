"""Names as they are written in a file: relative or absolute, and how another name is written in their place.

Tens of thousands of chains may be straightened at once, so names without escapes, nearly all of them, go a shorter way.
"""

import re

_LABEL = re.compile(r"(?:[^.\\]|\\[0-9]{3}|\\.)+", re.DOTALL)


def labels(name: str) -> list[str]:
    """The labels of *name*, escapes kept; the root has none."""
    return _LABEL.findall(name) if "\\" in name else [label for label in name.split(".") if label]


def is_absolute(written: str) -> bool:
    """Whether *written* ends in a dot that is no escape."""
    before = written[:-1]
    return written.endswith(".") and (len(before) - len(before.rstrip("\\"))) % 2 == 0


def origin_of(written: str, name: str) -> str | None:
    """The origin that made the absolute *name* of the relative *written*; None when it was not relative."""
    if written == "@":
        return name
    if is_absolute(written):
        return None
    rest = labels(name)[len(labels(written)) :]
    return ".".join(rest) + "."


def written_like(written: str, name: str, instead: str) -> str:
    """How the absolute name *instead* is written where *written* stood for *name*: relative if that was.

    A name outside the origin, or the origin itself, is written absolute.
    """
    origin = origin_of(written, name)
    if origin is None:
        return instead
    if "\\" not in instead and origin != ".":
        short = instead[: -len(origin) - 1]
        return short if short and instead.lower() == f"{short}.{origin}".lower() else instead
    ours, theirs = labels(instead), labels(origin)
    count = len(ours) - len(theirs)
    is_below = count > 0 and [one.lower() for one in ours[count:]] == [one.lower() for one in theirs]
    return ".".join(ours[:count]) if is_below else instead


def has_service_label(name: str) -> bool:
    """Whether a label of *name* begins with an underscore: DKIM, ACME and SRV owners are delegated by alias."""
    return "_" in name and any(label.startswith("_") for label in labels(name))
