from collections.abc import Callable
from pathlib import Path

import pytest
from judged import HEAD, judged

from truename.rules.base import Finding


@pytest.fixture
def of(tmp_path: Path) -> Callable[..., list[Finding]]:
    """The findings in the zone example.com that has these lines after its head."""

    def findings(text: str, **how) -> list[Finding]:
        (tmp_path / "example.com.zone").write_text(HEAD + text + "\n")
        return judged([tmp_path / "example.com.zone"], **how)

    return findings
