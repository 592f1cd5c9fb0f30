"""/metrics: the counters of the core, read when they are asked for; nothing is counted in Python."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from truename import _core
from truename._core import Counters
from truename.serve.served import Served


class ServedCollector(Collector):
    """Everything about one running server."""

    def __init__(self, served: Served) -> None:
        self._served = served

    def collect(self) -> Iterator[Metric]:
        """One family after the other, all from one reading of the counters."""
        counters = self._served.dns.counters()
        yield _requests(counters)
        yield _counted("truename_dns_responses", "Replies by rcode", "rcode", counters.responses)
        yield _duration(counters)
        yield _hops(counters.hops)
        yield _counted("truename_chain_ends", "Followed chains by how they ended", "end", counters.ends)
        yield _counted("truename_dns_cookies", "Queries with a DNS cookie by its worth", "cookie", counters.cookies)
        yield _counted("truename_rrl_limited", "Replies over the rate by what was done", "action", counters.limited)
        yield CounterMetricFamily("truename_dns_dropped", "Packets without a reply", value=counters.dropped)
        yield CounterMetricFamily("truename_dns_panics", "Queries that failed inside", value=counters.panics)
        yield GaugeMetricFamily("truename_dns_tcp_clients", "TCP connections open now", value=counters.tcp_clients)
        yield from self._zones()
        yield InfoMetricFamily("truename_build", "What runs here", value={"version": _core.__version__})

    def _zones(self) -> Iterator[Metric]:
        serials = GaugeMetricFamily("truename_zone_serial", "Serial of the published version", labels=["zone"])
        records = GaugeMetricFamily("truename_zone_records", "Records of the published version", labels=["zone"])
        for zone in self._served.graph.zones():
            serials.add_metric([zone.origin], zone.serial)
            records.add_metric([zone.origin], zone.records)
        yield serials
        yield records
        broken = len({problem.file for _, problem in self._served.zones.problems})
        yield GaugeMetricFamily("truename_zone_files_refused", "Files not served as they stand", value=broken)
        dangling = self._served.facts.counts.get("target-missing", 0)
        yield GaugeMetricFamily("truename_dangling_aliases", "Links to names that do not exist", value=dangling)


def render(served: Served) -> bytes:
    """The text format of Prometheus. A registry of its own: only what is above, and one per server in a test."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(ServedCollector(served))
    return generate_latest(registry)


def _requests(counters: Counters) -> Metric:
    labels = ["zone", "type", "proto", "family"]
    family = CounterMetricFamily("truename_dns_requests", "Queries that were read", labels=labels)
    for *values, count in counters.requests:
        family.add_metric([str(value) for value in values], count)
    return family


def _counted(name: str, doc: str, label: str, counts: list[tuple[str, int]]) -> Metric:
    family = CounterMetricFamily(name, doc, labels=[label])
    for value, count in counts:
        family.add_metric([value], count)
    return family


def _duration(counters: Counters) -> Metric:
    buckets = [(_bound(bound), float(count)) for bound, count in counters.duration_buckets]
    if not buckets or buckets[-1][0] != "+Inf":
        buckets.append(("+Inf", float(counters.duration_count)))
    doc = "Seconds from reading a query to its reply, of a sample"
    return HistogramMetricFamily("truename_dns_duration_seconds", doc, buckets=buckets, sum_value=counters.duration_sum)


def _hops(hops: list[int]) -> Metric:
    # The last slot holds everything longer, so it has no upper bound, and the sum counts it at its lower one.
    buckets: list[tuple[str, float]] = []
    total = 0
    for links, count in enumerate(hops):
        total += count
        buckets.append((_bound(links) if links < len(hops) - 1 else "+Inf", float(total)))
    links_taken = float(sum(links * count for links, count in enumerate(hops)))
    buckets = buckets or [("+Inf", 0.0)]
    return HistogramMetricFamily("truename_chain_hops", "Links per answer", buckets=buckets, sum_value=links_taken)


def _bound(bound: float) -> str:
    return "+Inf" if bound == float("inf") else str(float(bound))
