"""octoDNS' record forms as data in presentation form: one table, type by type.

A value is a text (A, CNAME, TXT ...) or a mapping (MX, SRV ...) of fields in the names of octoDNS' own documentation.
"""

from collections.abc import Callable, Mapping
from typing import Any

from truename.errors import ParseError
from truename.name import absolute, is_absolute, to_ascii

SEMICOLON = "\\;"  # octoDNS writes ; this way, because its first target wanted it
CHUNK = 255
SHOWN = 60  # characters of a value that a message quotes


def refuse_unknown(rtype: str) -> None:
    """Raises: ParseError for a type that is no DNS record, or has no form here"""
    if rtype not in FORMS:
        raise ParseError(_unsupported(rtype), hint=f"known are {', '.join(FORMS)}")


def data(rtype: str, value: object) -> str:
    """*value* of a record of *rtype*, one that is known. Raises: ParseError with what is wrong in it"""
    form = FORMS[rtype]
    if isinstance(form, str):
        return _fields(form, value)
    return form(value)


def _unsupported(rtype: str) -> str:
    if rtype == "URLFWD":
        return "URLFWD is no DNS record: it configures a web redirect at one provider, and cannot be taken over"
    if "/" in rtype:
        return f"{rtype} belongs to one provider of octoDNS and is no DNS record"
    return f"{rtype} is no type that can be taken over"


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ParseError(f"{shown(value)} is no text", hint="put it in quotes")
    return value.strip()


def _name(value: object) -> str:
    name = to_ascii(_text(value))
    if not is_absolute(name):
        raise ParseError(
            f"{name} has no final dot", hint=f"{absolute(name)} : octoDNS writes targets as absolute names"
        )
    return name


def _number(value: object) -> str:
    try:
        return str(int(value))  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        raise ParseError(f"{shown(value)} is no number") from None


def _metres(value: object) -> str:
    try:
        return f"{float(value):.2f}m"  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise ParseError(f"{shown(value)} is no number of metres") from None


def _decimal(value: object) -> str:
    try:
        return f"{float(value):.3f}"  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise ParseError(f"{shown(value)} is no number") from None


def _string(value: object) -> str:
    """A character-string that stands in a field."""
    if value is None:
        return '""'
    if not isinstance(value, str):
        raise ParseError(f"{shown(value)} is no text", hint="put it in quotes")
    return _quoted(value.replace(SEMICOLON, ";").encode())


def _raw_string(value: object) -> str:
    """One whose backslashes are escapes already, as octoDNS hands on those of NAPTR."""
    if not isinstance(value, str):
        raise ParseError(f"{shown(value)} is no text", hint="put it in quotes")
    return '"' + value.replace('"', '\\"') + '"'


def _texts(value: object) -> str:
    """TXT: one text of any length, perhaps quoted and in chunks already."""
    if not isinstance(value, str):
        raise ParseError(f"{shown(value)} is no text", hint="put it in quotes")
    if len(value) > 1 and value.startswith('"'):
        value = value[1:-1]
    octets = value.replace('" "', "").replace(SEMICOLON, ";").encode()
    return " ".join(_quoted(octets[start : start + CHUNK]) for start in range(0, len(octets) or 1, CHUNK))


def _quoted(octets: bytes) -> str:
    return '"' + "".join(_octet(octet) for octet in octets) + '"'


def _octet(octet: int) -> str:
    if octet in b'"\\':
        return "\\" + chr(octet)
    return chr(octet) if 0x20 <= octet < 0x7F else f"\\{octet:03}"


def _mx(value: object) -> str:
    fields = _mapping(value)
    preference = fields.get("preference", fields.get("priority"))
    return f"{_number(preference)} {_name(fields.get('exchange', fields.get('value')))}"


def _ds(value: object) -> str:
    fields = _mapping(value)
    if "public_key" in fields:  # the names before octoDNS 1.0, which meant the same four numbers
        return _fields("flags:number protocol:number algorithm:number public_key:text", value)
    return _fields("key_tag:number algorithm:number digest_type:number digest:text", value)


def _svcb(value: object) -> str:
    fields = _mapping(value)
    head = f"{_number(fields.get('svcpriority'))} {_name(fields.get('targetname'))}"
    parameters = fields.get("svcparams") or {}
    return " ".join([head, *(_parameter(key, one) for key, one in _mapping(parameters).items())])


def _parameter(key: str, value: object) -> str:
    if value is None:
        return str(key)
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{key}={_quoted(text.encode())}"


def _loc(value: object) -> str:
    latitude = "lat_degrees:number lat_minutes:number lat_seconds:decimal lat_direction:text"
    metres = "altitude:metres size:metres precision_horz:metres precision_vert:metres"
    return _fields(f"{latitude} {latitude.replace('lat_', 'long_')} {metres}", value)


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ParseError(f"{shown(value)} is no mapping of fields")
    return value


def _fields(form: str, value: object) -> str:
    """A mapping as fields in the order of *form*: `name:kind`, with `=` a default."""
    fields = _mapping(value)
    parts = []
    for field in form.split():
        name, _, kind = field.partition(":")
        kind, _, default = kind.partition("=")
        if name not in fields and not default:
            raise ParseError(f"{name} is missing")
        try:
            parts.append(_KINDS[kind](fields.get(name, default)))
        except ParseError as wrong:
            raise ParseError(f"{name}: {wrong.message}", hint=wrong.hint) from None
    return " ".join(parts)


def shown(value: object) -> str:
    """*value* in a message, the first of it."""
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


_KINDS: dict[str, Callable[[object], str]] = {
    "number": _number,
    "name": _name,
    "text": _text,
    "string": _string,
    "raw": _raw_string,
    "metres": _metres,
    "decimal": _decimal,
}

FORMS: dict[str, str | Callable[[object], str]] = {
    "A": _text,
    "AAAA": _text,
    "ALIAS": _name,
    "CAA": "flags:number=0 tag:text value:string",
    "CNAME": _name,
    "DNAME": _name,
    "DS": _ds,
    "HTTPS": _svcb,
    "LOC": _loc,
    "MX": _mx,
    "NAPTR": "order:number preference:number flags:raw service:raw regexp:raw replacement:name",
    "NS": _name,
    "OPENPGPKEY": _text,
    "PTR": _name,
    "SPF": _texts,
    "SRV": "priority:number weight:number port:number target:name",
    "SSHFP": "algorithm:number fingerprint_type:number fingerprint:text",
    "SVCB": _svcb,
    "TLSA": "certificate_usage:number=0 selector:number=0 matching_type:number=0 certificate_association_data:text",
    "TXT": _texts,
    "URI": "priority:number weight:number target:string",
}
