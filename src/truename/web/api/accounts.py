"""keys and users: who may use this server. Only an admin that is bound to no zone comes here."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Request, Response

from truename.edit.caller import Caller
from truename.errors import StaleStore
from truename.serve.data_directory import KEY_FILE
from truename.store import Key, User
from truename.web.access import Admin
from truename.web.answers import ApiError, SortedJson
from truename.web.api.bodies import KeyBody, PasswordBody, UserBody, described, read
from truename.web.api.documented import CHANGES, READS
from truename.web.api.paths import TEXT, absolute
from truename.web.api.shapes import KeyJson, UserJson
from truename.web.context import Here

routes = APIRouter(tags=["accounts"])

T = TypeVar("T")
Account = Annotated[str, Path(description="the name that it was made with", pattern=TEXT)]


@routes.get("/keys", summary="All keys, without their secrets", responses={200: {"model": list[KeyJson]}, **READS})
async def list_keys(caller: Admin, here: Here) -> SortedJson:
    return SortedJson([_key_json(key) for key in await here.threads.read(here.store.keys)])


@routes.post(
    "/keys",
    status_code=201,
    summary="Make a key; its secret is in the reply and nowhere else",
    responses={201: {"model": KeyJson}, **CHANGES},
    openapi_extra=described(KeyBody),
)
async def create_key(request: Request, caller: Admin, here: Here) -> SortedJson:
    body = await read(request, KeyBody)
    if body.name == KEY_FILE:  # the journal tells by the name who made a change
        raise ApiError(409, f"{KEY_FILE} is the key in the data directory")
    zones = None if body.zones is None else [absolute(zone) for zone in body.zones]
    try:
        secret = await here.threads.edit(_held, caller, here.store.create_key, body.name, body.role, zones)
    except StaleStore as taken:
        raise ApiError(409, taken.message) from None
    (made,) = [key for key in await here.threads.read(here.store.keys) if key.name == body.name]
    return SortedJson({**_key_json(made), "key": secret}, 201)


@routes.delete(
    "/keys/{account:path}",
    status_code=204,
    summary="Make a key worthless",
    responses={204: {"model": None}, **READS},
)
async def revoke_key(caller: Admin, here: Here, account: Account) -> Response:
    if not await here.threads.edit(_held, caller, here.store.revoke_key, account):
        raise ApiError(404, f"there is no key {account}")
    return Response(status_code=204)


@routes.get("/users", summary="All users", responses={200: {"model": list[UserJson]}, **READS})
async def list_users(caller: Admin, here: Here) -> SortedJson:
    return SortedJson([_user_json(user) for user in await here.threads.read(here.store.users)])


@routes.post(
    "/users",
    status_code=201,
    summary="Make a user",
    responses={201: {"model": UserJson}, **CHANGES},
    openapi_extra=described(UserBody),
)
async def create_user(request: Request, caller: Admin, here: Here) -> SortedJson:
    body = await read(request, UserBody)
    try:
        await here.threads.verify(_held, caller, here.store.create_user, body.name, body.role, body.password)
    except StaleStore as taken:
        raise ApiError(409, taken.message) from None
    (made,) = [user for user in await here.threads.read(here.store.users) if user.name == body.name]
    return SortedJson(_user_json(made), 201)


@routes.put(
    "/users/{account:path}/password",
    status_code=204,
    summary="Change a user's password",
    responses={204: {"model": None}, **CHANGES},
    openapi_extra=described(PasswordBody),
)
async def set_password(request: Request, caller: Admin, here: Here, account: Account) -> Response:
    body = await read(request, PasswordBody)
    if not await here.threads.verify(_held, caller, here.store.set_password, account, body.password):
        raise ApiError(404, f"there is no user {account}")
    return Response(status_code=204)


@routes.delete(
    "/users/{account:path}",
    status_code=204,
    summary="Delete a user",
    responses={204: {"model": None}, **READS},
)
async def delete_user(caller: Admin, here: Here, account: Account) -> Response:
    if not await here.threads.edit(_held, caller, here.store.delete_user, account):
        raise ApiError(404, f"there is no user {account}")
    return Response(status_code=204)


def _held(caller: Caller, call: Callable[..., T], *arguments: object) -> T:
    """*call*, unless the caller's key was revoked while the call waited. Raises: GoneCaller"""
    caller.must_hold()
    return call(*arguments)


def _key_json(key: Key) -> KeyJson:
    zones = None if key.zones is None else sorted(key.zones)
    return {"created_at": key.created_at, "name": key.name, "role": key.role, "zones": zones}


def _user_json(user: User) -> UserJson:
    return {"created_at": user.created_at, "name": user.name, "role": user.role}
