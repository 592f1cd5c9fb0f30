"""The form of every reply under /api: keys in alphabetical order, errors as {"error": "..."}.

Alphabetical, and with a space behind : and , because PowerDNS does it and a client (acme.sh) reads its JSON with grep.
"""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from truename.errors import (
    ForbiddenEdit,
    GoneCaller,
    NoZone,
    RejectedEdit,
    StaleEdit,
    StoreError,
    TruenameError,
    ZoneExists,
)


def to_json(content: Any) -> bytes:
    """*content* as it is sent. Text that is no UTF-8 cannot come here: paths and names are made printable before."""
    return msgspec.json.format(msgspec.json.encode(content, order="sorted"), indent=0)


class SortedJson(JSONResponse):
    """application/json with sorted keys."""

    def render(self, content: Any) -> bytes:
        """The body."""
        return to_json(content)


class ApiError(Exception):
    """A request that is answered with *status* and {"error": *message*, **more*}."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers
        self.more = more


def install(app: FastAPI) -> None:
    """Make every error of *app* JSON."""

    @app.exception_handler(ApiError)
    async def api_error(_: Request, wrong: ApiError) -> SortedJson:
        return _error(wrong.status, wrong.message, wrong.headers, **wrong.more)

    @app.exception_handler(HTTPException)
    async def http_error(_: Request, wrong: HTTPException) -> SortedJson:
        # Of a path that there is none of, the framework says "Not Found", as PowerDNS does.
        hint = {"hint": "/ and /api/docs say what there is"} if wrong.status_code == HTTPStatus.NOT_FOUND else {}
        return _error(wrong.status_code, str(wrong.detail), wrong.headers, **hint)

    @app.exception_handler(RequestValidationError)
    async def bad_request(_: Request, wrong: RequestValidationError) -> SortedJson:
        said = [f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in wrong.errors()]
        return _error(422, "; ".join(said), errors=said)

    @app.exception_handler(TruenameError)
    async def refused(request: Request, wrong: TruenameError) -> SortedJson:
        caller = getattr(request.state, "caller", None)
        return _refusal(wrong, is_admin=caller is not None and caller.is_admin)

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, __: ClientDisconnect) -> SortedJson:
        return _error(400, "the body has not come to its end")  # read by nobody, as a rule

    @app.exception_handler(Exception)
    async def fault(_: Request, __: Exception) -> SortedJson:
        # The log has the traceback; a client learns nothing of the inside.
        return _error(500, "internal error")


def _refusal(wrong: TruenameError, *, is_admin: bool) -> SortedJson:
    """What the inside says no to: 409 with the serial, 422 with the findings.

    Where the database is and what its driver says is for those who run the server.
    """
    match wrong:
        case RejectedEdit():
            return _rejected(wrong)
        case StaleEdit():
            return _said(409, wrong, serial=wrong.serial, changed=list(wrong.changed))
        case GoneCaller():
            return _said(401, wrong)
        case ForbiddenEdit():
            return _said(403, wrong)
        case NoZone():
            return _said(404, wrong)
        case ZoneExists():
            return _said(409, wrong)
        case StoreError():
            # The change was good and may be sent again; the person who runs the server has to look.
            logging.getLogger("truename.web").error("the database refused: %s", wrong)
            return _said(503, wrong if is_admin else StoreError(wrong.brief, hint=wrong.hint))
    return _said(422, wrong)


def _rejected(wrong: RejectedEdit) -> SortedJson:
    from truename.rules.base import Finding, finding_json

    findings = [finding_json(finding) for finding in wrong.findings if isinstance(finding, Finding)]
    errors = wrong.errors or [finding["message"] for finding in findings] or [wrong.message]
    return _said(422, wrong, asks=list(wrong.asks), errors=errors, findings=findings)


def _said(status: int, wrong: TruenameError, **more: object) -> SortedJson:
    hint = {"hint": wrong.hint} if wrong.hint else {}
    return _error(status, wrong.message, **hint, **more)


def _error(status: int, message: str, headers: Mapping[str, str] | None = None, /, **more: object) -> SortedJson:
    return SortedJson({"error": message, **more}, status, dict(headers) if headers else None)


def list_of_errors(said: Sequence[str]) -> ApiError:
    """422 with one or several reasons."""
    return ApiError(422, "; ".join(said[:10]), errors=list(said))
