"""Texts that are sent: what they would make is bounded before it is made, and they are read before the door is shut."""

import threading

import pytest

from truename.config import Limits
from truename.edit import sent
from truename.edit.change import ChangeSet, ZoneChange
from truename.errors import RejectedEdit
from unit.edit.kept import ME, Kept

HEAD = b"@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\n"
LIMITS = Limits(generate_records=1000, generate_octets=200_000)


def refused(kept: Kept, *zones: ZoneChange) -> RejectedEdit:
    kept.door.configure(kept.check, LIMITS)
    with pytest.raises(RejectedEdit) as caught:
        kept.door.commit(ChangeSet(zones=zones), ME)
    return caught.value


@pytest.mark.parametrize("is_new", [True, False])
def test_more_than_the_limit_is_refused_with_its_line_and_the_setting(kept: Kept, is_new: bool, monkeypatch) -> None:
    monkeypatch.setattr(sent, "read_text", lambda *_, **__: pytest.fail("it was read"))
    zone = "example.net." if is_new else "example.com."
    wrong = refused(kept, ZoneChange(zone, is_new=is_new, text=HEAD + b"$GENERATE 1-1001 a$ 60 A 192.0.2.1\n"))
    assert wrong.message == (
        f"{zone} line 4, column 1: $GENERATE would make 1001 records, with those before it; at most 1000 are made of"
        " one text"
    )
    assert wrong.hint == "take a smaller range, or raise [limits] generate_records of the server"
    assert [(one.rule, one.line) for one in wrong.findings] == [("zone-malformed", 4)]
    assert not kept.door.has("example.net.")


def test_octets_are_bounded_too(kept: Kept) -> None:
    text = HEAD + b"$GENERATE 1-1000 a$ 60 TXT " + b"x" * 200 + b"\n"
    wrong = refused(kept, ZoneChange("example.net.", is_new=True, text=text))
    assert "octets of records" in wrong.message
    assert wrong.hint.endswith("[limits] generate_octets of the server")


def test_the_texts_of_one_change_are_counted_together(kept: Kept) -> None:
    text = HEAD + b"$GENERATE 1-600 a$ 60 A 192.0.2.1\n"
    wrong = refused(kept, *(ZoneChange(f"{name}.example.", is_new=True, text=text) for name in ("one", "two")))
    assert wrong.message.startswith("two.example. line 4")


def test_records_that_are_written_out_are_not_counted(kept: Kept) -> None:
    kept.door.configure(kept.check, Limits(generate_records=10))
    lines = "".join(f"a{number} 60 A 192.0.2.1\n" for number in range(1001))
    text = HEAD + lines.encode() + b"$GENERATE 1-10 b$ 60 A 192.0.2.1\n"
    kept.door.commit(ChangeSet(zones=[ZoneChange("example.net.", is_new=True, text=text)]), ME)
    assert len(list(kept.store.rrsets("example.net."))) == 3 + 1001 + 10


def test_limits_that_are_not_told_stay(kept: Kept) -> None:
    kept.door.configure(kept.check, LIMITS)
    kept.door.configure(kept.check)
    text = HEAD + b"$GENERATE 1-1001 a$ 60 A 192.0.2.1\n"
    with pytest.raises(RejectedEdit):
        kept.door.plan(ChangeSet(zones=[ZoneChange("example.net.", is_new=True, text=text)]), ME)


def test_a_text_is_read_while_others_hold_the_door(kept: Kept, monkeypatch) -> None:
    """Not for a moment does an edit wait for a text that is being read."""
    was_read, original = threading.Event(), sent.read_text

    def noted(*arguments, **named):
        read = original(*arguments, **named)
        was_read.set()
        return read

    monkeypatch.setattr(sent, "read_text", noted)
    change = ChangeSet(zones=[ZoneChange("example.net.", is_new=True, text=HEAD)])
    committing = threading.Thread(target=kept.door.commit, args=(change, ME))
    with kept.door._lock:
        committing.start()
        assert was_read.wait(20), "the text waits for the door"
        assert not kept.door.has("example.net.")
    committing.join()
    assert kept.door.has("example.net.")
