"""Files that are replaced whole."""

import os
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from truename.replacing import replace_file


def test_the_new_text_takes_the_place_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with path.open("rb") as reader:
        replace_file(path, b"new")
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a"]


def test_the_mode_is_what_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.touch(0o644)
    replace_file(path, b"", mode=0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    replace_file(path, b"", like=path.stat())
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_lies_beside_is_never_followed(tmp_path: Path) -> None:
    other, path = tmp_path / "other", tmp_path / "a"
    other.write_bytes(b"kept")
    (tmp_path / f".a.{os.getpid()}").symlink_to(other)
    replace_file(path, b"new")
    assert (other.read_bytes(), path.read_bytes()) == (b"kept", b"new")


def test_a_text_that_has_no_room_leaves_the_old(tmp_path: Path) -> None:
    """A limit on a file's size is met as a full disk is: in the middle of writing."""
    path = tmp_path / "a"
    path.write_bytes(b"old")
    program = (
        "import signal, sys; from pathlib import Path; from truename.replacing import replace_file\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "replace_file(Path(sys.argv[1]), bytes(100_000))"
    )

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    ended = subprocess.run(
        [sys.executable, "-c", program, str(path)], preexec_fn=bounded, capture_output=True, text=True, check=False
    )
    assert "File too large" in ended.stderr
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_no_directory_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "none" / "a", b"")
