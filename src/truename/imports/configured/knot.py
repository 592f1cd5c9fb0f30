"""knot.conf: sections (`zone:`, `template:`) of items (`- domain: example.com`) with options (`  file: ..`).

It looks like YAML and is not: `file: %s.zone` and sections that come twice are good here, and no parser of YAML takes
both. What counts is `domain`, `file`, `storage`, `template`, `master`, and `include`. A zone takes what it does not say
from its template, else from the one called `default`. A file is relative to the storage.
"""

import os
import re
from dataclasses import dataclass, field

from truename.errors import ParseError
from truename.imports.configured import Configured, included, opened
from truename.name import absolute, labels, undotted

STORAGE = "/var/lib/knot"  # Knot's own default, as Debian builds it
_LINE = re.compile(r"^(?P<indent>[ \t]*)(?P<dash>-[ \t]+)?(?P<key>[A-Za-z][A-Za-z0-9-]*):(?:[ \t]+(?P<value>.*))?$")
_COMMENT = re.compile(r"""^((?:[^"'#]|"[^"]*"|'[^']*')*?)(?:(?:(?<=\s)|^)\#.*)?$""")
_FORMAT = re.compile(r"%(?:s|%|l\[(?P<label>\d+)\]|c\[(?P<first>\d+)(?:-(?P<last>\d+))?\])")


@dataclass
class Item:
    """One zone or template."""

    section: str
    place: str
    options: dict[str, str] = field(default_factory=dict)


def read(path: str, found: Configured) -> None:
    """Add what the file *path* says. Raises: ParseError when it cannot be read"""
    items: list[Item] = []
    _read_file(path, items, found)
    templates = {item.options.get("id", ""): item.options for item in items if item.section == "template"}
    for item in items:
        if item.section == "zone" and "domain" in item.options:
            _take(item, templates, os.path.dirname(path), found)


def _take(zone: Item, templates: dict[str, dict[str, str]], base: str, found: Configured) -> None:
    name = zone.options["domain"]
    template = zone.options.get("template", "default")
    if template not in templates and template != "default":
        found.skip(name, f"{zone.place}: there is no template {template!r}")
        return
    options = {**templates.get(template, {}), **zone.options}
    if options.get("catalog-role") == "generate":
        found.skip(name, "it is a catalog that Knot makes")
        return
    folder = _filled(options.get("storage", STORAGE), name)
    file = _filled(options.get("file", "%s.zone"), name)
    found.take(name, os.path.join(base, folder, file), is_copy="master" in options)


def _filled(text: str, zone: str) -> str:
    name, parts = undotted(zone), labels(zone)[::-1]

    def part(mark: re.Match[str]) -> str:
        if mark["label"]:
            return parts[int(mark["label"])] if int(mark["label"]) < len(parts) else ""
        if mark["first"]:
            return absolute(name)[int(mark["first"]) : int(mark["last"] or mark["first"]) + 1]
        return "%" if mark[0] == "%%" else name.replace("/", "_")

    return _FORMAT.sub(part, text)


def _read_file(path: str, items: list[Item], found: Configured) -> None:
    found.open.append(os.path.realpath(path))
    section = ""
    for number, whole in enumerate(opened(path).splitlines(), 1):
        text, place = _without_comment(whole), f"{path}:{number}"
        line = _LINE.match(text)
        if line is None:
            # A value of a list that takes several lines, as those of `master`.
            if text and not text.lstrip().startswith("-") and section in ("zone", "template"):
                found.skipped.append(f"{place}: {text.strip()!r} is not understood")
            continue
        key, value = line["key"].lower(), _plain(line["value"] or "")
        if not line["indent"] and not line["dash"]:
            section = key
            _include(value, place, items, found) if key == "include" else None
        elif line["dash"] and key in ("domain", "id"):
            items.append(Item(section, place, {key: value}))
        elif items and items[-1].section == section:
            items[-1].options[key] = value
    found.open.pop()


def _include(value: str, place: str, items: list[Item], found: Configured) -> None:
    for file in included(value, os.path.dirname(place.rpartition(":")[0]), place, found):
        try:
            _read_file(file, items, found)
        except ParseError as wrong:
            found.faults.append(f"{place}: {wrong.message}")


def _without_comment(line: str) -> str:
    found = _COMMENT.match(line)
    return (found[1] if found else line).rstrip()


def _plain(value: str) -> str:
    text = value.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
