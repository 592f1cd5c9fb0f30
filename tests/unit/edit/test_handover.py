"""A zone of a file becomes one of the database, and goes back: what differs, its serial, what the plan says."""

from dataclasses import replace
from pathlib import Path

import pytest

from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.edit.plan import FileChange, plan_json
from truename.errors import RejectedEdit, ZoneExists
from truename.zone import Record
from unit.edit.kept import ME, Kept, put

NET = """\
example.net. 60 IN SOA ns1.example.com. h.example.net. 5 1 1 1 60
example.net. 60 IN NS ns1.example.com.
www.example.net. 60 IN CNAME www.example.com.
Two.example.net. 60 IN MX 10 Mail.example.com.
"""


def add(kept: Kept, tmp_path: Path, text: str = NET) -> Path:
    path = tmp_path / "example.net.zone"
    kept.files.add(path, text)
    return path


def take(text: str = NET) -> ChangeSet:
    return ChangeSet(zones=[ZoneChange("example.net.", is_new=True, takes_over=True, text=text.encode())])


DELETE = ChangeSet(zones=[ZoneChange("example.net.", is_deleted=True)])


def test_it_has_to_be_wanted(kept: Kept, tmp_path: Path) -> None:
    path = add(kept, tmp_path)
    with pytest.raises(ZoneExists) as exists:
        kept.make("example.net.", NET)
    assert "--take-over" in exists.value.hint and str(path) in exists.value.hint
    with pytest.raises(RejectedEdit) as refused:
        kept.edit(put("a", "A", "192.0.2.1", zone="example.net."))
    assert "--take-over" in refused.value.hint


def test_the_same_content_has_the_same_serial(kept: Kept, tmp_path: Path) -> None:
    path = add(kept, tmp_path)
    plan = kept.door.plan(take(), ME)
    assert plan.files == (FileChange("example.net.", str(path), is_read=False, serial=5),)
    assert plan.changes == () and plan.findings == () and plan.serials == {"example.net.": (5, 5)} and not plan.is_empty
    assert kept.files.file_of("example.net.") and kept.store.zone("example.net.") is None
    kept.door.commit(take(), ME)
    assert kept.files.file_of("example.net.") is None and kept.serial("example.net.") == 5
    kept.edit(put("a", "A", "192.0.2.1", zone="example.net."))
    assert kept.serial("example.net.") == 6
    assert plan_json(plan)["files"] == [{"zone": "example.net.", "file": str(path), "read": False, "serial": 5}]


@pytest.mark.parametrize(
    ("old", "new", "ops", "serial"),
    [
        ("h.example.net. 5 ", "h.example.net. 9 ", [], 9),
        ("h.example.net. 5 ", "h.example.net. 4 ", [], 5),
        ("h.example.net. 5 ", "H.Example.net. 6 ", [], 6),
        ("60 IN CNAME", "61 IN CNAME", ["change"], 6),
        ("www.example.net.", "web.example.net.", ["add", "delete"], 6),
        ("1 1 1 60\n", "1 1 1 61\n", ["change"], 6),
    ],
)
def test_what_differs_has_a_serial_that_goes_on(
    kept: Kept, tmp_path: Path, old: str, new: str, ops: list[str], serial: int
) -> None:
    add(kept, tmp_path)
    plan = kept.door.commit(take(NET.replace(old, new)), ME)
    assert [one.op for one in plan.changes] == ops and plan.change_count == len(ops)
    assert plan.serials["example.net."] == (5, serial) and kept.serial("example.net.") == serial


def test_findings_of_the_file_were_there_before(kept: Kept, tmp_path: Path) -> None:
    add(kept, tmp_path, NET + "gone.example.net. 60 IN CNAME no.example.com.\n")
    with_more = NET + "gone.example.net. 60 IN CNAME no.example.com.\nmore.example.net. 60 IN CNAME no.example.com.\n"
    plan = kept.door.plan(take(with_more), ME)
    assert {one.owner for one in plan.findings if one.rule == "target-missing"} == {"more.example.net."}


def test_it_goes_back_to_its_file(kept: Kept, tmp_path: Path) -> None:
    path = add(kept, tmp_path)
    kept.door.commit(take(), ME)
    kept.edit(put("www", "A", "192.0.2.7", zone="example.net."), put("www", "CNAME", zone="example.net."))
    plan = kept.door.plan(DELETE, ME)
    assert plan.files == (FileChange("example.net.", str(path), is_read=True, serial=5),)
    assert {(one.op, one.owner, one.type) for one in plan.changes} == {
        ("add", "www.example.net.", "CNAME"), ("delete", "www.example.net.", "A"),
    }  # fmt: skip
    kept.door.commit(DELETE, ME)
    assert kept.graph.explain("www.example.net.").records and kept.files.file_of("example.net.")
    kept.door.undo("example.net.", None, ME)
    assert kept.files.file_of("example.net.") is None and kept.serial("example.net.") > 6
    assert [one[3] for one in kept.graph.explain("www.example.net.").records] == ["192.0.2.7"]


def test_taking_it_back_gives_the_file_its_zone(kept: Kept, tmp_path: Path) -> None:
    add(kept, tmp_path)
    kept.door.commit(take(), ME)
    plan = kept.door.undo("example.net.", None, ME)
    assert plan.files[0].is_read and plan.changes == () and kept.files.file_of("example.net.")
    assert kept.graph.explain("www.example.net.").records


def test_a_broken_file_does_not_come_back(kept: Kept, tmp_path: Path) -> None:
    path = add(kept, tmp_path)
    kept.door.commit(take(), ME)
    path.write_text("this is no zone\n")
    plan = kept.door.commit(DELETE, ME)
    assert plan.files == (FileChange("example.net.", str(path), is_read=True, serial=0),) and plan.change_count == 4
    assert all(one.origin != "example.net." for one in kept.graph.zones())


def test_a_dry_run_hands_nothing_over(kept: Kept, tmp_path: Path) -> None:
    add(kept, tmp_path)
    kept.door.commit(take(), replace(ME, is_dry_run=True))
    assert kept.files.file_of("example.net.") and not kept.files.back


def test_disabled_records_go_with_the_zone_and_are_said(kept: Kept, tmp_path: Path) -> None:
    add(kept, tmp_path)
    kept.door.commit(take(), ME)
    off = SetChange("example.net.", "off.example.net.", "A", "replace", 60, [Record("192.0.2.9", is_disabled=True)])
    kept.edit(off)
    plan = kept.door.plan(DELETE, ME)
    assert [(one.op, one.owner, one.type) for one in plan.changes] == [("delete", "off.example.net.", "A")]
    kept.door.commit(DELETE, ME)
    back = kept.door.undo("example.net.", None, ME)
    assert [(one.op, one.owner) for one in back.changes] == [("add", "off.example.net.")]
    assert any("off.example.net." in line for line in kept.lines("example.net."))
