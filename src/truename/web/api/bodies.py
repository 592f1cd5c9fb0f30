"""What clients send, and how it is read: unknown keys are ignored, because every client has some of its own.

msgspec and not pydantic: a PATCH of one record is read in a few microseconds, an RRset of thousands in milliseconds,
and a nesting of any depth ends in an error. OpenAPI gets the same types (`described`).
"""

import asyncio
from typing import Any, TypeVar

import msgspec
from fastapi import Request
from msgspec import UNSET, Struct, UnsetType

from truename.web.answers import ApiError
from truename.web.limits import raise_limit

ORDINARY = 1 << 20  # octets of a body
RECORDS = 16 << 20  # of RRsets, by a caller who may write the zone: a first run of octoDNS sends a whole one
ZONE_TEXT = 256 << 20  # of a master file, by a caller who may write the zone
JSON_TYPES = {str: "str", bool: "bool", float: "float", list: "array", dict: "object"}

T = TypeVar("T")


class Number(int):
    """A whole number, or its digits in a string: scripts around curl send `"ttl": "300"`, and PowerDNS takes it.

    Only msgspec needs the type; what is passed on is an int (`plain`).
    """


def plain(number: Number | None) -> int | None:
    """*number* as an int and nothing more."""
    return None if number is None else int(number)


def _number(kind: type, value: object) -> Number:
    """What *value* is as a Number; msgspec asks for types that it does not know. Raises: ValueError"""
    if kind is not Number:
        raise NotImplementedError(kind)
    if isinstance(value, str) and value.isascii() and value.strip().isdecimal():
        return Number(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"Expected int, got {JSON_TYPES.get(type(value), 'null')}")
    return Number(value)


class RecordBody(Struct):
    """One record of an RRset; *content* in presentation form, names in it absolute."""

    content: str
    disabled: bool | None = False


class CommentBody(Struct):
    """A comment on an RRset; *modified_at* in Unix seconds."""

    content: str | None = ""
    account: str | None = ""
    modified_at: Number | None = None


class RRsetBody(Struct):
    """One RRset to be changed; *changetype* is REPLACE, DELETE, EXTEND or PRUNE. *ttl* in seconds."""

    name: str
    type: str
    changetype: str = ""
    ttl: Number | None = None
    records: list[RecordBody] | None = None
    comments: list[CommentBody] | None = None


class PatchBody(Struct):
    """Changes of RRsets, carried out in their order, all of them or none."""

    rrsets: list[RRsetBody]


class ZonePropertiesBody(Struct):
    """Properties of a zone; those that are not sent stay."""

    kind: str | UnsetType | None = UNSET
    masters: list[str] | UnsetType | None = UNSET
    account: str | UnsetType | None = UNSET
    soa_edit: str | UnsetType | None = UNSET
    soa_edit_api: str | UnsetType | None = UNSET
    api_rectify: bool | UnsetType | None = UNSET
    catalog: str | UnsetType | None = UNSET
    dnssec: bool | UnsetType | None = UNSET
    nsec3param: str | UnsetType | None = UNSET


class NewZoneBody(ZonePropertiesBody, kw_only=True):
    """A zone to be made: of *rrsets* and *nameservers*, or of *zone*, the text of a master file."""

    name: str
    nameservers: list[str] | None = None
    rrsets: list[RRsetBody] | None = None
    zone: str | None = None
    serial: Number | None = None
    records: list[Any] | None = None


class MetadataBody(Struct):
    """Values of one kind of metadata."""

    metadata: list[str]


class NewMetadataBody(MetadataBody):
    """Values to be added to those of *kind*."""

    kind: str


class UndoBody(Struct):
    """Which change is taken back: the one that made *serial*, or the last one; all of it, or its part in this zone."""

    serial: Number | None = None
    only_this_zone: bool = False


class PointBody(Struct):
    """What an alias shall be an alias of. *ttl* in seconds. *replace*: in place of the records that stand there."""

    target: str
    ttl: Number | None = None
    replace: bool = False


class RenameBody(Struct):
    """The new name. *keep_alias*: the old one stays, as an alias of the new one. *only_own_zones*: records in zones
    that the key is not for are left as they are; a key that is bound to zones has to say so."""

    to: str
    keep_alias: bool = False
    only_own_zones: bool = False


class RetireBody(Struct):
    """What those shall name from now on that name the retired name; without it they refuse. *only_own_zones* as in a
    rename."""

    repoint: str | None = None
    only_own_zones: bool = False


class KeyBody(Struct):
    """A key to be made; *zones* binds it."""

    name: str
    role: str
    zones: list[str] | None = None


class UserBody(Struct):
    """A user to be made."""

    name: str
    role: str
    password: str


class PasswordBody(Struct):
    """A new password."""

    password: str


async def read(request: Request, kind: type[T], limit: int = ORDINARY) -> T:
    """The body of *request* as *kind*. Raises: ApiError 400 for no JSON, 422 for JSON of another shape; 413"""
    raise_limit(request, limit)
    body = await request.body()
    if len(body) <= ORDINARY:
        return decode(body, kind)
    return await asyncio.get_running_loop().run_in_executor(None, decode, body, kind)


def decode(body: bytes, kind: type[T]) -> T:
    """*body* as *kind*. Raises: ApiError"""
    try:
        return msgspec.json.decode(body, type=kind, dec_hook=_number)
    except msgspec.ValidationError as wrong:
        raise ApiError(422, str(wrong).replace("`", "")) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise ApiError(400, f"the body is no JSON: {wrong}") from None
    except RecursionError:
        raise ApiError(400, "the body is no JSON: too deeply nested") from None


def described(kind: type, *, is_required: bool = True) -> dict[str, Any]:
    """The part of an OpenAPI operation that says what its body is."""
    content = {"application/json": {"schema": schema(kind)}}
    return {"requestBody": {"required": is_required, "content": content}}


def described_text(words: str) -> dict[str, Any]:
    """The same for a body that is plain text."""
    content = {"text/plain": {"schema": {"type": "string", "description": words}}}
    return {"requestBody": {"required": True, "content": content}}


def schema(kind: type) -> dict[str, Any]:
    """The JSON schema of *kind*, with everything in its place: no references."""
    (found,), parts = msgspec.json.schema_components([kind], schema_hook=lambda _: {"type": ["integer", "string"]})
    resolved: dict[str, Any] = _resolved(found, parts)
    return resolved


def _resolved(found: Any, parts: dict[str, Any]) -> Any:
    if isinstance(found, list):
        return [_resolved(one, parts) for one in found]
    if not isinstance(found, dict):
        return found
    if "$ref" in found:
        return _resolved(parts[found["$ref"].rpartition("/")[2]], parts)
    return {key: _resolved(value, parts) for key, value in found.items()}
