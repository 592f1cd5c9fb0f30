"""The steps of a start, each of which may say no: ports, zones, DNS."""

import signal
import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import ip_network
from typing import TypedDict, TypeVar, cast

from truename._core import Graph, Server
from truename.config import Settings
from truename.errors import ServeError
from truename.serve import sockets
from truename.serve.held import Outcome
from truename.serve.options import Options
from truename.serve.signals import Events
from truename.serve.sockets import Inherited
from truename.serve.sources import Sources

Done = TypeVar("Done")
Complain = Callable[[str, str], None]  # (what, hint) for the person who starts the server


class Treatment(TypedDict):
    """Cookies and rates."""

    cookie_secrets: list[str]
    rate: int
    rate_prefix4: int
    rate_prefix6: int
    rate_allow: list[str]
    slip: int


class Interrupted(Exception):
    """A signal that ends the server came before it answered."""


def bind(options: Options, settings: Settings, given: Inherited) -> socket.socket | None:
    """Make sure of every port before anything slow happens; the socket of the API is bound for good.

    Raises: ServeError
    """
    if not given.dns:
        listen = sockets.addresses(settings.serve.listen)
        sockets.check_free(address for address in listen if not address.endswith(":0"))
    if given.http is None and settings.serve.http == "off":
        return None
    bound = given.http or sockets.http_socket(settings.serve.http)
    if not sockets.is_loopback(bound) and options.tls is None and not options.is_behind_proxy:
        raise ServeError(
            f"the API on {bound.getsockname()[0]} would be reached from outside without encryption",
            hint="--tls-cert F --tls-key F, or --behind-proxy when a proxy in front of it does TLS",
        )
    return bound


def load(work: Callable[[], Done], events: Events) -> Done:
    """Do *work* - read zone files, open the database - in a thread, while this one hears signals.

    Raises: Interrupted when one came that means the end; the core is then in the middle of a file
    """

    def do() -> None:
        try:
            events.put(("loaded", work()))
        except BaseException as wrong:  # noqa: BLE001 - raised again by the thread that waits
            events.put(("failed", wrong))

    thread = threading.Thread(target=do, name="load", daemon=True)
    thread.start()
    while True:
        match events.get():
            case "loaded", done:
                thread.join()  # the sandbox wants no thread that began before it
                return cast(Done, done)
            case "failed", BaseException() as wrong:
                raise wrong
            case "signal", number if number != signal.SIGHUP:  # nothing to read again before the first time
                raise Interrupted


def refuse_empty(sources: Sources) -> None:
    """For --strict. Raises: ServeError when what was named as a place of zones holds none"""
    for place in sources.empty():
        raise ServeError(f"with --strict every place must hold a zone: {place}", hint="its path; *.zone in a directory")


def judge(outcomes: list[Outcome], complain: Complain, *, is_strict: bool) -> None:
    """Tell what could not be read. Raises: ServeError when that was everything, or too much for --strict"""
    refused = [outcome for outcome in outcomes if outcome.problems]
    for outcome in refused:
        for problem in outcome.problems:
            complain(f"{problem.place}: {problem.message}", problem.hint)
    if refused and len(refused) == len(outcomes):
        raise ServeError("no zone could be read", hint="the lines above say what to mend")
    if refused and is_strict:
        raise ServeError("with --strict every zone must be readable", hint="the lines above say what to mend")


def judge_database(left_out: Sequence[tuple[str, str]], complain: Complain, *, is_strict: bool) -> None:
    """Tell which zones of the database are not served. Raises: ServeError with --strict"""
    for zone, why in left_out:
        complain(f"{zone} of the database is not served: {why}", "import it again, or `zone delete` it")
    if is_strict and left_out:
        raise ServeError("with --strict every zone must be served", hint="the lines above say what to mend")


def treatment(settings: Settings) -> Treatment:
    """How clients are treated, as the core wants to be told; a reload says it again."""
    limits = settings.limits
    return {
        "cookie_secrets": settings.serve.cookie_secrets,
        "rate": limits.rate,
        "rate_prefix4": limits.rate_prefix4,
        "rate_prefix6": limits.rate_prefix6,
        "rate_allow": [str(ip_network(network)) for network in limits.rate_allow],  # 10.0.0.0/255.0.0.0 is one too
        "slip": limits.slip,
    }


def bind_dns(graph: Graph, settings: Settings, given: Inherited) -> Server:
    """Bind the listeners; nothing is read from them yet. Raises: ServeError"""
    try:
        return Server(
            graph,
            listen=[] if given.dns else sockets.addresses(settings.serve.listen),
            fds=given.dns,
            workers=settings.serve.workers,
            udp_size=settings.limits.udp_size,
            tcp_clients=settings.limits.tcp_clients,
            tcp_idle=settings.limits.tcp_idle,
            nsid=settings.serve.nsid,
            **treatment(settings),
            is_started=False,
        )
    except (OSError, ValueError) as wrong:  # ValueError: an address that Python reads and the core does not
        raise ServeError(str(wrong), hint="--listen HOST:PORT chooses another address") from None


def answer_dns(dns: Server) -> None:
    """Begin to answer. Raises: ServeError"""
    try:
        dns.start()
    except OSError as wrong:
        raise ServeError(f"no thread for DNS: {wrong}", hint="ulimit -u, or fewer --workers") from None
