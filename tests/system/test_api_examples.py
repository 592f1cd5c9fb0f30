"""The clients that docs/api.md begins with: what can run here is run as it is shown, all of it must be there."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from process import PATIENCE, ServerProcess, environment

from truename.web.examples import TEXT

ROOT = Path(__file__).parents[2]
BLOCKS = dict(re.findall(r"^### (\S+)\n.*?^```\w+\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A directory where `make run` would have been, and its server."""
    directory = tmp_path_factory.mktemp("checkout")
    server = ServerProcess([str(ROOT / "examples/zones")], cwd=directory)
    try:
        yield directory, server.wait_ready()
    finally:
        server.kill()


def pasted(made, script: str) -> str:
    """What a shell says to *script*; every line of it must succeed."""
    directory, server = made
    programs = Path(sys.executable).parent
    script = script.replace("127.0.0.1:8053", server.http.removeprefix("http://"))
    script = script.replace("port: 8053", f"port: {server.http.rpartition(':')[2]}")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=directory,
        env=environment({"PATH": f"{programs}:{os.environ['PATH']}"}),
        capture_output=True,
        text=True,
        timeout=PATIENCE * 4,
        check=False,
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout + done.stderr


def test_the_page_begins_with_them():
    assert list(BLOCKS) == ["curl", "octoDNS", "terraform", "lego", "external-dns"]
    page = (ROOT / "docs/api.md").read_text()
    assert TEXT in page and page.index(TEXT) < page.index("| 401 |")


def test_they_do_what_they_say(made):
    said = pasted(made, BLOCKS["curl"])
    assert '"name": "example.net."' in said and '"content": "192.0.2.80"' in said and '"reached_by": []' in said
    octodns = "".join(line for line in BLOCKS["octoDNS"].splitlines(keepends=True) if not line.startswith("pip "))
    said = pasted(made, octodns)
    assert "Creates=1" in said and "Deletes=0" in said
    assert "No changes were planned" in pasted(made, octodns)
    key, settings, _ = BLOCKS["lego"].splitlines()
    # What lego asks first, with what lego is given.
    ask = 'curl -sSf -H "X-API-Key: $(cat $PDNS_API_KEY_FILE)" $PDNS_API_URL/api'
    said = pasted(made, f"{key}\n{settings}\n{ask}\necho\n{ask}/v1/servers/localhost/zones/example.net.")
    assert json.loads(said.splitlines()[0])[0]["version"] == 1
    assert [one["name"] for one in json.loads(said.splitlines()[1])["rrsets"] if one["type"] == "CNAME"] == [
        "www.example.net."
    ]
