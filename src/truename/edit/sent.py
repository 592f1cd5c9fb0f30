"""Texts that were sent, read before anybody has to wait for them: seconds for a million records, and no zone is needed.

What `$GENERATE` makes is little to write and much to keep. So it is counted, in all texts of one change together, and
refused before any of it is made. Records that are written out are bounded by the body that holds them.
"""

from collections.abc import Iterator
from dataclasses import replace

from truename._core import count_generated, read_text
from truename.config import Limits
from truename.edit.change import ChangeSet, ZoneChange
from truename.edit.judging import malformed


def read(change: ChangeSet, limits: Limits) -> ChangeSet:
    """*change* with its texts read; what is wrong in them is in `ZoneChange.read`.

    Raises: RejectedEdit when more would be made than *limits* allow
    """
    refuse_more(change, limits)
    return replace(change, zones=tuple(_read(change)))


def refuse_more(change: ChangeSet, limits: Limits) -> None:
    """Raises: RejectedEdit for the first directive that makes more than *limits* leave to it"""
    records, octets = limits.generate_records, limits.generate_octets
    for one in change.zones:
        if one.text is None:
            continue
        made, length, problems = count_generated(one.text, one.zone, records, octets)
        if problems:
            raise malformed(one.zone, problems)
        records, octets = records - made, octets - length


def _read(change: ChangeSet) -> Iterator[ZoneChange]:
    for one in change.zones:
        read = None if one.text is None else read_text(one.text, one.zone, is_ours=one.is_ours)
        yield replace(one, read=read)
