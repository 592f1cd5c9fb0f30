"""How every changing verb goes: plan, look, ask, carry out.

    dry run ── cannot be planned? findings, 1
        └─ plan shown ── would be refused? 1 ── --dry-run? 0 ── nothing differs? 0 ── asked ── no? 1
                                                                                  └─ carried out on what was looked at

The second request names the serial that the plan was made for, so what was seen is what is done: when somebody else was
quicker, the server refuses (409). Then the verb plans again, and carries out what is still the same (`overtaken`); what
is not, it does not do, and says what changed in between.

A yes accepts the findings that the question names. Where nobody is asked, only --accept does: the plan is refused for
what it does not name.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import click

from truename.cli import overtaken
from truename.cli.client import Client
from truename.cli.messages import complain, note, say
from truename.cli.options import Mode
from truename.errors import RejectedEdit, StaleEdit


@dataclass(frozen=True)
class Call:
    """One changing request. *query*: what it takes besides the flags of every change"""

    method: str
    path: str
    body: object = None
    query: Mapping[str, object] = field(default_factory=dict)

    def plan(self, client: Client, mode: Mode) -> Any:
        """What would come of it. Raises: RejectedEdit and others"""
        return client.call(self.method, self.path, {**self.query, **mode.of_plan(), "dry_run": True}, self.body)

    def carry_out(self, client: Client, base_serial: int | None, **query: object) -> Any:
        """Do it. Returns: what the server answers, which is the plan for some"""
        asked = {**self.query, **query, "base_serial": base_serial}
        return client.call(self.method, self.path, asked, self.body)


Remarks = Callable[[Any], Iterable[str]]


def change(client: Client, call: Call, mode: Mode, *, remarks: Remarks | None = None) -> int:
    """Plan *call*, show it, ask, carry it out. Returns: exit status

    *remarks*: what the verb has to say of the plan, in lines
    Raises: TruenameError for what is no refusal of the change
    """
    try:
        plan = call.plan(client, mode)
        return _go_on(client, call, mode, plan, remarks)
    except RejectedEdit as wrong:
        return refused(wrong, as_json=mode.as_json)
    except StaleEdit as wrong:
        return stale(wrong, as_json=mode.as_json)


def _go_on(client: Client, call: Call, mode: Mode, plan: Any, remarks: Remarks | None) -> int:
    from truename.cli import plan_text

    is_done = mode.is_dry_run or plan_text.is_empty(plan) or bool(plan_text.refused(plan))
    if mode.as_json and (is_done or mode.is_asked):
        say_json(plan)
    elif not mode.as_json:
        say("\n".join([*plan_text.lines(plan), *(remarks(plan) if remarks else ())]))
    if plan_text.refused(plan):
        complain(plan_text.refused(plan), advice(plan["asks"]))
        return 1
    if is_done:
        return 0
    if mode.is_asked and not is_agreed(question(plan["asks"])):
        note("nothing was changed")
        return 1
    plan, answer = overtaken.carry_out(
        plan,
        lambda: call.plan(client, mode),
        lambda seen: call.carry_out(client, seen["base_serial"] or None, **mode.of_commit(seen["asks"])),
    )
    done = answer if isinstance(answer, dict) and "changes" in answer else plan
    if mode.as_json and not mode.is_asked:
        say_json({**plan, **_of_commit(done), "saved": True})
    tell_done(done)
    return 0


def _of_commit(done: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan that was carried out knows better than the one that was shown; its impact is only counted."""
    return {key: done[key] for key in ("serials", "let_through", "base_serial") if key in done}


def question(asks: Sequence[str]) -> str:
    """What a person is asked: a yes accepts the rules *asks*, so they are named."""
    return f"Carry this out, and accept {', '.join(asks)}?" if asks else "Carry this out?"


def advice(asks: Sequence[str]) -> str:
    """What to do about a refusal; *asks* are the rules that would let it through, if they were accepted."""
    through = f"; mend it, or let it through as it is: --accept {','.join(asks)}" if asks else ""
    return f"nothing was stored{through}"


def is_agreed(question: str) -> bool:
    """Ask on the terminal; stdout may be read by a program. Raises: click.Abort for Ctrl-C"""
    try:
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline()
    except KeyboardInterrupt:
        raise click.Abort from None
    if not answer.endswith("\n"):
        print(file=sys.stderr)
    return answer.strip().lower() in ("y", "yes")


def refused(wrong: RejectedEdit, *, as_json: bool) -> int:
    """Show why a change was refused: the findings are data, that nothing was stored is a message. Returns: 1"""
    from truename.cli import finding_text

    if as_json:
        say_json({"error": wrong.message, "errors": list(wrong.errors), "findings": list(wrong.findings)})
    elif wrong.findings:
        say("\n".join(finding_text.lines(wrong.findings)))  # type: ignore[arg-type]
    elif wrong.errors and wrong.errors != (wrong.message,):
        say("\n".join(wrong.errors))
    complain(wrong.message, advice(wrong.asks) if wrong.asks else wrong.hint or "nothing was stored")
    return 1


def stale(wrong: StaleEdit, *, as_json: bool) -> int:
    """Show what changed in between. Returns: 1"""
    if as_json:
        say_json({"error": wrong.message, "serial": wrong.serial, "changed": list(wrong.changed)})
    elif wrong.changed:
        say("\n".join(["Changed in between:", *(f"  {name}" for name in wrong.changed)]))
    complain(wrong.message, wrong.hint)
    return 1


def tell_done(plan: Mapping[str, Any]) -> None:
    """Say on stderr at which serials the zones are now."""
    for zone, serials in plan["serials"].items():
        note(f"{zone} is at serial {serials['after']}" if serials["after"] else f"{zone} is deleted")


def say_json(content: object) -> None:
    """Data as JSON on stdout."""
    say(json.dumps(content, indent=2, ensure_ascii=False))
