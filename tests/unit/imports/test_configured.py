"""Zone files that configurations of other servers name."""

from pathlib import Path

import pytest

from truename.errors import ParseError
from truename.imports.configured import Configured, kind_of, read

NAMED = """
// comments of all kinds { }
options { directory "zones"; listen-on { 127.0.0.1; }; };  # }
include "more.conf";
zone "example.com" IN { type master; file "db.example.com"; allow-transfer { key "k;}"; }; };
zone "." { type hint; file "/usr/share/dns/root.hints"; };
zone "fwd.example" { type forward; forwarders { 192.0.2.1; }; };
zone "copy.example" { type slave; file "copy"; masters { 192.0.2.1; }; };
zone "bare.example" { type secondary; primaries { 192.0.2.1; }; };
zone "version.bind" CH { type primary; file "bind.zone"; };
view "inside" { match-clients { 10.0.0.0/8; };
  zone "example.net" { type primary; file "/etc/net"; };
  /* zone "gone.example" { type primary; file "x"; }; */
};
view outside {
  zone "example.net" { type primary; file "/etc/net.outside"; }; zone "example.com" { in-view "inside"; };
};
zone "odd.example" { type "mystery"; file "y"; };
zone "nofile.example" { type primary; };
"""
NSD = """
server:
  zonesdir: "zones"   # a comment: "x"
pattern:
  name: p
  zonefile: "%z/%1/%s.zone"
pattern:
  name: "copies"
  request-xfr: 192.0.2.1 NOKEY
zone:
  name: example.com
  zonefile: example.com.zone
zone:
  name: "example.org."
  include-pattern: p
zone: name: copy.example
  include-pattern: copies
  zonefile: "copy.zone"
zone:
  name: lost.example
  include-pattern: missing
include: "conf.d/*.conf"
"""
KNOT = """
server:
    listen: [ 127.0.0.1@53, ::1@53 ]   # not a zone
template:
  - id: default
    storage: /zones
    file: "%s.zone"
  - id: signed
    storage: "/signed"
    file: %l[0]/%c[0-1]%%.%s
remote:
  - id: up
    address: 192.0.2.1
zone:
  - domain: example.com
  - domain: "example.org."   # quoted
    template: signed
  - domain: example.net
    file: net.db
    acl: [ a, b ]
  - domain: copy.example
    master: up
  - domain: lost.example
    template: missing
zone:
  - domain: more.example
    storage: sub
"""


def configured(folder: Path, text: str, kind: str, name: str = "main.conf") -> Configured:
    (folder / name).write_text(text)
    return read(str(folder / name), kind)


def test_named_conf(tmp_path: Path) -> None:
    (tmp_path / "more.conf").write_text('zone "example.org" { type primary; file "db.example.org"; };\n')
    found = configured(tmp_path, NAMED, "bind")
    zones = tmp_path / "zones"
    assert found.zones == [
        ("example.org", f"{zones}/db.example.org"),
        ("example.com", f"{zones}/db.example.com"),
        ("example.net", "/etc/net"),
    ]
    assert [line.split(":")[0] for line in found.skipped] == [
        f"zone {name} is left out"
        for name in (
            *(".", "fwd.example", "copy.example", "bare.example", "version.bind"),
            *("example.net", "odd.example", "nofile.example"),
        )
    ]
    assert "another version of it, beside /etc/net" in found.skipped[5]
    assert "mystery" in found.skipped[6] and "main.conf:19" in found.skipped[7]
    assert found.faults == []


def test_what_bind_holds_in_its_raw_form_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(b"\0\0\0\2\0\0\0\1")
    (tmp_path / "text").write_text("@ SOA")
    zones = 'zone "a.example" { type secondary; file "copy"; }; zone "b.example" { type mirror; file "text"; };'
    found = configured(tmp_path, zones, "bind")
    assert found.zones == [("b.example", str(tmp_path / "text"))] and "raw form" in found.skipped[0]


def test_nsd_conf(tmp_path: Path) -> None:
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "a.conf").write_text("zone:\n name: a.example\n zonefile: /a/%s\n")
    found = configured(tmp_path, NSD, "nsd")
    assert found.zones == [
        ("example.com", f"{tmp_path}/zones/example.com.zone"),
        ("example.org.", f"{tmp_path}/zones/org/e/example.org.zone"),
        ("a.example", "/a/a.example"),
    ]
    assert "copy.example" in found.skipped[0] and "another server" in found.skipped[0]
    assert "lost.example" in found.skipped[1] and "there is no pattern 'missing'" in found.faults[0]


def test_knot_conf(tmp_path: Path) -> None:
    found = configured(tmp_path, KNOT, "knot")
    assert found.zones == [
        ("example.com", "/zones/example.com.zone"),
        ("example.org.", "/signed/org/ex%.example.org"),
        ("example.net", "/zones/net.db"),
        ("more.example", f"{tmp_path}/sub/more.example.zone"),
    ]
    assert ["copy.example" in line or "'missing'" in line for line in found.skipped] == [True, True]
    assert found.faults == []


@pytest.mark.parametrize(
    ("kind", "include"), [("bind", 'include "%s";'), ("nsd", 'include: "%s"'), ("knot", "include: %s")]
)
def test_includes_that_lead_nowhere_or_back(tmp_path: Path, kind: str, include: str) -> None:
    gone = configured(tmp_path, include % "gone.conf", kind)
    assert ["gone.conf: cannot be read: No such file" in fault for fault in gone.faults] == [True]
    assert f"{tmp_path}/main.conf:1" in gone.faults[0]
    back = configured(tmp_path, include % "main.conf", kind)
    assert ["includes itself" in fault for fault in back.faults] == [True]


def test_what_is_no_configuration(tmp_path: Path) -> None:
    assert "a brace too many" in configured(tmp_path, "}; zone x { };", "bind").faults[0]
    assert "'\"open' is not understood" in configured(tmp_path, 'zone "open', "bind").faults[0]
    with pytest.raises(ParseError, match="No such file"):
        read(str(tmp_path / "gone"), "nsd")


def test_names_of_configurations() -> None:
    names = ["/etc/bind/named.conf", "named.conf.local", "nsd.conf", "x/knot.conf", "example.com.zone", "mynamed.conf"]
    assert [kind_of(name) for name in names] == ["bind", "bind", "nsd", "knot", None, None]
