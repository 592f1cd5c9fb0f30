"""Several at once: whoever comes second is judged on what the first has left."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from truename.edit.door import Options
from truename.errors import GoneCaller, RejectedEdit, StaleEdit
from unit.edit.kept import COM, ME, Kept, put, take


def at_once(calls: Sequence[Callable[[], object]]) -> list[Exception | None]:
    """What became of each."""
    start = threading.Barrier(len(calls))
    ends: list[Exception | None] = [None] * len(calls)

    def run(number: int, call: Callable[[], object]) -> None:
        start.wait()
        try:
            call()
        except Exception as wrong:
            ends[number] = wrong

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def test_one_name(kept: Kept) -> None:
    """Two who have seen the same version: one has to look again."""
    for number in range(20):
        seen = replace(ME, base_serial=kept.serial())
        steps = [put("ftp", "A", f"192.0.2.{number}"), put("ftp", "A", f"198.51.100.{number}")]
        ends = at_once([lambda step=step, seen=seen: kept.edit(step, options=seen) for step in steps])
        assert sorted(type(end) for end in ends if end) == [StaleEdit]


def test_an_alias_and_data_at_one_name(kept: Kept) -> None:
    for _ in range(20):
        steps = [put("ftp", "A", "192.0.2.1"), put("ftp", "CNAME", "mail.example.com.")]
        ends = at_once([lambda step=step: kept.edit(step) for step in steps])
        assert [type(end) for end in ends if end] == [RejectedEdit]
        kept.edit(take("ftp", "A"), take("ftp", "CNAME"))


def test_a_loop_closed_by_two(kept: Kept) -> None:
    for _ in range(20):
        steps = [
            put("a", "CNAME", "b.example.org."),
            put("b", "CNAME", "a.example.com.", zone="example.org."),
        ]
        ends = at_once([lambda step=step: kept.edit(step) for step in steps])
        refused = [end for end in ends if isinstance(end, RejectedEdit)]
        assert len(refused) == 1 and [one.rule for one in refused[0].findings] == ["alias-loop"]
        kept.edit(take("a", "CNAME"))
        kept.edit(take("b", "CNAME", zone="example.org."))


def test_a_chain_of_two_zones(kept: Kept) -> None:
    """One makes a mail host, the other makes the host an alias: each alone would do."""
    kept.edit(put("host", "A", "192.0.2.7"))
    for _ in range(20):
        swap = [take("host", "A"), put("host", "CNAME", "mail.example.com.")]
        mail = put("@", "MX", "10 host.example.com.", zone="example.org.")
        ends = at_once([lambda swap=swap: kept.edit(*swap), lambda mail=mail: kept.edit(mail)])
        assert [type(end) for end in ends if end] == [RejectedEdit]
        kept.edit(take("@", "MX", zone="example.org."))
        kept.edit(take("host", "CNAME"), put("host", "A", "192.0.2.7"))


def test_files_are_read_while_edits_are_published(kept: Kept, tmp_path: Path) -> None:
    """A version that a file made in between does not lose the edit."""
    path = tmp_path / "net.zone"
    is_over = threading.Event()

    def read_on() -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            path.write_text(f"$ORIGIN example.net.\n{COM}n{number} 60 A 192.0.2.1\n")
            kept.graph.load_zone(str(path))

    path.write_text(f"$ORIGIN example.net.\n{COM}")
    kept.files.add(path, path.read_text())
    reader = threading.Thread(target=read_on)
    reader.start()
    try:
        for number in range(200):
            kept.edit(put("ftp", "A", f"192.0.2.{number}"))
            assert [record[3] for record in kept.graph.explain("ftp.example.com.").records] == [f"192.0.2.{number}"]
    finally:
        is_over.set()
        reader.join()


def test_a_key_that_is_revoked_while_its_edit_waits_for_its_turn(kept: Kept) -> None:
    """Whether a caller still holds is asked when the turn has come, not when the waiting began."""
    order: list[str] = []
    is_inside, goes_on = threading.Event(), threading.Event()

    def first() -> bool:
        is_inside.set()
        goes_on.wait(20)
        order.append("first")
        return True

    def second() -> bool:
        order.append("second")
        return False

    def by(holds: Callable[[], bool]) -> Options:
        return replace(ME, caller=replace(ME.caller, holds=holds))

    calls = [
        lambda: kept.edit(put("ftp", "A", "192.0.2.1"), options=by(first)),
        lambda: is_inside.wait(20) and kept.edit(put("ftp", "A", "192.0.2.2"), options=by(second)),
        lambda: is_inside.wait(20) and (time.sleep(0.2), goes_on.set()),
    ]
    ends = at_once(calls)
    assert [type(end) for end in ends if end] == [GoneCaller] and order == ["first", "second"]
    assert kept.contents("ftp", "A") == ["192.0.2.1"]
