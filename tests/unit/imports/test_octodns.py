"""octoDNS' YAML, read as octoDNS reads it: every record form beside what the library itself makes of it."""

import warnings
from pathlib import Path

import pytest

from truename import _core
from truename.errors import ParseError
from truename.imports import Taken, files

# Every type, in every way that octoDNS' documentation writes it.
EVERYTHING = r"""
---
'':
  - type: ALIAS
    value: target.example.net.
  - type: CAA
    values:
      - flags: 0
        tag: issue
        value: letsencrypt.org
      - tag: issuewild
        value: ';'
  - type: MX
    ttl: 300
    values:
      - preference: 10
        exchange: mail.example.com.
      - priority: 20
        value: mail2.example.com.
  - type: NS
    values: [ns1.example.com., ns2.example.com.]
  - type: TXT
    values:
      - v=spf1 -all
      - "v=DKIM1\\; k=rsa\\; p=AAAA"
      - 'say "this"'
  - type: SSHFP
    values:
      - algorithm: 1
        fingerprint: bf6b6825d2977c511a475bbefb88aad54a92ac73
        fingerprint_type: 1
'*':
  type: CNAME
  value: www.example.com.
www:
  ttl: 60
  type: A
  values: [192.0.2.1, 192.0.2.2]
a.b.www:
  type: AAAA
  value: 2001:db8::1
bücher:
  type: CNAME
  value: münchen.example.
_sip._tcp:
  type: SRV
  values:
    - {priority: 10, weight: 20, port: 5060, target: sip.example.com.}
dn:
  type: DNAME
  value: example.net.
ptr:
  type: PTR
  values: [a.example.com., b.example.com.]
long:
  type: TXT
  value: "LONG"
quoted:
  type: TXT
  value: '"one" "two"'
naptr:
  type: NAPTR
  values:
    - {order: 10, preference: 50, flags: S, service: SIP+D2U, regexp: '!^.*$!sip:info@example.com!', replacement: .}
_443._tcp:
  type: TLSA
  values:
    - certificate_association_data: 8755CDAA8FE24EF16CC0F2C918063185E433FAAF1415664911D9E30A924138C4
      certificate_usage: 1
      matching_type: 1
      selector: 1
ds:
  type: DS
  value: {key_tag: 1, algorithm: 8, digest_type: 2,
          digest: 8755CDAA8FE24EF16CC0F2C918063185E433FAAF1415664911D9E30A924138C4}
loc:
  type: LOC
  value:
    altitude: 20
    lat_degrees: 31
    lat_direction: S
    lat_minutes: 58
    lat_seconds: 52.1
    long_degrees: 115
    long_direction: E
    long_minutes: 49
    long_seconds: 11.7
    precision_horz: 10
    precision_vert: 2
    size: 10
svc:
  - type: HTTPS
    values:
      - svcpriority: 1
        targetname: www.example.com.
        svcparams:
          alpn: [h3, h2]
          no-default-alpn:
          port: 8002
          ipv4hint: [192.0.2.1, 192.0.2.2]
  - type: SVCB
    value: {svcpriority: 0, targetname: other.example.com.}
_u._tcp:
  type: URI
  value: {priority: 10, weight: 1, target: 'https://example.com/x'}
""".replace("LONG", "x" * 300)


def read(tmp_path: Path, text: str, name: str = "example.com.yaml") -> Taken:
    (tmp_path / name).write_text(text)
    (taken,) = files.read(files.gather([str(tmp_path / name)])).taken
    return taken


def lines(text: bytes) -> list[str]:
    """Canonical lines, without regard to order."""
    soa = b"example.com. 3600 IN SOA ns1.example.com. hostmaster.example.com. 1 2 3 4 5\n"
    found = _core.read_text(soa + text, "example.com.")
    assert [problem.message for problem in found.problems] == []
    return sorted(found.lines().decode().splitlines())


def octodns_lines(directory: Path) -> list[str]:
    from octodns.provider.yaml import YamlProvider
    from octodns.zone import Zone

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        zone = Zone("example.com.", [])
        YamlProvider("p", str(directory), enforce_order=False, escaped_semicolons=True).populate(zone)
        text = "".join(
            f"{record.fqdn} {record.ttl} IN {record._type} {value.to_rdata_text()}\n"
            for record in zone.records
            for value in (record.values if hasattr(record, "values") else [record.value])
        )
    return lines(text.replace(" IN SPF ", " IN TXT ").encode())


def test_every_type_is_what_octodns_makes_of_it(tmp_path):
    taken = read(tmp_path, EVERYTHING)
    assert (taken.zone, taken.problems, taken.has_soa, taken.notes) == ("example.com.", (), False, ())
    ours = lines(taken.text)
    assert ours == octodns_lines(tmp_path)
    assert len(ours) == 29 + 1  # and the SOA
    assert "xn--bcher-kva.example.com. 3600 IN CNAME xn--mnchen-3ya.example." in ours


def test_a_zone_in_parts(tmp_path):
    parts = tmp_path / "example.com."
    parts.mkdir()
    (parts / "$example.com.yaml").write_text("'': {type: A, value: 192.0.2.1}\n")
    (parts / "www.yaml").write_text("www: {type: CNAME, value: example.com.}\n")
    (tmp_path / "config.yaml").write_text("providers: {}\n")
    (taken,) = files.read(files.gather([str(tmp_path)])).taken
    assert taken.zone == "example.com." and len(lines(taken.text)) == 3
    assert files.gather([str(parts)])[0].path == parts


def test_a_folder_of_both_kinds(tmp_path):
    (tmp_path / "example.com.yaml").write_text("")
    (tmp_path / "example.org.zone").write_text("")
    (tmp_path / "notes.txt").write_text("")
    assert [source.path.name for source in files.gather([str(tmp_path)])] == ["example.com.yaml", "example.org.zone"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("www:\n  type: URLFWD\n  value: {}\n", 2, "URLFWD is no DNS record"),
        ("www:\n  type: Route53Provider/ALIAS\n  value: {}\n", 2, "belongs to one provider"),
        ("www:\n  type: NONSENSE\n  value: x\n", 2, "NONSENSE is no type"),
        ("www:\n  value: x\n", 2, "without a type"),
        ("www:\n  type: A\n", 2, "A has no value"),
        ("www:\n  type: A\n  values: []\n", 2, "A has no value"),
        ("www:\n  - type: A\n    value: 192.0.2.1\n  - type: A\n    value: 192.0.2.2\n", 4, "stands at"),
        ("www:\n  type: CNAME\n  value: example.net\n", 3, "has no final dot"),
        ("www:\n  type: A\n  ttl: soon\n  value: 192.0.2.1\n", 2, "ttl"),
        ("www:\n  type: MX\n  value: mail.example.com.\n", 3, "is no mapping"),
        ("www:\n  type: SRV\n  value: {priority: 1}\n", 3, "weight is missing"),
        ("www:\n  type: SRV\n  value: {priority: x, weight: 1, port: 1, target: a.}\n", 3, "priority"),
        ("www:\n  type: TXT\n  value: yes\n", 3, "True is no text"),
        ("www.example.com.:\n  type: A\n  value: 192.0.2.1\n", 2, "ends in a dot"),
        ("- a\n- b\n", 1, "names and their records"),
        ("a: b: c\n", 1, "no YAML"),
        ("www: !include other.yaml\n", 1, "No such file"),
        ("www: !!python/object/apply:os.system ['true']\n", 1, "constructor"),
        ("a: *nothing\n", 1, "undefined alias"),
        ("\x00", 0, "no YAML"),
        ("[" * 1200, 0, "no YAML"),
    ],
)
def test_what_cannot_be_taken_is_told_with_its_place(tmp_path, text, line, words):
    taken = read(tmp_path, text)
    (problem, *_) = taken.problems
    assert problem.line == line and words in problem.message and problem.file.endswith("example.com.yaml")


def test_everything_wrong_is_told_at_once(tmp_path):
    taken = read(tmp_path, "a: {type: A}\nb: {type: X, value: y}\nc: {type: A, value: 192.0.2.1}\n")
    assert [problem.line for problem in taken.problems] == [1, 2]


def test_what_is_more_than_records_is_said(tmp_path):
    text = "a:\n  type: A\n  dynamic: {pools: {}}\n  value: 192.0.2.1\nb:\n  octodns: {ignored: true}\n  type: A\n"
    taken = read(tmp_path, text)
    assert taken.problems == () and len(taken.notes) == 1 and "dynamic" in taken.notes[0]
    assert b"b.example.com." not in taken.text


def test_what_is_not_there(tmp_path):
    for path in (tmp_path / "absent.yaml", tmp_path / "absent.zone"):
        with pytest.raises(ParseError, match="No such file"):
            files.read(files.gather([str(path)]))
    with pytest.raises(ParseError, match=r"no \*\.zone"):
        files.gather([str(tmp_path)])
