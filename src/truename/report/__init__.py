"""Findings for people, programs, code scanners and GitHub: what `truename check` prints.

text    grouped by file, the line in question with a caret, a summary    text.py
json    one finding a line, keys as they are documented                  here
sarif   SARIF 2.1.0, which code scanners read                            sarif.py
github  annotations of a workflow run                                    github.py
"""

from collections.abc import Iterator, Sequence

import msgspec

from truename.rules.base import Finding

FORMATS = ("text", "json", "sarif", "github")
PIECE = 500  # findings


def as_json(findings: Sequence[Finding]) -> Iterator[bytes]:
    """A JSON array, one finding a line: to be read by programs, and by `grep` and `diff`.

    It comes in pieces: 50,000 findings are 25 MB, and to touch that much new memory costs more than to fill it. A line
    feed inside a text is escaped in JSON, so one behind a brace ends a finding.
    """
    encoder = msgspec.json.Encoder()
    yield b"["
    for begin in range(0, len(findings), PIECE):
        piece = findings[begin : begin + PIECE]
        try:
            lines: bytes = encoder.encode_lines(piece)
        except UnicodeEncodeError:
            lines = encoder.encode_lines([_in_utf8(finding) for finding in piece])
        yield b",\n" if begin else b"\n"
        yield lines[:-1].replace(b"}\n", b"},\n")
    yield b"\n]\n" if findings else b"]\n"


def _in_utf8(finding: Finding) -> Finding:
    """*finding* with escapes in place of what is no text: names of files may be any octets."""
    texts = {name: getattr(finding, name) for name in ("file", "message", "hint")}
    return msgspec.structs.replace(finding, **{name: printable(text) for name, text in texts.items()})


def printable(text: str) -> str:
    r"""*text* with octets outside UTF-8, which Python keeps as surrogates, as `\\xff`."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
