"""A TOML file with the places of its keys.

tomllib gives values without positions. People fix a file by line, so the lines are found again in its text: headers and
`key =` at the start of a line, which is how configurations are written. A key that stands elsewhere (inline tables,
dotted keys) is reported with the line of its section, or the file alone.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from truename.errors import ConfigError

_HEADER = re.compile(r"^\s*\[\[?\s*([^\]]+)\]")
_WORD = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+)")
_KEY = re.compile(r"^\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+))\s*[=.]")
_AT = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")


@dataclass(frozen=True)
class TomlSource:
    """What a file says and where it says it.

    Shape:  *lines* maps (section, how many headers of that name came before, key or None) to a line, from 1; a table
            inside a section is a key of it
    """

    path: Path
    tables: dict[str, Any]
    lines: dict[tuple[str, int, str | None], int]

    @classmethod
    def read(cls, path: Path, under: tuple[str, ...] = ()) -> "TomlSource":
        """The file at *path*; of a file that others share only the tables *under* these words.

        Raises: ConfigError when it cannot be opened or is no TOML
        """
        import tomllib  # 20 ms that starts without a file need not pay

        try:
            text = path.read_bytes().decode()
            tables = tomllib.loads(text)
            for word in under:
                inner = tables.get(word, {})
                tables = inner if isinstance(inner, dict) else {}
            return cls(path, tables, _lines(text, under))
        except OSError as wrong:
            raise ConfigError(
                f"cannot be read: {wrong.strerror}",
                where=str(path),
                hint="--config FILE or TRUENAME_CONFIG names another",
            ) from None
        except UnicodeDecodeError as wrong:
            raise ConfigError(f"is not UTF-8 at octet {wrong.start + 1}", where=str(path)) from None
        except tomllib.TOMLDecodeError as wrong:
            at = _AT.search(str(wrong))
            where = f"{path}:{at[1]}:{at[2]}" if at else str(path)
            raise ConfigError(_AT.sub("", str(wrong)), where=where, hint="see https://toml.io for the form") from None
        except (ValueError, RecursionError):  # integers of any length and arrays of any depth are TOML
            raise ConfigError("holds a number or an array beyond all bounds", where=str(path)) from None

    def place(self, section: str, key: str | None = None, number: int = 0) -> str:
        """`file:line` of a key, else of its section, else the file."""
        line = self.lines.get((section, number, key)) or self.lines.get((section, number, None))
        return f"{self.path}:{line}" if line else str(self.path)


def _lines(text: str, under: tuple[str, ...]) -> dict[tuple[str, int, str | None], int]:
    found: dict[tuple[str, int, str | None], int] = {}
    words, number = under, 0
    for line, content in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(content):
            words = tuple("".join(word) for word in _WORD.findall(header[1]))
            if words[: len(under)] == under and len(words) == len(under) + 1:
                number = sum(1 for name, _, one in found if name == words[-1] and one is None)
                found[words[-1], number, None] = line
            elif words[: len(under)] == under and len(words) == len(under) + 2:
                found.setdefault((words[-2], 0, words[-1]), line)
        elif pair := _KEY.match(content):
            key = pair[1] or pair[2] or pair[3]
            if words == under:  # a section's name to whoever asks for its place
                found.setdefault((key, 0, None), line)
            elif words[: len(under)] == under and len(words) == len(under) + 1:
                found.setdefault((words[-1], number, key), line)
    return found
