"""octoDNS' `!include`: another file in the place of a value, or of several that are put together.

    www: !include parts/www.yaml
    mail: !include [mx.yaml, txt.yaml]        mappings are merged, lists joined

Files are read inside the folder of the zone and nowhere else, links followed: a zone that somebody else wrote must not
show what this account can read. How deep and how much has a limit, as everything has that a file can ask for.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from truename.errors import ParseError
from truename.imports import TEXT_LIMIT
from truename.imports.octodns_nodes import refuse_repeats, wrong

if TYPE_CHECKING:
    import yaml

TAG = "!include"
DEPTH = 16
FILES = 1000


class Included:
    """The files of one zone. *folder*: what they may be in"""

    def __init__(self, folder: Path) -> None:
        self._folder = os.path.realpath(folder)
        self._open: list[str] = []
        self._files = self._size = 0

    def root(self, path: Path, text: bytes) -> "yaml.Node | None":
        """The content of *path* with all that it includes. Raises: yaml.YAMLError with its place, UnicodeDecodeError"""
        import yaml

        loader = yaml.SafeLoader(text)
        loader.name = str(path)
        self._open.append(os.path.realpath(path))
        try:
            node = loader.get_single_node()
            if node is not None:
                refuse_repeats(node)
                node = self._filled(node, path, set())
            return node
        finally:
            self._open.pop()
            loader.dispose()

    def _filled(self, node: "yaml.Node", path: Path, seen: set[int]) -> "yaml.Node":
        """*node*, in which every `!include` is what it stands for."""
        import yaml

        if node.tag == TAG:
            return self._included(node, path)
        if id(node) in seen:  # an alias, perhaps to itself
            return node
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            node.value = [self._filled(one, path, seen) for one in node.value]
        elif isinstance(node, yaml.MappingNode):
            node.value = [(key, self._filled(value, path, seen)) for key, value in node.value]
        return node

    def _included(self, node: "yaml.Node", path: Path) -> "yaml.Node":
        import yaml

        names = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not names or not all(isinstance(one, yaml.ScalarNode) and one.value for one in names):
            raise wrong(node, "a file, or a list of files, is wanted behind !include")
        return _joined(node, [self._file(one, path) for one in names])

    def _file(self, node: "yaml.Node", path: Path) -> "yaml.Node":
        import yaml

        file = path.parent / str(node.value)
        real = os.path.realpath(file)
        if not Path(real).is_relative_to(self._folder):
            raise wrong(node, f"{node.value} lies outside the folder of the zone, and is not read")
        if real in self._open or len(self._open) > DEPTH or self._files >= FILES:
            raise wrong(node, f"{node.value} includes itself, or there are too many files in files")
        found = self.root(file, self._opened(node, file))
        return found if found is not None else yaml.ScalarNode("tag:yaml.org,2002:null", "")

    def _opened(self, node: "yaml.Node", file: Path) -> bytes:
        from truename.imports.files import opened

        try:
            text = opened(file)
        except ParseError as unread:
            raise wrong(node, unread.message) from None
        self._files += 1
        self._size += len(text)
        if self._size > TEXT_LIMIT:
            raise wrong(node, "with this file the zone is larger than can be taken")
        return text


def _joined(node: "yaml.Node", parts: "list[yaml.Node]") -> "yaml.Node":
    """Several files as one value. Raises: yaml.MarkedYAMLError when they are of different kinds"""
    import yaml

    first = parts[0]
    if len(parts) == 1:
        return first
    for kind in (yaml.MappingNode, yaml.SequenceNode):
        if all(isinstance(one, kind) for one in parts):
            values = [value for one in parts for value in one.value]
            return kind(first.tag, values, node.start_mark, node.end_mark)
    raise wrong(node, "the files hold neither mappings alone nor lists alone")
