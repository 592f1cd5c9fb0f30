"""The form of every reply under /api: keys in alphabetical order, errors as {"error": "..."}.

Alphabetical, because PowerDNS does it and a client (acme.sh) reads its JSON with grep.
"""

import json
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from truename.errors import TruenameError


class SortedJson(JSONResponse):
    """application/json with sorted keys."""

    def render(self, content: Any) -> bytes:
        """The body. Text that is no UTF-8 cannot come here: paths and names are made printable before."""
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(", ", ": ")).encode()


class ApiError(Exception):
    """A request that is answered with *status* and {"error": *message*}."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def install(app: FastAPI) -> None:
    """Make every error of *app* JSON."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(TruenameError, _refused)
    app.add_exception_handler(Exception, _fault)


def _error(status: int, message: str, headers: Any = None) -> SortedJson:
    return SortedJson({"error": message}, status, headers)


async def _api_error(_: Request, wrong: Exception) -> SortedJson:
    assert isinstance(wrong, ApiError)
    return _error(wrong.status, wrong.message)


async def _http_error(_: Request, wrong: Exception) -> SortedJson:
    assert isinstance(wrong, HTTPException)
    return _error(wrong.status_code, str(wrong.detail), wrong.headers)


async def _bad_request(_: Request, wrong: Exception) -> SortedJson:
    assert isinstance(wrong, RequestValidationError)
    said = [f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in wrong.errors()]
    return _error(422, "; ".join(said))


async def _refused(_: Request, wrong: Exception) -> SortedJson:
    return _error(422, str(wrong))


async def _fault(_: Request, __: Exception) -> SortedJson:
    # The log has the traceback; a client learns nothing of the inside.
    return _error(500, "internal error")
