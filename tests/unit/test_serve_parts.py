"""The small parts of a running server: notifications, handed-over sockets, the data directory, facts, log lines."""

import errno
import json
import logging
import os
import socket
import stat
from types import SimpleNamespace

import pytest
import structlog

from ports import free_port
from truename.config import Settings, load
from truename.errors import ServeError
from truename.serve import log, notify, privileges, sockets
from truename.serve.data_directory import DataDirectory
from truename.serve.facts import Facts
from truename.serve.options import differing, without_effect
from truename.serve.start import treatment


@pytest.mark.parametrize("address", ["path", "abstract"])
def test_notify(tmp_path, monkeypatch, address):
    bound = str(tmp_path / "s") if address == "path" else f"\0truename-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(bound)
        monkeypatch.setenv("NOTIFY_SOCKET", bound.replace("\0", "@"))
        notify.ready("2 zones")
        assert receiver.recv(100) == b"READY=1\nSTATUS=2 zones"
        notify.reloading()
        assert receiver.recv(100).startswith(b"RELOADING=1\nMONOTONIC_USEC=")
        notify.stopping()
        assert receiver.recv(100) == b"STOPPING=1"


@pytest.mark.parametrize("path", ["", "relative", "/nobody/there"])
def test_notify_without_a_listener(monkeypatch, path):
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    notify.ready("x")


def test_sockets_meant_for_another_process_are_not_taken():
    environ = {"LISTEN_PID": "1", "LISTEN_FDS": "2", "OTHER": "x"}
    assert sockets.inherited(environ) == sockets.Inherited()
    assert environ == {"OTHER": "x"}


@pytest.mark.parametrize("count", ["", "x", "-1"])
def test_a_count_of_sockets_that_is_none(count):
    assert sockets.inherited({"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": count}) == sockets.Inherited()


def test_a_socket_for_http_that_was_only_bound_listens():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with sockets._http_fd(os.dup(bound.fileno())) as taken:
            assert taken.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1


def test_is_free_and_is_taken():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as a running server binds it
        taken.bind(("127.0.0.1", free_port()))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ServeError, match="the port is taken") as caught:
            sockets.check_free([address])
        assert "ss -lntup" in caught.value.hint
    sockets.check_free([address])


def test_every_bind_error_has_words():
    for number in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
        wrong = sockets.bind_error("192.0.2.1:53", OSError(number, os.strerror(number)))
        assert str(wrong).startswith("cannot listen on 192.0.2.1:53: ") and wrong.hint


@pytest.mark.parametrize(
    ("address", "url", "is_loopback"),
    [
        ("127.0.0.1:0", "http://127.0.0.1:", True),
        ("0.0.0.0:0", "http://127.0.0.1:", False),
        ("[::1]:0", "http://[::1]:", True),
        ("[::]:0", "http://[::1]:", False),
    ],
)
def test_url_for_this_machine(address, url, is_loopback):
    with sockets.http_socket(address) as bound:
        assert sockets.url(bound, tls=False).startswith(url)
        assert sockets.is_loopback(bound) is is_loopback


def test_data_directory(tmp_path):
    directory = DataDirectory(str(tmp_path / "a" / "b"))
    assert stat.S_IMODE(directory.path.stat().st_mode) == 0o700
    with pytest.raises(ServeError, match=f"process {os.getpid()}"):
        DataDirectory(str(directory.path))
    directory.tell({"pid": 1})
    assert json.loads((directory.path / "server.json").read_text()) == {"pid": 1}
    directory.close()
    assert sorted(os.listdir(directory.path)) == ["lock"]
    DataDirectory(str(directory.path)).close()


def test_admin_key(tmp_path):
    directory = DataDirectory(str(tmp_path / "d"))
    first, second = directory.admin_key(), directory.admin_key()
    assert first.shown is not None and second.shown is None
    assert second.is_same(first.shown) and not second.is_same(first.shown + "x") and not second.is_same("")
    assert first.shown not in repr(second)
    directory.close()


LONG = "k" * 32


def as_it_was(path, text: str | bytes, mode: int = 0o600) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)


# what is done to the file: what the error says, and the hint
KEYS = {
    "empty": (lambda path: as_it_was(path, "\n"), "is empty", "remove it"),
    "of one letter": (lambda path: as_it_was(path, "k"), "holds no key: a key has 32", "remove it"),
    "too short": (lambda path: as_it_was(path, LONG[1:]), "holds no key", "remove it"),
    "two lines": (lambda path: as_it_was(path, f"{LONG}\n{LONG}"), "holds no key", "remove it"),
    "with a space": (lambda path: as_it_was(path, f"{LONG} {LONG}"), "holds no key", "remove it"),
    "no text": (lambda path: as_it_was(path, bytes(64)), "holds no key", "remove it"),
    "no UTF-8": (lambda path: as_it_was(path, b"\xff" * 64), "holds no key", "remove it"),
    "endless": (lambda path: as_it_was(path, LONG * 1000), "holds no key", "remove it"),
    **{
        f"of mode {mode:o}": (
            lambda path, mode=mode: as_it_was(path, LONG, mode),
            f"is open to others (mode {mode:04o})",
            "chmod 600",
        )
        for mode in (0o666, 0o644, 0o640, 0o604, 0o620, 0o602, 0o610)
    },
    "a link": (lambda path: (as_it_was(path.parent / "x", LONG), path.symlink_to("x")), "is a link", "put the key"),
    "a link to nothing": (lambda path: path.symlink_to("nothing"), "is a link", "put the key"),
    "a directory": (lambda path: path.mkdir(), "is no file", "remove it"),
    "a pipe": (lambda path: os.mkfifo(path, 0o600), "is no file", "remove it"),
}


@pytest.mark.parametrize("name", KEYS)
def test_an_admin_key_that_cannot_be_trusted_is_refused_and_left(tmp_path, name):
    make, said, hint = KEYS[name]
    directory = DataDirectory(str(tmp_path / "d"))
    path = directory.path / "admin.key"
    make(path)
    before = path.lstat()
    with pytest.raises(ServeError) as refused:
        directory.admin_key()
    assert said in str(refused.value) and hint in refused.value.hint and "kkk" not in str(refused.value)
    after = path.lstat()
    assert (before.st_ino, before.st_mode, before.st_size) == (after.st_ino, after.st_mode, after.st_size)
    directory.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_an_admin_key_of_somebody_else(tmp_path):
    directory = DataDirectory(str(tmp_path / "d"))
    as_it_was(directory.path / "admin.key", LONG)
    os.chown(directory.path / "admin.key", 4711, 4711)
    with pytest.raises(ServeError, match="belongs to another user, 4711"):
        directory.admin_key()
    os.chown(directory.path, 4711, 4711)  # as `--user` leaves both
    assert directory.admin_key().is_same(LONG)
    directory.close()


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_an_admin_key_that_somebody_wrote(tmp_path, mode):
    directory = DataDirectory(str(tmp_path / "d"))
    as_it_was(directory.path / "admin.key", f"  {LONG}/+=\n", mode)
    assert directory.admin_key().is_same(f"{LONG}/+=")
    directory.close()


@pytest.mark.parametrize("name", ["no such user", "a\0b"])
def test_a_user_that_does_not_exist(name):
    with pytest.raises(ServeError, match="there is no user"):
        privileges.find_user(name)


class Recorder:
    """A logger that remembers."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, dict[str, object]]] = []

    def info(self, event: str, **words: object) -> None:
        self.lines.append((event, words))

    warning = info


def test_facts_are_told_once_and_counted_always():
    chain = ["a.sub.example.com.", "b.", "a.sub.example.com."]
    zone = "example.com."
    fact = SimpleNamespace(kind="loop", zone=zone, owner=chain[0], type="CNAME", target="b.", chain=chain)
    found: list[object] = [fact]
    graph = SimpleNamespace(survey=lambda kinds, limit: ({"loop": len(found)}, found[:limit]))
    log = Recorder()
    facts = Facts(graph, log)
    facts.count()
    assert facts.counts["loop"] == 1
    assert log.lines[0] == (
        "alias loop",
        {"zone": "example.com.", "name": chain[0], "type": "CNAME", "target": "b.", "chain": " > ".join(chain)},
    )
    told = len(log.lines)
    facts.count()
    assert len(log.lines) == told
    found.clear()
    facts.count()
    assert facts.counts["loop"] == 0
    found.append(fact)
    facts.count()
    assert [event for event, _ in log.lines].count("alias loop") == 2


def test_ten_facts_are_told_of_each_zone():
    names = [(f"a{number}.{zone}", zone) for zone in ("example.com.", "example.org.") for number in range(30)]
    facts = [
        SimpleNamespace(kind="loop", zone=zone, owner=name, type="CNAME", target="b.", chain=[]) for name, zone in names
    ]
    graph = SimpleNamespace(survey=lambda kinds, limit: ({"loop": 60}, facts[:limit]))
    log = Recorder()
    told = Facts(graph, log)
    told.count()
    assert [words.get("zone") for _, words in log.lines].count("example.org.") == 10
    assert told.counts["loop"] == 60 and len(log.lines) == 21


def test_what_a_reload_takes_over():
    old = Settings()
    new = load(environ={"TRUENAME_SERVE_MAX_CHAIN": "3", "TRUENAME_SERVE_NSID": "x", "TRUENAME_CHECK_FAIL_ON": "never"})
    assert differing(old, new) == (["serve.max_chain"], ["serve.nsid"])
    assert differing(old, old) == ([], [])
    limits = {"TRUENAME_LIMITS_RATE": "5", "TRUENAME_LIMITS_SLIP": "0", "TRUENAME_LIMITS_UDP_SIZE": "512"}
    assert differing(old, load(environ=limits)) == (["limits.rate", "limits.slip"], ["limits.udp_size"])


def test_how_clients_are_treated():
    environ = {"TRUENAME_LIMITS_RATE_ALLOW": "10.0.0.0/255.0.0.0,192.0.2.1,2001:DB8::/32", "TRUENAME_LIMITS_RATE": "5"}
    found = treatment(load(environ={**environ, "TRUENAME_SERVE_COOKIE_SECRETS": "0f" * 16}))
    assert found == {
        "cookie_secrets": ["0f" * 16],
        "rate": 5,
        "rate_prefix4": 24,
        "rate_prefix6": 56,
        "rate_allow": ["10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32"],
        "slip": 2,
    }


def test_settings_without_effect_are_named():
    environ = {"TRUENAME_LIMITS_RATE": "5", "TRUENAME_FLATTEN_STALE": "9", "TRUENAME_LIMITS_UDP_SIZE": "1400"}
    assert without_effect(load(environ=environ)) == ["flatten.stale"]
    assert without_effect(load(environ={})) == []


@pytest.fixture
def log_as_before():
    """The log is the process's: what a test makes of it would go on in the tests behind it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.usefixtures("log_as_before")
def test_log_lines(style, capsys):
    logger = log.configure(style)
    logger.warning("zone file refused", zone="example.com.", problem='a "quoted"\nthing')
    (line,) = capsys.readouterr().err.splitlines()
    if style == "json":
        words = json.loads(line)
        assert (words["level"], words["event"], words["zone"]) == ("warning", "zone file refused", "example.com.")
    else:
        assert 'level=warning event="zone file refused" zone=example.com.' in line
