"""The API as the verbs call it: the server that is meant, requests, and what refusals mean.

--api URL --key KEY                the server there
--data DIR, and a server holds it  that server, with DIR/admin.key
--data DIR, and none does          DIR is locked and the application made here: `offline`
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from truename import _core
from truename.chain import ChainJson
from truename.cli import patience
from truename.cli.messages import note
from truename.cli.transport import OverHttp, Transport
from truename.errors import (
    ForbiddenEdit,
    NoZone,
    ParseError,
    RejectedEdit,
    ServeError,
    StaleEdit,
    TruenameError,
)
from truename.serve.admin_key import read_key
from truename.serve.data_directory import KEY_FILE, LOCK_FILE, SERVER_FILE, DirectoryHeld

if TYPE_CHECKING:
    from types import TracebackType

    from truename.config import Settings

BASE = "/api/v1/servers/localhost"
Query = Mapping[str, object]


class Client:
    """One server's API, over whichever transport. Leaving it as a context closes the transport."""

    def __init__(self, transport: Transport, key: str) -> None:
        self._transport = transport
        self._key = key

    @classmethod
    def find_running(cls, data: str, url: str | None, key: str | None) -> "Client":
        """The server at *url*, or the one that holds the directory *data*.

        Raises: ServeError when there is none; the key in *data* is sent to the server of *data* and nowhere else
        """
        if url:
            if not key:
                raise ServeError(f"no key for {url}", hint="--key KEY or TRUENAME_KEY")
            return cls(OverHttp(url), key)
        about = _settled(Path(data))
        if about is None:
            hint = "truename serve ..., or --data DIR, or --api URL --key KEY; with ZONEFILEs no server is needed"
            raise ServeError(f"no running server holds {data}", hint=hint)
        if about.get("http") is None:
            raise ServeError("the running server has no API", hint="start it with --http HOST:PORT")
        return cls(OverHttp(about["http"], about.get("certificate")), key or _key(Path(data)))

    @classmethod
    def find(cls, settings: "Settings", url: str | None, key: str | None, *, may_create: bool) -> "Client":
        """The server that is meant; without one, the database of the directory itself.

        *may_create*: a directory that is not there is made, as the first start of a server does
        Raises: ServeError, StoreError
        """
        data = settings.serve.data
        if url:
            return cls.find_running(data, url, key)
        queue, is_told = patience.Queue(), False
        while _about(Path(data)) is None:
            try:
                return cls._offline(settings, key, may_create=may_create)
            except DirectoryHeld as held:
                if queue.is_over(held.holder):
                    hint = "a verb that is at work there, or a server that does not come up: try again"
                    raise ServeError(held.message, hint=hint) from None
            if queue.is_long and not is_told:
                note(f"waiting for who is at work in {data}")
                is_told = True
            patience.pause()
        return cls.find_running(data, None, key)

    @classmethod
    def _offline(cls, settings: "Settings", key: str | None, *, may_create: bool) -> "Client":
        """The database of the directory itself. Raises: DirectoryHeld, ServeError, StoreError"""
        data = settings.serve.data
        elsewhere = bool(settings.serve.database) and not Path(data).is_dir()
        if elsewhere and not may_create:
            _must_be_there(settings.serve.database)
        elif not may_create and not Path(data).is_dir():
            raise ServeError(
                f"no running server holds {data}, and there is no such directory",
                hint="--data DIR, or --api URL --key KEY",
            )
        from truename.cli import offline

        transport, own_key = offline.open_app(settings)
        return cls(transport, key or own_key)

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, where: "TracebackType | None"
    ) -> None:
        self._transport.close()

    def explain(self, name: str, rtype: str) -> ChainJson:
        """The chain of *name*. Raises: ParseError for what is no name or type; ServeError"""
        chain: ChainJson = self.get(f"names/{in_path(name)}/explain", {"type": rtype})
        return chain

    def get(self, path: str, query: Query | None = None) -> Any:
        """The JSON at *path* below the server's. Raises: TruenameError, by its status"""
        return self.call("GET", path, query)

    def text(self, path: str) -> bytes:
        """The body at *path* as plain text. Raises: TruenameError"""
        status, body = self._exchange("GET", path, None, None, "text/plain")
        if status != 200:
            self._judged(status, body)
        return body

    def call(self, method: str, path: str, query: Query | None = None, body: object = None) -> Any:
        """Carry out one request; *body* is sent as JSON, octets as plain text. Returns: the reply's JSON, or None

        Raises: RejectedEdit 422 with findings, StaleEdit 409, ForbiddenEdit 403, NoZone 404, ParseError 422, ServeError
        """
        return self._judged(*self._exchange(method, path, query, body, "application/json"))

    def _exchange(self, method: str, path: str, query: Query | None, body: object, accept: str) -> tuple[int, bytes]:
        # The journal says "cli" of what comes from here.
        headers = {"X-API-Key": self._key, "Accept": accept, "User-Agent": f"truename/{_core.__version__}"}
        headers["Truename-Door"] = "cli"  # what the journal says of the way (`web.access.DOOR`)
        sent = body if isinstance(body, bytes) else None if body is None else _as_json(body)
        if sent is not None:
            headers["Content-Type"] = "text/plain; charset=utf-8" if isinstance(body, bytes) else "application/json"
        reply = self._transport.exchange(method, f"{BASE}/{path}{_query(query)}", headers, sent)
        return reply.status, reply.body

    def _judged(self, status: int, body: bytes) -> Any:
        if status == 204 and not body:
            return None
        try:
            content = json.loads(body)
        except ValueError:
            where = self._transport.where
            raise ServeError(f"{where} is no Truename server (status {status})", hint="--api URL") from None
        if status in (200, 201):
            return content
        raise self._refusal(status, content if isinstance(content, dict) else {})

    def _refusal(self, status: int, content: dict[str, Any]) -> TruenameError:
        where, said = self._transport.where, str(content.get("error") or f"status {status}")
        hint = str(content.get("hint") or "")
        if status == 401:
            hint = "--key KEY, TRUENAME_KEY, or --data DIR of that server"
            return ServeError(f"{where}: {said}", hint=hint)
        if status == 403:
            return ForbiddenEdit(said, hint=hint or "a key with more rights: --key KEY or TRUENAME_KEY")
        if status == 404:
            return NotThere(said, hint=hint)
        if status == 409:
            return _conflict(said, content)
        if status == 422 and "findings" in content:
            told = {key: content.get(key) or () for key in ("errors", "asks")}
            return RejectedEdit(said, findings=content["findings"], **told, hint=hint)
        if status in (400, 422):
            return ParseError(said, hint=hint)
        return ServeError(f"{where}: {said}", hint=hint)


def _must_be_there(url: str) -> None:
    """Raises: ServeError for a file of SQLite that is not: who only looks makes none"""
    from truename.serve.database import Place

    file = Place.at(url).file
    if file is not None and not file.exists():
        raise ServeError(f"there is no database {file}", hint="--database URL names another")


def _as_json(body: object) -> bytes:
    """Raises: ParseError for octets that came from the command line and are no UTF-8"""
    try:
        return json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError as wrong:
        octets = wrong.object[wrong.start : wrong.end].encode("utf-8", "surrogateescape")
        raise ParseError(f"what was typed is not UTF-8: octet {octets[0]:#04x}") from None


class NotThere(NoZone):
    """What the server says is not there, in its own words."""

    def __init__(self, said: str, *, hint: str = "") -> None:
        TruenameError.__init__(self, said, hint=hint)
        self.zone = ""


def _conflict(said: str, content: dict[str, Any]) -> TruenameError:
    """Somebody else was there first: another change (a serial comes along), or the thing exists."""
    if "serial" not in content:
        return RejectedEdit(said, hint=str(content.get("hint") or ""))
    changed = [str(name) for name in content.get("changed") or []]
    hint = str(content.get("hint") or "run it again: the plan is made anew")
    return StaleEdit(said, serial=int(content["serial"]), changed=changed, hint=hint)


def in_path(name: str) -> str:
    """*name* as one part of a path: percent-encoded, / as =2F, and a = of its own as the escape that DNS has for it."""
    return quote(name.replace("=", "\\061").replace("/", "=2F"), safe="=")


def as_it_is(text: str) -> str:
    """*text* that is no domain name as one part of a path."""
    return quote(text, safe="")


def _query(query: Query | None) -> str:
    given = {name: _shown(value) for name, value in (query or {}).items() if value is not None}
    return f"?{urlencode(given, quote_via=quote)}" if given else ""


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _settled(data: Path) -> dict[str, Any] | None:
    """The same as `_about`, when who holds *data* has had time to tell. Raises: ServeError"""
    for _ in patience.turns(patience.HELD):
        about = _about(data)
        if about is not None or not _is_held(data):
            return about
    return None


def _about(data: Path) -> dict[str, Any] | None:
    """What the server that holds *data* tells; None when none does.

    Raises: ServeError when nobody may know
    """
    try:
        about = json.loads((data / SERVER_FILE).read_bytes())
        os.kill(about["pid"], 0)
    except PermissionError as wrong:
        if wrong.filename is None:  # a living process of somebody else
            return dict(about)
        raise ServeError(f"{wrong.filename}: {wrong.strerror}", hint="run it as the user of the server") from None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return dict(about) if _is_held(data, by=about["pid"]) else None


def _is_held(data: Path, *, by: int | None = None) -> bool:
    """Whether somebody holds the lock, or the process *by* does.

    The number of a server that died may be another process' by now, and a new one that is just starting hold the lock.
    """
    import fcntl

    try:
        lock = os.open(data / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as wrong:
        return not isinstance(wrong, FileNotFoundError)  # who may not look believes what server.json says
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return by is None or os.pread(lock, 20, 0).strip() in (b"", str(by).encode())
    finally:
        os.close(lock)  # and with it a lock that was got
    return False


def _key(data: Path) -> str:
    path = data / KEY_FILE
    try:
        return read_key(path)
    except OSError as wrong:
        raise ServeError(f"{path}: {wrong.strerror}", hint="--key KEY, or run it as the user of the server") from None
