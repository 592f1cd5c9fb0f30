"""The names of files that zones are exported to."""

import pytest

from truename.cli.exporting import file_name


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("example.com.", "example.com.zone"),
        (".", "root.zone"),
        ("0/25.2.0.192.in-addr.arpa.", "0%2F25.2.0.192.in-addr.arpa.zone"),
        (r"a\.b.example.", "a%5C.b.example.zone"),
    ],
)
def test_file_names(zone: str, name: str) -> None:
    assert file_name(zone) == name
