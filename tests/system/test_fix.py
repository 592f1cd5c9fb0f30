"""`truename fix` as people run it."""

import os
import subprocess

import pytest
from process import TRUENAME, truename

ZONE = """$ORIGIN example.com.
$TTL 3600
@    SOA  ns1 hostmaster 7 7200 3600 1209600 300
@    NS   ns1
ns1  A    192.0.2.53
shop CNAME www   ; the shop
www  CNAME host
host A    192.0.2.1
"""
CURED = ZONE.replace(" 7 7200", " 8 7200").replace("shop CNAME www ", "shop CNAME host ")


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "example.com.zone"
    path.write_text(ZONE)
    return path


def test_the_difference_can_be_applied(path, tmp_path):
    run = truename("fix", path, cwd=tmp_path)
    assert run.returncode == 1 and path.read_text() == ZONE
    assert "would fix 1 finding in 1 file" in run.stderr
    patch = subprocess.run(["patch", "-s", str(path)], input=run.stdout, text=True, capture_output=True, check=False)
    assert patch.returncode == 0, patch.stderr
    assert path.read_text() == CURED


def test_write_and_then_nothing_is_left(path, tmp_path):
    run = truename("fix", "--write", path, cwd=tmp_path)
    assert run.returncode == 0 and "fixed 1 finding in 1 file" in run.stderr
    assert path.read_text() == CURED
    again = truename("fix", "--write", path, cwd=tmp_path)
    assert (again.returncode, again.stdout) == (0, "") and "nothing to fix" in again.stderr
    assert truename("fix", path, cwd=tmp_path).returncode == 0
    assert path.read_text() == CURED


def test_what_is_left_to_a_person_is_told(tmp_path):
    (tmp_path / "example.com.zone").write_text(ZONE + "x CNAME www.example.org.\n")
    (tmp_path / "example.org.zone").write_text(ZONE.replace("example.com", "example.org"))
    run = truename("fix", "example.com.zone", "example.org.zone", cwd=tmp_path)
    assert "example.com.zone:9:9: alias-chain is left: the next link lies in another zone" in run.stderr
    across = truename("fix", "--across-zones", "example.com.zone", "example.org.zone", cwd=tmp_path)
    assert "+x CNAME host.example.org." in across.stdout


def test_wrong_usage_and_files_that_cannot_be_opened(path, tmp_path):
    for arguments, said in (
        (["--select", "alias-loop", path], "is no rule that fix can cure"),
        ([], "Missing argument"),
        (["--origin", "example.com", path, path], "origin of one file"),
        ([tmp_path / "gone.zone"], "cannot be read: No such file or directory"),
    ):
        run = truename("fix", *arguments, cwd=tmp_path)
        assert run.returncode == 2 and said in run.stderr and "Traceback" not in run.stderr


def test_a_directory_that_cannot_be_written(path, tmp_path):
    if os.geteuid() == 0:  # whom no mode of a directory stops
        read_only = f"mount --bind -o ro {tmp_path} {tmp_path} && mount -o remount,bind,ro {tmp_path}"
        command = ["unshare", "-m", "sh", "-c", f"{read_only} && exec {' '.join(TRUENAME)} fix --write {path}"]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    else:
        tmp_path.chmod(0o500)
        run = truename("fix", "--write", path)
    assert run.returncode == 2 and "cannot be written" in run.stderr and "Traceback" not in run.stderr
    assert path.read_text() == ZONE
