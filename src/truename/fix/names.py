"""Names as they are written in a file: relative or absolute, and how another name is written in their place."""

from truename.name import is_absolute, is_below, joined, labels, lower, relative


def origin_of(written: str, name: str) -> str | None:
    """The origin that made the absolute *name* of the relative *written*; None when it was not relative."""
    if written == "@":
        return name
    if is_absolute(written):
        return None
    return joined(labels(name)[len(labels(written)) :])


def written_like(written: str, name: str, instead: str) -> str:
    """How the absolute name *instead* is written where *written* stood for *name*: relative if that was.

    A name outside the origin, or the origin itself, is written absolute.
    """
    origin = origin_of(written, name)
    if origin is None:
        return instead
    name, above = lower(instead), lower(origin)
    return instead[: len(relative(name, above))] if is_below(name, above) else instead


def has_service_label(name: str) -> bool:
    """Whether a label of *name* begins with an underscore: DKIM, ACME and SRV owners are delegated by alias."""
    return "_" in name and any(label.startswith("_") for label in labels(name))
