"""Everything that Truename raises.

    TruenameError
    ├── ConfigError      a setting that cannot be meant: where it stands, what is wrong
    ├── ParseError       text that cannot be read: line and column
    ├── ServeError       the machine says no: a port that is taken, a directory without permission, no server there
    ├── RejectedEdit     a change that would break the zone: the findings say why
    ├── StaleEdit        a change of a version that is not the current one any more
    ├── ForbiddenEdit    a change that touches a zone which is not the caller's
    ├── GoneCaller       a key that was revoked while the call waited
    ├── NoZone           a zone that is not kept here
    ├── ZoneExists       a zone that is to be made and is there
    ├── StoreError       the database says no
    │   ├── StaleStore   it holds something else than the change was made for
    │   └── UnknownOutcome  it went away in the middle of a commit, and has not come back
    └── UpstreamError    another server says no, or nothing

DNS outcomes are values and a broken zone is a list of problems; exceptions are for callers' mistakes, bad input and
broken machines. The message says what and where, `hint` the next step; the command line prints both and ends with 2.
"""

from collections.abc import Sequence


class TruenameError(Exception):
    """What went wrong and, where it is known, what to do about it."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(TruenameError):
    """A setting that cannot be meant.

    Shape:  *where* is `file:line`, an environment variable or a flag
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message, hint=hint)
        self.where = where


class ParseError(TruenameError):
    """Text that cannot be read.

    Units:  *line* and *column* count from 1, columns in octets; 0 when the text as a whole is meant
    """

    def __init__(self, message: str, *, line: int = 0, column: int = 0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.line = line
        self.column = column


class ServeError(TruenameError):
    """The server cannot start, or cannot be reached."""


class RejectedEdit(TruenameError):
    """A change that was refused; nothing of it was stored.

    Shape:  *findings* are those of the rules; *errors* are all that is wrong, one text each, where no rule speaks;
            *asks* are the rules that let it through when they are accepted, none where that would not help
    """

    def __init__(
        self,
        message: str,
        *,
        findings: Sequence[object] = (),
        errors: Sequence[str] = (),
        asks: Sequence[str] = (),
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.findings = tuple(findings)
        self.errors = tuple(errors)
        self.asks = tuple(asks)


class StaleEdit(TruenameError):
    """The zone has moved on since the caller looked at it.

    Shape:  *serial* is the current one; *changed* are the owners that differ since, as far as the journal reaches
    """

    def __init__(self, message: str, *, serial: int, changed: Sequence[str] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.serial = serial
        self.changed = tuple(changed)


class ForbiddenEdit(TruenameError):
    """The change touches *zone*, which the caller may not edit; empty when the caller may not even know its name."""

    def __init__(self, message: str, *, zone: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.zone = zone


class GoneCaller(TruenameError):
    """Who asked lost the right to before it was done; nothing was."""


class NoZone(TruenameError):
    """No zone of that name is kept here."""

    def __init__(self, zone: str, *, hint: str = "") -> None:
        super().__init__(f"no zone {zone} is kept here", hint=hint)
        self.zone = zone


class ZoneExists(TruenameError):
    """The zone that is to be made is there already."""

    def __init__(self, zone: str, *, hint: str = "") -> None:
        super().__init__(f"zone {zone} exists", hint=hint)
        self.zone = zone


class StoreError(TruenameError):
    """The database could not do what was asked.

    Shape:  *where* is the database's file, or its URL without the password; *said* are the driver's own words; *brief*
            is the rest, which may be told to those who do not run the server
    """

    def __init__(self, message: str, *, where: str = "", said: str = "", hint: str = "") -> None:
        told = f"{message} ({said})" if said else message
        super().__init__(f"{where}: {told}" if where else told, hint=hint)
        self.where = where
        self.brief = message


class StaleStore(StoreError):
    """The database holds something else than the change was made for: a serial moved on, a name is taken or gone."""


class UnknownOutcome(StoreError):
    """The database went away while it committed: the change is stored as a whole or not at all, nobody knows which."""


class UpstreamError(TruenameError):
    """Another name server could not be asked, or gave no usable answer."""


class Told(str):
    """What went wrong, for those who run the server; *brief* is for everybody. Empty: nothing did."""

    brief: str

    def __new__(cls, words: str = "", brief: str = "") -> "Told":
        """*brief* is given where the words tell of files, hosts or users."""
        made = super().__new__(cls, words)
        made.brief = brief or words
        return made

    @classmethod
    def of(cls, wrong: BaseException) -> "Told":
        """What *wrong* says."""
        kind = type(wrong).__name__
        brief = wrong.brief if isinstance(wrong, StoreError) else f"a fault inside: {kind}"
        return cls(str(wrong) or kind, brief)
