"""A chain in words and columns.

shop.example.com. A
 1  shop.example.com.  is an alias (CNAME) of  www.example.com.   ttl 32600  zone example.com.
 2  www.example.com.   is an alias (CNAME) of  example.com.       ttl 32600  zone example.com.
    example.com. 3600 IN A 192.0.2.1
data: the true name of shop.example.com. is example.com.; caches may keep the whole answer for 3600 s
"""

from collections.abc import Iterator

from truename.chain import ChainJson, HopJson
from truename.name import both

KINDS = {
    "CNAME": "is an alias (CNAME) of",
    "DNAME": "is moved (DNAME) to",
    "ALIAS": "takes the addresses (ALIAS) of",
    "HTTPS": "is served (HTTPS) at",
    "SVCB": "is served (SVCB) at",
}

ENDS = {
    "data": "the true name of {qname} is {name}",
    "nodata": "{name} exists and has no {qtype} record",
    "nxdomain": "{name} does not exist",
    "referral": "{name} lies below a delegation; the name servers above hold it",
    "out-of-zone": "{name} is in no zone served here; a resolver goes on from there",
    "unknown": "{name} is not known here",
    "loop": "the chain comes back to {name}, which it passed before; no client finds data this way",
    "too-long": "the chain is longer than max_chain allows; it was left at {name}",
    "failed": "{name} could not be asked",
}

# The same ends, said of a name that is no alias.
WITHOUT_HOPS = {
    "data": "{name} is no alias and has this itself",
    "out-of-zone": "{name} is in no zone served here",
}


def lines(chain: ChainJson) -> Iterator[str]:
    """The whole text, a line at a time."""
    yield f"{both(chain['qname'])} {chain['qtype']}"
    yield from _hops(chain["hops"])
    for record in chain["records"]:
        yield f"    {record}"
    yield _end(chain)


def _hops(hops: list[HopJson]) -> Iterator[str]:
    rows = [(both(hop["alias"]), KINDS.get(hop["kind"], hop["kind"]), both(hop["target"])) for hop in hops]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for number, (row, hop) in enumerate(zip(rows, hops, strict=True), 1):
        cells = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        made = f"  made from {hop['wildcard']}" if hop["wildcard"] else ""
        yield f"{number:>2}  {cells}  ttl {hop['ttl']}  zone {hop['zone']}{made}"


def _end(chain: ChainJson) -> str:
    is_alias = bool(chain["hops"])
    words = ENDS.get(chain["end"], "{name}")
    if not is_alias:
        words = WITHOUT_HOPS.get(chain["end"], words)
    text = words.format(qname=chain["qname"], name=both(chain["canonical_name"]), qtype=chain["qtype"])
    rcode = f" ({chain['rcode']})" if chain["rcode"] != "NOERROR" else ""
    kept = ""
    if chain["end"] == "data" and chain["ttl"] is not None:
        whole = "the whole answer" if is_alias else "it"
        kept = f"; caches may keep {whole} for {chain['ttl']} s"
    return f"{chain['end']}: {text}{rcode}{kept}"
