"""What a running server has given up, seen from outside; what it still does all the same."""

import os
import signal
from pathlib import Path

import pytest
from process import ServerProcess, truename, wait_until
from test_start_and_end import NOBODY, ask, assert_refused

OLD, NEW = "192.0.2.1", "198.51.100.7"
OUTSIDE = "the sandbox was closed without its directory"

# Continuous integration runs as root; others learn that only root can, and nothing more.
IS_ROOT = os.geteuid() == 0


@pytest.fixture
def open_to_all(tmp_path):
    """pytest makes its directories for their owner alone."""
    for directory in (tmp_path, *tmp_path.parents[:-2]):
        directory.chmod(0o755)
    return tmp_path


def threads(server: ServerProcess) -> list[dict[str, str]]:
    """What the kernel says of each thread."""
    found = []
    for task in Path(f"/proc/{server.process.pid}/task").iterdir():
        lines = (task / "status").read_text().splitlines()
        found.append({key: words.strip() for key, _, words in (line.partition(":") for line in lines)})
    return found


def only_root_can(zones, tmp_path) -> bool:
    """For those who are not: the refusal. Whether that was all."""
    if not IS_ROOT:
        run = truename("serve", zones, "--user", "nobody", "--listen", "127.0.0.1:0", "--http", "off", cwd=tmp_path)
        assert_refused(run, "only root can go on as nobody")
    return not IS_ROOT


def test_no_thread_keeps_anything_of_root(serve, zones, open_to_all):
    if only_root_can(zones, open_to_all):
        return
    server = serve(zones, "--user", "nobody")
    # A thread that was started a moment ago may not have had its turn to say its name.
    wait_until(lambda: {"dns-udp-0", "dns-tcp-0"} <= {thread["Name"] for thread in threads(server)})
    assert len(threads(server)) >= 6
    for thread in threads(server):
        assert set(thread["Uid"].split()) == {str(NOBODY)} == set(thread["Gid"].split()), thread["Name"]
        assert set(thread["Groups"].split()) <= {str(NOBODY)}
        assert {thread[which] for which in ("CapPrm", "CapEff", "CapInh", "CapAmb")} == {"0" * 16}
    assert ask(server.dns[0], "www.example.com").answer
    assert server.get("/api/docs")[0] == 200
    assert server.stop() == 0


def test_every_thread_is_in_the_sandbox(serve, zones):
    server = serve(zones)
    for thread in threads(server):
        assert (thread["NoNewPrivs"], thread["Seccomp"]) == ("1", "2"), thread["Name"]
    assert 'event=sandbox files="landlock ' in server.errors() and "calls=seccomp" in server.errors()


def test_the_sandbox_can_be_left_out(serve, zones):
    server = serve(zones, env={"TRUENAME_SERVE_SANDBOX": "false"})
    assert {thread["Seccomp"] for thread in threads(server)} == {threads_of_this_process()["Seccomp"]}
    assert "sandbox is off" in server.errors()


def threads_of_this_process() -> dict[str, str]:
    lines = Path("/proc/self/status").read_text().splitlines()
    return {key: words.strip() for key, _, words in (line.partition(":") for line in lines)}


def test_the_data_directory_goes_to_the_user(serve, zones, open_to_all):
    if only_root_can(zones, open_to_all):
        return
    data = open_to_all / "truename-data"
    data.mkdir()  # as a package or an administrator makes it: root's, and empty
    assert serve(zones, "--user", "nobody").stop() == 0
    assert {path.stat().st_uid for path in (data, *data.iterdir())} == {NOBODY}
    assert not (data / "server.json").exists()  # its user could remove it
    assert serve(zones, "--user", "nobody").stop() == 0


def test_a_directory_with_files_of_others_is_not_given_away(zones, open_to_all):
    if only_root_can(zones, open_to_all):
        return
    data = open_to_all / "truename-data"
    data.mkdir()
    (data / "somebody's").write_text("")
    run = truename("serve", zones, "--user", "nobody", "--listen", "127.0.0.1:0", "--http", "off", cwd=open_to_all)
    assert run.returncode == 2 and "Permission denied" in run.stderr and "hint: --data DIR" in run.stderr
    assert data.stat().st_uid == 0 == (data / "somebody's").stat().st_uid


@pytest.mark.parametrize("name", ["lock", "admin.key"])
def test_a_link_in_the_data_directory_is_not_followed(name, zones, open_to_all):
    """Whoever broke into the last server could have left it there for root to write through, or to give away."""
    if only_root_can(zones, open_to_all):
        return
    victim = open_to_all / "victim"
    victim.write_text("secret\n")
    data = open_to_all / "truename-data"
    data.mkdir()
    os.chown(data, NOBODY, NOBODY)
    (data / name).symlink_to(victim)
    server = ServerProcess([str(zones), "--user", "nobody"], cwd=open_to_all)
    try:
        said = "lock: Too many levels" if name == "lock" else "admin.key is a link"
        assert server.process.wait(60) == 2 and said in server.errors()
        assert victim.read_text() == "secret\n" and victim.stat().st_uid == 0
    finally:
        server.kill()


def test_zone_files_out_of_the_users_reach_are_named(serve, zones, open_to_all):
    if only_root_can(zones, open_to_all):
        return
    (zones / "example.com.zone").chmod(0o600)
    server = serve(zones, "--user", "nobody")
    assert server.ready["zones"] == "2"
    assert 'event="zone file cannot be read again"' in server.errors() and "example.com.zone" in server.errors()


def add(zone: Path, line: str) -> None:
    zone.write_text(zone.read_text() + line + "\n")


def test_a_new_included_file_in_the_same_directory(serve, zones):
    server = serve(zones / "example.com.zone")
    (zones / "hosts").write_text(f"inner 60 IN A {NEW}\n")
    add(zones / "example.com.zone", "$INCLUDE hosts")
    wait_until(lambda: server.addresses("inner.example.com") == [NEW])


def test_an_included_file_elsewhere_that_was_there_at_the_start(serve, zones, tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/hosts").write_text(f"inner 60 IN A {OLD}\n")
    add(zones / "example.com.zone", "$INCLUDE ../shared/hosts")
    server = serve(zones)
    assert server.addresses("inner.example.com") == [OLD]
    (tmp_path / "shared/hosts").write_text(f"inner 60 IN A {NEW}\n")
    wait_until(lambda: server.addresses("inner.example.com") == [NEW])


def test_a_new_included_file_elsewhere_is_refused_with_the_reason(serve, zones, tmp_path, tmp_path_factory):
    server = serve(zones, cwd=tmp_path_factory.mktemp("cwd"))
    (tmp_path / "secret").write_text(f"inner 60 IN A {NEW}\n")
    add(zones / "example.com.zone", f"$INCLUDE {tmp_path}/secret")
    wait_until(lambda: server.health()["status"] == "degraded")
    (problem,) = server.health()["problems"]
    assert problem["message"].endswith("secret cannot be read: Permission denied") and problem["hint"].startswith(
        OUTSIDE
    )
    assert server.addresses("www.example.com") == [OLD]


def test_a_zone_elsewhere_that_the_configuration_names_later(serve, zones, tmp_path):
    (tmp_path / "etc").mkdir()
    settings = tmp_path / "etc/truename.toml"
    settings.write_text("")
    server = serve("--config", settings, zones / "example.com.zone")
    (tmp_path / "other").mkdir()
    (zones / "example.org.zone").rename(tmp_path / "other/example.org.zone")
    settings.write_text('[[zone]]\nfile = "../other/example.org.zone"\n')
    server.signal(signal.SIGHUP)
    wait_until(lambda: server.health()["status"] == "degraded")
    (problem,) = server.health()["problems"]
    assert "cannot be opened: permission denied" in problem["message"] and problem["hint"].startswith(OUTSIDE)
    assert OUTSIDE in server.errors()
    settings.write_text("")
    server.signal(signal.SIGHUP)
    wait_until(lambda: server.health()["status"] == "ok")


def test_a_link_that_is_turned_to_the_next_release(serve, zones, tmp_path):
    (tmp_path / "releases").mkdir()
    zones.rename(tmp_path / "releases/1")
    (tmp_path / "current").symlink_to("releases/1")
    server = serve(tmp_path / "current")
    (tmp_path / "releases/2").mkdir()
    for zone in (tmp_path / "releases/1").iterdir():
        (tmp_path / "releases/2" / zone.name).write_text(zone.read_text().replace(OLD, NEW))
    (tmp_path / "new").symlink_to("releases/2")
    (tmp_path / "new").rename(tmp_path / "current")
    wait_until(lambda: server.addresses("www.example.com") == [NEW])
    assert server.health()["status"] == "ok"


def test_a_directory_that_is_replaced_keeps_its_zones(serve, zones, tmp_path, tmp_path_factory):
    """The new one is another directory for the kernel; what was read before stays, and the reason is told."""
    server = serve(zones, cwd=tmp_path_factory.mktemp("cwd"))
    zones.rename(tmp_path / "old")
    (tmp_path / "old").joinpath("x").write_text("")
    (tmp_path / "zones").mkdir()
    wait_until(lambda: any(problem["hint"].startswith(OUTSIDE) for problem in server.health()["problems"]))
    assert server.health()["status"] == "degraded"
    assert server.health()["zones"] == 2
    assert server.addresses("www.example.com") == [OLD]
    (tmp_path / "zones").rmdir()
    (tmp_path / "old").rename(zones)
    wait_until(lambda: server.health()["status"] == "ok")


def test_the_end_tidies_up(serve, zones, tmp_path):
    server = serve(zones)
    assert server.stop() == 0
    assert not (tmp_path / "truename-data/server.json").exists()
    assert "Traceback" not in server.errors()


def test_a_configuration_written_after_the_start_is_taken_over(serve, zones, tmp_path):
    """The sandbox leaves the place open where one would be looked for."""
    server = serve(zones)
    (tmp_path / "new.zone").write_text("@ 60 SOA ns hostmaster 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.7\n")
    (tmp_path / "truename.toml").write_text('[[zone]]\nname = "new.example"\nfile = "new.zone"\n')
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: server.addresses("ns.new.example") == ["192.0.2.7"])
