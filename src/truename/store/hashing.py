"""Secrets as they are stored: hashes, compared in constant time.

A password is what people can remember, and its hash must be dear to whoever tries many: argon2id, RFC 9106's choice for
little memory, 64 MiB three times over, in one lane because the server has no cores to spare. The secret of a key is 192
random bits, which nobody tries, so SHA-256 protects it as well; that a key is wrong is then known at once, and no
number of wrong ones stands in the way of a right one. Keys of older versions have a small argon2 until they are used.
"""

import hashlib
import hmac
import threading
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# Of what nobody knows, for names that do not exist: it costs what a wrong password costs.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=1$V0tezuz8pdFGekgD6NUERg$1PjaVFVHQQoER/QeboSZ1KODLjFhanxLe2Fmo+cFgFA"
DIGEST = "$sha256$"
NO_DIGEST = DIGEST + "-" * 64
AT_ONCE = threading.BoundedSemaphore(2)  # hashes under way; each takes 64 MiB


@cache
def hasher() -> "PasswordHasher":
    """What makes and compares hashes of passwords, and compares those of keys of older versions."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)


def hashed(password: str) -> str:
    """The hash to store of *password*."""
    with AT_ONCE:
        return hasher().hash(_octets(password))


def is_secret(secret: str, stored: str | None) -> bool:
    """Whether *stored* is the argon2 of *secret*. None, nobody's hash, takes as long as a wrong password."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with AT_ONCE:
        try:
            fits = hasher().verify(stored or NOBODY, _octets(secret))
        except (VerificationError, InvalidHashError):
            return False
    return fits and stored is not None


def digested(key: str) -> str:
    """What is stored of *key*, which is random."""
    return DIGEST + hashlib.sha256(_octets(key)).hexdigest()


def is_digest(stored: str) -> bool:
    """Whether *stored* was made by `digested`."""
    return stored.startswith(DIGEST)


def is_key(key: str, stored: str | None) -> bool:
    """Whether *stored* was made by `digested` of *key*. None is nobody's."""
    return hmac.compare_digest(digested(key), stored or NO_DIGEST)


def _octets(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")
