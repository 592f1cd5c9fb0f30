"""BIND's validator, `delv`, asks for itself: it fetches DNSKEY and DS from the server it is given.

It takes an authoritative server for a forwarder, so every zone on the way must be served here; its trust anchor is
the key of the topmost one (`+root`).
"""

from pathlib import Path

import pytest

from servers import Running

from .signing import run
from .sources import Tree

SECURE, ABSENT, INSECURE = "; fully validated", "; negative response, fully validated", "; unsigned answer"


@pytest.fixture(scope="module")
def anchor(signed: Tree, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The keys of the two zones whose parents nobody serves."""
    lines = []
    for origin in ("example.", "alone.test."):
        (key,) = signed.signed[origin].dnskey
        flags, protocol, algorithm, *public = key.to_text().split(" ")
        lines.append(f'{origin} static-key {flags} {protocol} {algorithm} "{"".join(public)}";')
    path = tmp_path_factory.mktemp("delv") / "anchors"
    path.write_text("trust-anchors {\n" + "\n".join(lines) + "\n};\n")
    return path


def asked_by_delv(server: Running, anchor: Path, name: str, rtype: str, root: str = "example") -> str:
    where = [f"@{server.host}", "-p", str(server.port), "-a", str(anchor), f"+root={root}"]
    return run(["delv", *where, name, rtype], anchor.parent)


FAMILY_CASES = [
    ("host", "A", SECURE), ("alias1", "A", SECURE), ("over", "A", SECURE), ("overalias", "A", SECURE),
    ("any.wild", "A", SECURE), ("any.alias", "A", SECURE), ("any.twice", "A", SECURE), ("overwild", "A", SECURE),
    ("www.dname", "A", SECURE), ("host.fardname", "A", SECURE), ("any.wilddname", "A", SECURE),
    ("svc", "SVCB", SECURE), ("MiXed", "A", SECURE), ("secure", "DS", SECURE), ("child", "DS", SECURE),
    ("host.child", "A", SECURE), ("intochild", "A", SECURE), ("@", "DNSKEY", SECURE),
    ("host", "MX", ABSENT), ("missing", "A", ABSENT), ("hollow", "A", ABSENT), ("any.wild", "MX", ABSENT),
    ("x.deeper.wild", "A", ABSENT), ("missing.child", "A", ABSENT),
    ("host.island", "A", INSECURE), ("plainly", "A", INSECURE),
]  # fmt: skip


@pytest.mark.parametrize("family", ["nsec", "nsec3", "salted", "optout"])
@pytest.mark.parametrize(("name", "rtype", "verdict"), FAMILY_CASES)
def test_delv_validates(family: str, name: str, rtype: str, verdict: str, ours: Running, anchor: Path) -> None:
    full = f"{family}.example." if name == "@" else f"{name}.{family}.example."
    said = asked_by_delv(ours, anchor, full, rtype).splitlines()
    # A wildcard's answer rests on a span; one that opts out does not rule out an unsigned delegation (RFC 5155 9.2).
    assert verdict in said or (family == "optout" and name.startswith("any.") and INSECURE in said)


@pytest.mark.parametrize(
    ("name", "rtype", "verdict"),
    [("host.dnamed.example.", "A", SECURE), ("www.example.", "A", SECURE), ("missing.example.", "A", ABSENT)],
)
def test_delv_validates_the_rest_of_the_tree(name: str, rtype: str, verdict: str, ours: Running, anchor: Path) -> None:
    assert verdict in asked_by_delv(ours, anchor, name, rtype).splitlines()


@pytest.mark.parametrize(
    ("name", "verdict"), [("host.alone.test.", SECURE), ("alias.alone.test.", SECURE), ("no.alone.test.", ABSENT)]
)
def test_delv_validates_a_zone_without_its_parent(name: str, verdict: str, ours: Running, anchor: Path) -> None:
    assert verdict in asked_by_delv(ours, anchor, name, "A", "alone.test").splitlines()
