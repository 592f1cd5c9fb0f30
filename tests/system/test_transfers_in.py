"""`zone import --axfr` from NSD, Knot and BIND, with keys that are right and keys that are not."""

import base64
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import dns.message
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import pytest
from process import truename

import servers
from servers import Running, ZoneFile

KEY = "axfr.example.net"
SECRET = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
MANY = 20_000  # records: so many that the transfer takes several messages
HEAD = "$ORIGIN example.com.\n$TTL 300\n@ SOA ns1 hostmaster 7 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n"


def _nsd(zones: list[ZoneFile], directory: Path, port: int) -> list[str]:
    text = servers._nsd_config(zones, directory, port) + f"  provide-xfr: 127.0.0.1 {KEY}\n"
    key = f'key:\n  name: "{KEY}"\n  algorithm: hmac-sha256\n  secret: "{SECRET}"\n'
    (directory / "nsd.conf").write_text(text.replace("remote-control:", f"{key}remote-control:"))
    return [servers._installed("nsd"), "-d", "-c", str(directory / "nsd.conf")]


def _knot(zones: list[ZoneFile], directory: Path, port: int) -> list[str]:
    text = servers._knot_config(zones, directory, port)
    key = f"key:\n  - id: {KEY}\n    algorithm: hmac-sha256\n    secret: {SECRET}\nacl:\n"
    acl = f"{key}  - id: out\n    key: {KEY}\n    action: transfer\n"
    (directory / "knot.conf").write_text(text.replace("\nzone:", f"\n{acl}zone:") + "    acl: out\n")
    return [servers._installed("knotd"), "-c", str(directory / "knot.conf")]


def _bind(zones: list[ZoneFile], directory: Path, port: int) -> list[str]:
    text = servers._bind_config(zones, directory, port).replace(
        "no; };\n", f'no; allow-transfer {{ key "{KEY}"; }}; }};\n'
    )
    key = f'key "{KEY}" {{ algorithm hmac-sha256; secret "{SECRET}"; }};\n'
    (directory / "named.conf").write_text(key + text)
    return [servers._installed("named"), "-g", "-n", "1", "-c", str(directory / "named.conf")]


COMMANDS = {"nsd": _nsd, "knot": _knot, "bind": _bind}


@pytest.fixture(params=COMMANDS, scope="module")
def primary(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    directory = tmp_path_factory.mktemp(request.param)
    zone = ZoneFile("example.com.", directory / "example.com.zone")
    zone.path.write_text(HEAD + "".join(f"h{number} A 192.0.2.1\n" for number in range(MANY)))

    def command(port: int) -> list[str]:
        return COMMANDS[request.param]([zone], directory, port)

    with servers._serve(request.param, command, directory, is_ready=servers._answers) as running:
        yield running


def key_file(directory: Path, *, name: str = KEY, algorithm: str = "hmac-sha256", secret: str = SECRET) -> Path:
    path = directory / "axfr.key"
    path.write_text(f'key "{name}" {{\n\talgorithm {algorithm};\n\tsecret "{secret}";\n}};\n')
    return path


def fetch(cwd: Path, where: str, *more: object) -> object:
    return truename(
        "zone", "import", "--axfr", where, "--origin", "example.com", "--data", "d", "--yes", *more, cwd=cwd
    )


def test_a_signed_transfer(primary: Running, tmp_path: Path) -> None:
    run = fetch(tmp_path, f"127.0.0.1:{primary.port}", "--tsig", key_file(tmp_path))
    assert run.returncode == 0, run.stderr
    count = truename("record", "list", "example.com", "--data", "d", "--json", cwd=tmp_path).stdout.count('"h')
    assert count >= MANY


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": base64.b64encode(b"x" * 32).decode()},
        {"name": "other.example.net"},
        {"algorithm": "hmac-sha512"},
    ],
    ids=str,
)
def test_a_key_that_is_wrong_is_one_clear_error(primary: Running, tmp_path: Path, wrong: dict[str, str]) -> None:
    run = fetch(tmp_path, f"127.0.0.1:{primary.port}", "--tsig", key_file(tmp_path, **wrong))
    assert run.returncode == 2 and run.stdout == ""
    lines = run.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == ["error", "hint"], lines
    assert "key" in lines[0] and SECRET not in run.stderr and wrong.get("secret", SECRET) not in run.stderr
    assert not (tmp_path / "d" / "truename.db").exists()


def test_without_the_key_it_is_refused(primary: Running, tmp_path: Path) -> None:
    run = fetch(tmp_path, f"127.0.0.1:{primary.port}")
    assert run.returncode == 2 and run.stderr.startswith("error: AXFR of example.com."), run.stderr


def test_a_key_without_a_transfer(tmp_path: Path) -> None:
    run = truename("zone", "import", "example.com.zone", "--yes", "--tsig", key_file(tmp_path), cwd=tmp_path)
    assert run.returncode == 2 and "--axfr HOST --tsig KEYFILE" in run.stderr


@contextlib.contextmanager
def answering(make: Callable[[dns.message.Message], dns.message.Message]) -> Iterator[str]:
    """A server that answers each connection's one question with what *make* makes of it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        is_over = threading.Event()

        def run() -> None:
            while not is_over.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, _ = listening.accept()
                    with connection:
                        (length,) = struct.unpack("!H", connection.recv(2))
                        wire = make(dns.message.from_wire(connection.recv(length))).to_wire()
                        connection.sendall(struct.pack("!H", len(wire)) + wire)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            is_over.set()
            thread.join(10)


def odd(query: dns.message.Message) -> dns.message.Message:
    """A zone with an A record of three octets and a type that nobody knows."""
    message = dns.message.make_response(query)
    soa = dns.rrset.from_text("example.com.", 300, "IN", "SOA", "ns1.example.com. h.example.com. 1 2 3 4 5")
    short = dns.rrset.from_text("short.example.com.", 300, "IN", "TYPE65000", r"\# 3 010203")
    wire = dns.rdata.GenericRdata(dns.rdataclass.IN, dns.rdatatype.A, b"\x01\x02\x03")
    broken = dns.rrset.RRset(short.name, dns.rdataclass.IN, dns.rdatatype.A)
    broken.add(wire, 300)
    lines = (
        "example.com. NS ns1.example.com.",
        "ns1.example.com. A 192.0.2.53",
        "www.example.com. CNAME ns1.example.com.",
    )
    rest = [dns.rrset.from_text(owner, 300, "IN", *data) for owner, *data in (line.split(" ", 2) for line in lines)]
    message.answer += [soa, *rest, short, broken, soa]
    return message


def test_records_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with answering(odd) as where:
        run = fetch(tmp_path, where)
        assert run.returncode == 1 and "is at serial" not in run.stdout
        assert "short.example.com. A: the data is none of the type A" in run.stdout + run.stderr
        assert "--leave-out-unreadable" in run.stdout + run.stderr and "--accept" not in run.stdout + run.stderr
        run = fetch(tmp_path, where, "--leave-out-unreadable")
        assert run.returncode == 0, run.stderr
        assert "left out: " in run.stderr and "short.example.com. A: the data is none of the type A" in run.stderr
    kept = truename("zone", "export", "example.com", "--data", "d", cwd=tmp_path).stdout
    assert "short" in kept and "TYPE65000" in kept and "010203" in kept
    assert [line for line in kept.splitlines() if "\tA\t" in line or " A " in line] != []
