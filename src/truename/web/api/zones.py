"""zones and zones/{id}: PowerDNS' calls that list, make, change and delete."""

import re
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from msgspec import UNSET

from truename.edit.change import ChangeSet, SetChange, ZoneChange
from truename.edit.door import Door, Options
from truename.edit.plan import Plan, PlanJson
from truename.name import is_absolute
from truename.web.access import AnyCaller
from truename.web.answers import ApiError, SortedJson, list_of_errors
from truename.web.api import kept
from truename.web.api.bodies import (
    RECORDS,
    ZONE_TEXT,
    NewZoneBody,
    PatchBody,
    ZonePropertiesBody,
    described,
    plain,
    read,
)
from truename.web.api.changes import commit, planned, planned_for
from truename.web.api.documented import CHANGES, READS
from truename.web.api.flags import Judged
from truename.web.api.paths import TEXT, ZoneName, absolute
from truename.web.api.records import steps, steps_of_new
from truename.web.api.shapes import ZoneJson
from truename.web.api.streams import Written, listed, streamed, zone_response
from truename.web.context import Here
from truename.whole import whole
from truename.zone import Record, ZoneInfo

routes = APIRouter(tags=["zones"])

NS_TTL = 3600  # seconds, of the NS records that `nameservers` stands for; PowerDNS' default-ttl
KINDS = {"native": "Native", "master": "Master", "primary": "Master"}
_ADDRESS = re.compile(r"(?:\[(?P<host>[^]]+)\]|(?P<plain>[0-9.]+)):(?P<port>[0-9]{1,5})")
NOT_YET = {"slave", "secondary", "producer", "consumer"}


@routes.get("/zones", summary="All zones, without their records", responses={200: {"model": list[ZoneJson]}, **READS})
async def list_zones(
    caller: AnyCaller,
    here: Here,
    zone: Annotated[str | None, Query(description="this one only; an empty list when it is not here")] = None,
    dnssec: Annotated[bool, Query(description="whether to find out which zones are signed")] = True,
) -> Response:
    def pieces() -> Written:
        if zone is None:
            found = kept.every(here, caller)
        else:
            try:
                found = [kept.find(here, caller, absolute(zone))]
            except ApiError:  # no such zone, or none for this caller: which of both is nobody's business
                found = []
        yield from listed(kept.zone_json(here, caller, one, with_dnssec=dnssec) for one in found)

    return await streamed(here, caller, pieces)


@routes.post(
    "/zones",
    status_code=201,
    summary="Make a zone, of RRsets or of the text of a master file; an SOA is made when none is given",
    responses={201: {"model": ZoneJson}, 200: {"model": PlanJson, "description": "dry_run: the plan"}, **CHANGES},
    openapi_extra=described(NewZoneBody),
)
async def create_zone(
    request: Request,
    caller: AnyCaller,
    here: Here,
    judged: Judged,
    rrsets: Annotated[bool, Query(description="whether the reply has the RRsets")] = True,
) -> Response:
    if not caller.may_create:
        raise ApiError(403, "this key makes no zones: that takes the role editor or admin, bound to no zone")
    body = await read(request, NewZoneBody, ZONE_TEXT)
    change = await here.threads.read(_new_zone, body)

    def through(door: Door, options: Options) -> Plan:
        return door.commit(change, options)

    plan = await planned(here, caller, judged, through, is_shown=judged.is_dry_run, is_large=change.is_large)
    if judged.is_dry_run:
        return plan
    zone = change.zones[0].zone
    if rrsets:
        return await zone_response(here, caller, zone, 201)
    made = await here.threads.read(kept.find, here, caller, zone)
    return SortedJson(kept.zone_json(here, caller, made), 201)


def _new_zone(body: NewZoneBody) -> ChangeSet:
    """What *body* asks for. Raises: ApiError 422 with everything that is wrong"""
    said: list[str] = []
    if not is_absolute(body.name):
        said.append(f"{body.name}: the name is not absolute: it ends without a dot")
    said += [f"{name}: the name server is not absolute: it ends without a dot" for name in _relative(body.nameservers)]
    if body.zone is not None and (body.rrsets or body.nameservers):
        said.append("a zone is made of text, or of rrsets and nameservers, not of both")
    if body.records:
        said.append("records are sent in rrsets")
    zone = absolute(body.name)
    if body.nameservers and any(one.type.upper() == "NS" and absolute(one.name) == zone for one in body.rrsets or ()):
        said.append("the name servers stand in nameservers, or in the NS RRset of the zone's name, not in both")
    if said:
        raise list_of_errors(said)
    info = _with_properties(ZoneInfo(zone, serial=_serial(plain(body.serial))), body)
    sets = (*_nameservers(zone, body.nameservers or ()), *steps_of_new(zone, body.rrsets or ()))
    text = None if body.zone is None else body.zone.encode()
    return ChangeSet(sets=sets, zones=(ZoneChange(zone, info, is_new=True, text=text),))


def _relative(names: Sequence[str] | None) -> list[str]:
    return [name for name in names or () if not is_absolute(name)]


def _serial(asked: int | None) -> int:
    if asked is not None and not 0 <= asked < 2**32:
        raise ApiError(422, "the serial is from 0 to 4294967295")
    return asked or 0


def _nameservers(zone: str, names: Sequence[str]) -> list[SetChange]:
    records = tuple(Record(absolute(name)) for name in dict.fromkeys(names))
    return [SetChange(zone, zone, "NS", "replace", NS_TTL, records)] if records else []


def _with_properties(info: ZoneInfo, body: ZonePropertiesBody) -> ZoneInfo:
    """*info* with what *body* says. Raises: ApiError 422 for what is not supported"""
    said = list(_not_supported(body))
    if said:
        raise list_of_errors(said)
    return ZoneInfo(
        name=info.name,
        kind=KINDS[body.kind.lower()] if body.kind else info.kind,
        account=info.account if body.account is UNSET else body.account or "",
        masters=info.masters if body.masters is UNSET else tuple(body.masters or ()),
        soa_edit=info.soa_edit if body.soa_edit is UNSET else (body.soa_edit or "").upper(),
        soa_edit_api=info.soa_edit_api if body.soa_edit_api is UNSET else (body.soa_edit_api or "").upper(),
        api_rectify=info.api_rectify if body.api_rectify is UNSET else bool(body.api_rectify),
        catalog=info.catalog,
        serial=info.serial,
        metadata=info.metadata,
    )


def _not_supported(body: ZonePropertiesBody) -> "list[str]":
    said = []
    kind = body.kind.lower() if body.kind else "native"
    if kind not in KINDS:
        known = "is not supported yet" if kind in NOT_YET else "is no kind of zone"
        said.append(f'kind "{body.kind}" {known}: Native and Master are')
    if body.dnssec or body.nsec3param:
        said.append("signing is not supported yet")
    if body.catalog:
        said.append("catalog zones are not supported yet")
    said += [f"the master {one} is no address, with or without a port" for one in _no_addresses(body)]
    for name in ("account", "soa_edit", "soa_edit_api"):
        if not (getattr(body, name) or "").isprintable():
            said.append(f"{name} has a character in it that cannot be shown")
    return said


def _no_addresses(body: ZonePropertiesBody) -> list[str]:
    """Those of the masters that are neither ADDRESS nor ADDRESS:PORT, [ADDRESS]:PORT."""
    return [one for one in body.masters or () if not _is_address(one)]


def _is_address(text: str) -> bool:
    found = _ADDRESS.fullmatch(text)
    host, port = (found["host"] or found["plain"], found["port"]) if found else (text, None)
    try:
        ip_address(host)
    except ValueError:
        return False
    return port is None or bool(whole(port, 65535))


@routes.get(
    "/zones/{zone_id:path}",
    summary="A zone with its records",
    responses={200: {"model": ZoneJson}, **READS},
)
async def read_zone(
    caller: AnyCaller,
    here: Here,
    zone: ZoneName,
    rrsets: Annotated[bool, Query(description="whether to send the RRsets")] = True,
    rrset_name: Annotated[str | None, Query(description="RRsets of this owner only")] = None,
    rrset_type: Annotated[str | None, Query(description="RRsets of this type only", pattern=TEXT)] = None,
    include_disabled: Annotated[bool, Query(description="whether to send disabled records")] = True,
) -> Response:
    if not rrsets:
        found = await here.threads.read(kept.find, here, caller, zone)
        return SortedJson(kept.zone_json(here, caller, found))
    owner = absolute(rrset_name) if rrset_name else None
    rtype = rrset_type.upper() if rrset_type else None
    return await zone_response(here, caller, zone, owner=owner, rtype=rtype, has_disabled=include_disabled)


@routes.patch(
    "/zones/{zone_id:path}",
    status_code=204,
    summary="Change RRsets: all of it in its order, or nothing",
    responses={204: {"model": None}, 200: {"model": PlanJson, "description": "dry_run: the plan"}, **CHANGES},
    openapi_extra=described(PatchBody),
)
async def patch_zone(request: Request, caller: AnyCaller, here: Here, zone: ZoneName, judged: Judged) -> Response:
    kept.must_edit(caller, zone)
    body = await read(request, PatchBody, RECORDS)
    return await commit(here, caller, judged, zone, lambda: ChangeSet(sets=steps(zone, body.rrsets)))


@routes.put(
    "/zones/{zone_id:path}",
    status_code=204,
    summary="Change properties of a zone",
    responses={204: {"model": None}, 200: {"model": PlanJson, "description": "dry_run: the plan"}, **CHANGES},
    openapi_extra=described(ZonePropertiesBody),
)
async def put_zone(request: Request, caller: AnyCaller, here: Here, zone: ZoneName, judged: Judged) -> Response:
    kept.must_edit(caller, zone)
    body = await read(request, ZonePropertiesBody)

    def through(door: Door, options: Options) -> Plan:
        return door.redefine(zone, lambda info: _with_properties(info, body), options)

    return await planned_for(here, caller, judged, zone, through, is_shown=judged.is_dry_run)


@routes.delete(
    "/zones/{zone_id:path}",
    status_code=204,
    summary="Delete a zone with its records; its journal is kept",
    responses={204: {"model": None}, 200: {"model": PlanJson, "description": "dry_run: the plan"}, **CHANGES},
)
async def delete_zone(caller: AnyCaller, here: Here, zone: ZoneName, judged: Judged) -> Response:
    kept.must_edit(caller, zone)
    change = ChangeSet(zones=(ZoneChange(zone, is_deleted=True),))
    return await commit(here, caller, judged, zone, lambda: change)
