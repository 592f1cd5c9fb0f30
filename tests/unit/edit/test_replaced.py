"""A text in the place of a zone, of which so much differs that the graph reads all of it: nothing else is another."""

import pytest

from truename.edit import zone_edit
from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.edit.door import Options
from truename.edit.plan import plan_json
from truename.zone import Record
from unit.edit.kept import COM, ME, Kept

SAME = COM
OTHER = COM.replace("192.0.2.1", "192.0.2.9").replace("shop   32600 IN CNAME www\n", "new 60 IN A 192.0.2.4\n")
NUMBERED = OTHER.replace(" 7 7200", " 99 7200")
ALIAS = COM.replace("ns1    300  IN A     192.0.2.53", "ns1 300 IN CNAME mail")
TEXTS = [
    SAME,
    OTHER,
    NUMBERED,
    ALIAS,
    COM.replace("SOA   ns1", "SOA   ns2"),
    COM + "x.example.org. 60 IN A 192.0.2.1\n",
]


def replaced(kept: Kept, text: str, options: Options) -> object:
    from truename.errors import RejectedEdit

    change = ChangeSet(zones=[ZoneChange("example.com.", text=text.encode())])
    try:
        return plan_json(kept.door.commit(change, options))
    except RejectedEdit as wrong:
        return wrong.errors


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("is_dry_run", [True, False])
def test_it_comes_to_the_same(kept: Kept, monkeypatch, text: str, is_dry_run: bool, tmp_path) -> None:
    from truename.store import Store
    from unit.edit.kept import ORG

    options = Options(caller=ME.caller, is_dry_run=is_dry_run)
    with Store.open(f"sqlite:///{tmp_path / 'other.db'}") as store:
        other = Kept(store)
        other.make("example.com.", COM)
        other.make("example.org.", ORG)
        expected = replaced(other, text, options)
        lines, serial = other.lines(), other.serial()
    monkeypatch.setattr(zone_edit, "MANY", 0)
    assert replaced(kept, text, options) == expected
    assert (kept.lines(), kept.serial()) == (lines, serial)
    kept.assert_published()


def test_what_the_text_cannot_say_stays(kept: Kept, monkeypatch) -> None:
    monkeypatch.setattr(zone_edit, "MANY", 0)
    kept.edit(SetChange("example.com.", "off.example.com.", "A", records=(Record("192.0.2.7", is_disabled=True),)))
    kept.door.commit(ChangeSet(zones=[ZoneChange("example.com.", text=OTHER.encode())]), ME)
    assert kept.graph.explain("off.example.com.", "A").rcode == "NXDOMAIN"
    kept.assert_published()
