"""Cookies across servers and secrets."""

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import dns.edns
import dns.message
import dns.rcode
import pytest
from datagrams import ask, cookie_of, question
from process import ServerProcess, truename, wait_until

from servers import COOKIE_SECRET, Running, knot, nsd, zone_files

CLIENT = bytes(range(8))
OTHER_SECRET = "445536bcd2513298075a5d379663c962"

Server = Callable[..., AbstractContextManager[Running]]


def write(directory: Path, *secrets: str) -> None:
    (directory / "truename.toml").write_text(f"[serve]\ncookie_secrets = {list(secrets)}\n")


def learn(address: str) -> bytes:
    return cookie_of(ask(address, question("www.example.com", cookie=CLIENT)))


def holds(address: str, cookie: bytes) -> bool:
    """Whether the server takes *cookie* for one of its own (RFC 7873 5.4)."""
    query = dns.message.Message()
    query.use_edns(0, options=[dns.edns.GenericOption(10, cookie)])
    return ask(address, query).rcode() == dns.rcode.NOERROR


def is_kept(address: str, cookie: bytes) -> bool:
    """Whether the server answers *cookie* and sends it back: for those that do not know RFC 7873 5.4."""
    reply = ask(address, question("www.example.com", cookie=cookie))
    return reply.rcode() == dns.rcode.NOERROR and cookie_of(reply) == cookie


@pytest.mark.parametrize("other", [knot, nsd], ids=["knot", "nsd"])
def test_servers_with_one_secret_take_each_other_s_cookies(serve, zones, tmp_path, other: Server):
    write(tmp_path, OTHER_SECRET, COOKIE_SECRET)
    server = serve(zones)
    directory = tmp_path / "other"
    directory.mkdir()
    with other(zone_files(zones), directory) as running:
        theirs = f"{running.host}:{running.port}"
        assert holds(server.dns[0], learn(theirs))
        assert not is_kept(theirs, learn(server.dns[0]))  # made with our first secret
        write(tmp_path, COOKIE_SECRET)
        server.signal(signal.SIGHUP)
        wait_until(lambda: "keys=serve.cookie_secrets" in server.errors())
        assert is_kept(theirs, learn(server.dns[0]))


def test_secrets_are_rolled_over_while_it_runs(serve, zones, tmp_path):
    write(tmp_path, COOKIE_SECRET)
    server: ServerProcess = serve(zones)
    old = learn(server.dns[0])
    for number, secrets in enumerate([(COOKIE_SECRET, OTHER_SECRET), (OTHER_SECRET, COOKIE_SECRET)], 1):
        write(tmp_path, *secrets)
        server.signal(signal.SIGHUP)
        wait_until(lambda count=number: server.errors().count("keys=serve.cookie_secrets") == count)
        assert holds(server.dns[0], old)
    new = cookie_of(ask(server.dns[0], question("www.example.com", cookie=old)))
    assert new != old
    write(tmp_path, OTHER_SECRET)
    server.signal(signal.SIGHUP)
    wait_until(lambda: server.errors().count("keys=serve.cookie_secrets") == 3)
    assert holds(server.dns[0], new) and not holds(server.dns[0], old)
    assert COOKIE_SECRET not in server.errors() and OTHER_SECRET not in server.errors()


def test_without_secrets_every_start_has_its_own(serve, zones):
    first, second = serve(zones, "--data", "a"), serve(zones, "--data", "b")
    cookie = learn(first.dns[0])
    assert holds(first.dns[0], cookie) and not holds(second.dns[0], cookie)


def test_a_reload_keeps_the_random_secret(serve, zones, tmp_path):
    write(tmp_path)
    server = serve(zones)
    cookie = learn(server.dns[0])
    (tmp_path / "truename.toml").write_text("[limits]\nrate = 1000\n")
    server.signal(signal.SIGHUP)
    wait_until(lambda: "keys=limits.rate" in server.errors())
    assert holds(server.dns[0], cookie)


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_print_config_hides_secrets(tmp_path, form):
    write(tmp_path, COOKIE_SECRET, OTHER_SECRET)
    shown = truename("serve", "--print-config", *form, cwd=tmp_path).stdout
    assert "cookie_secrets" in shown and "(hidden)" in shown
    assert COOKIE_SECRET not in shown and OTHER_SECRET not in shown


@pytest.mark.parametrize("variable", ["TRUENAME_SERVE_COOKIE_SECRETS", "file"])
def test_a_bad_secret_is_not_repeated(tmp_path, variable):
    bad = COOKIE_SECRET[1:]
    if variable == "file":
        write(tmp_path, bad)
    env = {} if variable == "file" else {variable: bad}
    ended = truename("serve", cwd=tmp_path, env=env)
    assert ended.returncode == 2
    assert "serve.cookie_secrets cannot be read" in ended.stderr
    assert bad not in ended.stderr + ended.stdout
