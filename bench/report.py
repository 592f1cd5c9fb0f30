"""The table on stdout, and what is required beside what was measured."""

from collections.abc import Iterator
from typing import Any

QUIET = 0.05  # share of all cores that others may take before the report warns
PEERS = ("nsd", "knot", "bind", "pdns")
FLOODS = ("plain", "signed")
OVERLOADED = 0.01  # share of good answers; who loses less in the flood takes nearly all that is offered
SIGNED_PEERS = ("nsd", "knot")


def get(results: dict[str, Any], *path: str) -> Any:
    """The value at *path*, or None where a section or a server is missing."""
    value: Any = results
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def over(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def beside_knot(section: dict[str, Any], *path: str) -> float | None:
    return over(get(section, "truename", *path), get(section, "knot", *path))


def requirements(results: dict[str, Any]) -> list[dict[str, Any]]:
    """What must hold: text, limit, measured value (None when not measured) and whether it is met."""
    rows = []
    for text, limit, measured in judged(results):
        met = None if measured is None else measured <= limit
        rows.append({"what": text, "limit": limit, "measured": measured, "met": met})
    return rows


def judged(results: dict[str, Any]) -> Iterator[tuple[str, float, float | None]]:
    """(what, limit, measured) of every requirement; smaller is better in all of them."""
    answering, loading = results.get("answering", {}), results.get("loading", {})
    mine = get(answering, "truename", "cpu_us", "median")
    peers = [cpu for name in PEERS if (cpu := get(answering, name, "cpu_us", "median")) is not None]
    yield "CPU per query / echo", 1.25, over(mine, get(answering, "echo", "cpu_us", "median"))
    yield "CPU per query / cheapest peer", 1.0, over(mine, min(peers, default=None))
    yield "load / Knot", 1.0, beside_knot(loading, "seconds", "median")
    yield "memory after load / Knot", 0.7, beside_knot(loading, "pss", "median")
    yield "memory after queries / Knot", 0.7, beside_knot(answering, "pss_asked")
    yield "chain of 12 / direct address", 2.0, get(results, "chains", "truename", "ratio")
    for name, limit in (("clean", 1.0), ("faulty", 1.25)):
        yield (
            f"check, {name} / kzonecheck",
            limit,
            beside_knot(get(results, "checking", name) or {}, "seconds", "median"),
        )
    yield "check of 200 zones, s", 1.0, get(results, "checking", "folder", "truename", "seconds", "median")
    for denial in ("nsec", "nsec3"):
        asked = get(results, "signed", denial) or {}
        known = [cpu for name in SIGNED_PEERS if (cpu := get(asked, name, "cpu_us", "median")) is not None]
        cpu = over(get(asked, "truename", "cpu_us", "median"), min(known, default=None))
        yield f"signed, {denial}: CPU per query / cheapest peer", 1.0, cpu
        yield f"signed, {denial}: memory / Knot", 1.0, beside_knot(asked, "pss")
    for kind in FLOODS:
        beside = get(results, "flood", kind, "truename", "lost_to_nsd", "median")
        yield f"flood, {kind}: good answers lost / NSD's", 1.0, beside
    yield "publish one record, median us", 1000.0, get(results, "publishing", "single", "median_us")
    yield "publish under 500,000 aliases, us", 1000.0, get(results, "publishing", "fan", "median_us")
    yield "p99.9 with changes / without", 1.5, get(results, "latency", "served", "p999_to_quiet")
    editing = results.get("editing") or {}
    yield "edit of one record over HTTP, median ms", 20.0, get(editing, "truename", "patch", "median_ms")
    yield "1,000 edits, s", 20.0, get(editing, "truename", "patch", "thousand_s")
    yield "import of 1,000,000 records, s", 20.0, get(editing, "truename", "import_s")
    yield "the same by the verb, s", 20.0, get(editing, "truename", "verb_s")
    yield "the same into PostgreSQL, s", 20.0, get(editing, "truename", "postgresql_s")
    yield "restart with them, s", 3.0, get(editing, "truename", "restart_s")
    yield "impact of 500,000 aliases, ms", 100.0, get(editing, "impact", "ms")
    mine, edit = get(editing, "truename", "import_s"), get(editing, "truename", "patch", "median_ms")
    yield "edit / PowerDNS as it comes", 1.0, over(edit, get(editing, "pdns", "rectified", "median_ms"))
    yield "edit / PowerDNS without rectifying", 1.0, over(edit, get(editing, "pdns", "patch", "median_ms"))
    yield "import / PowerDNS by POST", 1.0, over(mine, get(editing, "pdns", "post_s"))
    yield "import / pdnsutil load-zone", 1.0, over(mine, get(editing, "pdns", "import_s"))
    yield "import over itself / first import", 1.0, over(get(editing, "truename", "again_s"), mine)
    yield "wrong answers, changes not seen", 0.0, wrong(results)


def wrong(results: dict[str, Any]) -> float | None:
    """Answers of the product that were not right, and changes that were not seen; None when nobody looked."""
    answers = (("answering", "truename"), ("chains", "truename"), ("signed", "nsec", "truename"))
    paths = (*answers, ("signed", "nsec3", "truename"), ("publishing", "single"), ("publishing", "fan"))
    sections = [found for path in paths if (found := get(results, *path))]
    counts = [section.get("wrong", section.get("unseen")) for section in sections]
    known = [count for count in counts if count is not None]
    return float(sum(known)) if known else None


def lines(results: dict[str, Any]) -> Iterator[str]:
    """The whole report, line by line."""
    on = results["machine"]
    yield f"{on['cpu']}, {on['cores']} cores, Linux {on['kernel']}"
    if on["busy_before"] > QUIET:
        yield f"  BUSY: others took {on['busy_before']:.0%} of it before the first round; do not believe what follows"
    for name, version in results["versions"].items():
        yield f"  {name:<9} {version}"
    for name, why in results["left_out"].items():
        yield f"  {name:<9} left out: {why}"
    first = (("answering", answering_lines), ("loading", loading_lines), ("chains", chain_lines))
    then = (("checking", checking_lines), ("signed", signed_lines), ("flood", flood_lines))
    for key, section in (*first, *then, ("publishing", publishing_lines), ("latency", latency_lines)):
        if results.get(key):
            yield ""
            yield from section(results[key])
    for name, why in results["failed"].items():
        yield f"\n{name} failed: {why}"
    yield ""
    yield from required_lines(results["required"])


def failed_line(name: str, result: dict[str, Any]) -> str:
    return f"{name:<9} failed: {result['failed']}"


def answering_lines(section: dict[str, Any]) -> Iterator[str]:
    yield "answering: 70 % alias, 20 % host, 10 % absent; medians of the rounds (least - greatest)"
    yield f"{'':<9} {'CPU us/query':>23} {'/ echo':>7} {'q/s':>9} {'answered':>9} {'wrong':>6} {'MB loaded, asked':>17}"
    for name, result in section.items():
        if "failed" in result:
            yield failed_line(name, result)
            continue
        cpu = result["cpu_us"]
        yield (
            f"{name:<9} {cpu['median']:7.2f} ({cpu['min']:5.2f} - {cpu['max']:5.2f})"
            f" {ratio(result.get('cpu_to_echo')):>7} {result['qps']['median']:9,.0f} {result['answered']:9.3%}"
            f" {result['wrong']:6} {result['pss_loaded'] / 1e6:9.0f} {result['pss_asked'] / 1e6:7.0f}"
        )
        if result["wrong_first"]:
            yield f"{'':<9} {result['wrong_first']}"


def loading_lines(section: dict[str, Any]) -> Iterator[str]:
    yield "loading 1,000,000 records: exec to the first right answer; all cores"
    for name, result in section.items():
        if "failed" in result:
            yield failed_line(name, result)
            continue
        seconds, pss = result["seconds"], result["pss"]["median"] / 1e6
        yield f"{name:<9} {seconds['median']:6.2f} s ({seconds['min']:.2f} - {seconds['max']:.2f}) {pss:6.0f} MB"


def chain_lines(section: dict[str, Any]) -> Iterator[str]:
    yield "a chain of 12 aliases beside a direct address: CPU us/query"
    yield f"{'':<9} {'chain':>7} {'direct':>7} {'ratio':>6} {'wrong':>6}"
    for name, result in section.items():
        if "failed" in result:
            yield failed_line(name, result)
            continue
        chain, direct = result["chain"]["cpu_us"]["median"], result["direct"]["cpu_us"]["median"]
        yield f"{name:<9} {chain:7.2f} {direct:7.2f} {ratio(result['ratio']):>6} {result['wrong']:6}"
        if result["wrong_first"]:
            yield f"{'':<9} {result['wrong_first']}"


def checking_lines(section: dict[str, Any]) -> Iterator[str]:
    yield "checking zone files: exec to exit, seconds (least - greatest); all cores"
    yield f"{'':<9} {'clean, 1,000,000 records':>26} {'with 50,000 findings':>26} {'folder of 200 zones':>26}"
    for who in ("truename", *PEERS):
        times = [get(section, name, who, "seconds") for name in ("clean", "faulty", "folder")]
        shown = [f"{t['median']:10.2f} ({t['min']:5.2f} - {t['max']:5.2f})" if t else f"{'-':>26}" for t in times]
        if any(times):
            yield f"{who:<9} {' '.join(shown)}"


def signed_lines(section: dict[str, Any]) -> Iterator[str]:
    yield "signed: 200,000 names, ECDSA P-256, DO set; 70 % alias, 20 % host, 10 % absent; medians (least - greatest)"
    yield f"{'':<15} {'CPU us/query':>23} {'q/s':>9} {'answered':>9} {'wrong':>6} {'MB':>6}"
    for denial, servers in section.items():
        for name, result in servers.items():
            title = f"{denial:<5} {name:<9}"
            if "failed" in result:
                yield failed_line(title, result)
                continue
            cpu = result["cpu_us"]
            yield (
                f"{title} {cpu['median']:7.2f} ({cpu['min']:5.2f} - {cpu['max']:5.2f}) {result['qps']['median']:9,.0f}"
                f" {result['answered']:9.3%} {result['wrong']:6} {result['pss'] / 1e6:6.0f}"
            )
            if result["wrong_first"]:
                yield f"{'':<15} {result['wrong_first']}"


def flood_lines(section: dict[str, Any]) -> Iterator[str]:
    yield f"flood: 90 % random absent names, 10 % good, {section['qps']:,.0f} questions a second for everybody"
    yield f"{'':<16} {'% of good answers lost':>24} {'/ NSD, by turn':>21} {'offered/s':>10} {'waited':>7}  turns tries"
    for kind in FLOODS:
        for name, result in section[kind].items():
            title = f"{kind:<6} {name:<9}"
            if "failed" in result:
                yield failed_line(title, result)
                continue
            lost = spread_text({key: 100 * value for key, value in result["lost"].items()})
            beside = spread_text(result["lost_to_nsd"]) if result["lost_to_nsd"] else "-"
            offered = f"{result['offered_qps']['median']:10,.0f} {result['waited']['median']:7.1%}"
            yield f"{title} {lost:>24} {beside:>21} {offered} {len(result['rounds']):6} {result['tries']:5}"
            yield from flood_doubts(result)


def flood_doubts(result: dict[str, Any]) -> Iterator[str]:
    """What makes a line of the flood worth little."""
    if result["lost"]["median"] < OVERLOADED:
        yield f"{'':<16} hardly overloaded: offer more (--flood-qps)"
    if result["unread"]:
        yield f"{'':<16} the client itself dropped {result['unread']:,.0f} answers; they count as lost"


def spread_text(values: dict[str, float]) -> str:
    return f"{values['median']:.2f} ({values['min']:.2f} - {values['max']:.2f})"


def publishing_lines(section: dict[str, Any]) -> Iterator[str]:
    yield "publishing a change: the call, in microseconds"
    yield f"{'':<34} {'median':>8} {'p99':>8} {'max':>8} {'changes':>8} {'unseen':>7}"
    for key, title in (("single", "one record of a million"), ("fan", "the address under 500,000 aliases")):
        r = section[key]
        times = " ".join(f"{r[field]:8.1f}" for field in ("median_us", "p99_us", "max_us"))
        yield f"{title:<34} {times} {r['changes']:8} {r['unseen']:7}"


def latency_lines(section: dict[str, Any]) -> Iterator[str]:
    yield f"latency at half load ({section['rate_qps']:,.0f} q/s), microseconds, medians of the rounds"
    yield f"{'':<34} {'p50':>8} {'p99':>8} {'p99.9':>8} {'/ quiet':>8} {'changes/s':>10}"
    titles = {"quiet": "no changes", "served": "1,000 changes a second", "apart": "the same, in a graph nobody asks"}
    for mode, title in titles.items():
        times = " ".join(f"{section[mode][key]['median']:8.1f}" for key in ("p50_us", "p99_us", "p999_us"))
        beside, rate = ratio(section[mode].get("p999_to_quiet")), section[mode].get("rate", 0)
        yield f"{title:<34} {times} {beside:>8} {rate:10,.0f}"


def required_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{'required':<46} {'limit':>9} {'measured':>9}"
    for row in rows:
        measured = "-" if row["measured"] is None else f"{row['measured']:.2f}"
        verdict = {None: "not measured", True: "met", False: "MISSED"}[row["met"]]
        yield f"{row['what']:<46} {row['limit']:9.2f} {measured:>9}  {verdict}"


def ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
