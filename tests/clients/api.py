"""The API of a real server, called as any HTTP client would, and what DNS says meanwhile."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dns.message
import dns.query
import dns.rdatatype

from system.process import ServerProcess

BASE = "/api/v1/servers/localhost"
PATIENCE = 30.0


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


class Api:
    """One server. *key* is sent in X-API-Key unless a call says otherwise."""

    def __init__(self, server: ServerProcess, key: str | None = None) -> None:
        self.server = server
        self.url = server.http
        self.key = key if key is not None else (server.cwd / "truename-data" / "admin.key").read_text().strip()

    def with_key(self, key: str) -> "Api":
        return Api(self.server, key)

    def call(self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None) -> Reply:
        """One request; *path* beginning with / is meant as it stands, else below the server's."""
        sent = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        url = self.url + (path if path.startswith("/") else f"{BASE}/{path}" if path else BASE)
        known = {"X-API-Key": self.key} if self.key else {}
        request = urllib.request.Request(url, sent, {**known, **(headers or {})}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return Reply(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Reply(refused.code, refused.headers, refused.read())

    def get(self, path: str, **options: Any) -> Reply:
        return self.call("GET", path, **options)

    def create(self, zone: str, *rrsets: dict, **more: object) -> Reply:
        """A zone with one name server, whose address is in it."""
        sets = [rrset(zone, "NS", f"ns.{zone}"), rrset(f"ns.{zone}", "A", "192.0.2.53"), *rrsets]
        return self.call("POST", "zones", {"name": zone, "kind": "Native", "rrsets": sets, **more})

    def patch(self, zone: str, *rrsets: dict, flags: str = "") -> Reply:
        return self.call("PATCH", f"zones/{zone}{flags}", {"rrsets": list(rrsets)})

    def rrsets(self, zone: str) -> dict[tuple[str, str], dict]:
        """The RRsets of *zone* by (name, type)."""
        return {(one["name"], one["type"]): one for one in self.get(f"zones/{zone}").json["rrsets"]}

    def contents(self, zone: str, name: str, rtype: str) -> list[str]:
        found = self.rrsets(zone).get((name, rtype))
        return [] if found is None else sorted(record["content"] for record in found["records"])

    def ask(self, name: str, rtype: str = "A") -> list[str]:
        """What DNS answers: the data of the answer's records, in their order."""
        host, port = self.server.dns[0].rsplit(":", 1)
        query = dns.message.make_query(name, rtype, use_edns=0)
        reply = dns.query.udp(query, host, timeout=10, port=int(port))
        return [str(data) for answer in reply.answer for data in answer]


def rrset(name: str, rtype: str, *contents: str, ttl: int = 3600, op: str = "REPLACE", **more: object) -> dict:
    """An RRset as a PATCH sends it."""
    records = [{"content": content, "disabled": False} for content in contents]
    return {"name": name, "type": rtype, "ttl": ttl, "changetype": op, "records": records, **more}


@contextmanager
def running(where: Path, *arguments: object) -> Iterator[Api]:
    """A server in the directory *where*, with an empty database unless *arguments* say more."""
    server = ServerProcess([str(one) for one in ("--data", where / "truename-data", *arguments)], cwd=where)
    try:
        yield Api(server.wait_ready())
    finally:
        server.kill()
