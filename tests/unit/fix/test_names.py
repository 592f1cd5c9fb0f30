import pytest

from truename.fix.names import has_service_label, origin_of, written_like


@pytest.mark.parametrize(
    ("written", "name", "instead", "expected"),
    [
        ("www", "www.example.com.", "host.example.com.", "host"),
        ("www.sub", "www.sub.example.com.", "a.b.example.com.", "a.b"),
        ("www", "www.example.com.", "host.example.net.", "host.example.net."),
        ("www", "www.example.com.", "example.com.", "example.com."),
        ("@", "example.com.", "host.example.com.", "host"),
        ("www.example.com.", "www.example.com.", "host.example.com.", "host.example.com."),
        ("www", "www.", "host.example.", "host.example"),  # the origin is the root
        (r"a\.b", r"a\.b.example.com.", "host.example.com.", "host"),
        ("WWW", "www.example.com.", "host.example.com.", "host"),
        ("www", "www.example.com.", "host.notexample.com.", "host.notexample.com."),
    ],
)
def test_a_name_is_written_as_the_one_in_its_place_was(written: str, name: str, instead: str, expected: str) -> None:
    assert written_like(written, name, instead) == expected


def test_where_a_relative_name_was_completed() -> None:
    assert origin_of("www", "www.example.com.") == "example.com."
    assert origin_of("www.", "www.") is None
    assert origin_of("www", "www.") == "."


def test_service_labels() -> None:
    assert has_service_label("_dmarc.example.com.") and has_service_label("s1._domainkey.example.com.")
    assert not has_service_label("a_b.example.com.")
