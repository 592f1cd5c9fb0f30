"""Go on as another user, once the sockets are bound."""

import os
import pwd

from truename.errors import ServeError


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
    """Drop to *user* for all threads; there is no way back.

    Groups first: setuid takes away the right to change them. The C library carries each call to every thread, the DNS
    workers too.
    """
    if os.geteuid() == user.pw_uid:
        return
    os.initgroups(user.pw_name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
