"""Every command that these pages show is run, and prints what is shown.

A command is a line `$ COMMAND` in a fenced block; the lines below it are its output, on stdout and stderr together. In
the output `...` stands for anything within a line, and alone on a line for any lines; how much space separates words
does not matter. `make run` has been done: its output is the ready line of the server that the other commands ask.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from process import PATIENCE, ServerProcess, environment

ROOT = Path(__file__).parents[2]
PAGES = ["docs/aliases.md", "docs/editing.md", "docs/start.md", "README.md"]
ANY_LINES = r"(?:.*\n)*"


@dataclass
class Page:
    """A directory that looks like a checkout, and the server that `make run` would have started in it."""

    directory: Path
    server: ServerProcess

    def here(self, text: str) -> str:
        """*text* with the ports of this server in place of those of `make run`."""
        dns, http = self.server.dns[0].rpartition(":")[2], self.server.http.rpartition(":")[2]
        return text.replace("5300", dns).replace("8053", http)


@dataclass
class Command:
    """What to run, what it prints, and where it is shown."""

    line: int
    text: str
    output: list[str]


def commands(page: Path) -> Iterator[Command]:
    """The commands of the fenced blocks of a Markdown file, in order."""
    is_fenced, found = False, None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if line.startswith("```"):
            is_fenced = not is_fenced
        if line.startswith("```") or (is_fenced and line.startswith("$ ")):
            if found:
                yield found
            found = Command(number, line[2:], []) if is_fenced and line.startswith("$ ") else None
        elif found:
            found.output.append(line)


def pattern(output: list[str]) -> str:
    """A regular expression for what is shown."""

    def line_pattern(line: str) -> str:
        return r"\s+".join(re.escape(word).replace(r"\.\.\.", ".*") for word in line.split())

    lines = [
        ANY_LINES if line.strip() == "..." else rf"\s*{line_pattern(line)}\s*\n" for line in output if line.strip()
    ]
    return "".join(lines)


@pytest.fixture(scope="module", params=PAGES)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Page]]:
    directory = tmp_path_factory.mktemp("checkout")
    (directory / "examples").symlink_to(ROOT / "examples")
    arguments = ["--config", "examples/truename.toml", "--data", "truename-data", "examples/zones"]
    server = ServerProcess(arguments, cwd=directory)
    try:
        yield ROOT / request.param, Page(directory, server.wait_ready())
    finally:
        server.kill()


def run(command: str, page: Page) -> str:
    """What *command* prints, without empty lines."""
    if command == "make run":
        return "ready dns={dns} http={http} zones={zones} records={records} load={load}s\n".format(**page.server.ready)
    programs = Path(sys.executable).parent
    env = environment({"PATH": f"{programs}:{os.environ['PATH']}"})
    text = command.replace(".venv/bin/truename", "truename")
    done = subprocess.run(
        ["bash", "-c", page.here(text)],
        cwd=page.directory,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return "".join(f"{line}\n" for line in done.stdout.splitlines() if line.strip())


def test_what_the_page_shows_is_what_the_commands_print(page: tuple[Path, Page]) -> None:
    path, here = page
    shown = list(commands(path))
    assert shown, f"{path} shows no command"
    for command in shown:
        printed = run(command.text, here)
        expected = here.here(pattern(command.output))
        assert re.fullmatch(expected, printed), f"{path.name}:{command.line}: $ {command.text}\nprinted:\n{printed}"
