"""What is answered, for OpenAPI and for the type checker. Keys are only ever added."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict  # before Python 3.12 pydantic cannot describe the one in typing

from truename.edit.plan import CommentJson


class ErrorJson(TypedDict):
    """What went wrong.

    Shape:  *errors* when it is several things; *findings* when the rules say so; *serial* and *changed* of a zone that
            has moved on
    """

    error: str
    hint: NotRequired[str]
    errors: NotRequired[list[str]]
    findings: NotRequired[list[dict[str, Any]]]
    serial: NotRequired[int]
    changed: NotRequired[list[str]]


class VersionJson(TypedDict):
    """A version of the API."""

    url: str
    version: int


class ServerJson(TypedDict):
    """This server."""

    autoprimaries_url: str
    config_url: str
    daemon_type: str
    id: str
    type: Literal["Server"]
    url: str
    version: str
    zones_url: str


class ItemJson(TypedDict):
    """A setting or a number of the statistics."""

    name: str
    type: str
    value: str


class RecordJson(TypedDict):
    """One record."""

    content: str
    disabled: bool


class RRsetJson(TypedDict):
    """An RRset. Units: ttl in seconds."""

    comments: list[CommentJson]
    name: str
    records: list[RecordJson]
    ttl: int
    type: str


class ZoneJson(TypedDict):
    """A zone; *rrsets* where one zone was asked for; *file* of one that is read from a file and not changed here.

    *problems*: why it is not served as it stands
    """

    account: str
    api_rectify: bool
    catalog: str
    dnssec: bool
    edited_serial: int
    file: NotRequired[str]
    id: str
    kind: Literal["Native", "Master"]
    last_check: int
    masters: list[str]
    name: str
    notified_serial: int
    nsec3narrow: bool
    nsec3param: str
    presigned: bool
    problems: NotRequired[list[str]]
    rrsets: NotRequired[list[RRsetJson]]
    serial: int
    soa_edit: str
    soa_edit_api: str
    type: Literal["Zone"]
    url: str


class ResultJson(TypedDict):
    """That it was done."""

    result: str


class FlushedJson(TypedDict):
    """How many entries of a cache were dropped."""

    count: int
    result: str


class MetadataJson(TypedDict):
    """Metadata of one kind."""

    kind: str
    metadata: list[str]
    type: Literal["Metadata"]


class FoundJson(TypedDict):
    """One hit of a search."""

    content: NotRequired[str]
    disabled: NotRequired[bool]
    name: str
    object_type: Literal["zone", "record", "comment"]
    ttl: NotRequired[int]
    type: NotRequired[str]
    zone: NotRequired[str]
    zone_id: str


class RecommentedJson(TypedDict):
    """The comments of one RRset before and after a change."""

    after: list[CommentJson]
    before: list[CommentJson]
    name: str
    type: str


class RedefinedJson(TypedDict):
    """A property of a zone before and after a change; null where there is no zone."""

    after: object
    before: object
    name: str


class EntryJson(TypedDict):
    """One change of a zone.

    Shape:  *added* and *removed* are lines "owner ttl IN type data", the first of as many as the counts say; *comments*
            are those of RRsets where they changed, *properties* the zone's that did; *change* is the same in the
            entries of all zones that were changed at once, and *zones* are those of them that the caller may read
    Units:  *at* in Unix seconds
    """

    accepted: list[str]
    added: list[str]
    added_count: int
    at: float
    by: str
    change: int
    comment_count: int
    comments: list[RecommentedJson]
    door: str
    number: int
    previous: int
    properties: list[RedefinedJson]
    removed: list[str]
    removed_count: int
    serial: int
    zone: str
    zones: list[str]


class ReachedJson(TypedDict):
    """A name that reaches another. Units: ttl in seconds."""

    name: str
    path: list[str]
    ttl: int
    type: str
    zone: str


class ReachJson(TypedDict):
    """Who reaches *name*: how many, the first of them, and how many of the count lie in zones that are not shown.

    *zone* is the one that it is in. *exists* is null for a name outside the zones kept here or delegated away. Both are
    null for an address.
    """

    count: int
    exists: bool | None
    hidden: int
    name: str
    reached_by: list[ReachedJson]
    zone: str | None


class KeyJson(TypedDict):
    """A key; *key* is its secret and told once."""

    created_at: float
    key: NotRequired[str]
    name: str
    role: str
    zones: list[str] | None


class UserJson(TypedDict):
    """A user. Units: created_at in Unix seconds."""

    created_at: float
    name: str
    role: str
