"""Names as text are cut, joined and lowered in `truename.name` and nowhere else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "truename"
HOME = SOURCE / "name.py"

NAMES = frozenset({"name", "names", "owner", "zone", "target", "origin", "alias", "host", "written"})
_DOTS = frozenset({".", "*.", "\\."})
_PATTERN = re.compile(r"\[\^\.|\(\?:\\\\\.")  # a class of all but dots, an escape that is passed over

# What looks like it and is no name of the DNS: (file, the expression) with the reason.
OTHERS = {
    ("cli/notice_text.py", 'name.rfind(".", 0, width)'): "where a line of the screen ends, which may be anywhere",
    ("cli/serve.py", 'f"{section}.{key}"'): "a setting",
    ("cli/transport.py", "name.lower()"): "a header of HTTP",
    ("cli/wire.py", r'rb"(?:[^.\\]|\\\d{3}|\\.)+"'): "octets of an alias in the form of RFC 3597",
    ("cli/zone_files.py", 'entry.name.startswith(".")'): "a folder",
    ("config.py", 'dotted.split(".")'): "a setting",
    ("config.py", 'f"{section}.{name}"'): "a setting",
    ("config.py", 'f"{section}.{one.name}"'): "a setting",
    ("idn.py", '"." in label'): "a label, which the library for IDNA would take for two",
    ("imports/configured/__init__.py", 'f"{known}."'): "a file",
    ("imports/files.py", 'path.name.count(".")'): "a file of octoDNS, which counts all dots",
    ("imports/files.py", 'path.name.endswith(".")'): "a folder of octoDNS",
    ("imports/files.py", 'path.name.startswith(".")'): "a file",
    ("serve/data_directory.py", 'f".{one}"'): "a file",
    ("serve/data_directory.py", 'name.rpartition(".")'): "a file",
    ("serve/options.py", 'f"{section}.{key}"'): "a setting",
    ("serve/options.py", 'key.partition(".")'): "a setting",
    ("serve/sandbox/links.py", 'part not in ("", ".")'): "a path",
    ("serve/sources.py", 'entry.name.startswith(".")'): "a file",
    ("store/faults.py", 'type(wrong).__module__.partition(".")'): "a module of Python",
    ("web/answers.py", "'.'.join(str(part) for part in one['loc'][1:])"): "a field of a body",
    ("web/api/records.py", 'word.replace(".", "")'): "whether a word is a number or an address",
    ("web/docs.py", "name.lower()"): "an anchor of a page",
}


def suspicious(tree: ast.AST, text: str) -> Iterator[str]:
    """The expressions that cut, join or lower something as if it were a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and _is_suspicious(node):
            yield ast.get_source_segment(text, node) or ast.unparse(node)


def _is_suspicious(node: ast.expr) -> bool:
    match node:
        case ast.Call():
            return any(map(_is_dot, _operands(node))) or _lowers_a_name(node)
        case ast.Compare() | ast.BinOp():
            return any(map(_is_dot, _operands(node)))
        case ast.JoinedStr():
            return _is_joined(node)
        case _:
            return _PATTERN.search(_text(node)) is not None


def _operands(node: ast.Call | ast.Compare | ast.BinOp) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        return [*node.args, *([node.func.value] if isinstance(node.func, ast.Attribute) else [])]
    return [node.left, *(node.comparators if isinstance(node, ast.Compare) else [node.right])]


def _text(node: ast.expr) -> str:
    value = node.value if isinstance(node, ast.Constant) else None
    return value.decode("latin-1") if isinstance(value, bytes) else value if isinstance(value, str) else ""


def _is_dot(node: ast.expr) -> bool:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(_text(one) in _DOTS for one in parts)


def _is_joined(node: ast.JoinedStr) -> bool:
    """Whether all of it is `{name}.`, `.{zone}`, `*.{zone}` or `{name}.{zone}`."""
    shape = "".join("v" if isinstance(one, ast.FormattedValue) else _text(one) for one in node.values)
    return shape in ("v.", ".v", "*.v", "v.v")


def _lowers_a_name(node: ast.Call) -> bool:
    func = node.func
    if node.args or not isinstance(func, ast.Attribute) or func.attr not in ("lower", "casefold"):
        return False
    of = func.value
    word = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
    return word in NAMES


def found_in(file: Path) -> list[str]:
    text = file.read_text()
    return list(suspicious(ast.parse(text), text))


def test_names_are_cut_in_one_place() -> None:
    files = [file for file in sorted(SOURCE.rglob("*.py")) if file != HOME]
    found = {(str(file.relative_to(SOURCE)), one) for file in files for one in found_in(file)}
    assert sorted(found - OTHERS.keys()) == [], "ask truename.name, or say above why it is no name"
    assert sorted(OTHERS.keys() - found) == [], "these are not there any more"


def test_what_is_found() -> None:
    text = r"""
name.split("."); name.endswith((".", "x")); host.rstrip("."); b"." in name; name + "."; ".".join(labels)
f"{name}."; f"{name}.{zone}"; f".{zone}"; zone.lower(); one.owner.lower(); re.compile(r"(?:[^.\\]|\\.)+"); zone == "."
"""
    assert len(set(suspicious(ast.parse(text), text))) == 13


def test_what_is_none() -> None:
    text = """
f"{name} is no name."; "a.b".split("/"); word.lower(); path.suffix == ".zone"; print("It ends. So.")
"""
    assert list(suspicious(ast.parse(text), text)) == []
