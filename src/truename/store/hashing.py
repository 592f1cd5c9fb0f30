"""Secrets as they are stored: argon2id (RFC 9106), compared in constant time.

A password is what people can remember, and its hash must be dear to whoever tries many: RFC 9106's choice for little
memory, 64 MiB three times over, in one lane because the server has no cores to spare. The secret of a key is 192
random bits, which nobody tries; its hash is cheap, so that wrong keys do not keep the server busy.
"""

import threading
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# Hashes of what nobody knows, for names that do not exist: they cost what a wrong secret costs.
NOBODY = {
    True: "$argon2id$v=19$m=65536,t=3,p=1$V0tezuz8pdFGekgD6NUERg$1PjaVFVHQQoER/QeboSZ1KODLjFhanxLe2Fmo+cFgFA",
    False: "$argon2id$v=19$m=8192,t=1,p=1$qqwjIB7iZqqzCsdITr3HkQ$WT/6tgg10+FyUzfvCFzfr6Qg4IO8lgGOGT+3Hlj5Knc",
}
AT_ONCE = threading.BoundedSemaphore(2)  # hashes under way; each takes 64 MiB


@cache
def hasher(is_password: bool) -> "PasswordHasher":
    """What makes and compares hashes of passwords, or of keys."""
    from argon2 import PasswordHasher

    if is_password:
        return PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)
    return PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)


def hashed(secret: str, *, is_password: bool) -> str:
    """The hash to store of *secret*."""
    with AT_ONCE:
        return hasher(is_password).hash(_octets(secret))


def is_secret(secret: str, stored: str | None, *, is_password: bool) -> bool:
    """Whether *stored* is the hash of *secret*. None, nobody's hash, takes as long as a wrong secret."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with AT_ONCE:
        try:
            fits = hasher(is_password).verify(stored or NOBODY[is_password], _octets(secret))
        except (VerificationError, InvalidHashError):
            return False
    return fits and stored is not None


def _octets(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")
