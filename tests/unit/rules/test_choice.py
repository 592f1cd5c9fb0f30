"""[check]: what is asked, what it weighs, where it does not count."""

import pytest

from truename.config import Check
from truename.rules import IDS
from truename.rules.base import ALWAYS, Finding
from truename.rules.choice import apply, choose, matches
from truename.rules.doors import added, verdict


def finding(rule: str, severity: str = "error", file: str = "", owner: str = "a.example.com.") -> Finding:
    return Finding(rule, severity, "example.com.", owner, "CNAME", "b.", file, 1, 1, "message", "hint", False, [])


def ids(settings: Check, names=None, always=frozenset()) -> set[str]:
    return {rule.id for rule in choose(names, settings, always)}


def test_select_ignore_off():
    assert ids(Check()) == set(IDS)
    assert ids(Check(select=["ttl-zero", "alias-loop"])) == {"ttl-zero", "alias-loop"}
    assert ids(Check(select=["ttl-zero", "alias-loop"], ignore=["ttl-zero"])) == {"alias-loop"}
    assert ids(Check(severity={"alias-loop": "off"}), ["ttl-zero", "alias-loop"]) == {"ttl-zero"}
    assert ids(Check(select=["ttl-zero"], ignore=["alias-at-apex"]), always=ALWAYS) == ALWAYS | {"ttl-zero"}


def test_severities_and_paths():
    found = [finding("ttl-zero", "info"), finding("alias-at-apex", file="/z/test/a.zone"), finding("alias-loop")]
    settings = Check(
        severity={"ttl-zero": "error", "alias-at-apex": "info"}, per_path={"test/*": ["alias-loop", "alias-at-apex"]}
    )
    assert [(one.rule, one.severity) for one in apply(found, settings, frozenset())] == [
        ("ttl-zero", "error"),
        ("alias-loop", "error"),
    ]
    found = [finding("alias-at-apex", file="/z/test/a.zone")]
    assert [one.severity for one in apply(found, settings, ALWAYS)] == ["error"]


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("/z/a.zone", "a.zone", True),
        ("/z/a.zone", "*.zone", True),
        ("/z/a.zone", "z/*.zone", True),
        ("/z/a.zone", "y/*.zone", False),
        ("/z/y/a.zone", "z/*.zone", False),
        ("/z/y/x/a.zone", "z/**/*.zone", True),
        ("/z/y/x/a.zone", "z/**", True),
        ("/z/y/x/a.zone", "x/**/y/*", False),
        ("/z/a.zone", "/z/*", True),
        ("/y/z/a.zone", "/z/*", False),
    ],
)
def test_patterns(path, pattern, expected):
    assert matches(path, pattern) is expected


def test_patterns_mean_the_same_wherever_the_command_runs(tmp_path, monkeypatch):
    (tmp_path / "zones").mkdir()
    monkeypatch.chdir(tmp_path / "zones")
    assert matches("a.zone", "zones/*.zone")
    assert matches("./a.zone", "zones/*.zone")


def test_what_a_finding_does_to_a_change():
    assert verdict(finding("alias-loop")) == "refuses"
    assert verdict(finding("alias-loop", "warning")) == "shows"
    assert verdict(finding("alias-at-apex", "info")) == "refuses"
    assert verdict(finding("target-missing")) == "asks"
    assert verdict(finding("glue-missing", "warning")) == "asks"
    assert verdict(finding("glue-missing", "info")) == "shows"
    assert verdict(finding("alias-chain", "error")) == "shows"


def test_what_a_change_adds():
    old, new = finding("alias-loop"), finding("alias-loop", owner="c.example.com.")
    moved = finding("alias-loop", file="x")
    assert added([moved, new], [old]) == [new]
    assert added([moved, moved], [old]) == [moved]
    assert added([finding("chain-too-long")], [finding("chain-too-long", "warning")]) == [finding("chain-too-long")]
