"""Bodies that nobody should send, made from the OpenAPI description: each place of each body takes each odd value.

{"rrsets": [{"name": ODD, ..}]}, {"rrsets": ODD}, ODD        and the same for every operation that takes a body
"""

import json
from collections.abc import Iterator
from typing import Any

DIGITS = "9" * 6000  # more than Python makes an int of
LISTS = "[" * 10_000 + "]" * 10_000
OBJECTS = '{"a":' * 10_000 + "1" + "}" * 10_000
OCTETS = [
    b"",
    b"\0",
    b"\xff\xfe\x80",
    b"null",
    b"1",
    b"[]",
    b'"x"',
    b"NaN",
    b"1e400",
    b"1e999999999",
    b"\xef\xbb\xbf{}",
    b'{"a":',
    b'"\\ud800"',
    b'{"name": "a.", "name": 1, "zones": [], "zones": {}}',
    DIGITS.encode(),
    LISTS.encode(),
    OBJECTS.encode(),
]
# As they stand in JSON, which most of them cannot be.
VALUES = [
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "1e400",
    "-1e999",
    "NaN",
    "Infinity",
    DIGITS,
    f"-{DIGITS}",
    f'"{DIGITS}"',
    '"-1"',
    '" 12 "',
    '"\u0663"',
    '"1e3"',
    '""',
    '"\\u0000"',
    '"\\ud800"',
    '"\\udc00x"',
    '"\\u2028"',
    '"x\\ny"',
    f'"{"a" * 70_000}"',
    f'"{"a." * 200}"',
    '".."',
    '"."',
    '"*"',
    '"@"',
    '"xn--"',
    '"xn--a.example.com."',
    '"\\u200d.example.com."',
    '"\\\\999."',
    '"\\\\"',
    '"www.example.org."',
    '"com."',
    "[]",
    "{}",
    "[null]",
    "[1]",
    "[[]]",
    "[{}]",
    LISTS,
    OBJECTS,
    f'["{DIGITS}"]',
    "18446744073709551616",
    "-9223372036854775809",
    "4294967296",
    "2147483648",
    '"TYPE99999"',
    '"TYPE\u0663"',
]
GOOD = {
    "name": "www.example.com.",
    "kind": "Native",
    "type": "A",
    "changetype": "REPLACE",
    "content": "192.0.2.1",
    "role": "viewer",
    "target": "www.example.com.",
    "to": "new.example.com.",
    "repoint": "www.example.com.",
    "password": "a long password",
    "zone": None,
    "nameservers": ["ns.example.com."],
    "metadata": ["x"],
    "masters": ["192.0.2.1"],
    "catalog": "",
}
HEAD = "@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.1\n"
LINES = [
    "x.example.org. 60 A 192.0.2.1",
    "x.example.org. 60 NS ns",
    "x.example.org. 60 SOA ns h 1 2 3 4 5",
    "com. 60 NS ns",
    ". 60 NS ns",
    "$ORIGIN .\nx 60 A 192.0.2.1",
    "$GENERATE 1-3 x$.example.org. 60 A 192.0.2.$",
    "@ 60 CNAME x",
    "a 60 A 192.0.2.1\na 60 CNAME b",
    f"a {DIGITS} A 192.0.2.1",
    f"$TTL {DIGITS}",
    f"a 60 TYPE{DIGITS} \\# 0",
    f"$GENERATE 1-{DIGITS} a A 192.0.2.1",
    f"$GENERATE 1-2 a${{0,{DIGITS},d}} A 192.0.2.1",
    "a 60 TXT \0",
    "(" * 10_000,
    f"a 60 TXT {'x ' * 40_000}",
    "$INCLUDE /etc/passwd",
    'a 60 TXT "',
    "\u2028 60 A 192.0.2.1",
]


def texts() -> Iterator[bytes]:
    """Master files with a zone's records before what is odd, and without."""
    for line in LINES:
        yield f"{HEAD}{line}\n".encode()
        yield f"{line}\n".encode()
    yield from OCTETS


def bodies(schema: dict[str, Any]) -> Iterator[bytes]:
    """JSON of *schema* in which one place is odd."""
    whole = _example(schema)
    for place in _places(whole):
        marked = json.dumps(_put(whole, place))
        for value in VALUES:
            yield marked.replace(json.dumps(MARK), value).encode("utf-8", "surrogatepass")
    for text in texts():
        if "zones" in whole:
            yield json.dumps({"zones": [{"name": "example.com.", "text": text.decode("latin-1")}]}).encode()
        if "zone" in whole:
            yield json.dumps({"name": "fresh.example.", "kind": "Native", "zone": text.decode("latin-1")}).encode()
    yield from OCTETS


MARK = "\N{REPLACEMENT CHARACTER}here"


def _example(schema: dict[str, Any], name: str = "") -> Any:
    if name in GOOD:
        return GOOD[name]
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], name)
    match schema.get("type"):
        case "object":
            return {key: _example(one, key) for key, one in schema.get("properties", {}).items()}
        case "array":
            return [_example(schema.get("items", {}))]
        case "boolean":
            return False
        case "string":
            return HEAD if name == "text" else "x"
        case _:
            return 1


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in parts:
        yield from _places(one, (*place, key))


def _put(value: Any, place: tuple[Any, ...]) -> Any:
    if not place:
        return MARK
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = _put(copy[place[0]], place[1:])
    return copy
