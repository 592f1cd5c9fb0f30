"""Where unsafe code may stand: in the listeners, each block with its reason, and nowhere else.

The compiler refuses it in the other modules (`#[forbid(unsafe_code)]` in lib.rs, `deny` in the workspace), and clippy a
block without a SAFETY comment. Both are attributes that somebody could take away; this looks at the text.
"""

import re
import tomllib
from pathlib import Path

RUST = Path(__file__).parents[2] / "rust"
LISTENERS = RUST / "core/src/listen"
EXAMPLES = RUST / "core/examples"  # what the bench measures with; not part of the product

UNSAFE = re.compile(r"^[^/\"]*\bunsafe\b(?!_)", re.MULTILINE)  # the word in code, not in a comment or a text
ALLOW = re.compile(r"allow\([^)]*unsafe_code")


def sources() -> list[Path]:
    found = [path for path in RUST.rglob("*.rs") if "target" not in path.relative_to(RUST).parts]
    assert len(found) > 50
    return found


def test_unsafe_code_stands_in_the_listeners_only():
    with_unsafe = {path for path in sources() if UNSAFE.search(path.read_text()) or ALLOW.search(path.read_text())}
    product = {path for path in with_unsafe if EXAMPLES not in path.parents}
    assert all(LISTENERS in path.parents for path in product), product
    assert {path.name for path in product} == {"batch.rs", "idle.rs", "option.rs", "poll.rs", "source.rs"}


def test_every_unsafe_block_has_its_reason():
    for path in sources():
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            if re.match(r"[^/\"]*\bunsafe (\{|impl\b)", line):
                above = "\n".join(lines[max(0, number - 6) : number])
                assert "SAFETY:" in above, f"{path}:{number + 1}"
            elif re.match(r"[^/\"]*\bunsafe fn\b", line):
                assert "# Safety" in "\n".join(lines[max(0, number - 6) : number]), f"{path}:{number + 1}"


def test_the_compiler_is_told():
    modules = re.findall(r"((?:#\[.*\]\n)*)pub mod (\w+);", (RUST / "core/src/lib.rs").read_text())
    assert {name for attributes, name in modules if "#[forbid(unsafe_code)]" not in attributes} == {"listen"}
    lints = tomllib.loads((RUST / "Cargo.toml").read_text())["workspace"]["lints"]
    assert lints["rust"]["unsafe_code"] == lints["rust"]["unsafe_op_in_unsafe_fn"] == "deny"
    assert lints["clippy"]["undocumented_unsafe_blocks"] == "deny"
    for member in ("core", "binding"):
        assert tomllib.loads((RUST / member / "Cargo.toml").read_text())["lints"] == {"workspace": True}
