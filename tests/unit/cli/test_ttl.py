"""TTLs as people type them."""

import click
import pytest

from truename.cli.ttl import TTL


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("300", 300),
        ("5m", 300),
        ("1h", 3600),
        ("2d", 172800),
        ("1W", 604800),
        ("1h30m", 5400),
        ("30s", 30),
        (" 60 ", 60),
        ("2147483647", 2**31 - 1),
    ],
)
def test_a_ttl(text, seconds):
    assert TTL.convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "-1", "5 m", "m", "5x", "1.5h", "2147483648", "99999d", "٣", "1h30"])
def test_what_is_no_ttl(text):
    with pytest.raises(click.BadParameter):
        TTL.convert(text, None, None)
