"""The rooms of the core stand in one order, and each imports only from those before it."""

import re
from pathlib import Path

CORE = Path(__file__).parents[2] / "rust/core/src"
FLOORS = (("name",), ("record",), ("packet", "zonefile"), ("graph",), ("walk",), ("facts",), ("world",), ("publish",))
FLOORS += (("listen",), ("answer",))
ORDER = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# The listeners know of messages only that they are octets: not even what the graph is.
SILENT = ("listen",)


def room_of(file: Path) -> str:
    return file.relative_to(CORE).parts[0].removesuffix(".rs")


def imports(file: Path) -> set[str]:
    """The rooms that *file* names, its tests left out."""
    text = file.read_text().split("#[cfg(test)]")[0]
    code = "\n".join(line.split("//")[0] for line in text.splitlines())
    return set(re.findall(r"\bcrate::(\w+)", code)) - {room_of(file)}


def test_every_room_has_its_floor():
    assert {room_of(file) for file in CORE.rglob("*.rs")} - {"lib"} == set(ORDER)


def test_imports_run_one_way():
    wrong = [
        f"{file.relative_to(CORE)} imports {room}"
        for file in CORE.rglob("*.rs")
        if room_of(file) != "lib"
        for room in sorted(imports(file))
        if ORDER[room] >= ORDER[room_of(file)] or room_of(file) in SILENT
    ]
    assert not wrong
