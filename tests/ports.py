"""Ports for servers that have to be told one.

The system gives ports of its upper range (32768 on, `ip_local_port_range`) to whoever asks for any: every connection
that some other test opens. A port of that range that was free a moment ago may be taken; one below it is not.
"""

import contextlib
import random
import socket

LOWEST, HIGHEST = 10_240, 32_767
_CHANCE = random.SystemRandom()  # several processes test at once, and Hypothesis seeds the other


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nothing holds, neither on UDP nor on TCP. Raises: OSError when there seems to be none"""
    for _ in range(100):
        port = _CHANCE.randint(LOWEST, HIGHEST)
        with contextlib.suppress(OSError), socket.socket() as tcp, _datagrams() as udp:
            tcp.bind((host, port))
            udp.bind((host, port))
            return port
    raise OSError(f"no port on {host} is free for both UDP and TCP")


def _datagrams() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
