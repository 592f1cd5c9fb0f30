"""How a server starts, what keeps it from starting, and how it ends."""

import json
import os
import signal
import socket
import stat
import subprocess
import time
from pathlib import Path

import dns.message
import dns.query
import pytest
from process import PATIENCE, TRUENAME, ServerProcess, environment, truename, wait_until

from ports import free_port

NOBODY = 65534


def ask(address: str, name: str, *, tcp: bool = False) -> dns.message.Message:
    host, _, port = address.rpartition(":")
    over = dns.query.tcp if tcp else dns.query.udp
    return over(dns.message.make_query(name, "A"), host.strip("[]"), port=int(port), timeout=PATIENCE)


def assert_refused(run: subprocess.CompletedProcess[str], what: str) -> None:
    """Wrong usage: status 2, `error:` with *what*, `hint:`, nothing on stdout."""
    assert run.returncode == 2, run.stderr
    lines = run.stderr.splitlines()
    assert any(line.startswith("error: ") and what in line for line in lines), run.stderr
    assert any(line.startswith("hint: ") for line in lines), run.stderr
    assert all(line.startswith(("error: ", "hint: ", "admin key written to ")) for line in lines), run.stderr
    assert run.stdout == ""


def test_ready_line_and_answers(serve, zones):
    server = serve(zones)
    assert server.ready["zones"] == "2"
    assert int(server.ready["records"]) > 15
    for tcp in (False, True):
        reply = ask(server.dns[0], "shop.example.com", tcp=tcp)
        assert [rrset.name.to_text() for rrset in reply.answer] == [
            "shop.example.com.",
            "www.example.com.",
            "example.com.",
        ]
    records = int(server.ready["records"])
    fine = {"status": "ok", "database": "ok", "problems": [], "warnings": [], "zones": 2, "records": records}
    assert server.health() == fine
    assert server.get("/readyz") == (200, '{"ready": true}')


def test_several_addresses_stand_in_the_ready_line_in_their_order(serve, zones):
    listen = ("--listen", "127.0.0.1:0", "--listen", "[::1]:0", "--http", "off")
    server = serve(zones, listen=listen)
    assert [address.rpartition(":")[0] for address in server.dns] == ["127.0.0.1", "[::1]"]
    assert server.http == "off"
    for address in server.dns:
        assert ask(address, "www.example.com").answer


def test_sigterm_ends_with_0_within_5_s(serve, zones, tmp_path):
    server = serve(zones)
    # A client that has opened a connection and says nothing must not hold up the end.
    host, _, port = server.http.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port))), socket.create_connection((host, int(port))) as half:
        half.sendall(b"GET /healthz HTTP/1.1\r\n")
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 5
    assert not (tmp_path / "truename-data" / "server.json").exists()


def test_sigint_ends_with_0(serve, zones):
    server = serve(zones)
    server.signal(signal.SIGINT)
    assert server.process.wait(PATIENCE) == 0
    assert "Traceback" not in server.errors()


def test_sigterm_while_zones_load(tmp_path):
    large = tmp_path / "large.example.zone"
    with large.open("w") as out:
        out.write("@ 60 IN SOA ns h 1 1 1 1 1\n@ 60 IN NS ns.example.com.\n")
        out.writelines(f"host{number} 60 IN A 192.0.2.1\n" for number in range(300_000))
    server = ServerProcess([str(large)], cwd=tmp_path)
    try:
        wait_until((tmp_path / "truename-data" / "admin.key").exists)  # written just before the zones are read
        assert server.stop() == 0
        assert "Traceback" not in server.errors()
    finally:
        server.kill()


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM], ids=["udp", "tcp"])
def test_port_taken(kind, zones, tmp_path):
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", free_port()))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        run = truename("serve", zones, "--listen", address, "--http", "off", cwd=tmp_path)
    assert_refused(run, f"cannot listen on {address}: the port is taken")


def test_port_of_another_truename_is_taken(serve, zones, tmp_path):
    first = serve(zones)
    run = truename("serve", zones, "--data", "other", "--listen", first.dns[0], "--http", "off", cwd=tmp_path)
    assert_refused(run, "the port is taken")


def test_http_port_taken(zones, tmp_path):
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        run = truename("serve", zones, "--listen", "127.0.0.1:0", "--http", address, cwd=tmp_path)
    assert_refused(run, "the port is taken")


def without_privileges(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a verb that may only do what its user may, also when that user is root."""
    drop = ["setpriv", "--bounding-set=-all"] if os.geteuid() == 0 else []
    command = [*drop, *TRUENAME, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, env=environment(), check=False)


def test_no_permission_for_a_low_port(tmp_path):
    # Some containers let everybody bind every port; there the port is free and what is missing is the zone.
    anybody = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 1
    arguments = ["--data", tmp_path / "data", "--listen", "127.0.0.1:1", "--http", "off", "absent.zone"]
    said = "no zone could be read" if anybody else "cannot listen on 127.0.0.1:1: permission denied"
    assert_refused(without_privileges("serve", *arguments), said)


def test_no_permission_for_the_data_directory(tmp_path):
    data = tmp_path / "data"
    data.mkdir(mode=0o500)
    run = without_privileges("serve", "--data", data, "--listen", "127.0.0.1:0", "--http", "off")
    assert_refused(run, f"{data / 'lock'}: Permission denied")


def test_no_permission_for_a_zone_file(tmp_path, zones):
    zone = zones / "example.com.zone"
    zone.chmod(0)
    run = without_privileges("serve", "--data", tmp_path / "d", "--listen", "127.0.0.1:0", "--http", "off", zone)
    assert_refused(run, f"{zone}: cannot be opened: permission denied")


def test_a_zone_that_cannot_be_read_is_left_out(serve, zones):
    (zones / "broken.example.zone").write_text("@ 60 IN SOA ns h 1 1 1 1 1\nwww 60 IN A 192.0.2.999\n")
    server = serve(zones)
    assert server.ready["zones"] == "2"
    assert "error: " in server.errors() and "broken.example.zone:2:" in server.errors()
    health = server.health()
    assert health["status"] == "degraded"
    assert [(Path(one["file"]).name, one["line"]) for one in health["problems"]] == [("broken.example.zone", 2)]


def test_strict_wants_every_zone(zones, tmp_path):
    (zones / "broken.example.zone").write_text("nonsense\n")
    run = truename("serve", "--strict", zones, "--listen", "127.0.0.1:0", "--http", "off", cwd=tmp_path)
    assert_refused(run, "broken.example.zone:1:")


@pytest.mark.parametrize(
    "text", ["", "nonsense\n", "@ 60 IN SOA ns h 1 1 1 1 1\nwww 60 IN"], ids=["empty", "words", "half"]
)
def test_no_readable_zone_at_all(text, tmp_path):
    (tmp_path / "a.example.zone").write_text(text)
    run = truename("serve", "a.example.zone", "--listen", "127.0.0.1:0", "--http", "off", cwd=tmp_path)
    assert_refused(run, "no zone could be read")


def test_no_such_zone_file(tmp_path):
    run = truename("serve", "absent.zone", "--listen", "127.0.0.1:0", "--http", "off", cwd=tmp_path)
    assert_refused(run, "absent.zone: cannot be opened: no such file")


def test_no_zones_at_all_is_a_server_without_zones(serve):
    assert serve().ready["zones"] == "0"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--listen", "nonsense"],
        ["--listen", "192.0.2.1"],
        ["--listen", "::1:53"],
        ["--workers", "-1"],
        ["--workers", "many"],
        ["--database", "mysql://x"],
        ["--database", "sqlite:////absent/x.db"],
        ["--tls-cert", "x"],
        ["--user", "no such user"],
        ["--config", "absent.toml"],
        ["--zone-list", "absent"],
        ["--http", "0.0.0.0:0"],
        ["--nonsense"],
        ["--json"],
        ["--listen", "192.0.2.1:5300"],
    ],
    ids=" ".join,
)
def test_wrong_usage(arguments, zones, tmp_path):
    run = truename("serve", zones, "--http", "127.0.0.1:0", "--listen", "127.0.0.1:0", *arguments, cwd=tmp_path)
    assert_refused(run, "")


def test_second_server_on_the_data_directory(serve, zones, tmp_path):
    first = serve(zones)
    run = truename("serve", zones, "--listen", "127.0.0.1:0", "--http", "off", cwd=tmp_path)
    assert_refused(run, f"another server (process {first.process.pid}) holds")
    assert first.stop() == 0
    assert serve(zones).stop() == 0


def test_admin_key_is_made_once_and_shown_to_nobody(serve, zones, tmp_path):
    server = serve(zones)
    key = tmp_path / "truename-data" / "admin.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    secret = key.read_text().strip()
    assert f"admin key written to {key}" in server.errors()
    assert len(secret) >= 43 and secret not in server.errors()
    server.stop()
    again = serve(zones)
    assert key.read_text().strip() == secret
    assert "admin key" not in again.errors()


def test_admin_key_is_shown_on_a_terminal(zones, tmp_path):
    master, slave = os.openpty()
    command = [*TRUENAME, "serve", str(zones), "--listen", "127.0.0.1:0", "--http", "off"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=slave) as process:
        os.close(slave)
        assert process.stdout is not None and process.stdout.readline().startswith(b"ready ")
        shown = os.read(master, 4096).decode()
        process.terminate()
        process.wait(PATIENCE)
    os.close(master)
    assert (tmp_path / "truename-data" / "admin.key").read_text().strip() in shown


def test_server_json_tells_where(serve, zones, tmp_path):
    server = serve(zones)
    about = json.loads((tmp_path / "truename-data" / "server.json").read_text())
    assert about["pid"] == server.process.pid
    assert about["http"] == server.http
    assert about["dns"] == server.dns


def test_user_drops_privileges(serve, zones, tmp_path):
    if os.geteuid() != 0:
        run = truename("serve", zones, "--user", "nobody", "--listen", "127.0.0.1:0", "--http", "off", cwd=tmp_path)
        assert_refused(run, "only root can go on as nobody")
        return
    for parent in tmp_path.parents[:-2]:  # pytest makes its directories for their owner alone
        parent.chmod(0o755)
    tmp_path.chmod(0o755)
    server = serve(zones, "--user", "nobody")
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{server.process.pid}/status").read_text().splitlines())
    for tasks in Path(f"/proc/{server.process.pid}/task").iterdir():
        thread = dict(line.split(":\t", 1) for line in (tasks / "status").read_text().splitlines())
        assert set(thread["Uid"].split()) == {str(NOBODY)}
    assert "0" not in status["Groups"].split()
    assert ask(server.dns[0], "www.example.com").answer
    assert (tmp_path / "truename-data" / "admin.key").stat().st_uid == NOBODY
    assert server.stop() == 0


def test_zone_list(serve, zones, tmp_path):
    listed = tmp_path / "list"
    template = tmp_path / "template"
    template.write_text("@ 60 IN SOA ns h 7 1 1 1 1\n@ 60 IN NS ns\nns 60 IN A 192.0.2.53\nwww 60 IN CNAME ns\n")
    listed.write_text(f"one.example\t{template}\ntwo\\046dot.example.\ttemplate\n")
    server = serve("--zone-list", listed)
    assert server.ready["zones"] == "2"
    assert server.addresses("www.one.example") == ["192.0.2.53"]
    assert server.addresses("www.two\\.dot.example") == ["192.0.2.53"]


def test_zone_list_with_a_bad_line(tmp_path):
    (tmp_path / "list").write_text("one.example file\n")
    run = truename("serve", "--zone-list", "list", cwd=tmp_path)
    assert_refused(run, "list:1: is not ORIGIN<TAB>FILE")


def test_origin_before_the_file(serve, tmp_path):
    (tmp_path / "some=file").write_text("@ 60 IN SOA ns h 7 1 1 1 1\n@ 60 IN NS ns\nns 60 IN A 192.0.2.53\n")
    server = serve("example.net=some=file", listen=("--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"))
    assert server.addresses("ns.example.net") == ["192.0.2.53"]


def test_two_files_for_one_zone(serve, zones, tmp_path):
    second = tmp_path / "second"
    second.write_text("$ORIGIN example.com.\n@ 60 IN SOA ns h 7 1 1 1 1\n@ 60 IN NS ns\nwww 60 IN A 198.51.100.9\n")
    server = serve(zones / "example.com.zone", second)
    assert "example.com. is served from" in server.errors()
    assert server.addresses("www.example.com") == ["192.0.2.1"]


def test_zones_of_the_configuration(serve, zones, tmp_path):
    (tmp_path / "truename.toml").write_text('[[zone]]\nfile = "zones/example.com.zone"\n')
    assert serve().ready["zones"] == "1"


def test_paths_that_are_no_utf8(serve, zones, tmp_path):
    odd = os.fsdecode(b"zone\xff.zone")
    (tmp_path / odd).write_bytes((zones / "example.com.zone").read_bytes())
    server = ServerProcess([odd], cwd=tmp_path)
    try:
        assert server.wait_ready().ready["zones"] == "1"
        (tmp_path / odd).unlink()
    finally:
        server.kill()


def test_tls(serve, zones, tmp_path):
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=ns.example.com"),
            *("-keyout", "key.pem", "-out", "cert.pem"),
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    server = serve(zones, "--tls-cert", "cert.pem", "--tls-key", "key.pem")
    assert server.http.startswith("https://")
    # The certificate names another host; the verb trusts it because the data directory says that it is the server's.
    assert server.addresses("www.example.com") == ["192.0.2.1"]


def test_tls_with_a_file_that_is_none(zones, tmp_path):
    run = truename(
        *("serve", zones, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"),
        *("--tls-cert", zones / "example.com.zone", "--tls-key", zones / "example.com.zone"),
        cwd=tmp_path,
    )
    assert_refused(run, "TLS: ")


def test_stdout_that_nobody_reads(zones, tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    command = [*TRUENAME, "serve", str(zones), "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=writer, stderr=subprocess.PIPE) as process:
        os.close(writer)
        assert process.stderr is not None
        assert any(b"nobody reads stdout" in line for line in iter(process.stderr.readline, b""))
        process.terminate()
        assert process.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    ("text", "mode", "said"), [("k" * 43, 0o666, "is open to others (mode 0666)"), ("k", 0o600, "holds no key")]
)
def test_an_admin_key_that_cannot_be_trusted(zones, tmp_path, text, mode, said):
    """Neither used nor made anew in silence."""
    (tmp_path / "truename-data").mkdir()
    key = tmp_path / "truename-data/admin.key"
    key.write_text(text)
    key.chmod(mode)
    run = truename("serve", zones, "--listen", "127.0.0.1:0", "--http", "off", cwd=tmp_path)
    assert_refused(run, said)
    assert key.read_text() == text
