"""Numbers as people write them: bounds, and none of what only Python takes for a number."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truename.errors import ConfigError, UpstreamError
from truename.imports import axfr
from truename.settings_check import host_port
from truename.toml_source import TomlSource
from truename.whole import whole

ENDLESS = "9" * 5000


@given(st.integers(0, 10**30), st.integers(0, 10**30), st.integers(0, 30))
def test_a_number_is_itself_up_to_the_bound(number: int, most: int, zeros: int) -> None:
    assert whole("0" * zeros + str(number), most) == (number if number <= most else None)


@pytest.mark.parametrize("text", ["", "-1", "+1", "1_0", " 1", "1.0", "\u0663", "\u00b2", "x"])
def test_what_is_no_number(text: str) -> None:
    assert whole(text, 100) is None


def test_a_number_without_end_is_above_every_bound() -> None:
    assert whole(ENDLESS, 10**9) is None
    assert whole("0" * 5000 + "7", 10) == 7


def test_ports_without_end_are_no_ports() -> None:
    with pytest.raises(ValueError, match="is not HOST:PORT"):
        host_port(f"127.0.0.1:{ENDLESS}")
    with pytest.raises(UpstreamError, match="is no HOST"):
        axfr.address(f"192.0.2.1:{ENDLESS}")


@pytest.mark.parametrize("value", [ENDLESS, "[" * 100_000])
def test_settings_beyond_all_bounds_name_their_file(tmp_path: Path, value: str) -> None:
    file = tmp_path / "truename.toml"
    file.write_text(f"[limits]\ntcp_idle = {value}\n")
    with pytest.raises(ConfigError) as told:
        TomlSource.read(file)
    assert told.value.where == str(file)


def test_a_ttl_without_end_is_wrong_usage(tmp_path: Path) -> None:
    words = ["record", "add", "example.com", "www", "A", "192.0.2.1", "--yes", "--data", str(tmp_path), "--ttl"]
    for ttl in (ENDLESS, f"{ENDLESS}d"):
        ended = subprocess.run(
            [str(Path(sys.executable).with_name("truename")), *words, ttl], capture_output=True, text=True, check=False
        )
        assert ended.returncode == 2
        assert "is more than the 2147483647 seconds that a TTL can have" in ended.stderr
        assert "Traceback" not in ended.stderr
