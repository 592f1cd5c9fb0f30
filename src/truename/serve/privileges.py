"""Go on as another user, once the sockets are bound: for all threads, and with no way back.

The user keeps no group, no capability and no saved ID of root's. What the kernel says of every thread is read again
afterwards: a start that believes itself unprivileged and is not would be worse than one that fails.
"""

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from truename.errors import ServeError
from truename.serve.sandbox import kernel

CAPABILITIES = ("CapPrm", "CapEff", "CapInh", "CapAmb")

Status = dict[str, list[str]]  # the words behind each key of /proc/PID/status


def find_user(name: str) -> pwd.struct_passwd:
    """The account called *name*. Raises: ServeError when there is none, or when only root could become it"""
    try:
        user = pwd.getpwnam(name)
    except (KeyError, ValueError):
        raise ServeError(f'there is no user "{name}"', hint="useradd --system, or another name after --user") from None
    if os.geteuid() not in (0, user.pw_uid):
        raise ServeError(f"only root can go on as {name}", hint="start as root, or leave --user out")
    return user


def become(user: pwd.struct_passwd) -> None:
    """Drop to *user*. Raises: ServeError when the kernel left anything of what we were

    Groups first: setresuid takes away the right to change them. The C library carries each call to every thread.
    """
    if os.getresuid() == (user.pw_uid,) * 3:
        return
    try:
        os.initgroups(user.pw_name, user.pw_gid)
        os.setresgid(*(user.pw_gid,) * 3)
        os.setresuid(*(user.pw_uid,) * 3)
    except OSError as wrong:
        raise _kept(user, wrong.strerror or str(wrong)) from None
    if user.pw_uid != 0:
        _make_sure(user)


def _make_sure(user: pwd.struct_passwd) -> None:
    groups = {str(group) for group in os.getgrouplist(user.pw_name, user.pw_gid)}
    for thread in threads():
        if set(thread["Uid"]) != {str(user.pw_uid)} or set(thread["Gid"]) != {str(user.pw_gid)}:
            raise _kept(user, f"a thread is user {thread['Uid']} of group {thread['Gid']}")
        if not set(thread["Groups"]) <= groups:
            raise _kept(user, f"a thread is in the groups {thread['Groups']}")
        if _has_capabilities(thread):
            raise _kept(user, "a thread has capabilities")
    try:
        os.setuid(0)
    except PermissionError:
        return
    raise _kept(user, "root can be had again")


def drop_capabilities() -> None:
    """Give up what systemd may have lent for binding the ports: in this thread, and in those to come.

    Raises: ServeError
    """
    if not any(_has_capabilities(thread) for thread in threads()):
        return  # and a filter that refuses the call is no failure
    try:
        kernel.keep_capabilities(0)
    except OSError as wrong:
        hint = "SystemCallFilter=capset in the unit; or lend none, and hand the sockets over"
        raise ServeError(f"capabilities cannot be given up: {wrong.strerror}", hint=hint) from None


def _has_capabilities(thread: Status) -> bool:
    return any(int(thread[which][0], 16) for which in CAPABILITIES)


def threads() -> Iterator[Status]:
    """What the kernel says of each thread of this process. Threads that end meanwhile are left out."""
    for task in Path("/proc/self/task").iterdir():
        try:
            lines = (task / "status").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        yield {key: words.split() for key, _, words in (line.partition(":") for line in lines)}


def _kept(user: pwd.struct_passwd, what: str) -> ServeError:
    hint = "the container or the service manager keeps it; start as that user, with the sockets handed over"
    return ServeError(f"cannot go on as {user.pw_name}: {what}", hint=hint)
