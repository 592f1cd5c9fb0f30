"""`name_spans`: where names stand in data that somebody typed."""

import pytest

from truename._core import name_spans


@pytest.mark.parametrize(
    ("rtype", "data", "names"),
    [
        ("MX", "10 mail", ["mail"]),
        ("cname", "bücher.example.", ["bücher.example."]),
        ("RP", "münch.example. téxt", ["münch.example.", "téxt"]),
        ("NAPTR", '1 2 "s" "é" "" _sip', ["_sip"]),
        ("A", "192.0.2.1", []),
        ("NOTYPE", "www", []),
        ("MX", "10", []),
        ("CNAME", "\\# 3 016100", []),
    ],
)
def test_names_are_found_by_characters(rtype: str, data: str, names: list[str]) -> None:
    assert [data[start:end] for start, end in name_spans(rtype, data)] == names
