"""CPU per query and throughput: all servers beside each other, in turns; and the memory they hold before and after.

All of them stay up for the whole section, so a round of one lies seconds from the same round of the others and a
machine that grows slower or faster is the same to all. Who is not asked uses next to no CPU.

And what a chain costs: a question at the head of 12 aliases beside one for the address at its end.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from dns import first_problems, wrong_answers
from dnsperf import Round, measure, summary
from running import SERVER_CORE, Running, running
from settings import Settings
from subjects import Subject
from zones import Files, chains, million

Results = dict[str, dict[str, Any]]  # by server
Rounds = dict[tuple[str, str], list[Round]]  # by server and stem of the file of queries


def start_all(
    stack: ExitStack, subjects: Sequence[Subject], folder: Path, zone: Files
) -> tuple[list[Running], Results]:
    """Start every subject on the server's core; who does not come up is told in the second value and left out."""
    servers: list[Running] = []
    failed: Results = {}
    for subject in subjects:
        try:
            servers.append(stack.enter_context(running(subject, folder, [zone], {SERVER_CORE})))
        except (RuntimeError, OSError) as error:
            failed[subject.name] = {"failed": str(error)}
    return servers, failed


def check(servers: Sequence[Running], sample: Path) -> dict[str, list[str]]:
    """Wrong answers by server; the echo gives none worth reading."""
    return {s.subject.name: wrong_answers(s.port, sample) for s in servers if s.subject.answers}


def in_turns(servers: Sequence[Running], files: Sequence[Path], settings: Settings, *options: str) -> Rounds:
    """Rounds by (server, query file): every server with every file, then all again. One short round each comes first
    and is not counted: it fills caches and branch predictors. *options* are dnsperf's."""
    rounds: Rounds = {}
    for server in servers:
        for queries in files:
            measure(server, queries, settings.warm_up, *options)
    for _ in range(settings.rounds):
        for server in servers:
            for queries in files:
                done = measure(server, queries, settings.seconds, *options)
                rounds.setdefault((server.subject.name, queries.stem), []).append(done)
                settings.say(f"{server.subject.name:>9} {queries.stem:<8} {done.cpu_us:6.2f} us {done.qps:9,.0f} q/s")
    return rounds


def measure_answering(subjects: Sequence[Subject], settings: Settings) -> Results:
    """By server: CPU, q/s, their ratio to the echo, wrong answers, and PSS after load and after the rounds."""
    zone = million(settings.zones, settings.label)
    with ExitStack() as stack:
        servers, failed = start_all(stack, subjects, settings.work, zone)
        loaded = {s.subject.name: s.process.pss_bytes() for s in servers}
        wrong = check(servers, settings.zones / "million.sample")
        rounds = in_turns(servers, [settings.zones / "million.queries"], settings)
        results: Results = failed
        for server in servers:
            name = server.subject.name
            results[name] = summary(rounds[name, "million"]) | {
                "wrong": len(wrong.get(name, [])),
                "wrong_first": first_problems(wrong.get(name, [])),
                "load_pinned_s": server.load_seconds,
                "pss_loaded": loaded[name],
                "pss_asked": server.process.pss_bytes(),
            }
    add_ratios(results)
    return results


def add_ratios(results: Results) -> None:
    """Each server's median CPU per query over the echo's of this run, where the echo was measured."""
    floor = results.get("echo", {}).get("cpu_us")
    for result in results.values():
        if floor and "cpu_us" in result:
            result["cpu_to_echo"] = result["cpu_us"]["median"] / floor["median"]


def measure_chains(subjects: Sequence[Subject], settings: Settings) -> Results:
    """By server: CPU of a chain of 12 aliases, of a direct address, and their ratio.

    A server that gives up on the way answers less and spends less: ``wrong`` counts it, and the ratio says nothing.
    """
    zone = chains(settings.zones)
    files = [settings.zones / "chains.queries", settings.zones / "direct.queries"]
    with ExitStack() as stack:
        servers, failed = start_all(stack, [s for s in subjects if s.answers], settings.work, zone)
        wrong = check(servers, settings.zones / "chains.sample")
        rounds = in_turns(servers, files, settings)
    results: Results = failed
    for name, lines in wrong.items():
        chain, direct = summary(rounds[name, "chains"]), summary(rounds[name, "direct"])
        results[name] = {
            "chain": chain,
            "direct": direct,
            "ratio": chain["cpu_us"]["median"] / direct["cpu_us"]["median"],
            "wrong": len(lines),
            "wrong_first": first_problems(lines),
        }
    return results
