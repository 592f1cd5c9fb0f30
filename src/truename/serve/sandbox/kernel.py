"""System calls that Python has no function for, through the C library."""

import ctypes
import os
import struct
from collections.abc import Callable

Mechanism = Callable[[], str]  # restricts, and says what it restricted. Raises: OSError

CAPABILITIES_VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3: two words of 32 bits per set

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def syscall(number: int, *arguments: int | bytes | None) -> int:
    """What the system call gives. Raises: OSError"""
    given = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *given))


def prctl(option: int, value: int) -> None:
    """Set *option* of this thread; the arguments that mean nothing must be zero. Raises: OSError"""
    _checked(_libc.prctl(option, *(ctypes.c_ulong(one) for one in (value, 0, 0, 0))))


def keep_capabilities(kept: int) -> None:
    """Leave this thread without any capability but *kept*, bits of CAP_* (capset(2)); none is added. Raises: OSError"""
    head, held = struct.pack("Ii", CAPABILITIES_VERSION, 0), ctypes.create_string_buffer(6 * 4)
    _checked(_libc.capget(head, held))
    sets = [word & kept >> 32 * (at // 3) & 0xFFFF_FFFF for at, word in enumerate(struct.unpack("6I", held.raw))]
    if sets != list(struct.unpack("6I", held.raw)):
        _checked(_libc.capset(head, struct.pack("6I", *sets)))


def in_place(octets: bytes) -> "ctypes.Array[ctypes.c_char]":
    """A copy of *octets* that has an address for as long as it is held."""
    return ctypes.create_string_buffer(octets, len(octets))


def program(instructions: "ctypes.Array[ctypes.c_char]", count: int) -> bytes:
    """A struct sock_fprog: how many instructions, and where they are."""
    return struct.pack("HP", count, ctypes.addressof(instructions))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
