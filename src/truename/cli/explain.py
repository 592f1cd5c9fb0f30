"""`truename explain`: how a query is answered, hop by hop, by the running server or by a graph made of files."""

import os
import re
import time
from typing import TYPE_CHECKING, Any

import click

from truename.cli.messages import complain, say
from truename.errors import ParseError, ServeError
from truename.name import ROOT

if TYPE_CHECKING:
    from truename.chain import ChainJson

_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


@click.command()
@click.argument("name")
@click.argument("rest", nargs=-1, metavar="[TYPE] [ZONEFILE]...")
@click.option("--json", "as_json", is_flag=True, help="The chain as JSON.")
@click.option("--config", metavar="FILE", help="Settings (default: ./truename.toml).")
@click.option("--data", metavar="DIR", help="Ask the server that holds DIR.")
@click.option("--api", metavar="URL", envvar="TRUENAME_API", help="Ask the server there (TRUENAME_API).")
@click.option("--key", metavar="KEY", envvar="TRUENAME_KEY", help="Its API key (TRUENAME_KEY).")
def explain(name: str, rest: tuple[str, ...], as_json: bool, **where: str | None) -> int:
    """Show how NAME is answered, hop by hop (TYPE is A unless given).

    With ZONEFILEs ([ORIGIN=]FILE or DIR): how a graph made of these files answers. Without: how the running server
    does. Ends with 0 when the chain ends in data, else with 1.
    """
    from truename.cli import typed
    from truename.config import load

    name = typed.absolute(name)
    words = list(rest)
    rtype = words.pop(0) if words and _is_type(words[0]) else "A"
    settings = load(file=where["config"], flags={"serve.data": where["data"]})
    if words:
        chain = _from_files(name, rtype, settings, words)
    else:
        from truename.cli.client import Client

        with Client.find_running(settings.serve.data, where["api"], where["key"]) as client:
            chain = client.explain(name, rtype)
    _show(chain, as_json=as_json)
    return 0 if chain["end"] == "data" else 1


def _is_type(word: str) -> bool:
    """Whether *word* is meant as a record type: it looks like one, and it is no file, or is a type all the same."""
    if not _TYPE.fullmatch(word):
        return False
    if not os.path.exists(word):
        return True
    from truename._core import Graph

    try:
        Graph().explain(ROOT, word)
    except ValueError:
        return False
    return True


def _from_files(name: str, rtype: str, settings: Any, words: list[str]) -> "ChainJson":
    from truename._core import Graph
    from truename.chain import chain_json
    from truename.serve.sources import gather
    from truename.serve.zones import Zones

    graph = Graph(follow=settings.serve.follow, max_chain=settings.serve.max_chain)
    problems = [problem for outcome in Zones(graph, gather(words)).load() for problem in outcome.problems]
    for problem in problems:
        complain(f"{problem.place}: {problem.message}", problem.hint)
    if problems:
        raise ServeError("not every zone could be read", hint="an answer from the others alone might mislead")
    if not graph.zones():
        raise ServeError(f"no zone in {' '.join(words)}", hint="a DIR stands for its *.zone files")
    began = time.perf_counter()
    try:
        return chain_json(graph.explain(name, rtype), time.perf_counter() - began)
    except ValueError as wrong:
        raise ParseError(str(wrong), hint="explain NAME [TYPE] [ZONEFILE]...") from None


def _show(chain: "ChainJson", *, as_json: bool) -> None:
    if as_json:
        import json

        say(json.dumps(chain, indent=2))
        return
    from truename.cli.chain_text import lines

    say("\n".join(lines(chain)))
