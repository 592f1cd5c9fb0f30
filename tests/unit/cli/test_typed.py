"""What people type becomes what DNS holds."""

import pytest

from truename.cli import typed
from truename.errors import ParseError

ZONE = "example.com."


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("example.com", "example.com."),
        ("Example.COM.", "example.com."),
        ("bücher.example", "xn--bcher-kva.example."),
        ("BÜCHER。example", "xn--bcher-kva.example."),
        (".", "."),
        ("a\\.", "a\\.."),  # the dot is part of the label
    ],
)
def test_absolute(text, name):
    assert typed.absolute(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("@", "example.com."),
        ("www", "www.example.com."),
        ("WWW", "www.example.com."),
        ("a.b", "a.b.example.com."),
        ("*.b", "*.b.example.com."),
        ("_dmarc", "_dmarc.example.com."),
        ("bücher", "xn--bcher-kva.example.com."),
        ("www.example.org.", "www.example.org."),
        ("www.example.com.", "www.example.com."),
        ("www.example.org", "www.example.org.example.com."),
        ("www.Example.com", "www.example.com."),
        ("example.com", "example.com."),
        ("myexample.com", "myexample.com.example.com."),
        ("www\\.example.com", "www\\.example.com.example.com."),
        ("a\\.b", "a\\.b.example.com."),
        ("a\\.", "a\\..example.com."),
        ("bücher。example。com", "xn--bcher-kva.example.com."),
        ("www.example.com.example.com.", "www.example.com.example.com."),
    ],
)
def test_an_owner_is_relative_to_its_zone(text, name):
    assert typed.owner(text, ZONE) == name


@pytest.mark.parametrize("text", ["", "  ", "a\\", "bü cher"])
def test_an_owner_that_is_no_name(text):
    with pytest.raises(ParseError):
        typed.owner(text, ZONE)


def test_an_owner_in_the_root():
    assert typed.owner("com", ".") == "com." == typed.owner("com.", ".") and typed.owner("@", ".") == "."


@pytest.mark.parametrize("text", ["", "1A", "A B", "Ä", "A\n"])
def test_what_is_no_type(text):
    with pytest.raises(ParseError):
        typed.record_type(text)


def test_a_type_in_any_case():
    assert typed.record_type("cname") == "CNAME" and typed.record_type("nsap-ptr") == "NSAP-PTR"
