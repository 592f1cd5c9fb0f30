"""Changes that take seconds: others change other zones meanwhile, and what was judged is what is published."""

import itertools
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from truename.edit import long, published
from truename.edit.change import ChangeSet, ZoneChange
from truename.edit.plan import Plan
from truename.errors import NoZone, RejectedEdit, StaleEdit, StoreError, ZoneExists
from unit.edit.kept import ME, Kept, put, take

ZONE = "example.net."
HOSTS = 200
NUMBERS = itertools.count()
HEAD = "@ 300 SOA ns1 h 7 2 3 4 5\n@ 300 NS ns1\nns1 300 A 192.0.2.53\n"
TEXT = HEAD + "".join(f"h{number} 300 A 192.0.2.{number}\n" for number in range(HOSTS))


@pytest.fixture(autouse=True)
def _everything_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long, "LARGE", 1000)
    monkeypatch.setattr(published, "LARGE", 1000)
    monkeypatch.setattr(long, "MANY", 20)


def in_another_thread(work: Callable[[], object]) -> object:
    """What came of it. Nobody who holds the door's lock may wait for this."""
    ends: list[object] = []

    def run() -> None:
        try:
            ends.append(work())
        except Exception as wrong:
            ends.append(wrong)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(30)
    assert ends, "it waits for the long change"
    if isinstance(ends[0], Exception):
        raise ends[0]
    return ends[0]


def between(kept: Kept, monkeypatch: pytest.MonkeyPatch, *works: Callable[[], object]) -> list[int]:
    """Let each of *works* happen between the judging of a long change and its commit, one after each judging.

    Returns: a list that has as many entries as the change was judged
    """
    judged: list[int] = []
    rest = list(works)
    follows = long.LongChange._follows

    def behind(self: long.LongChange, check: object, rounds: int = -1) -> bool:
        if rounds >= 0:
            judged.append(len(judged))
            if rest:
                in_another_thread(rest.pop(0))
        return follows(self, check, rounds)  # type: ignore[arg-type]

    monkeypatch.setattr(long.LongChange, "_follows", behind)
    return judged


def data(kept: Kept, owner: str) -> list[str]:
    """What is answered, without the owner."""
    return [record[3] for record in kept.graph.explain(owner).records]


def imported(kept: Kept, text: str = TEXT, **options: object) -> Plan:
    return kept.make(ZONE, text, replace(ME, **options))  # type: ignore[arg-type]


def deleted(kept: Kept) -> Plan:
    return kept.door.commit(ChangeSet(zones=[ZoneChange(ZONE, is_deleted=True)]), ME)


def edits(kept: Kept, count: int = 30) -> Callable[[], object]:
    """Each makes something else."""
    return lambda: [kept.edit(put(f"n{number}", "A", f"198.51.100.{next(NUMBERS) % 250}")) for number in range(count)]


def test_others_edit_while_a_zone_is_imported(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept.serial()
    judged = between(kept, monkeypatch, edits(kept))
    plan = imported(kept)
    assert plan.is_saved and judged == [0] and kept.serial() != before
    assert len(kept.store.journal("example.com.")) == 31 and len(kept.store.journal(ZONE)) == 1
    assert data(kept, f"h7.{ZONE}") == ["192.0.2.7"]
    assert data(kept, "n29.example.com.")


def test_others_edit_while_a_zone_is_deleted_and_comes_back(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(kept)
    for number, work in enumerate((deleted, lambda kept: kept.door.undo(ZONE, None, ME))):
        with monkeypatch.context() as patch:
            judged = between(kept, patch, edits(kept, 10))
            assert work(kept).is_saved and judged == [0]
        assert (kept.store.zone(ZONE) is None) == (number == 0)
        assert bool(data(kept, f"h7.{ZONE}")) == (number == 1)
    assert len(kept.store.journal("example.com.")) == 21


def test_others_edit_while_rows_are_written(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    staging = kept.store.staging

    @contextmanager
    def beside(zone, whole, refuse):
        in_another_thread(edits(kept, 5))
        with staging(zone, whole, refuse) as number:
            in_another_thread(edits(kept, 5))
            yield number

    monkeypatch.setattr(kept.store, "staging", beside)
    assert imported(kept).is_saved
    assert len(kept.store.journal("example.com.")) == 11


def test_zones_come_and_go_meanwhile(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def work() -> None:
        kept.make("example.info.", HEAD)
        kept.edit(put("a", "A", "192.0.2.1", zone="example.info."))
        kept.door.commit(ChangeSet(zones=[ZoneChange("example.org.", is_deleted=True)]), ME)
        kept.make(f"below.{ZONE}", HEAD)
        kept.door.undo("example.org.", None, ME)
        kept.door.commit(ChangeSet(zones=[ZoneChange("example.info.", is_deleted=True)]), ME)

    judged = between(kept, monkeypatch, work)
    assert imported(kept).is_saved and judged == [0]
    assert {zone.origin for zone in kept.graph.zones()} == {"example.com.", "example.org.", ZONE, f"below.{ZONE}"}


def test_an_alias_of_a_name_that_the_import_lacks(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody minds it while its target is in no zone of ours; with the import it leads nowhere."""
    alias = put("away", "CNAME", f"gone.{ZONE}")
    judged = between(kept, monkeypatch, lambda: kept.edit(alias, options=replace(ME, is_strict=True)))
    with pytest.raises(RejectedEdit) as refused:
        imported(kept, is_strict=True)
    assert refused.value.asks == ("target-missing",) and judged == [0]
    assert kept.store.zone(ZONE) is None and not data(kept, f"h7.{ZONE}")
    accepted = imported(kept, is_strict=True, accept=frozenset(("target-missing",)))
    assert accepted.is_saved and kept.store.journal(ZONE)[0].accepted == ("target-missing",)


def test_an_alias_of_a_name_that_goes(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made while its target is still there, so nobody minds it; and then its zone ends."""
    imported(kept)
    between(kept, monkeypatch, lambda: kept.edit(put("late", "CNAME", f"h7.{ZONE}")))
    with pytest.raises(RejectedEdit) as refused:
        kept.door.commit(ChangeSet(zones=[ZoneChange(ZONE, is_deleted=True)]), replace(ME, is_strict=True))
    assert refused.value.asks == ("zone-still-named",) and data(kept, "late.example.com.")


def test_a_short_text_that_makes_many(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = between(kept, monkeypatch, edits(kept, 5))
    text = f"{HEAD}$GENERATE 1-{HOSTS} h$ 300 A 192.0.2.$\n"
    assert len(text) < long.LARGE and imported(kept, text).is_saved and judged == [0]


def test_it_is_judged_anew_until_it_stands(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Always another alias: the last time nobody else has the lock."""
    works = [lambda n=n: kept.edit(put(f"away{n}", "CNAME", f"gone.{ZONE}")) for n in range(long.AGAIN)]
    judged = between(kept, monkeypatch, *works)
    assert imported(kept).is_saved and len(judged) == long.AGAIN
    assert "target-missing" in kept.store.journal(ZONE)[0].accepted


def test_a_zone_file_is_read_meanwhile(kept: Kept, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    judged = between(kept, monkeypatch, lambda: kept.files.add(tmp_path / "f", f"$ORIGIN example.info.\n{HEAD}"))
    assert imported(kept).is_saved and judged == [0, 1]
    assert data(kept, "ns1.example.info.") and data(kept, f"h7.{ZONE}")


def test_a_file_of_its_name_is_read_meanwhile(kept: Kept, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    between(kept, monkeypatch, lambda: kept.files.add(tmp_path / "f", f"$ORIGIN {ZONE}\n{HEAD}"))
    with pytest.raises(ZoneExists) as refused:
        imported(kept)
    assert "it is read from" in refused.value.hint
    assert kept.store.zone(ZONE) is None and data(kept, f"ns1.{ZONE}")


def test_who_changes_the_same_zone_waits(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[object] = []
    threads = []

    def edit() -> None:
        def run() -> None:
            for work in (lambda: imported(kept), lambda: kept.edit(put("h7", "A", "192.0.2.99", zone=ZONE))):
                try:
                    ends.append(work().is_saved)
                except (ZoneExists, NoZone) as wrong:
                    ends.append(type(wrong))

        threads.append(threading.Thread(target=run, daemon=True))
        threads[0].start()
        edits(kept, 5)()
        assert ends == []

    between(kept, monkeypatch, edit)
    assert imported(kept).is_saved
    threads[0].join(30)
    assert ends == [ZoneExists, True] and data(kept, f"h7.{ZONE}") == ["192.0.2.99"]


def test_two_long_changes_come_one_after_the_other(kept: Kept) -> None:
    ends: list[bool] = []
    zones = [f"zone{number}.example." for number in range(4)]
    threads = [threading.Thread(target=lambda z=zone: ends.append(kept.make(z, TEXT).is_saved)) for zone in zones]
    for thread in threads:
        thread.start()
    edits(kept, 20)()
    for thread in threads:
        thread.join()
    assert ends == [True] * 4


def test_what_is_refused_leaves_nothing(kept: Kept) -> None:
    zones = kept.graph.zones()
    for text, why in ((f"{TEXT}x 300 CNAME y\ny 300 CNAME x\n", "loop"), (f"{TEXT}h7 300 CNAME y\n", "alias")):
        with pytest.raises(RejectedEdit, match=why):
            imported(kept, text)
        assert kept.store.zone(ZONE) is None and kept.store.journal(ZONE) == []
    assert [zone.origin for zone in kept.graph.zones()] == [zone.origin for zone in zones]
    with pytest.raises(StaleEdit):
        imported(kept, base_serial=4)
    assert imported(kept).is_saved


def test_the_database_fails(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise StoreError("the disk is full")

    commit = kept.store.commit
    monkeypatch.setattr(kept.store, "commit", fail)
    with pytest.raises(StoreError):
        imported(kept)
    assert kept.door.trouble and not data(kept, f"h7.{ZONE}")
    monkeypatch.setattr(kept.store, "commit", commit)
    assert imported(kept).is_saved and not kept.door.trouble


def test_a_dry_run_holds_nobody_and_leaves_nothing(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    change = ChangeSet(zones=[ZoneChange(ZONE, is_new=True, text=TEXT.encode())])
    made = kept.door._judged

    def beside(*arguments):
        monkeypatch.setattr(kept.door, "_judged", made)
        in_another_thread(edits(kept, 5))
        return made(*arguments)

    monkeypatch.setattr(kept.door, "_judged", beside)
    plan = kept.door.plan(change, ME)
    assert not plan.is_saved and plan.counts == {"add": HOSTS + 3}
    assert len(kept.store.journal("example.com.")) == 6 and kept.store.zone(ZONE) is None
    kept.edit(take("n1", "A"))
