"""The documentation says what the program does."""

import importlib.util
import re
from pathlib import Path

from truename.cli import app

DOCS = Path(__file__).parents[2] / "docs"


def test_made_pages_are_what_make_docs_writes():
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert (DOCS / "cli.md").read_text() == generate.text(), "run `make docs`"
    assert (DOCS / "rules.md").read_text() == generate.rules_text(), "run `make docs`"
    assert (DOCS / "api.md").read_text() == generate.api_text(), "run `make docs`"
    written = {page.name: page.read_text() for page in generate.MAN.iterdir()}
    assert written == generate.man_pages(), "run `make docs`"
    assert written.keys() == {"truename.1", *(f"truename-{verb}.1" for verb in app.commands)}


def test_operations_md_names_only_flags_and_metrics_that_exist():
    text = (DOCS / "operations.md").read_text()
    unit = (DOCS.parent / "examples" / "systemd" / "truename.service").read_text()
    known = {option for command in app.commands.values() for one in command.params for option in one.opts}
    commands = re.findall(r"^(?:\$ |ExecStart=\S+/)truename .*$", text + unit, re.MULTILINE)
    assert len(commands) >= 2
    for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]+", "\n".join(commands)):
        assert flag in known, flag
    source = (DOCS.parent / "src" / "truename" / "serve" / "metrics.py").read_text()
    for metric in set(re.findall(r"\btruename_[a-z_]+", text)):
        base = re.sub(r"_(total|info|bucket)$", "", metric)
        assert f'"{base}"' in source, metric


def test_a_newcomer_finds_what_the_questions_name():
    root = DOCS.parent
    rows = re.findall(r"^\| [^|]+\? \| `([^`]+)` \| `(\w+)` \|$", (root / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    assert len(rows) == 12
    for file, name in rows:
        defined = rf"^\s*(pub(\(\w+\))? )?(async )?(def|class|fn|struct|enum|const|static) {name}\b"
        assert re.search(defined, (root / file).read_text(), re.MULTILINE), f"{file} does not define {name}"


def test_words_stand_in_order_and_once():
    words = re.findall(r"^\| ([a-z ]+) \| \S", (DOCS / "words.md").read_text(), re.MULTILINE)[1:]
    assert len(words) > 20
    assert words == sorted(set(words))
