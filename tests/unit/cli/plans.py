"""Plans as the API sends them."""

from typing import Any


def rrset(*records: str, ttl: int = 300, disabled: tuple[str, ...] = (), comments: tuple[str, ...] = ()) -> dict:
    said = [{"content": one, "account": "ada", "modified_at": 7} for one in comments]
    return {"ttl": ttl, "records": list(records), "disabled": list(disabled), "comments": said}


def change(op: str, name: str, rtype: str, before: Any = None, after: Any = None, **more: Any) -> dict:
    one = {"op": op, "zone": "example.com.", "name": name, "type": rtype, "before": before, "after": after}
    return {**one, "stale_until_s": 0, **more}


def reached(name: str, before: list[str], after: list[str], *, rcode: str = "NOERROR", stale: int = 3600) -> dict:
    return {
        "name": name,
        "type": "CNAME",
        "zone": "example.org.",
        "path": [name, "www.example.com."],
        "ttl": 300,
        "before": {"rcode": "NOERROR", "records": before},
        "after": {"rcode": rcode, "records": after},
        "stale_until_s": stale,
    }


def finding(rule: str = "alias-chain", severity: str = "warning", **more: Any) -> dict[str, Any]:
    return {
        "rule": rule,
        "severity": severity,
        "zone": "example.com.",
        "owner": "www.example.com.",
        "type": "CNAME",
        "target": "",
        "file": "",
        "line": 0,
        "column": 0,
        "message": "an alias of an alias",
        "hint": "point it at the canonical name",
        "fixable": False,
        "chain": [],
        **more,
    }


def plan(*changes: dict, **more: Any) -> dict[str, Any]:
    operations = [one["op"] for one in changes]
    return {
        "base_serial": 7,
        "changes": list(changes),
        "change_count": len(changes),
        "counts": {op: operations.count(op) for op in ("add", "change", "delete")},
        "refused": [],
        "findings": [],
        "existing": [],
        "impact": [],
        "impact_count": 0,
        "hidden": 0,
        "accepted": True,
        "asks": [],
        "let_through": [],
        "serials": {"example.com.": {"before": 7, "after": 8}} if changes else {},
        "properties": [],
        "saved": False,
        **more,
    }
