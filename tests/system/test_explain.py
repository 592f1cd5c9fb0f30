"""`truename explain`, over files and over the running server, and the manners of the command line."""

import json
import os
import subprocess

import pytest
from process import PATIENCE, TRUENAME, environment, truename

KEYS = {
    *("qname", "qtype", "rcode", "end", "hops", "canonical_name"),
    *("addresses", "records", "ttl", "queries", "ms"),
}
HOP_KEYS = {"alias", "target", "ttl", "kind", "wildcard", "zone"}


def test_over_files(zones, tmp_path):
    run = truename("explain", "shop.example.com", zones / "example.com.zone", cwd=tmp_path)
    assert run.returncode == 0 and run.stderr == ""
    assert run.stdout.splitlines()[0] == "shop.example.com. A"
    assert "is an alias (CNAME) of" in run.stdout and "ttl 32600" in run.stdout
    assert run.stdout.splitlines()[-1].startswith("data: the true name of shop.example.com. is example.com.")
    assert not (tmp_path / "truename-data").exists()


def test_over_a_directory_into_another_zone(zones):
    run = truename("explain", "www.example.org", "A", zones, "--json")
    chain = json.loads(run.stdout)
    assert (run.returncode, chain["end"], chain["addresses"]) == (0, "data", ["192.0.2.1"])
    assert [hop["zone"] for hop in chain["hops"]] == ["example.org."]


def test_json_keys(zones):
    chain = json.loads(truename("explain", "shop.example.com", "A", "--json", zones).stdout)
    assert set(chain) == KEYS
    assert len(chain["hops"]) == 2 and all(set(hop) == HOP_KEYS for hop in chain["hops"])
    assert chain["hops"][0] == {
        "alias": "shop.example.com.",
        "target": "www.example.com.",
        "ttl": 32600,
        "kind": "CNAME",
        "wildcard": None,
        "zone": "example.com.",
    }
    assert (chain["qname"], chain["qtype"], chain["rcode"]) == ("shop.example.com.", "A", "NOERROR")
    assert (chain["canonical_name"], chain["ttl"]) == ("example.com.", 3600)


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("absent.example.com", "nxdomain"),
        ("ns1.example.com", "nodata"),
        ("www.example.net", "out-of-zone"),
    ],
)
def test_an_end_without_data_is_status_1(zones, name, end):
    run = truename("explain", name, "TXT", "--json", zones)
    assert (run.returncode, json.loads(run.stdout)["end"]) == (1, end)
    assert truename("explain", name, "TXT", zones).stdout.splitlines()[-1].startswith(f"{end}: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["www.example.com", "NONSENSE", "{zone}"],
        ["a..example.com", "A", "{zone}"],
        ["x" * 64 + ".example.com", "A", "{zone}"],
        ["www.example.com", "A", "absent.zone"],
        ["www.example.com"],
        ["www.example.com", "--api", "http://127.0.0.1:9", "--key", "x"],
        ["www.example.com", "--api", "http://127.0.0.1:9"],
        ["www.example.com", "--api", "ftp://127.0.0.1", "--key", "x"],
        ["xn\u2028\u00fc.example.com", "A", "{zone}"],
        [b"\xff\xfe.example.com", "A", "{zone}"],
        [],
    ],
    ids=lambda arguments: " ".join(str(argument) for argument in arguments)[:60],
)
def test_wrong_usage(arguments, zones, tmp_path):
    zone = str(zones / "example.com.zone")
    words = [zone if argument == "{zone}" else argument for argument in arguments]
    run = truename("explain", *words, cwd=tmp_path)
    assert run.returncode == 2 and run.stdout == ""
    lines = run.stderr.splitlines()
    assert lines and all(line.startswith(("error: ", "hint: ")) for line in lines), run.stderr


def test_a_file_that_is_no_zone(zones):
    (zones / "broken.zone").write_text("nonsense\n")
    run = truename("explain", "www.example.com", zones / "broken.zone")
    assert run.returncode == 2 and "broken.zone:1:" in run.stderr


def test_a_u_label_is_understood_and_both_forms_are_shown(tmp_path):
    (tmp_path / "z").write_text("@ 60 IN SOA ns h 1 1 1 1 1\n@ 60 IN NS ns.example.net.\n@ 60 IN A 192.0.2.1\n")
    for typed in ("bücher.example", "BÜCHER.example.", "xn--bcher-kva.example"):
        run = truename("explain", typed, "A", "xn--bcher-kva.example=z", cwd=tmp_path)
        assert run.returncode == 0, run.stderr
        assert "xn--bcher-kva.example. (bücher.example.)" in run.stdout


def test_against_the_running_server(serve, zones, tmp_path):
    server = serve(zones)
    run = truename("explain", "shop.example.com", cwd=tmp_path)  # the data directory is the default one
    assert run.returncode == 0 and run.stdout.splitlines()[-1].startswith("data: ")
    key = (tmp_path / "truename-data" / "admin.key").read_text().strip()
    by_flag = truename("explain", "shop.example.com", "--json", "--api", server.http, "--key", key, cwd=zones)
    by_environment = truename(
        *("explain", "shop.example.com", "--json"), env={"TRUENAME_API": server.http, "TRUENAME_KEY": key}, cwd=zones
    )
    assert set(json.loads(by_flag.stdout)) == KEYS
    assert json.loads(by_flag.stdout)["hops"] == json.loads(by_environment.stdout)["hops"]
    assert truename("explain", "absent.example.com", "--data", tmp_path / "truename-data").returncode == 1


def test_against_the_running_server_with_a_wrong_key_name_or_type(serve, zones, tmp_path):
    server = serve(zones)
    for arguments in (["www.example.com", "--key", "wrong"], ["a..b"], ["www.example.com", "NONSENSE"]):
        run = truename("explain", *arguments, cwd=tmp_path)
        assert run.returncode == 2 and run.stderr.startswith("error: "), run.stderr
        assert "Traceback" not in run.stderr
    assert server.stop() == 0
    run = truename("explain", "www.example.com", cwd=tmp_path)
    assert run.returncode == 2 and "no running server holds" in run.stderr


def test_a_name_with_a_slash(serve, tmp_path):
    (tmp_path / "z").write_text(
        "@ 60 IN SOA ns h 1 1 1 1 1\n@ 60 IN NS ns.example.net.\n1 60 IN PTR www.example.net.\n"
    )
    server = serve("0/25.2.0.192.in-addr.arpa=z")
    assert server.explain("1.0/25.2.0.192.in-addr.arpa", "PTR")["end"] == "data"
    key = (tmp_path / "truename-data" / "admin.key").read_text().strip()
    for slash in ("%2F", "=2F"):
        path = f"/api/v1/servers/localhost/names/1.0{slash}25.2.0.192.in-addr.arpa./explain?type=PTR"
        status, body = server.get(path, {"X-API-Key": key})
        assert (status, json.loads(body)["end"]) == (200, "data")


@pytest.mark.parametrize("arguments", [["--json"], []], ids=["json", "text"])
def test_nobody_reads_stdout(arguments, zones):
    reader, writer = os.pipe()
    os.close(reader)
    command = [*TRUENAME, "explain", "www.example.com", "A", str(zones), *arguments]
    run = subprocess.run(
        command, stdout=writer, stderr=subprocess.PIPE, env=environment(), timeout=PATIENCE, check=False
    )
    os.close(writer)
    assert run.stderr == b""
    assert run.returncode == 141


def test_version_and_a_missing_verb():
    run = truename("--version")
    assert run.returncode == 0 and run.stdout.startswith("truename 0.")
    for words, start in (([], "Usage: truename"), (["nonsense"], "error: "), (["--nonsense"], "error: ")):
        run = truename(*words)
        assert run.returncode == 2 and run.stdout == "" and run.stderr.startswith(start)
        assert "\nerror: " in "\n" + run.stderr and "\nhint: " in run.stderr


def test_help_of_every_verb():
    for verb in ("serve", "explain"):
        run = truename(verb, "--help")
        assert run.returncode == 0 and f"truename {verb}" in run.stdout


def test_print_config(tmp_path):
    (tmp_path / "truename.toml").write_text("[serve]\nmax_chain = 9\n")
    env = {"TRUENAME_SERVE_WORKERS": "3", "TRUENAME_LIMITS_RATE_ALLOW": "192.0.2.0/24, 198.51.100.1"}
    run = truename("serve", "--print-config", "--http", "off", cwd=tmp_path, env=env)
    assert run.returncode == 0
    shown = dict(line.split("  # ") for line in map(str.strip, run.stdout.splitlines()))
    shown = {line.strip(): source for line, source in shown.items()}
    assert shown["serve.max_chain = 9"] == "truename.toml:2"
    assert shown["serve.workers = 3"] == "TRUENAME_SERVE_WORKERS"
    assert shown['serve.http = "off"'] == "--http"
    assert shown["limits.udp_size = 1232"] == "default"
    as_json = json.loads(truename("serve", "--print-config", "--json", cwd=tmp_path, env=env).stdout)
    assert as_json["limits.rate_allow"] == {
        "value": ["192.0.2.0/24", "198.51.100.1"],
        "source": "TRUENAME_LIMITS_RATE_ALLOW",
    }
    assert not (tmp_path / "truename-data").exists()


def test_start_is_quick():
    """0.2 s are promised. CPU time, the least of a few: this machine may do other things meanwhile."""
    for arguments in (["--version"], ["explain", "--help"], ["serve", "--help"]):
        taken = []
        for _ in range(5):
            before = os.times()
            truename(*arguments)
            after = os.times()
            taken.append(after.children_user + after.children_system - before.children_user - before.children_system)
        assert min(taken) <= 0.2, (arguments, taken)
