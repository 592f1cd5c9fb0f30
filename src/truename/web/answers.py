"""The form of every reply under /api: keys in alphabetical order, errors as {"error": "..."}.

Alphabetical, because PowerDNS does it and a client (acme.sh) reads its JSON with grep.
"""

import json
from collections.abc import Mapping
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

    @app.exception_handler(ApiError)
    async def api_error(_: Request, wrong: ApiError) -> SortedJson:
        return _error(wrong.status, wrong.message)

    @app.exception_handler(HTTPException)
    async def http_error(_: Request, wrong: HTTPException) -> SortedJson:
        return _error(wrong.status_code, str(wrong.detail), wrong.headers)

    @app.exception_handler(RequestValidationError)
    async def bad_request(_: Request, wrong: RequestValidationError) -> SortedJson:
        said = [f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in wrong.errors()]
        return _error(422, "; ".join(said))

    @app.exception_handler(TruenameError)
    async def refused(_: Request, wrong: TruenameError) -> SortedJson:
        return _error(422, str(wrong))

    @app.exception_handler(Exception)
    async def fault(_: Request, __: Exception) -> SortedJson:
        # The log has the traceback; a client learns nothing of the inside.
        return _error(500, "internal error")


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> SortedJson:
    return SortedJson({"error": message}, status, headers)
