"""The API as the verbs call it.

http.client of the standard library, because a verb starts in 0.2 s and a richer client alone takes that long to import.
"""

import json
import os
import ssl
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from truename.chain import ChainJson
from truename.errors import ParseError, ServeError, TruenameError
from truename.serve.data_directory import KEY_FILE, SERVER_FILE, read_key

TIMEOUT = 10.0  # seconds; answers come from memory, so this only ends a wait for a dead peer
BASE = "/api/v1/servers/localhost"


@dataclass(frozen=True)
class Client:
    """One server. *certificate*: the file it serves with, when it was found by its data directory on this machine."""

    url: str
    key: str
    certificate: str | None = None

    @classmethod
    def find(cls, data: str, url: str | None, key: str | None) -> "Client":
        """The server at *url*, or the one that holds the directory *data*.

        Raises: ServeError when there is none; the key in *data* is sent to the server of *data* and nowhere else
        """
        if url:
            if not key:
                raise ServeError(f"no key for {url}", hint="--key KEY or TRUENAME_KEY")
            return cls(url, key)
        about = _about(Path(data))
        if about.get("http") is None:
            raise ServeError("the running server has no API", hint="start it with --http HOST:PORT")
        return cls(about["http"], key or _key(Path(data) / KEY_FILE), about.get("certificate"))

    def explain(self, name: str, rtype: str) -> ChainJson:
        """The chain of *name*. Raises: ParseError for what is no name or type; ServeError"""
        chain: ChainJson = self._get(f"/names/{in_path(name)}/explain?type={quote(rtype, safe='')}")
        return chain

    def _get(self, path: str) -> Any:
        try:
            connection = self._connection()
            connection.request("GET", BASE + path, headers={"X-API-Key": self.key, "Accept": "application/json"})
            response = connection.getresponse()
            status, body = response.status, response.read()
            connection.close()
        except (OSError, HTTPException, ValueError) as wrong:
            said = getattr(wrong, "strerror", None) or str(wrong)
            raise ServeError(f"no answer from {self.url}: {said}", hint="is the server running there?") from None
        return self._judged(status, body)

    def _judged(self, status: int, body: bytes) -> Any:
        try:
            content = json.loads(body)
        except ValueError:
            raise ServeError(f"{self.url} is no Truename server (status {status})", hint="--api URL") from None
        if status == 200:
            return content
        raise self._refusal(status, content.get("error", "") if isinstance(content, dict) else "")

    def _refusal(self, status: int, said: str) -> TruenameError:
        if status == 401:
            return ServeError(f"{self.url}: {said}", hint="--key KEY, TRUENAME_KEY, or --data DIR of that server")
        if status == 422:
            return ParseError(said)
        return ServeError(f"{self.url}: {said or 'status ' + str(status)}")

    def _connection(self) -> HTTPConnection:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ServeError(f'"{self.url}" is no URL of a server', hint="--api http://127.0.0.1:8053")
        if parts.scheme == "http":
            return HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT)
        return HTTPSConnection(parts.hostname, parts.port, timeout=TIMEOUT, context=self._tls())

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.certificate)
        if self.certificate:
            # It is asked on loopback, by a name that its certificate need not have; the certificate itself is trusted.
            context.check_hostname = False
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        return context


def in_path(name: str) -> str:
    """*name* as one part of a path: percent-encoded, / as =2F, and a = of its own as the escape that DNS has for it."""
    return quote(name.replace("=", "\\061").replace("/", "=2F"), safe="=")


def _about(data: Path) -> dict[str, Any]:
    try:
        about = json.loads((data / SERVER_FILE).read_bytes())
        os.kill(about["pid"], 0)
    except PermissionError as wrong:
        if wrong.filename is None:  # a living process of somebody else
            return dict(about)
        raise ServeError(f"{wrong.filename}: {wrong.strerror}", hint="run it as the user of the server") from None
    except (OSError, ValueError, KeyError, TypeError):
        hint = "truename serve ..., or --data DIR, or --api URL --key KEY; with ZONEFILEs no server is needed"
        raise ServeError(f"no running server holds {data}", hint=hint) from None
    return dict(about)


def _key(path: Path) -> str:
    try:
        return read_key(path)
    except OSError as wrong:
        raise ServeError(f"{path}: {wrong.strerror}", hint="--key KEY, or run it as the user of the server") from None
