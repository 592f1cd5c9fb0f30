"""octoDNS with octodns-powerdns, as they come from PyPI: plan, apply, and nothing left to do."""

import logging
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from octodns.manager import Manager

from .api import Api, rrset

# octodns-powerdns calls what octoDNS will take away one day.
pytestmark = pytest.mark.filterwarnings("ignore:.*DEPRECATED:DeprecationWarning")

FIRST = """
'':
  - {type: NS, values: [ns1.octo.example., ns2.octo.example.]}
  - {type: MX, values: [{exchange: mail.octo.example., preference: 10}]}
  - {type: TXT, values: ['v=spf1 -all', 'two\\; parts', LONG]}
  - {type: CAA, value: {flags: 0, tag: issue, value: ca.example.net}}
  - {type: ALIAS, value: www.example.org.}
ns1: {type: A, value: 192.0.2.53}
ns2: {type: A, value: 192.0.2.54}
mail: {type: A, values: [192.0.2.25, 192.0.2.26]}
www: {type: A, ttl: 60, value: 192.0.2.1}
shop: {type: CNAME, ttl: 300, value: www.octo.example.}
_sip._tcp: {type: SRV, value: {port: 5060, priority: 1, target: mail.octo.example., weight: 2}}
'*': {type: AAAA, value: '2001:db8::1'}
sshfp:
  {type: SSHFP, value: {algorithm: 1, fingerprint: aabbccddeeff00112233445566778899aabbccdd, fingerprint_type: 1}}
svc: {type: HTTPS, value: {svcpriority: 1, targetname: ., svcparams: {alpn: [h2, h3]}}}
naptr:
  {type: NAPTR, value: {flags: S, order: 1, preference: 2, regexp: '', replacement: mail.octo.example., service: SIP}}
""".replace("LONG", "x" * 300)


class OctoDns:
    """octoDNS over a directory of YAML and one server."""

    def __init__(self, api: Api, where: Path) -> None:
        self.where = where
        address = urlsplit(api.url)
        (where / "octodns.yaml").write_text(
            f"""
manager: {{max_workers: 1, enable_checksum: false}}
providers:
  config: {{class: octodns.provider.yaml.YamlProvider, directory: {where}, default_ttl: 3600, enforce_order: false,
    escaped_semicolons: true}}
  truename:
    class: octodns_powerdns.PowerDnsProvider
    host: {address.hostname}
    port: {address.port}
    api_key: {api.key}
    notify: true
    mode_of_operation: native
zones:
  octo.example.: {{sources: [config], targets: [truename]}}
"""
        )

    def sync(self, zone: str, *, is_applied: bool = True) -> int:
        """Make the server hold *zone*. Returns: the number of changes, 0 when they are only planned"""
        (self.where / "octo.example.yaml").write_text(zone)
        return Manager(str(self.where / "octodns.yaml")).sync(dry_run=not is_applied, force=True)


@pytest.fixture(scope="module")
def octodns(api: Api, tmp_path_factory) -> OctoDns:
    logging.getLogger().setLevel(logging.ERROR)
    return OctoDns(api, tmp_path_factory.mktemp("octodns"))


def test_a_zone_is_made_planned_and_applied(api: Api, octodns: OctoDns):
    count = FIRST.count("type: ") - FIRST.count("fingerprint_type: ")
    octodns.sync(FIRST, is_applied=False)
    assert api.get("zones/octo.example.").status == 404
    assert octodns.sync(FIRST) == count
    assert octodns.sync(FIRST) == 0, "the second run finds changes"
    assert api.get("zones/octo.example.").json["kind"] == "Native"
    assert api.ask("shop.octo.example.") == ["www.octo.example.", "192.0.2.1"]
    assert api.contents("octo.example.", "octo.example.", "ALIAS") == ["www.example.org."]


def test_an_address_becomes_an_alias_and_back(api: Api, octodns: OctoDns):
    swapped = FIRST.replace("{type: A, ttl: 60, value: 192.0.2.1}", "{type: CNAME, value: mail.octo.example.}")
    swapped = swapped.replace("{type: CNAME, ttl: 300, value: www.octo.example.}", "{type: A, value: 192.0.2.9}")
    for zone, www, shop in [
        (swapped, ["mail.octo.example.", "192.0.2.25", "192.0.2.26"], ["192.0.2.9"]),
        (FIRST, ["192.0.2.1"], ["www.octo.example.", "192.0.2.1"]),
    ]:
        assert octodns.sync(zone) > 0 and octodns.sync(zone) == 0
        assert sorted(api.ask("www.octo.example."), key=lambda one: one[0].isdigit())[:1] == www[:1]
        assert sorted(api.ask("www.octo.example.")) == sorted(www)
        assert api.ask("shop.octo.example.") == shop


def test_what_somebody_else_changed_is_put_back(api: Api, octodns: OctoDns):
    api.patch(
        "octo.example.", rrset("www.octo.example.", "A", "192.0.2.99"), rrset("new.octo.example.", "A", "192.0.2.1")
    )
    assert octodns.sync(FIRST) == 2
    assert api.ask("www.octo.example.") == ["192.0.2.1"] and api.ask("new.octo.example.") == ["2001:db8::1"][:0]


def test_a_zone_that_would_break_is_refused_whole(api: Api, octodns: OctoDns):
    before = api.get("zones/octo.example.").json
    looped = FIRST.replace("value: www.octo.example.}", "value: loop.octo.example.}")
    looped += "loop: {type: CNAME, value: shop.octo.example.}\n"
    with pytest.raises(Exception, match="422"):
        octodns.sync(looped)
    assert api.get("zones/octo.example.").json == before
