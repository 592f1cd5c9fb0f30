"""Each rule's page: it has all its parts, its bad zone is found where it says, and its good zone is clean."""

import re
from pathlib import Path

import pytest
from judged import judged, marked

from truename import rules
from truename.edit.change import ChangeSet, ZoneChange
from truename.edit.door import Options
from truename.rules import ALWAYS, IDS
from truename.rules.base import load, table
from truename.rules.doors import doors
from truename.rules.page import page, whole
from truename.store import Store
from unit.edit.kept import Kept

FOLDER = Path(rules.__file__).parent
# The table that users rely on: rule, severity, what it does to a change.
# Rules that warn of some, or all, of what stands there.
MILDER = ("chain-too-long", "target-without-data", "signed-zone-edited")
TABLE = {
    "target-is-address": ("error", "refuses"),
    "target-malformed": ("error", "refuses"),
    "alias-at-apex": ("error", "refuses"),
    "alias-with-other-data": ("error", "refuses"),
    "multiple-aliases": ("error", "refuses"),
    "alias-loop": ("error", "refuses"),
    "mx-target-is-alias": ("error", "refuses"),
    "ns-target-is-alias": ("error", "refuses"),
    "srv-target-is-alias": ("error", "refuses"),
    "ptr-target-is-alias": ("warning", "shows"),
    "chain-too-long": ("error", "refuses"),
    "multiple-dnames": ("error", "refuses"),
    "dname-with-ns": ("error", "refuses"),
    "dname-with-children": ("error", "refuses"),
    "dname-overflow": ("error", "refuses"),
    "data-out-of-zone": ("error", "refuses"),
    "zone-malformed": ("error", "refuses"),
    "target-missing": ("error", "asks"),
    "target-without-data": ("warning", "asks"),
    "glue-missing": ("warning", "asks"),
    "name-already-named": ("warning", "asks"),
    "data-below-cut": ("warning", "asks"),
    "zone-still-named": ("warning", "asks"),
    "signed-zone-edited": ("error", "asks"),
    "alias-chain": ("warning", "shows"),
    "missing-trailing-dot": ("warning", "asks"),
    "alias-below-cut": ("warning", "shows"),
    "alias-not-followed": ("warning", "shows"),
    "wildcard-captures": ("warning", "shows"),
    "soa-name-doubled": ("warning", "shows"),
    "ttls-differ": ("warning", "shows"),
    "host-name-characters": ("warning", "shows"),
    "two-spf": ("warning", "shows"),
    "dmarc-malformed": ("warning", "shows"),
    "policy-record-lost": ("warning", "asks"),
    "odd-owner": ("warning", "asks"),
    "ttl-zero": ("info", "shows"),
    "shared-address": ("info", "shows"),
    "unused-ignore": ("warning", "shows"),
}


def test_the_table():
    assert {name: (rule.severity, rule.door) for name, rule in table().items()} == TABLE
    assert tuple(TABLE) == IDS
    assert doors() == {name: door for name, (_, door) in TABLE.items()}
    assert set(IDS) >= ALWAYS


def test_one_file_for_each_rule():
    files = {file.stem.replace("_", "-") for file in FOLDER.glob("*.py") if "\nRULE = " in file.read_text()}
    assert files == set(IDS)
    with pytest.raises(KeyError):
        load("base")


@pytest.mark.parametrize("name", IDS)
def test_the_parts_of_the_page(name):
    about = page(name)
    assert about.rule.id == name
    for part in ("What:", "Why:", "Bad zone:", "Good zone:", "Source:", name):
        assert part in about.text()
    assert re.search(r"RFC \d+|docs/", about.source)


@pytest.mark.parametrize("name", IDS)
def test_the_bad_zone_is_found_where_it_says(name, tmp_path):
    text = whole(page(name).bad)
    (tmp_path / "example.com.zone").write_text(text)
    found = [finding for finding in judged([tmp_path / "example.com.zone"]) if finding.rule == name]
    assert [finding.line for finding in found] == [line for line, _ in marked(text)]
    for finding in found:
        assert finding.severity == TABLE[name][0] or name in MILDER
        assert finding.zone == "example.com."
        assert finding.message and finding.hint
        assert not finding.message.endswith(".") or finding.message.split()[-1].count(".") > 1


@pytest.mark.parametrize("name", [name for name in IDS if page(name).before])
def test_what_a_change_does_is_found(name, tmp_path):
    about = page(name)
    for after, count in ((about.bad, about.before.count("; <-")), (about.good, 0)):
        with Store.open(f"sqlite:///{tmp_path / f'{count}.db'}") as store:
            kept = Kept(store)
            kept.make("example.com.", whole(about.before))
            change = ChangeSet(zones=[ZoneChange("example.com.", text=whole(after).encode())])
            plan = kept.door.plan(change, Options())
            assert len([one for one in plan.findings if one.rule == name]) == count
            assert (name in plan.asks) == (count > 0)


@pytest.mark.parametrize("name", IDS)
def test_the_good_zone_is_clean(name, tmp_path):
    (tmp_path / "example.com.zone").write_text(whole(page(name).good))
    assert judged([tmp_path / "example.com.zone"]) == []
