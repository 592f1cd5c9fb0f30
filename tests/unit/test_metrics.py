"""Counters of the core as Prometheus reads them: cumulative buckets, labels, sums."""

from types import SimpleNamespace

from prometheus_client.parser import text_string_to_metric_families

from truename.serve.metrics import render


def counters(**changed: object) -> SimpleNamespace:
    values = {
        "requests": [("example.com.", "A", "udp", "ipv4", 5), ("", "OTHER", "tcp", "ipv6", 1)],
        "responses": [("NOERROR", 5), ("REFUSED", 1)],
        "ends": [("data", 4), ("nxdomain", 1)],
        "cookies": [("new", 4), ("valid", 3), ("invalid", 0)],
        "limited": [("drop", 8), ("slip", 6)],
        "hops": [3, 2, 1],
        "duration_buckets": [(0.00001, 4), (float("inf"), 6)],
        "duration_sum": 0.5,
        "duration_count": 6,
        "dropped": 7,
        "panics": 0,
        "tcp_clients": 2,
    }
    return SimpleNamespace(**{**values, **changed})


def samples(found: SimpleNamespace) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    served = SimpleNamespace(
        dns=SimpleNamespace(counters=lambda: found),
        graph=SimpleNamespace(zones=lambda: [SimpleNamespace(origin="example.com.", serial=7, records=9)]),
        zones=SimpleNamespace(problems=[("", SimpleNamespace(file="a")), ("", SimpleNamespace(file="a"))]),
        facts=SimpleNamespace(counts={"target-missing": 3}),
    )
    families = text_string_to_metric_families(render(served).decode())
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def test_counters_and_gauges():
    found = samples(counters())
    labels = (("family", "ipv4"), ("proto", "udp"), ("type", "A"), ("zone", "example.com."))
    assert found["truename_dns_requests_total", labels] == 5
    assert found["truename_dns_responses_total", (("rcode", "REFUSED"),)] == 1
    assert found["truename_chain_ends_total", (("end", "nxdomain"),)] == 1
    assert found["truename_dns_cookies_total", (("cookie", "valid"),)] == 3
    assert found["truename_rrl_limited_total", (("action", "drop"),)] == 8
    assert found["truename_rrl_limited_total", (("action", "slip"),)] == 6
    assert found["truename_dangling_aliases", ()] == 3
    assert found["truename_zone_serial", (("zone", "example.com."),)] == 7
    assert found["truename_zone_files_refused", ()] == 1
    assert found["truename_dns_dropped_total", ()] == 7
    assert found["truename_dns_tcp_clients", ()] == 2


def test_histograms_are_cumulative_and_end_at_infinity():
    found = samples(counters())
    assert found["truename_chain_hops_bucket", (("le", "0.0"),)] == 3
    assert found["truename_chain_hops_bucket", (("le", "1.0"),)] == 5
    assert found["truename_chain_hops_bucket", (("le", "+Inf"),)] == 6
    assert found["truename_chain_hops_count", ()] == 6
    assert found["truename_chain_hops_sum", ()] == 4
    assert found["truename_dns_duration_seconds_bucket", (("le", "+Inf"),)] == 6
    assert found["truename_dns_duration_seconds_sum", ()] == 0.5


def test_before_the_first_query():
    empty = counters(
        requests=[], responses=[], ends=[], hops=[], duration_buckets=[], duration_sum=0.0, duration_count=0
    )
    found = samples(empty)
    assert found["truename_chain_hops_count", ()] == 0
    assert found["truename_dns_duration_seconds_count", ()] == 0
