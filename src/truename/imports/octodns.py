"""A zone of octoDNS' YamlProvider: `example.com.yaml`, or the parts of it in a folder `example.com./`.

    '':                      the zone itself
      - type: A              one RRset, or a list of them
        ttl: 300             3600 where it is not said
        value: 192.0.2.1     value or values
    www:
      type: CNAME
      value: example.com.

octoDNS keeps no SOA; the zone keeps the one it has, or gets a usual one. What is more than DNS records - answers by
place and health - cannot be taken over: the plain values are, and it is said. `!include` is followed inside the folder
of the zone (`octodns_include`).
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from truename._core import normalize
from truename.errors import ParseError
from truename.imports import Place, Problem, Taken
from truename.imports.octodns_data import data, refuse_unknown, shown
from truename.imports.octodns_include import Included
from truename.imports.octodns_nodes import constructed
from truename.name import absolute, is_absolute, lower, to_ascii

if TYPE_CHECKING:
    from pathlib import Path

    import yaml

    from truename.imports.files import Source

TTL = 3600  # `default_ttl` of YamlProvider
RICHER = ("dynamic", "geo")
YAML = (".yaml", ".yml")
_COLUMN = re.compile(r" \(column \d+\)$")  # of a text that nobody sees


def read(source: "Source") -> Taken:
    """The zone in *source*. Raises: ParseError when it cannot be opened"""
    from truename.imports.files import opened

    path = source.path
    zone = source.origin or (path.name if path.is_dir() else path.name.removesuffix(path.suffix))
    reading = _Reading(_absolute(zone), Included(path if path.is_dir() else path.parent))
    for file in sorted(one for one in path.iterdir() if one.suffix in YAML) if path.is_dir() else [path]:
        reading.file(file, opened(file))
    text = "".join(reading.lines).encode()
    notes, places = tuple(reading.notes), tuple(reading.places)
    return Taken(reading.zone, text, str(path), tuple(reading.problems), has_soa=False, notes=notes, places=places)


class _Reading:
    """What was read so far."""

    def __init__(self, zone: str, included: "Included") -> None:
        self.zone = zone
        self.lines: list[str] = []
        self.places: list[Place] = []
        self._included = included
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._seen: dict[tuple[str, str], str] = {}

    def file(self, path: "Path", text: bytes) -> None:
        """Take over one file."""
        import yaml

        self._path = str(path)
        try:
            root = self._included.root(path, text)
            for name, node in _sets(root):
                self._set(name, node)
        except yaml.MarkedYAMLError as wrong:
            self._no_yaml(wrong)
        except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as wrong:
            self._problem(None, f"no YAML: {str(wrong).splitlines()[0] if str(wrong) else type(wrong).__name__}")

    def _no_yaml(self, wrong: "yaml.MarkedYAMLError") -> None:
        said = wrong.problem or wrong.context or "is no YAML"
        self._problem(wrong.problem_mark or wrong.context_mark, f"no YAML of octoDNS: {said}")

    def _set(self, name_node: "yaml.Node", node: "yaml.Node") -> None:
        import yaml

        try:
            self._take(str(name_node.value), constructed(node), node)
        except yaml.MarkedYAMLError as wrong:
            self._no_yaml(wrong)
        except ParseError as wrong:
            self._problem(node.start_mark, wrong.message, wrong.hint)

    def _take(self, name: str, record: Any, node: "yaml.Node") -> None:
        if not isinstance(record, dict) or not isinstance(record.get("type"), str):
            raise ParseError(f'"{name}" has a record without a type', hint="type: A")
        if _is_left_out(record):
            return
        owner, rtype = self._owner(name), record["type"].upper()
        refuse_unknown(rtype)
        place = f"{node.start_mark.name}:{node.start_mark.line + 1}"
        before = self._seen.setdefault((owner, rtype), place)
        if before != place:
            raise ParseError(f"{owner} {rtype} stands at {before} already", hint="an RRset is written once")
        for key in RICHER:
            if record.get(key):
                self.notes.append(f"{place}: {owner} {rtype}: {key} answers are not DNS records; its values are taken")
        ttl = record.get("ttl", TTL)
        if isinstance(ttl, bool) or not isinstance(ttl, int) or not 0 <= ttl < 2**31:
            raise ParseError(f"ttl: {shown(ttl)} is no number of seconds")
        values = _values(record)
        nodes = _value_nodes(node, len(values))
        for value, mark in zip(values, nodes, strict=True):
            try:
                self._line(f"{owner} {ttl} IN {rtype}", (rtype, data(rtype, value)), (node, mark))
            except ParseError as wrong:
                self._problem(mark.start_mark, f"{owner} {rtype}: {wrong.message}", wrong.hint)

    def _line(self, head: str, content: tuple[str, str], nodes: "tuple[yaml.Node, yaml.Node]") -> None:
        """Take over one record. Raises: ParseError when the core cannot read it"""
        try:
            normalize(*content)
        except ValueError as wrong:
            raise ParseError(_COLUMN.sub("", str(wrong)).removeprefix(f"{content[0]}: ")) from None
        rrset, value = ((one.start_mark.line + 1, one.start_mark.column + 1) for one in nodes)
        self.lines.append(f"{head} {content[1]}\n")
        self.places.append(Place(nodes[0].start_mark.name, rrset, value))

    def _owner(self, name: str) -> str:
        ascii_name = to_ascii(name)
        if not ascii_name:
            return self.zone
        if is_absolute(ascii_name):
            raise ParseError(f'"{name}" ends in a dot', hint="names in octoDNS' YAML are relative to the zone")
        return lower(absolute(ascii_name, self.zone))

    def _problem(self, mark: "yaml.Mark | None", message: str, hint: str = "") -> None:
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        self.problems.append(Problem(mark.name if mark else self._path, line, column, message, hint))


def _sets(root: "yaml.Node | None") -> "Iterator[tuple[yaml.Node, yaml.Node]]":
    """(name, one RRset) of a file, in its order."""
    import yaml

    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        raise yaml.MarkedYAMLError(problem="names and their records are wanted", problem_mark=root.start_mark)
    for name, node in root.value:
        if not isinstance(name, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(problem="a name is wanted here", problem_mark=name.start_mark)
        is_list = isinstance(node, yaml.SequenceNode) and node.tag == "tag:yaml.org,2002:seq"
        for one in node.value if is_list else [node]:
            yield name, one


def _values(record: dict[str, Any]) -> list[Any]:
    """`value`, or all of `values`. Raises: ParseError for neither"""
    values = record.get("values")
    if values is None and record.get("value") is not None:
        values = record["value"]
    if values is None or values == []:
        raise ParseError(f"{record['type']} has no value", hint="value: ..., or values: [...]")
    return values if isinstance(values, list) else [values]


def _value_nodes(node: "yaml.Node", count: int) -> "list[yaml.Node]":
    """The nodes of the values of an RRset; the RRset itself where they cannot be told apart."""
    import yaml

    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    named: dict[str, yaml.Node] = {key.value: value for key, value in pairs if isinstance(key, yaml.ScalarNode)}
    found = named.get("values", named.get("value"))
    inside = [node] * count if found is None else found.value if isinstance(found, yaml.SequenceNode) else [found]
    return list(inside) if len(inside) == count else [node] * count


def _is_left_out(record: dict[str, Any]) -> bool:
    """`octodns: ignored: true`: octoDNS itself passes it over."""
    options = record.get("octodns")
    return isinstance(options, dict) and bool(options.get("ignored"))


def _absolute(zone: str) -> str:
    return lower(absolute(to_ascii(zone)))
