"""The wheel, installed where no checkout is: everything that the program reads comes with it.

It is built as `make wheel` does, from what `make build` has compiled, so that this takes seconds. What it depends on is
lent by the environment of the tests: these packages are not ours to test.
"""

import json
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from process import READY, environment

ROOT = Path(__file__).parents[2]
PATIENCE = 300.0  # seconds, should the core have to be compiled


def call(*words: object, **options) -> str:
    """What a program says on stdout; its status is 0."""
    env = environment(dict.fromkeys(("PYTHONPATH", "PYTHONHOME"), ""))
    run = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=PATIENCE, check=False, env=env, **options
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    maturin = Path(sysconfig.get_path("scripts")) / "maturin"
    call(maturin, "build", "--release", "--interpreter", sys.executable, "--out", out, cwd=ROOT)
    [made] = out.glob("truename-*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory) -> Path:
    """The programs of a fresh environment with the wheel in it."""
    where = tmp_path_factory.mktemp("elsewhere") / "venv"
    call(sys.executable, "-m", "venv", "--without-pip", where)
    python = where / "bin" / "python"
    call(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet", wheel)
    # Packages only: lines of .pth files in there, of which one leads to the checkout, are not read from here.
    own = Path(call(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (own / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return where / "bin"


def test_it_has_every_file_of_the_package(wheel: Path):
    with zipfile.ZipFile(wheel) as packed:
        there = {name for name in packed.namelist() if name.startswith("truename/")}
    source = ROOT / "src"
    files = (path for path in (source / "truename").rglob("*") if path.is_file() and path.suffix not in (".pyc", ".so"))
    assert {str(path.relative_to(source)) for path in files} == {name for name in there if not name.endswith(".so")}
    assert "truename/_core.abi3.so" in there
    assert any("/migrations/versions/v" in name for name in there)


def test_it_is_what_runs(installed: Path, tmp_path: Path):
    found = call(installed / "python", "-c", "import truename; print(truename.__file__)", cwd=tmp_path).strip()
    assert Path(found).is_relative_to(installed.parent)


def test_verbs_and_a_server_without_the_checkout(installed: Path, tmp_path: Path):
    """The database is made, which takes alembic's steps; the zone is edited, served and asked for."""
    truename = installed / "truename"
    of_data = ("--data", tmp_path / "data")
    call(truename, "zone", "create", "example.com", "--ns", "ns1=192.0.2.53", "--yes", *of_data, cwd=tmp_path)
    call(truename, "record", "set", "example.com", "www", "A", "192.0.2.1", "--yes", *of_data, cwd=tmp_path)
    [zone] = json.loads(call(truename, "zone", "list", "--json", *of_data, cwd=tmp_path))
    assert zone["name"] == "example.com."
    listen = ("--listen", "127.0.0.1:0", "--http", "127.0.0.1:0")
    server = subprocess.Popen(
        [truename, "serve", *map(str, (*of_data, *listen))], cwd=tmp_path, stdout=subprocess.PIPE, text=True,
        env=environment({"PYTHONPATH": ""}),
    )  # fmt: skip
    try:
        assert server.stdout is not None
        ready = READY.fullmatch(server.stdout.readline())
        assert ready is not None
        host, port = ready["dns"].rsplit(":", 1)
        assert asked("www.example.com", host, int(port)) == ["192.0.2.1"]
        assert "/api/v1/servers/localhost/zones" in page(f"{ready['http']}/api/docs")
        call(truename, "record", "set", "example.com", "www", "A", "192.0.2.2", "--yes", *of_data, cwd=tmp_path)
        assert asked("www.example.com", host, int(port)) == ["192.0.2.2"]
    finally:
        server.terminate()
        assert server.wait(30) == 0
        server.stdout.close()


def asked(name: str, host: str, port: int) -> list[str]:
    import dns.message
    import dns.query

    reply = dns.query.udp(dns.message.make_query(name, "A"), host, timeout=10, port=port)
    return [str(data) for answer in reply.answer for data in answer]


def page(url: str) -> str:
    import urllib.request

    with urllib.request.urlopen(url, timeout=10) as reply:
        return reply.read().decode()
