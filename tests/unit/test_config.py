"""Settings: the table, the four layers, and what is refused with which place."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truename import config
from truename.errors import ConfigError
from truename.settings_check import host_port

# The table of keys as users rely on it; a default that changes here changes their servers.
DEFAULTS = {
    "serve": {
        "listen": ["127.0.0.1:5300"],
        "http": "127.0.0.1:8053",
        "workers": 0,
        "data": "truename-data",
        "database": "",
        "follow": "served",
        "max_chain": 16,
        "nsid": "",
        "cookie_secrets": [],
        "sandbox": True,
        "log": "text",
    },
    "resolve": {"hints": "", "port": 53, "forward": [], "timeout": 2.0, "max_queries": 64},
    "flatten": {"enabled": True, "allow": ["*"], "ttl_floor": 30, "ttl_cap": 3600, "stale": 86400},
    "check": {"select": [], "ignore": [], "fail_on": "error", "severity": {}, "per_path": {}},
    "limits": {
        "udp_size": 1232,
        "tcp_clients": 512,
        "tcp_idle": 10,
        "rate": 0,
        "rate_prefix4": 24,
        "rate_prefix6": 56,
        "rate_allow": [],
        "slip": 2,
        "generate_records": 1_000_000,
        "generate_octets": 268_435_456,
    },
}


@pytest.fixture
def file(tmp_path: Path):
    def write(text: str) -> str:
        (tmp_path / "t.toml").write_text(text)
        return str(tmp_path / "t.toml")

    return write


def refused(file: str | None = None, environ: dict[str, str] | None = None, **flags: object) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        config.load(file=file, environ=environ or {}, flags={name.replace("__", "."): v for name, v in flags.items()})
    return caught.value


def test_defaults():
    settings = config.load(environ={})
    found: dict[str, dict[str, object]] = {}
    for section, key, value, source in settings.items():
        found.setdefault(section, {})[key] = value
        assert source == "default"
    assert found == DEFAULTS


def test_each_layer_wins_over_the_one_below(file):
    path = file("[serve]\nmax_chain = 3\nworkers = 1\nhttp = 'off'\n")
    environ = {"TRUENAME_SERVE_WORKERS": "2", "TRUENAME_SERVE_HTTP": "127.0.0.1:1"}
    settings = config.load(file=path, environ=environ, flags={"serve.http": "127.0.0.1:2", "serve.data": None})
    assert (settings.serve.max_chain, settings.serve.workers, settings.serve.http) == (3, 2, "127.0.0.1:2")
    assert settings.sources == {
        "serve.max_chain": f"{path}:2",
        "serve.workers": "TRUENAME_SERVE_WORKERS",
        "serve.http": "--http",
    }


def test_the_file_is_named_by_flag_then_environment_then_place(file, tmp_path, monkeypatch):
    path = file("[serve]\nmax_chain = 3\n")
    assert config.load(environ={"TRUENAME_CONFIG": path}).serve.max_chain == 3
    monkeypatch.chdir(tmp_path)
    assert config.load(environ={}).serve.max_chain == 16
    (tmp_path / "truename.toml").write_text("[serve]\nmax_chain = 4\n")
    assert config.load(environ={}).serve.max_chain == 4
    assert config.load(file=path, environ={"TRUENAME_CONFIG": "absent"}).serve.max_chain == 3


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[serve]\nlistn = []\n", 2, 'unknown key "listn" in [serve]'),
        ("\n\n[srve]\n", 3, "unknown section [srve]"),
        ("serve = 1\n", 1, "serve is a section"),
        ("[serve]\n\nworkers = 'two'\n", 3, 'serve.workers: "two" is not a whole number'),
        ("[serve]\nworkers = true\n", 2, "serve.workers: true is not a whole number"),
        ("[serve]\nworkers = 1.5\n", 2, "is not a whole number"),
        ("[serve]\nlisten = '127.0.0.1:53'\n", 2, "is not a list of texts"),
        ("[serve]\nlisten = [53]\n", 2, "is not a list of texts"),
        ("[serve]\nlisten = ['ns1:53']\n", 2, "is no IP address"),
        ("[serve]\nlisten = ['::1:53']\n", 2, '"::1:53" is not ADDRESS:PORT; IPv6 is written [ADDRESS]:PORT'),
        ("[serve]\nlisten = ['::']\n", 2, "is not HOST:PORT"),
        ("[serve]\nfollow = 'all'\n", 2, '"all" is none of served, zone'),
        ("[serve]\nmax_chain = 0\n", 2, "0 is not between 1 and 255"),
        ("[serve]\ndatabase = 'mysql://x'\n", 2, "is neither sqlite:///FILE nor postgresql"),
        ("[limits]\nrate_allow = ['192.0.2.1/24']\n", 2, "is no address or prefix"),
        ("[limits]\nrate = -1\n", 2, "-1 is not between 0 and 10000000"),
        ("[limits]\nrate_prefix4 = 33\n", 2, "33 is not between 0 and 32"),
        ("[limits]\nrate_prefix6 = 129\n", 2, "129 is not between 0 and 128"),
        ("[limits]\nslip = 101\n", 2, "101 is not between 0 and 100"),
        ("[limits]\ntcp_idle = nan\n", 2, "is not more than 0"),
        ("[check]\nseverity = {a = 'bad'}\n", 2, 'severity "bad" of a'),
        ("[check.severity]\na = 1\n", 1, "1 is not text"),
        ("[check]\nseverity = 'error'\n", 2, "is not a table of texts"),
        ("[check]\nper_path = 'error'\n", 2, "is not a table of lists of texts"),
        ("\n[check]\nignore = ['ttl-zero', 'alias-chian']\n", 3, 'check.ignore: there is no rule "alias-chian"'),
        ("[check]\n[check.severity]\nalias-chian = 'off'\n", 2, 'check.severity: there is no rule "alias-chian"'),
        ("[check]\n\n[check.per_path]\n'*.zone' = ['ttl-zreo']\n", 3, 'there is no rule "ttl-zreo"'),
        ("[check.per_path]\n'' = []\n", 1, "a pattern is empty"),
        ("[check.per_path]\n'*' = 'ttl-zero'\n", 1, '"ttl-zero" is not a list of texts'),
        ("[[zone]]\nfile = 'a'\n[[zone]]\nflie = 'b'\n", 4, 'unknown key "flie" in [zone]'),
        ("[[zone]]\nname = 'a'\n", 1, "has no file"),
        ("[zone]\nname = 'a'\n", 1, "[[zone]]"),
        ("[[zone]]\nfile = 'a'\nflatten = 'x'\n", 3, '"x" is none of'),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(file, text, line, words):
    path = file(text)
    wrong = refused(path)
    assert words in str(wrong)
    assert wrong.where.startswith(path)
    if line:
        assert wrong.where == f"{path}:{line}"


SECRET = "e5e973e5a6b2a43f48e7dc849e37bfcf"


@pytest.mark.parametrize(
    "written", [f"['{SECRET}', '{SECRET[1:]}']", f"'{SECRET}'", f"[['{SECRET}']]", f"['{SECRET}g']"]
)
def test_a_secret_that_cannot_be_read_is_not_repeated(file, written):
    path = file(f"[serve]\ncookie_secrets = {written}\n")
    wrong = refused(path)
    assert (wrong.where, str(wrong)) == (f"{path}:2", f"{path}:2: serve.cookie_secrets cannot be read")
    assert SECRET[1:] not in f"{wrong}{wrong.hint}{wrong!r}"


def test_secrets_are_taken_and_not_shown(file):
    settings = config.load(file=file(f"[serve]\ncookie_secrets = ['{SECRET}', '{SECRET.upper()}']\n"), environ={})
    assert settings.serve.cookie_secrets == [SECRET, SECRET.upper()]
    shown = {name: value for _, name, value, _ in settings.shown()}
    assert shown["cookie_secrets"] == ["(hidden)", "(hidden)"]
    assert shown["rate_allow"] == []
    assert SECRET not in repr(settings)


def test_hints_name_the_nearest_word(file):
    assert refused(file("[serve]\nlistn = []\n")).hint == 'did you mean "listen"?'
    assert refused(file("[srve]\n")).hint == 'did you mean "serve"?'
    assert refused(file("[check]\nignore = ['alias-chian']\n")).hint == 'did you mean "alias-chain"?'
    assert "--explain" in refused(file("[check]\nignore = ['qqqq']\n")).hint
    assert refused(file("[serve]\nqqqq = 1\n")).hint.startswith("known are: listen, http,")


def test_no_toml_no_utf8_no_file(file, tmp_path):
    path = file("[serve\n")
    assert refused(path).where.startswith(f"{path}:1:")
    (tmp_path / "latin").write_bytes(b"# \xe9\n")
    assert "is not UTF-8 at octet 3" in str(refused(str(tmp_path / "latin")))
    assert "No such file" in str(refused(str(tmp_path / "absent")))


def test_environment_of_every_type():
    environ = {
        "TRUENAME_SERVE_LISTEN": "127.0.0.1:53, [::1]:53",
        "TRUENAME_RESOLVE_TIMEOUT": "0.5",
        "TRUENAME_FLATTEN_ENABLED": "no",
        "TRUENAME_CHECK_SEVERITY": "alias-chain=error,ttl-zero=off",
        "TRUENAME_CHECK_PER_PATH": "a=b/*.zone=ttl-zero, *.test=ttl-zero, a=b/*.zone=alias-chain",
        "TRUENAME_LIMITS_RATE_ALLOW": "",
        "TRUENAME_API": "http://127.0.0.1:8053",
        "TRUENAME_KEY": "x",
        "TRUENAME_SERVICE_HOST": "192.0.2.1",  # a cluster sets such things for a service of that name
    }
    settings = config.load(environ=environ)
    assert settings.serve.listen == ["127.0.0.1:53", "[::1]:53"]
    assert settings.resolve.timeout == 0.5
    assert settings.flatten.enabled is False
    assert settings.check.severity == {"alias-chain": "error", "ttl-zero": "off"}
    assert settings.check.per_path == {"a=b/*.zone": ["ttl-zero", "alias-chain"], "*.test": ["ttl-zero"]}
    assert settings.limits.rate_allow == []


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("TRUENAME_SERVE_WORKERS", "many"),
        ("TRUENAME_SERVE_LISTN", "x"),
        ("TRUENAME_FLATTEN_ENABLED", "perhaps"),
        ("TRUENAME_CHECK_SEVERITY", "error"),
    ],
)
def test_environment_that_cannot_be_meant(variable, text):
    assert refused(environ={variable: text}).where == variable


def test_flags_are_checked_too():
    assert refused(serve__workers=-1).where == "--workers"


def test_zone_files_are_relative_to_the_configuration(file, tmp_path):
    path = file("[[zone]]\nname = 'example.net'\nfile = 'zones/a'\n[[zone]]\nfile = '/b'\nflatten = 'apex'\n")
    first, second = config.load(file=path, environ={}).zones
    assert (first.name, first.file, first.flatten) == ("example.net", str(tmp_path / "zones/a"), "alias")
    assert (second.name, second.file, second.flatten) == ("", "/b", "apex")


def test_the_example_holds_the_defaults():
    example = Path(__file__).parents[2] / "examples" / "truename.toml"
    config.load(file=str(example), environ={})
    for section, keys in tomllib.loads(example.read_text()).items():
        assert keys.items() <= DEFAULTS[section].items()


def test_pyproject_stands_for_truename_toml(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    project = tmp_path / "pyproject.toml"
    project.write_text("this = is [ no TOML, and nobody asks")
    assert config.load(environ={}).file == ""
    project.write_text("[project]\nname = 'x'\n[tool.truename.check]\nignore = ['ttl-zero']\n[tool.other]\nx = 1\n")
    settings = config.load(environ={})
    assert settings.check.ignore == ["ttl-zero"]
    assert settings.sources == {"check.ignore": "pyproject.toml:4"}
    assert config.load(file=str(project), environ={}).check.ignore == ["ttl-zero"]
    project.write_text("[check]\nignore = 1\n[tool.truename.check.per_path]\n'*.zone' = ['ttl-zreo']\n")
    assert refused().where == "pyproject.toml:3"
    project.write_text("[tool.truename]\nchekc = 1\n")
    assert refused().where == "pyproject.toml:2"
    (tmp_path / "truename.toml").write_text("")
    assert config.load(environ={}).check.ignore == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:53", ("127.0.0.1", 53)),
        ("[::1]:0", ("::1", 0)),
        ("localhost:8053", ("127.0.0.1", 8053)),
        ("[fe80::1%lo]:53", ("fe80::1%lo", 53)),
    ],
)
def test_host_port(text, expected):
    assert host_port(text) == expected


@given(st.text(max_size=20))
def test_host_port_is_an_address_or_a_value_error(text):
    try:
        _, port = host_port(text)
    except ValueError:
        return
    assert 0 <= port <= 65535


@pytest.mark.parametrize("text", ["", ":53", "127.0.0.1", "::1:53", "127.0.0.1:65536", "[127.0.0.1]:53", "a:53", "1:²"])
def test_host_port_refuses(text):
    with pytest.raises(ValueError, match=r"HOST:PORT|address|ADDRESS"):
        host_port(text)
