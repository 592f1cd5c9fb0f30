"""YAML's nodes as values, bounded before they are made: what an anchor names may be repeated without end.

    a: &a [x, x, x]
    b: &b [*a, *a, *a]         each line three times as much as the one before

Nodes are counted as often as an alias or a merge key repeats them. A zone may repeat a few times what it writes out, as
common values of many records do; a text that stands for far more than it holds is refused, however short it is.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml

REPEATED = 100_000  # nodes that any text may repeat
TIMES = 4  # and so many times what it writes out
PART = 16  # characters of a scalar that count as one more node
NUMBER = 400  # characters of a number or a date: more are no TTL, and reading them takes their square
TEXT = "tag:yaml.org,2002:str"
BINARY = "tag:yaml.org,2002:binary"


def wrong(node: "yaml.Node", problem: str) -> Exception:
    """*problem* at the place of *node*."""
    import yaml

    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def refuse_repeats(root: "yaml.Node") -> None:
    """Raises: yaml.MarkedYAMLError when *root* stands for far more than is written, for itself, or for no text"""
    counts: dict[int, int] = {}
    written = [0]
    total = _counted(root, counts, written)
    if total - written[0] > REPEATED + TIMES * written[0]:
        raise wrong(root, "aliases and merge keys repeat far more than the file holds")


def _counted(node: "yaml.Node", counts: dict[int, int], written: list[int]) -> int:
    """How much *node* stands for. *counts* has it by node, 0 for those that are being counted; *written* the sum."""
    found = counts.get(id(node))
    if found == 0:
        raise wrong(node, "an alias stands inside of what it names")
    if found is not None:
        return found
    counts[id(node)] = 0
    own = 1 + (_length(node) // PART if isinstance(node.value, str) else 0)
    written[0] += own
    counts[id(node)] = total = own + sum(_counted(one, counts, written) for one in _children(node))
    return total


def _length(node: "yaml.Node") -> int:
    """Octets of a scalar. Raises: yaml.MarkedYAMLError for half a character: no file can hold it"""
    try:
        return len(node.value.encode())
    except UnicodeEncodeError:
        raise wrong(node, "this text holds what is no character") from None


def _children(node: "yaml.Node") -> "list[yaml.Node]":
    import yaml

    if isinstance(node, yaml.MappingNode):
        return [one for pair in node.value for one in pair]
    return node.value if isinstance(node, yaml.SequenceNode) else []


def constructed(node: "yaml.Node") -> Any:
    """The value of a node, wherever it was read. Raises: yaml.YAMLError"""
    return _constructor()("").construct_document(node)


@cache
def _constructor() -> Any:
    import yaml

    class Constructor(yaml.SafeLoader):
        """One whose faults are all YAML's: PyYAML hands on those of `int`, `date` and its own look-ups as they come."""

        def construct_object(self, node: "yaml.Node", deep: bool = False) -> Any:
            kind = node.tag.rpartition(":")[2]
            is_long = isinstance(node, yaml.ScalarNode) and len(node.value) > NUMBER
            if is_long and node.tag not in (TEXT, BINARY):
                raise wrong(node, f"this {kind} is longer than {NUMBER} characters")
            try:
                return super().construct_object(node, deep)
            except (ValueError, LookupError, ArithmeticError, AttributeError, TypeError):
                raise wrong(node, f"this is no {kind}") from None

    return Constructor
