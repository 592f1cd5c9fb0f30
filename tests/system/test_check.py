"""`truename check` from outside: status, formats, settings, and what nobody should give it."""

import json
import os
import pty
import stat
import subprocess
import time
from pathlib import Path

import pytest
from process import PATIENCE, TRUENAME, environment, truename

HEAD = "$TTL 3600\n@ SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.53\n"
KEYS = [
    *("rule", "severity", "zone", "owner", "type", "target", "file", "line", "column", "message", "hint"),
    *("fixable", "chain"),
]


@pytest.fixture
def zone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text: str, name: str = "example.com.zone", origin: str = "") -> str:
        (tmp_path / name).write_text((f"$ORIGIN {origin}\n" if origin else "") + HEAD + text + "\n")
        return name

    return write


def check(*arguments, **options) -> subprocess.CompletedProcess[str]:
    run = truename("check", *arguments, **options)
    assert "Traceback" not in run.stderr
    return run


def findings(*arguments, status: int = 1, **options) -> list[dict]:
    run = check("--format", "json", *arguments, **options)
    assert run.returncode == status, run
    return json.loads(run.stdout)


def rules(*arguments, **options) -> list[str]:
    return [finding["rule"] for finding in findings(*arguments, **options)]


def test_clean(zone):
    run = check(zone("www CNAME ns1"))
    assert (run.returncode, run.stdout, run.stderr) == (0, "All clear: 4 records in 1 zone\n", "")
    assert findings(zone("www CNAME ns1"), status=0) == []


def test_text(zone):
    run = check(zone("blog  CNAME  192.0.2.1"))
    assert run.returncode == 1 and run.stderr == ""
    assert run.stdout.splitlines() == [
        "example.com.zone: 1 error",
        "",
        "example.com.zone:5:14: error[target-is-address] blog.example.com. CNAME gives the address 192.0.2.1, but an"
        " alias must point to a name",
        "   5 | blog  CNAME  192.0.2.1",
        "     |              ^^^^^^^^^",
        "     = hint: write `blog A 192.0.2.1`",
        "",
        "Found 1 error in 1 zone; `truename fix` mends 1 of them",
    ]


def test_json(zone):
    (found,) = findings(zone("a CNAME b\nb CNAME a"))
    assert list(found) == KEYS
    assert (found["rule"], found["severity"], found["zone"]) == ("alias-loop", "error", "example.com.")
    assert (found["owner"], found["type"], found["target"]) == ("a.example.com.", "CNAME", "b.example.com.")
    assert (found["file"], found["line"], found["column"], found["fixable"]) == ("example.com.zone", 5, 9, False)
    assert found["chain"] == ["a.example.com.", "b.example.com.", "a.example.com."]


def test_sarif_and_github(zone):
    name = zone("blog CNAME 192.0.2.1")
    run = check("--format", "sarif", name)
    log = json.loads(run.stdout)
    assert (run.returncode, log["version"]) == (1, "2.1.0")
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["target-is-address"]
    run = check("--format", "github", name)
    assert run.returncode == 1
    assert run.stdout.startswith("::error file=example.com.zone,line=5,col=12,title=target-is-address::blog.example")


def test_one_world(zone, tmp_path):
    one = zone("www CNAME web.example.org.\nlost CNAME gone.example.org.\na CNAME a.example.org.")
    other = zone("web A 192.0.2.1\na CNAME a.example.com.", "b.zone", "example.org.")
    assert rules(one, status=0) == []
    assert rules(other, status=0) == []
    assert sorted(rules(one, other)) == ["alias-loop", "target-missing"]
    assert sorted(rules(tmp_path)) == ["alias-loop", "target-missing"]


def test_origins(zone):
    name = zone("www CNAME web.example.org", "file")
    assert findings("--origin", "example.org", name)[0]["zone"] == "example.org."
    assert findings(f"bücher.example={name}")[0]["zone"] == "xn--bcher-kva.example."
    for arguments in (
        ["--origin", "example.org", name, name + "2"],
        ["--origin", "example.org", "."],
        ["--origin", "example.org", f"example.net={name}"],
        ["--origin", "a..b", name],
    ):
        run = check(*arguments)
        assert (run.returncode, run.stdout) == (2, "")
        assert run.stderr.startswith("error: ") and "\nhint: " in run.stderr


def test_what_ends_with_1(zone):
    warning, info = (
        zone("a CNAME b\nb CNAME ns1", "w.zone", "w.example."),
        zone("a 0 CNAME ns1", "i.zone", "i.example."),
    )
    assert rules(warning, info, status=0) == ["ttl-zero", "alias-chain"]
    rules(warning, "--fail-on", "warning")
    rules(info, "--fail-on", "warning", status=0)
    rules(zone("a CNAME a"), "--fail-on", "never", status=0)
    assert check(warning, "--fail-on", "sometimes").returncode == 2


def test_choosing_rules(zone):
    name = zone("a 0 CNAME b\nb CNAME b")
    assert rules(name) == ["ttl-zero", "alias-loop"]
    assert rules(name, "--select", "ttl-zero", status=0) == ["ttl-zero"]
    assert rules(name, "--ignore", "ttl-zero,alias-loop", status=0) == []
    run = check(name, "--ignore", "alias-lop")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == (
        'error: --ignore: check.ignore: there is no rule "alias-lop"\nhint: did you mean "alias-loop"?\n'
    )


def test_settings(zone, tmp_path):
    name = zone("a 0 CNAME b\nb CNAME b")
    (tmp_path / "pyproject.toml").write_text("[tool.truename.check]\nignore = ['ttl-zero']\n")
    assert rules(name) == ["alias-loop"]
    (tmp_path / "truename.toml").write_text("[check.severity]\nalias-loop = 'warning'\n")
    assert rules(name, status=0) == ["ttl-zero", "alias-loop"]
    (tmp_path / "truename.toml").write_text(
        "[check]\nfail_on = 'warning'\n[check.per_path]\n'*.zone' = ['alias-loop']\n"
    )
    assert rules(name, status=0) == ["ttl-zero"]
    assert rules(name, "--select", "ttl-zero", env={"TRUENAME_CHECK_SEVERITY": "ttl-zero=error"}) == ["ttl-zero"]
    (tmp_path / "truename.toml").write_text("\n[check]\nignore = ['ttl-zreo']\n")
    run = check(name)
    assert (run.returncode, run.stderr) == (
        2,
        'error: truename.toml:3: check.ignore: there is no rule "ttl-zreo"\nhint: did you mean "ttl-zero"?\n',
    )


def test_comments(zone):
    assert rules(zone("a 0 CNAME ns1 ; truename: ignore ttl-zero -- it moves tonight"), status=0) == []
    assert rules(zone("a CNAME ns1 ; truename: ignore ttl-zero"), status=0) == ["unused-ignore"]


def test_comments_in_included_files(zone, tmp_path):
    (tmp_path / "more").write_text("a 0 CNAME ns1 ; truename: ignore ttl-zero\nb 0 CNAME ns1\n")
    (found,) = findings(zone("$INCLUDE more"), status=0)
    assert Path(found["file"]).name == "more" and found["line"] == 2


def test_explain():
    run = check("--explain", "alias-loop")
    assert run.returncode == 0 and "Bad zone:" in run.stdout and "RFC 1034" in run.stdout
    run = check("--explain", "alias-lop")
    assert (run.returncode, run.stdout) == (2, "") and 'did you mean "alias-loop"?' in run.stderr


def test_files_that_cannot_be_opened_are_told_after_the_others(zone, tmp_path):
    name = zone("a CNAME a")
    run = check("--format", "json", "absent", name)
    assert run.returncode == 2
    assert [one["rule"] for one in json.loads(run.stdout)] == ["alias-loop"]
    assert run.stderr.startswith("error: absent: ") and "No such file" in run.stderr
    (tmp_path / "empty").mkdir()
    run = check("--format", "json", "empty", name)
    assert (run.returncode, len(json.loads(run.stdout))) == (2, 1)
    hint = "a DIR stands for its *.zone, *.db and db.* files, and those of the folders in it"
    assert run.stderr == f"error: empty: no zone file\nhint: {hint}\n"
    assert check("absent").returncode == 2


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/usr/bin/setpriv").exists(), reason="root reads everything")
def test_no_permission(zone, tmp_path):
    name = zone("www CNAME ns1")
    (tmp_path / name).chmod(0)
    tmp_path.chmod(0o755)
    parents = [parent for parent in tmp_path.parents if not parent.stat().st_mode & stat.S_IXOTH]
    for parent in parents:
        parent.chmod(parent.stat().st_mode | stat.S_IXOTH)
    drop = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] if os.geteuid() == 0 else []
    run = subprocess.run(
        [*drop, *TRUENAME, "check", str(tmp_path / name)], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert run.returncode == 2, run.stderr
    assert "Permission denied" in run.stderr and "Traceback" not in run.stderr


def test_text_that_is_no_zone_is_a_finding(zone, tmp_path):
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 4096)
    assert set(rules("example.com=binary")) == {"zone-malformed"}
    (tmp_path / "empty").write_bytes(b"")
    assert set(rules("example.com=empty")) == {"zone-malformed"}
    assert check("example.com=binary").returncode == 1
    assert set(rules("/bin/ls")) == {"zone-malformed"}


def test_two_files_for_one_zone(zone):
    one, two = zone("", "1.zone", "example.com."), zone("", "2.zone", "example.com.")
    (found,) = findings(one, two)
    assert (found["rule"], found["file"]) == ("zone-malformed", "2.zone")
    assert "1.zone" in found["message"]
    assert rules(one, one, status=0) == []  # the same file twice is one file


def test_includes(zone, tmp_path):
    (found,) = findings(zone("$INCLUDE absent"))
    assert (found["rule"], found["line"]) == ("zone-malformed", 5)
    (tmp_path / "loop").write_text("$INCLUDE loop\n")
    assert rules(zone("$INCLUDE loop")) == ["zone-malformed"]
    for depth in range(100):
        (tmp_path / f"deep{depth}").write_text(f"$INCLUDE deep{depth + 1}\n")
    assert rules(zone("$INCLUDE deep0")) == ["zone-malformed"]
    os.mkfifo(tmp_path / "pipe")
    assert rules(zone("$INCLUDE pipe")) == ["zone-malformed"]


def within(seconds: float, megabytes: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """`check` with a bound on its time and its memory."""
    limited = ["prlimit", f"--as={megabytes * 2**20}", *TRUENAME, "check", *map(str, arguments)]
    began = time.monotonic()
    run = subprocess.run(limited, capture_output=True, text=True, timeout=60, check=False, env=environment())
    assert time.monotonic() - began < seconds
    assert "Traceback" not in run.stderr and run.returncode in (0, 1), (run.returncode, run.stderr)
    return run


def test_ten_megabytes_on_one_line(zone, tmp_path):
    (tmp_path / "long.zone").write_text(HEAD + "x" * 10_000_000)
    run = within(5, 1000, "long.zone")
    assert run.returncode == 1 and len(run.stdout) < 2000
    (tmp_path / "long.zone").write_text(HEAD + 'a TXT "' + "x" * 10_000_000 + "\n")
    assert within(5, 1000, "long.zone").returncode == 1
    (tmp_path / "long.zone").write_text(HEAD + "a A 192.0.2.1 ;" + " truename: ignore x;" * 500_000)
    within(20, 2000, "--ignore", "unused-ignore", "long.zone")


def test_two_thousand_million_records(zone):
    run = within(5, 1000, zone("$GENERATE 0-2147483647 h$ A 192.0.2.1"))
    assert run.returncode == 1 and "zone-malformed" in run.stdout


def test_what_is_no_file_is_not_opened(zone, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in ("pipe", "/dev/null", "/dev/zero", "example.com=/dev"):
        run = check(path, timeout=10)
        assert (run.returncode, run.stdout) == (2, "")
        assert run.stderr.startswith(f"error: {path.partition('=')[2] or path}: is no file\n")


def test_a_pipe_that_is_open_is_read(zone):
    text = HEAD + "a CNAME a\n"
    run = check("--format", "json", "--origin", "example.com", "/dev/stdin", input=text)
    assert run.returncode == 1, run
    assert [(one["rule"], one["line"]) for one in json.loads(run.stdout)] == [("alias-loop", 5)]
    assert "= hint:" in check("example.com=/dev/stdin", input=text).stdout


def test_names_of_files_may_be_anything(zone, tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff\x1b[31m \n.zone"
    Path(os.fsdecode(path)).write_text(HEAD + "a CNAME a\n")
    for shape in ("text", "json", "sarif", "github"):
        run = truename("check", "--format", shape, b"example.com=" + path)
        assert run.returncode == 1, run.stderr
        assert "Traceback" not in run.stderr and "\x1b" not in run.stdout


def test_nobody_reads_any_more(zone):
    command = (
        f"{' '.join(TRUENAME)} check {zone(chr(10).join(f'a{at} CNAME gone{at}' for at in range(20_000)))} | head -1"
    )
    run = subprocess.run(command, shell=True, capture_output=True, text=True, env=environment(), check=False)
    assert run.stdout and run.stderr == ""


def on_a_terminal(*arguments: str, env: dict[str, str] | None = None) -> str:
    """What `check` writes to a terminal."""
    ours, its = pty.openpty()
    where = environment({"TERM": "xterm", **(env or {})})
    process = subprocess.Popen([*TRUENAME, "check", *arguments], stdin=its, stdout=its, stderr=its, env=where)
    os.close(its)
    written = b""
    try:
        while chunk := os.read(ours, 65536):
            written += chunk
    except OSError:  # Linux says EIO when the other side is closed
        pass
    process.wait(PATIENCE)
    os.close(ours)
    return written.decode()


def test_stdin(zone):
    text = HEAD + "blog CNAME 192.0.2.1\n"
    run = check("example.com=-", input=text)
    assert run.returncode == 1
    assert run.stdout.splitlines()[2:5] == [
        "-:5:12: error[target-is-address] blog.example.com. CNAME gives the address 192.0.2.1, but an alias must point"
        " to a name",
        "   5 | blog CNAME 192.0.2.1",
        "     |            ^^^^^^^^^",
    ]
    assert check("--origin", "example.com", "-", input=text).returncode == 1
    run = check("-", input=text)
    assert (run.returncode, run.stdout) == (2, "") and "example.com=-, or --origin example.com" in run.stderr


def test_an_origin_that_is_only_guessed_is_asked_for(zone, tmp_path):
    (tmp_path / "zone.txt").write_text("$TTL 60\n@ SOA ns1.example.com. h.example.com. 1 2 3 4 5\nwww CNAME lost\n")
    run = check("zone.txt", zone("a CNAME b\nb CNAME ns1"))
    assert run.returncode == 2
    assert run.stdout.startswith("example.com.zone: 1 warning") and "zone.txt" not in run.stdout
    assert run.stderr.splitlines() == [
        "error: zone.txt: is this the zone zone.txt.? Its name says so, but its SOA names ns1.example.com. and"
        " h.example.com.",
        "hint: say the zone's name: example.com=zone.txt, or --origin example.com for a single file",
    ]
    assert rules("example.com=zone.txt") == ["zone-malformed", "target-missing"]


def test_folders_and_configurations(zone, tmp_path):
    (tmp_path / "zones" / "deep").mkdir(parents=True)
    zone("a CNAME b\nb CNAME ns1", "zones/deep/db.example.com")
    zone("", "zones/example.org.zone~")
    assert [one["file"] for one in findings("zones", status=0)] == ["zones/deep/db.example.com"]
    (tmp_path / "named.conf").write_text(
        'options { directory "zones"; };\nzone "example.com" { type primary; file "deep/db.example.com"; };\n'
        'zone "." { type hint; file "root"; };\nzone "example.net" { type primary; file "gone"; };\n'
    )
    run = check("named.conf", "--format", "json")
    assert run.returncode == 2 and [one["rule"] for one in json.loads(run.stdout)] == ["alias-chain"]
    assert run.stderr.splitlines() == [
        "note: zone . is left out: it is a hint of the root's servers",
        "error: zones/gone: cannot be read: No such file or directory",
    ]
    (tmp_path / "other").write_text("zone:\n  name: example.com\n  zonefile: zones/deep/db.example.com\n")
    assert rules("--config-of", "nsd", "other", status=0) == ["alias-chain"]


def test_fixable_is_what_fix_mends_whatever_rules_are_chosen(zone):
    name = zone("a CNAME ns1.example.com\nb CNAME a\nc A 192.0.2.1\nc CNAME 192.0.2.9")
    fixable = [one["rule"] for one in findings(name) if one["fixable"]]
    assert sorted(fixable) == ["missing-trailing-dot", "target-missing", "target-missing"]
    assert all(one["fixable"] for one in findings("--select", "target-missing", name))


@pytest.mark.parametrize("words", [["check", "."], ["check", "--help"], ["--version"], ["fix", "."]])
@pytest.mark.parametrize("where", ["> /dev/full", ">&-"])
def test_what_cannot_be_written_is_one_line(zone, words, where):
    zone("a CNAME b\nb CNAME ns1")
    command = f"{' '.join([*TRUENAME, *words])} {where}"
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment(), check=False)
    assert run.returncode == 2, run
    assert [line for line in run.stderr.splitlines() if line.startswith("error: stdout cannot be written: ")]
    assert "Traceback" not in run.stderr and "Exception" not in run.stderr


def test_a_closed_stderr_is_nobody_elses_file(zone):
    command = f"{' '.join([*TRUENAME, 'check', 'nofile', zone('')])} 2>&-"
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environment(), check=False)
    assert (run.returncode, run.stdout, run.stderr) == (2, "All clear: 3 records in 1 zone\n", "")


def test_nothing_is_clear_where_nothing_was_read(zone):
    run = check("nofile", "other")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.splitlines() == [
        f"error: {name}: cannot be read: No such file or directory" for name in ("nofile", "other")
    ]
    assert findings("nofile", status=2) == []


def test_colours_on_a_terminal_only(zone):
    name = zone("a CNAME a")
    assert "\x1b[1;31merror\x1b[0m[alias-loop]" in on_a_terminal(name)
    assert "\x1b" not in on_a_terminal(name, env={"NO_COLOR": "1"})
    assert "\x1b" not in check(name).stdout
