"""A verb on a terminal: what a person sees and types."""

import os
import pty
import select
import subprocess
import time

from process import PATIENCE, TRUENAME, environment


class Terminal:
    """`truename WORDS` whose stdin, stdout and stderr are one terminal. *text* is all that it showed."""

    def __init__(self, *words: object, cwd) -> None:
        self._master, slave = pty.openpty()
        self.text = ""
        self._process = subprocess.Popen(
            [*TRUENAME, *map(str, words)],
            cwd=cwd,
            env=environment({"TERM": "xterm-256color"}),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(slave)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._master)

    def wait_for(self, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while words not in self.text:
            assert time.monotonic() < end and self._read(), self.text

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def wait(self) -> int:
        """Until it ends; gives the status."""
        while self._read():
            pass
        return self._process.wait(PATIENCE)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], PATIENCE)
        assert ready, f"silence after {self.text!r}"
        try:
            octets = os.read(self._master, 65536)
        except OSError:  # EIO: the other end is closed
            return False
        self.text += octets.decode("utf-8", "replace")
        return bool(octets)


def _take_terminal() -> None:
    import fcntl
    import signal
    import termios

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ignored in what a shell starts in the background, and inherited

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C typed there is a signal for it
