"""Who may call the API: the admin key in the header X-API-Key."""

from typing import Annotated

from fastapi import Security
from fastapi.security import APIKeyHeader

from truename.serve.data_directory import AdminKey
from truename.web.answers import ApiError

_header = APIKeyHeader(name="X-API-Key", auto_error=False, description="the key in admin.key of the data directory")


class NeedsKey:
    """A dependency that lets a request through or answers 401, before anything else in it is looked at."""

    def __init__(self, key: AdminKey) -> None:
        self._key = key

    async def __call__(self, offered: Annotated[str | None, Security(_header)]) -> None:
        """Raises: ApiError 401"""
        if offered is None:
            raise ApiError(401, "the header X-API-Key is missing")
        if not self._key.is_same(offered):
            raise ApiError(401, "the key in X-API-Key is not known")
