"""A PostgreSQL of our own: a fresh cluster in a temporary directory, reached over a socket there.

    with cluster() as postgres:
        url = postgres.make_database()      or make_schema(), which costs less
    with cluster(port) as postgres:
        url = postgres.over_tcp(postgres.make_database())       reached on 127.0.0.1 as well

The programs are Debian's (package `postgresql`, whose own cluster is left alone). As root they run as its user, since
PostgreSQL refuses to be root. It is stopped by its process id.
"""

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

START_SECONDS = 60.0
OWNER = "truename"
# Nothing here is to survive a loss of power; what the tests kill are clients.
SETTINGS = {"fsync": "off", "max_connections": "60", "shared_buffers": "32MB"}


class NotInstalled(Exception):
    """There is no PostgreSQL on this machine."""


class Cluster:
    """A running server, which may be stopped and started again."""

    def __init__(self, programs: Path, directory: Path, port: int | None, settings: dict[str, str]) -> None:
        self.directory = directory
        self.port = port or 5432  # also part of the name of the socket
        self._address = "127.0.0.1" if port else ""
        self._settings = settings
        self._programs = programs
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def initialise(self) -> None:
        make = ["initdb", "--auth=trust", f"--username={OWNER}", "--no-sync", "--encoding=UTF8", "--locale=C"]
        done = self._call([*make, str(self.directory / "data")])
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        settings = {
            **SETTINGS,
            **self._settings,
            "unix_socket_directories": str(self.directory),
            "port": str(self.port),
        }
        settings["listen_addresses"] = self._address
        command = [str(self._programs / "postgres"), "-D", str(self.directory / "data")]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.directory, **self._identity())
        until = time.monotonic() + START_SECONDS
        while self._call(["pg_isready", "-q", "-h", str(self.directory), "-p", str(self.port)]).returncode != 0:
            if self._process.poll() is not None or time.monotonic() > until:
                raise AssertionError((self.directory / "log").read_text())
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends sessions and stops; SIGQUIT stops as a crash would."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=START_SECONDS)
            self._process = None

    def become_standby(self) -> None:
        """Let the next start be that of a standby, until `pg_promote()`."""
        signal_file = self.directory / "data" / "standby.signal"
        signal_file.touch()
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(signal_file, user.pw_uid, user.pw_gid)

    def make_database(self, encoding: str = "UTF8") -> str:
        """The URL of a new, empty database."""
        name = f"truename{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 LOCALE 'C'")
        return self._url(name)

    def make_schema(self) -> str:
        """The URL of a new schema, which is as good as a database and made in no time."""
        name = f"truename{next(self._numbers)}"
        self.execute(f"CREATE SCHEMA {name}")
        return self._url("postgres") + f"&options=-csearch_path%3D{name}"

    def _url(self, database: str) -> str:
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.directory}&port={self.port}"

    def over_tcp(self, url: str) -> str:
        """*url* of one of the databases, by way of 127.0.0.1."""
        database = url.partition("?")[0].rpartition("/")[2]
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple]:
        """Run *statement* by itself, outside a transaction."""
        import psycopg

        where = {"host": str(self.directory), "port": self.port}
        with psycopg.connect(**where, user=OWNER, dbname=database, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def _call(self, command: list[str]) -> subprocess.CompletedProcess[bytes]:
        command = [str(self._programs / command[0]), *command[1:]]
        return subprocess.run(command, capture_output=True, cwd=self.directory, check=False, **self._identity())

    @staticmethod
    def _identity() -> dict[str, object]:
        if os.getuid() != 0:
            return {}
        user = pwd.getpwnam("postgres")
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def cluster(port: int | None = None, **settings: str) -> Iterator[Cluster]:
    """A running cluster; it and its directory are gone afterwards.

    *port*: of 127.0.0.1, where it is reached as well; *settings* come beside ours. Raises: NotInstalled
    """
    programs = find_programs()
    directory = Path(tempfile.mkdtemp(prefix="truename-pg-"))  # short: the path of a socket has 107 octets
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(directory, user.pw_uid, user.pw_gid)
    postgres = Cluster(programs, directory, port, settings)
    try:
        postgres.initialise()
        postgres.start()
        yield postgres
    finally:
        postgres.stop(signal.SIGQUIT)  # nothing is to be written any more
        shutil.rmtree(directory)


def find_programs() -> Path:
    """Where `postgres` and `initdb` are. Raises: NotInstalled"""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    if where := shutil.which("initdb"):
        return Path(where).parent
    raise NotInstalled("postgresql is not installed")
