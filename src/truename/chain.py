"""A Chain as JSON: the one shape that `explain --json`, the API and every later drawing of a chain share."""

from typing_extensions import TypedDict  # before Python 3.12 pydantic cannot describe the one in typing

from truename._core import Chain

ADDRESS_TYPES = ("A", "AAAA")


class HopJson(TypedDict):
    """One link: *alias* is really *target*. Units: ttl in seconds."""

    alias: str
    target: str
    ttl: int
    kind: str
    wildcard: str | None
    zone: str


class ChainJson(TypedDict):
    """A walk from *qname*.

    Shape:  hops[i].target == hops[i + 1].alias; *records* are lines "owner ttl IN type data"
    Units:  ttl in seconds, None without any record; ms in milliseconds; *queries* sent over the network
    """

    qname: str
    qtype: str
    rcode: str
    end: str
    hops: list[HopJson]
    canonical_name: str
    addresses: list[str]
    records: list[str]
    ttl: int | None
    queries: int
    ms: float


def chain_json(chain: Chain, seconds: float) -> ChainJson:
    """*chain* as JSON holds it; *seconds* is how long the walk took."""
    return {
        "qname": chain.qname,
        "qtype": chain.qtype,
        "rcode": chain.rcode,
        "end": chain.end,
        "hops": [
            {
                "alias": hop.alias,
                "target": hop.target,
                "ttl": hop.ttl,
                "kind": hop.kind,
                "wildcard": hop.wildcard,
                "zone": hop.zone,
            }
            for hop in chain.hops
        ],
        "canonical_name": chain.canonical_name,
        "addresses": [data for _, _, rtype, data in chain.records if rtype in ADDRESS_TYPES],
        "records": [f"{owner} {ttl} IN {rtype} {data}" for owner, ttl, rtype, data in chain.records],
        "ttl": chain.ttl,
        "queries": 0,  # the graph is in memory; nothing was asked
        "ms": round(seconds * 1000, 3),
    }
