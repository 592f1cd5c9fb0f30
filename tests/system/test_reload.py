"""How a running server follows its files."""

import os
import signal
import time
from pathlib import Path

import pytest
from process import ServerProcess, wait_until

OLD, NEW = "192.0.2.1", "198.51.100.7"


def edit(zone: Path, old: str = f"A     {OLD}", new: str = f"A     {NEW}") -> None:
    text = zone.read_text()
    assert old in text
    zone.write_text(text.replace(old, new, 1))


def test_a_changed_file_is_read_again(serve, zones):
    server = serve(zones)
    edit(zones / "example.com.zone")
    wait_until(lambda: server.addresses("www.example.com") == [NEW])
    assert "zone loaded" in server.errors() and "changed=1" in server.errors()


def test_a_file_that_is_replaced_is_read_again(serve, zones):
    server = serve(zones)
    new = zones / "new"
    new.write_text((zones / "example.com.zone").read_text().replace(OLD, NEW))
    os.utime(new, ns=(0, 0))  # an older date is a change too
    new.replace(zones / "example.com.zone")
    wait_until(lambda: server.addresses("www.example.com") == [NEW])


def test_an_included_file_is_watched(serve, zones):
    (zones / "hosts").write_text(f"inner 60 IN A {OLD}\n")
    edit(zones / "example.com.zone", "mail ", "$INCLUDE hosts\nmail ")
    server = serve(zones)
    assert server.addresses("inner.example.com") == [OLD]
    (zones / "hosts").write_text(f"inner 60 IN A {NEW}\n")
    wait_until(lambda: server.addresses("inner.example.com") == [NEW])


def test_a_bad_file_leaves_the_version_from_before(serve, zones):
    server = serve(zones)
    edit(zones / "example.com.zone", OLD, "192.0.2.999")
    wait_until(lambda: server.health()["status"] == "degraded")
    (problem,) = server.health()["problems"]
    assert (problem["zone"], Path(problem["file"]).name) == ("example.com.", "example.com.zone")
    assert problem["line"] > 1 and problem["column"] > 1 and problem["message"]
    assert f"example.com.zone:{problem['line']}:{problem['column']}" in server.errors()
    assert server.addresses("www.example.com") == [OLD]
    edit(zones / "example.com.zone", "192.0.2.999", NEW)
    wait_until(lambda: server.health()["status"] == "ok")
    assert server.addresses("www.example.com") == [NEW]


def test_a_file_that_is_being_written_is_not_read(serve, zones):
    server = serve(zones)
    text = (zones / "example.com.zone").read_text().replace(OLD, NEW)
    with (zones / "example.com.zone").open("w") as slowly:
        for part in range(0, len(text), 200):
            slowly.write(text[part : part + 200])
            slowly.flush()
            time.sleep(0.3)
    wait_until(lambda: server.addresses("www.example.com") == [NEW])
    assert "refused" not in server.errors()


def test_a_named_file_that_goes_away_keeps_its_zone(serve, zones):
    server = serve(zones / "example.com.zone")
    (zones / "example.com.zone").unlink()
    wait_until(lambda: server.health()["status"] == "degraded")
    assert "still served" in server.health()["problems"][0]["message"]
    assert server.addresses("www.example.com") == [OLD]


def test_files_come_and_go_in_a_directory(serve, zones):
    server = serve(zones)
    text = (zones / "example.org.zone").read_text().replace("example.org", "example.net")
    (zones / "example.net.zone").write_text(text)
    wait_until(lambda: server.health()["zones"] == 3)
    (zones / "example.net.zone").unlink()
    wait_until(lambda: server.health()["zones"] == 2)
    assert "zone unloaded" in server.errors()
    assert server.explain("www.example.net")["end"] == "out-of-zone"


def test_a_new_file_cannot_take_over_a_zone(serve, zones):
    server = serve(zones)
    (zones / "other.zone").write_text((zones / "example.com.zone").read_text().replace(OLD, NEW))
    wait_until(lambda: server.health()["status"] == "degraded")
    assert "is served from" in server.health()["problems"][0]["message"]
    assert server.addresses("www.example.com") == [OLD]


def test_sighup_reads_at_once(serve, zones):
    server = serve(zones)
    edit(zones / "example.com.zone")
    server.signal(signal.SIGHUP)
    began = time.monotonic()
    wait_until(lambda: "changed=1" in server.errors())
    assert server.addresses("www.example.com") == [NEW]
    assert time.monotonic() - began < 20


def test_sighup_takes_over_settings_and_zones(serve, zones, tmp_path):
    settings = tmp_path / "truename.toml"
    settings.write_text('[[zone]]\nfile = "zones/example.com.zone"\n')
    server = serve()
    assert server.ready["zones"] == "1"
    settings.write_text(
        '[serve]\nmax_chain = 1\nnsid = "x"\n'
        '[[zone]]\nfile = "zones/example.com.zone"\n[[zone]]\nfile = "zones/example.org.zone"\n'
    )
    server.signal(signal.SIGHUP)
    wait_until(lambda: server.health()["zones"] == 2)
    wait_until(lambda: server.explain("shop.example.com")["end"] == "too-long")
    assert 'event="setting waits for the next start" key=serve.nsid' in server.errors()


def test_sighup_with_a_bad_configuration_changes_nothing(serve, zones, tmp_path):
    settings = tmp_path / "truename.toml"
    settings.write_text("")
    server = serve(zones)
    settings.write_text("[serve]\nmax_chian = 1\n")
    server.signal(signal.SIGHUP)
    wait_until(lambda: "configuration not taken over" in server.errors())
    assert "truename.toml:2" in server.errors()
    assert server.addresses("shop.example.com") == [OLD]


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_right_after_the_ready_line(serve, zones, number):
    server: ServerProcess = serve(zones)
    server.signal(number)
    if number == signal.SIGHUP:
        assert server.health()["status"] == "ok"
    else:
        assert server.process.wait(10) == 0
