"""Just enough DNS to ask whether a server is right: one question, its rcode and its answer section (RFC 1035 4.1).

Written here and not with a library, because the bench must run before anything of the product is built, and because a
bench that checked the product with the product's own decoder could be wrong twice in the same way.
"""

import os
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from process import Process
from zones import read_sample

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6}
RRSIG, DENIALS = 46, (47, 50)  # NSEC, NSEC3
# An OPT record with DO set and room for 1232 octets (RFC 6891 6.1.2, RFC 3225 3).
OPT = bytes.fromhex("00 0029 04D0 00 00 8000 0000")
RCODES = {0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}


@dataclass(frozen=True)
class Answer:
    """What a server said; *records* as "owner TYPE data" in the order they came, names lower case and absolute.

    Signatures of the answer section and denials (NSEC, NSEC3) of the authority section are only counted.
    """

    rcode: str
    records: tuple[str, ...]
    is_truncated: bool = False
    signatures: int = 0
    denials: int = 0


def question(name: str, kind: str, ident: int, *, is_signed: bool = False) -> bytes:
    """A query message, with EDNS and DO when *is_signed*; *name* is plain text without escapes."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.rstrip(".").split("."))
    head = struct.pack("!6H", ident, 0, 1, 0, 0, int(is_signed))
    return head + labels + b"\0" + struct.pack("!2H", TYPES[kind], 1) + (OPT if is_signed else b"")


def name_at(message: bytes, at: int) -> tuple[str, int]:
    """The name that starts at *at*, pointers followed, and where the octets after it start."""
    parts, after = [], 0
    while length := message[at]:
        if length >= 0xC0:
            after = after or at + 2
            at = (length & 0x3F) << 8 | message[at + 1]
            continue
        parts.append(message[at + 1 : at + 1 + length].decode("ascii", "replace").lower())
        at += 1 + length
    return ".".join(parts) + ".", after or at + 1


def read(message: bytes) -> Answer:
    """Raises: IndexError or struct.error when the message ends too early."""
    _, flags, questions, answers, authorities, _ = struct.unpack_from("!6H", message)
    at = 12
    for _ in range(questions):
        at = name_at(message, at)[1] + 4
    found, at = records_at(message, at, answers)
    denying, at = records_at(message, at, authorities)
    return Answer(
        RCODES.get(flags & 15, str(flags & 15)),
        tuple(text for kind, text in found if kind != RRSIG),
        bool(flags & 0x0200),
        sum(kind == RRSIG for kind, _ in found),
        sum(kind in DENIALS for kind, _ in denying),
    )


def records_at(message: bytes, at: int, count: int) -> tuple[list[tuple[int, str]], int]:
    """(type, text) of the next *count* records, and where the octets after them start."""
    records = []
    for _ in range(count):
        owner, at = name_at(message, at)
        kind, _, _, size = struct.unpack_from("!2HIH", message, at)
        at += 10
        records.append((kind, f"{owner} {data_text(message, at, kind, size)}"))
        at += size
    return records, at


def data_text(message: bytes, at: int, kind: int, size: int) -> str:
    """Type and data of one record; types that the bench never asks for keep their octets in hexadecimal."""
    if kind == TYPES["A"]:
        return "A " + socket.inet_ntoa(message[at : at + size])
    if kind == TYPES["CNAME"]:
        return "CNAME " + name_at(message, at)[0]
    return f"TYPE{kind} {message[at : at + size].hex()}"


def ask(port: int, name: str, kind: str = "A", timeout: float = 2.0, *, is_signed: bool = False) -> Answer:
    """Raises: OSError (TimeoutError among them) when there is no answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(timeout)
        client.connect(("127.0.0.1", port))
        ident = int.from_bytes(os.urandom(2), "big")
        client.send(question(name, kind, ident, is_signed=is_signed))
        while True:
            message = client.recv(4096)
            if message[:2] == ident.to_bytes(2, "big"):
                return read(message)


def await_answer(process: Process, port: int, last: tuple[str, str], patience: float = 120.0) -> float:
    """Seconds from exec to the first right answer for *last*, an (owner, address) near the end of the zone.

    A query goes out every 2 ms, whatever became of those before: a server may have its socket long before its zone.
    Raises: RuntimeError when the process ends or *patience* does.
    """
    owner, expected = last
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.002)
        client.connect(("127.0.0.1", port))
        while (waited := time.monotonic() - process.started) < patience:
            if not process.is_alive:
                raise RuntimeError(f"the server ended while loading; see {process.log}")
            try:
                client.send(question(owner, "A", 1))
                answer = read(client.recv(4096))
            except TimeoutError:
                continue
            except OSError:  # nobody listens yet
                time.sleep(0.002)
                continue
            if answer.records and answer.records[-1].endswith(f" A {expected}"):
                return time.monotonic() - process.started
            time.sleep(0.002)
    raise RuntimeError(f"no right answer within {patience:.0f} s (waited {waited:.1f}); see {process.log}")


def wrong_answers(port: int, sample: Path, *, is_signed: bool = False) -> list[str]:
    """One line for each query of *sample* that was answered otherwise than the zone says; empty when all is right.

    The order of an answer's records is part of what is right: aliases first, in chain order. With *is_signed* each of
    them must have a signature, and where there are none something must be denied.
    """
    wrong = []
    for asked in read_sample(sample):
        signatures = len(asked.records) if is_signed else 0
        try:
            got = ask(port, asked.name, asked.kind, is_signed=is_signed)
        except OSError as error:
            wrong.append(f"{asked.name}: {error}")
            continue
        denials = got.denials if is_signed and got.denials and not asked.records else 0
        expected = Answer(asked.rcode, asked.records, signatures=signatures, denials=denials)
        if got != expected or (is_signed and not asked.records and not denials):
            wrong.append(f"{asked.name}: {describe(got)} instead of {describe(expected)}")
    return wrong


def describe(answer: Answer) -> str:
    cut = " truncated" if answer.is_truncated else ""
    records = f"with {len(answer.records)} records" if len(answer.records) > 2 else list(answer.records)
    proofs = f" {answer.signatures} signed {answer.denials} denied" if answer.signatures or answer.denials else ""
    return f"{answer.rcode}{cut} {records}{proofs}"


def first_problems(wrong: Sequence[str], most: int = 2) -> str:
    """A short text for a table's foot."""
    more = f" .. and {len(wrong) - most} more" if len(wrong) > most else ""
    return "; ".join(wrong[:most]) + more
