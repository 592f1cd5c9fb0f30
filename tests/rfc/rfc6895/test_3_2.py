"""RFC 6895 3.1 and 3.2: types and classes that are reserved are still just numbers to a server."""

import pytest

from ..client import Subject, expect
from ..negative import EXAMPLE_COM


@pytest.mark.parametrize("rtype", ["TYPE127", "TYPE256", "TYPE1000", "TYPE32769", "TYPE65279", "TYPE65535"])
def test_every_type_may_be_asked_for(subject: Subject, rtype: str) -> None:
    expect(subject.ask("host.example.com", rtype), "NOERROR", answer="", authority=EXAMPLE_COM)


@pytest.mark.parametrize("rclass", ["CLASS0", "CLASS65535"])
def test_reserved_classes_are_not_served(subject: Subject, rclass: str) -> None:
    expect(subject.ask("host.example.com", "A", rclass=rclass), "REFUSED", aa=False, answer="")
