"""A zone of octoDNS' YamlProvider: `example.com.yaml`, or the parts of it in a folder `example.com./`.

    '':                      the zone itself
      - type: A              one RRset, or a list of them
        ttl: 300             3600 where it is not said
        value: 192.0.2.1     value or values
    www:
      type: CNAME
      value: example.com.

octoDNS keeps no SOA; the zone keeps the one it has, or gets a usual one. What is more than DNS records - answers by
place and health - cannot be taken over: the plain values are, and it is said.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truename.errors import ParseError
from truename.idn import to_ascii
from truename.imports import Problem, Taken
from truename.imports.octodns_data import data, refuse_unknown

if TYPE_CHECKING:
    import yaml

    from truename.imports.files import Source

TTL = 3600  # `default_ttl` of YamlProvider
RICHER = ("dynamic", "geo")
YAML = (".yaml", ".yml")


def read(source: "Source") -> Taken:
    """The zone in *source*. Raises: ParseError when it cannot be opened"""
    from truename.imports.files import opened

    path = source.path
    zone = source.origin or (path.name if path.is_dir() else path.name.removesuffix(path.suffix))
    reading = _Reading(_absolute(zone))
    for file in sorted(one for one in path.iterdir() if one.suffix in YAML) if path.is_dir() else [path]:
        reading.file(file, opened(file))
    text = "".join(reading.lines).encode()
    return Taken(reading.zone, text, str(path), tuple(reading.problems), has_soa=False, notes=tuple(reading.notes))


class _Reading:
    """What was read so far."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self.lines: list[str] = []
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._seen: dict[tuple[str, str], str] = {}

    def file(self, path: Path, text: bytes) -> None:
        """Take over one file."""
        import yaml

        self._path = str(path)
        try:
            loader = yaml.SafeLoader(text)
            try:
                root = loader.get_single_node()
                for name, node in _sets(root):
                    self._set(loader, name, node)
            finally:
                loader.dispose()
        except yaml.MarkedYAMLError as wrong:
            mark = wrong.problem_mark or wrong.context_mark
            said = wrong.problem or wrong.context or "is no YAML"
            self._problem(mark, f"no YAML of octoDNS: {said}")
        except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as wrong:
            self._problem(None, f"no YAML: {str(wrong).splitlines()[0] if str(wrong) else type(wrong).__name__}")

    def _set(self, loader: "yaml.SafeLoader", name_node: "yaml.Node", node: "yaml.Node") -> None:
        record = loader.construct_object(node, deep=True)
        try:
            self.lines += self._lines(str(name_node.value), record, node)
        except ParseError as wrong:
            self._problem(node.start_mark, wrong.message, wrong.hint)

    def _lines(self, name: str, record: Any, node: "yaml.Node") -> Iterator[str]:
        if not isinstance(record, dict) or not isinstance(record.get("type"), str):
            raise ParseError(f'"{name}" has a record without a type', hint="type: A")
        if _is_left_out(record):
            return
        owner, rtype = self._owner(name), record["type"].upper()
        refuse_unknown(rtype)
        place = f"{self._path}:{node.start_mark.line + 1}"
        before = self._seen.setdefault((owner, rtype), place)
        if before != place:
            raise ParseError(f"{owner} {rtype} stands at {before} already", hint="an RRset is written once")
        for key in RICHER:
            if record.get(key):
                self.notes.append(f"{place}: {owner} {rtype}: {key} answers are not DNS records; its values are taken")
        ttl = record.get("ttl", TTL)
        if not isinstance(ttl, int) or not 0 <= ttl < 2**31:
            raise ParseError(f"ttl: {ttl!r} is no number of seconds")
        for value in _values(record):
            yield f"{owner} {ttl} IN {rtype} {data(rtype, value)}\n"

    def _owner(self, name: str) -> str:
        ascii_name = to_ascii(name)
        if not ascii_name:
            return self.zone
        if ascii_name.endswith("."):
            raise ParseError(f'"{name}" ends in a dot', hint="names in octoDNS' YAML are relative to the zone")
        return f"{ascii_name}.{self.zone}".lower()

    def _problem(self, mark: "yaml.Mark | None", message: str, hint: str = "") -> None:
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        self.problems.append(Problem(self._path, line, column, message, hint))


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


def _is_left_out(record: dict[str, Any]) -> bool:
    """`octodns: ignored: true`: octoDNS itself passes it over."""
    options = record.get("octodns")
    return isinstance(options, dict) and bool(options.get("ignored"))


def _absolute(zone: str) -> str:
    name = to_ascii(zone).lower()
    return name if name.endswith(".") else name + "."
