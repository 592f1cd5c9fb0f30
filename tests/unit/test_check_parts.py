"""Parts of `truename check`: the bar on a terminal, and the hooks that others run."""

import io
import sys
from pathlib import Path

import yaml

from truename.cli import app, progress

ROOT = Path(__file__).parents[2]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch, stream: io.StringIO, patience: float) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE", patience)
    monkeypatch.setenv("TERM", "xterm")
    with progress.reading(200) as show:
        if show:
            show(50, 200)
            show(200, 200)
    return stream.getvalue()


def test_a_bar_on_a_terminal_when_it_takes_long(monkeypatch):
    assert "reading 200 files" in shown(monkeypatch, Terminal(), -1.0)


def test_no_bar_when_it_is_quick_or_nobody_looks(monkeypatch):
    assert shown(monkeypatch, Terminal(), 60.0) == ""
    assert shown(monkeypatch, io.StringIO(), -1.0) == ""


def test_the_hook_runs_what_there_is():
    (hook,) = [
        hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text()) if hook["id"] == "truename-check"
    ]
    program, verb = hook["entry"].split()
    assert program == "truename" and verb in app.commands
    assert hook["require_serial"] is True  # all files are one world
