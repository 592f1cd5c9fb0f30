"""`zone edit`: the text of a zone in an editor, which is a script here."""

import re
import sys
import tempfile
from pathlib import Path

import pytest
from terminal import Terminal
from test_verbs import CHAIN, Verbs

SCRIPT = "#!/bin/sh\n"


@pytest.fixture
def editor(tmp_path, monkeypatch):
    """Makes `$EDITOR` a script; it finds the text at `$1`."""
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def set_to(*lines: str) -> None:
        script = tmp_path / "edit"
        script.write_text(SCRIPT + "\n".join(lines) + "\n")
        script.chmod(0o755)
        monkeypatch.setenv("EDITOR", f"{script} --wait")

    return set_to


@pytest.fixture
def verbs(tmp_path):
    verbs = Verbs(tmp_path)
    verbs.change("zone", "import", verbs.file("example.com.zone", CHAIN.format(origin="example.com.")))
    return verbs


def kept(text: str) -> Path:
    """The file that a message names."""
    found = re.search(r"the text is kept in (\S+)", text)
    assert found, text
    return Path(found[1])


def test_what_differs_is_a_plan(verbs, editor):
    before = verbs.contents()
    editor('test "$1" = --wait || exit 9', 'sed -i s/192.0.2.53/192.0.2.54/ "$2"', 'echo "new 5m IN TXT hello" >> "$2"')
    run = verbs.change("zone", "edit", "example.com")
    assert "192.0.2.53 -> 192.0.2.54" in run.stdout and "Plan: 1 to add, 1 to change, 0 to delete" in run.stdout
    after = verbs.contents()
    assert after["ns1.example.com.", "A"] == ["192.0.2.54"] and after["new.example.com.", "TXT"] == ['"hello"']
    assert set(after) == {*before, ("new.example.com.", "TXT")}
    assert "kept in" not in run.stderr


def test_a_text_that_says_the_same(verbs, editor):
    editor("true")
    run = verbs.change("zone", "edit", "example.com")
    assert (run.stdout, run.stderr) == ("No changes.\n", "")
    editor('sort "$2" > x && (cat x; echo \'; a comment\') > "$2"', "rm x")
    assert verbs.change("zone", "edit", "example.com").stdout == "No changes.\n"


def test_an_empty_text_deletes_nothing(verbs, editor):
    before = verbs.contents()
    editor(': > "$2"')
    run = verbs.change("zone", "edit", "example.com", status=2)
    assert "holds no record" in run.stderr and "zone delete" in run.stderr
    assert verbs.contents() == before


def test_comments_and_disabled_records_stay(verbs, editor):
    words = ("record", "add", "example.com", "web", "A")
    verbs.change(*words, "192.0.2.80", "--comment", "the old one")
    verbs.change(*words, "192.0.2.81", "--disabled")
    editor('sed -i s/192.0.2.80/192.0.2.82/ "$2"')
    verbs.change("zone", "edit", "example.com")
    (web,) = verbs.json("record", "list", "example.com", "--owner", "web")
    assert [(one["content"], one["disabled"]) for one in web["records"]] == [
        ("192.0.2.82", False),
        ("192.0.2.81", True),
    ]
    assert [one["content"] for one in web["comments"]] == ["the old one"]
    editor('sed -i /^web/d "$2"')
    verbs.change("zone", "edit", "example.com")
    (web,) = verbs.json("record", "list", "example.com", "--owner", "web")
    assert [(one["content"], one["disabled"]) for one in web["records"]] == [("192.0.2.81", True)]


@pytest.mark.parametrize(
    ("script", "status", "said"),
    [
        ('echo "bad A 192.0.2.300" >> "$2"', 1, ":7: error[zone-malformed] `192.0.2.300` is no IPv4 address"),
        ('echo "x CNAME nowhere" >> "$2"', 1, "error[target-missing]"),
        ('echo "x.example.org. A 192.0.2.1" >> "$2"', 1, "error[data-out-of-zone]"),
        ('sed -i /SOA/d "$2"', 1, "no SOA"),
        ('echo "x A 192.0.2.1" >> "$2"; exit 3', 2, ""),
    ],
)
def test_what_is_not_carried_out_is_kept(verbs, editor, script, status, said):
    before = verbs.json("zone", "history", "example.com")
    editor(script)
    run = verbs.change("zone", "edit", "example.com", status=status)
    assert said in run.stdout
    assert "192.0.2.53" in kept(run.stderr).read_text()
    assert verbs.json("zone", "history", "example.com") == before


def test_a_dry_run_keeps_the_text(verbs, editor):
    editor('echo "x A 192.0.2.1" >> "$2"')
    run = verbs("zone", "edit", "example.com", "--dry-run")
    assert "Plan: 1 to add" in run.stdout and "x A 192.0.2.1" in kept(run.stderr).read_text()


def test_an_editor_that_is_not_there(verbs, monkeypatch):
    monkeypatch.setenv("VISUAL", "/nonexistent/editor")
    run = verbs.change("zone", "edit", "example.com", status=2)
    assert "/nonexistent/editor" in run.stderr and "VISUAL" in run.stderr and "kept in" not in run.stderr


def test_a_zone_that_moved_on(serve, tmp_path, editor):
    verbs = Verbs(tmp_path, serve())
    verbs.change("zone", "import", verbs.file("example.com.zone", CHAIN.format(origin="example.com.")))
    editor(
        'echo "mine A 192.0.2.1" >> "$2"',
        f"{Path(sys.executable).parent}/truename record set example.com other A 192.0.2.9 --yes"
        f" --data {verbs.directory} >/dev/null 2>&1",
    )
    run = verbs.change("zone", "edit", "example.com", status=1)
    assert "other.example.com." in run.stdout and "mine A 192.0.2.1" in kept(run.stderr).read_text()
    assert ("mine.example.com.", "A") not in verbs.contents()


def test_a_person_edits_again(verbs, editor, tmp_path):
    """The first text cannot be read, the second is refused, the third is meant."""
    editor(
        "count=$(cat count 2>/dev/null || echo 0); echo $((count + 1)) > count",
        'case $count in 0) echo "x A nonsense" >> "$2";; 1) sed -i "s/x A nonsense/x CNAME 192.0.2.1/" "$2";;',
        '*) sed -i "s/x CNAME 192.0.2.1/x A 192.0.2.1/" "$2";; esac',
    )
    with Terminal("zone", "edit", "example.com", cwd=tmp_path) as person:
        for answer in ("Edit the text again? [y/N]", "Edit the text again? [y/N]", "Carry this out? [y/N]"):
            person.wait_for(answer)
            person.text = ""
            person.type("y\n")
        assert person.wait() == 0
    assert verbs.contents()["x.example.com.", "A"] == ["192.0.2.1"]
