"""Zones as master files: one on stdout, or all of them in a directory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from truename.cli.client import Client, in_path
from truename.cli.export_text import readable_by_all, with_head
from truename.errors import ParseError
from truename.name import undotted
from truename.replacing import replace_file


def text_of(client: Client, zone: str) -> bytes:
    """The zone as other servers read it, too. Raises: TruenameError"""
    return with_head(readable_by_all(client.text(f"zones/{in_path(zone)}/export")), zone)


def write_all(client: Client, directory: Path) -> Iterator[tuple[str, Path]]:
    """Write each zone to a file of its own in *directory*, which is made. Yields: (zone, file) of what has been written

    A file that is there is replaced as a whole, others are left alone. The file says its origin itself.
    Raises: ParseError for what cannot be written; TruenameError
    """
    with _told():
        directory.mkdir(parents=True, exist_ok=True)
    for zone in client.get("zones"):
        name = zone["name"]
        text, path = text_of(client, name), directory / file_name(name)
        with _told():
            replace_file(path, text)
        yield name, path


def file_name(zone: str) -> str:
    """Where *zone* is written: `example.com.zone`. What a file's name cannot or should not hold is percent-encoded."""
    return f"{quote(undotted(zone), safe='*@') or 'root'}.zone"


@contextmanager
def _told() -> Iterator[None]:
    """What the system says, as an error for people."""
    try:
        yield
    except OSError as wrong:
        raise ParseError(f"{wrong.filename}: {wrong.strerror}", hint="a directory that can be written") from None
