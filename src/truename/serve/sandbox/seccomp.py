"""A seccomp filter (seccomp(2)): system calls that a name server never makes are refused.

It names what is refused, not what is allowed: the interpreter and its libraries may make any ordinary call, in ways
that change from version to version. `calls` says which, and of which the arguments decide; here it becomes a program.

The kernel remembers which calls the filter always allows (from 5.11 on), so that receiving is not slower. What is sent
is judged by its flags, before all else: a few nanoseconds.
"""

import errno
import os
import struct
import sys
from collections.abc import Iterable

from truename.serve.sandbox import kernel
from truename.serve.sandbox.calls import ALL_BITS, JUDGED, PRETENDED, REFUSED, UNSEEN, Rule, Test, rules

SECCOMP = (317, 277)

X86_64 = 0xC000003E  # AUDIT_ARCH_*: a call made the way of another architecture has other numbers
AARCH64 = 0xC00000B7
MACHINES = {"x86_64": (0, X86_64), "aarch64": (1, AARCH64)}
X32_CALLS = 0x4000_0000  # numbers from here on are the same calls once more, on x86-64

SET_MODE_FILTER = 1
# TSYNC: threads that should not be there yet are restricted all the same. SPEC_ALLOW: no mitigations for code of
# others in this process, of which there is none, so that packets cost before and after the same.
TSYNC, SPEC_ALLOW = 1, 4

LOAD, AND, EQUAL, AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data; of the halves of all arguments
HALF = 4  # octets
ALLOW, REFUSE = 0x7FFF_0000, 0x0005_0000  # REFUSE + errno

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if not, operand


def restrict(sockets: Iterable[tuple[int, int]] = ()) -> str:
    """Refuse what `calls` says from now on, in all threads. *sockets*: (family, type) of those that are yet made.

    Raises: OSError when there is no seccomp, or no table for it
    """
    machine = os.uname().machine
    if machine not in MACHINES or sys.byteorder != "little" or sys.maxsize < 2**32:
        raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
    column, architecture = MACHINES[machine]
    instructions = filter_for(column, architecture, rules(os.getpid(), sockets))
    octets = kernel.in_place(b"".join(struct.pack("=HBBI", *one) for one in instructions))
    kernel.syscall(SECCOMP[column], SET_MODE_FILTER, TSYNC | SPEC_ALLOW, kernel.program(octets, len(instructions)))
    return "seccomp"


def filter_for(column: int, architecture: int, judged: dict[str, Rule]) -> list[Instruction]:
    """The program. *column* chooses the numbers."""
    decided = [(numbers[column], why) for why, calls in _DECIDED for numbers in calls.values() if numbers[column]]
    return [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, architecture),
        _refuse(errno.EPERM),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, X32_CALLS),
        _refuse(errno.EPERM),
        *(part for name, rule in judged.items() if JUDGED[name][column] for part in _call(JUDGED[name][column], rule)),
        *(part for number, why in decided for part in ((EQUAL, 0, 1, number), _refuse(why))),
        (RETURN, 0, 0, ALLOW),
    ]


_DECIDED = ((errno.EPERM, REFUSED), (errno.ENOSYS, UNSEEN), (0, PRETENDED))


def _call(number: int, rule: Rule) -> list[Instruction]:
    """Leaves the number loaded for who comes next."""
    judging = _judging(rule)
    return [(EQUAL, 0, len(judging), number), *judging]


def _judging(rule: Rule) -> list[Instruction]:
    taken, otherwise = (RETURN, 0, 0, ALLOW), _refuse(rule.why)
    if not rule.is_taken:
        taken, otherwise = otherwise, taken
    return [*(part for case in rule.cases for part in _case(case, taken)), otherwise]


def _case(tests: tuple[Test, ...], taken: Instruction) -> list[Instruction]:
    """Returns *taken* when all of *tests* hold, else goes on behind it."""
    program = [taken]
    for half, bits, value in reversed(tests):
        masked = [] if bits == ALL_BITS else [(AND, 0, 0, bits)]
        program = [(LOAD, 0, 0, ARGUMENTS + HALF * half), *masked, (EQUAL, 0, len(program), value), *program]
    return program


def _refuse(why: int) -> Instruction:
    return (RETURN, 0, 0, REFUSE + why)
