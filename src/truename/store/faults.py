"""What the drivers raise, told to people: what, where, what to do. Statements and their values stay inside.

SQLite says what went wrong in the primary part of its result code (sqlite.org/rescode.html), PostgreSQL in its
SQLSTATE (PostgreSQL manual, appendix A); a connection that never came to be has none.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from truename.errors import StoreError

Words = tuple[str, str]  # what, and what to do

DAMAGED = ("is damaged", "restore it from a backup; `sqlite3 FILE .recover` saves what can be read")
FULL = ("the disk is full", "make room; nothing of this change was stored")
READ_ONLY = ("cannot be written", "the user that the server runs as must be able to write the file and its directory")
LOCKED = ("another program is writing to it", "end that program's transaction and try again")
FORBIDDEN = (
    "refuses the change: an alias beside other data, two CNAMEs at one owner, or the same RRset twice",
    "nothing of this change was stored",
)
AWAY = ("the database cannot be reached", "start it, or mend the way to it; the next change connects again")

SQLITE: dict[int, Words] = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: ("is no SQLite database", "give the path of another file; this one was not touched"),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", READ_ONLY[1]),
    sqlite3.SQLITE_IOERR: ("the disk failed", "see the kernel's log: its file system may be read-only now"),
    sqlite3.SQLITE_CONSTRAINT: FORBIDDEN,
    sqlite3.SQLITE_TOOBIG: ("a value is too large for it", "split the change"),
    sqlite3.SQLITE_IOERR_SHMSIZE: FULL,  # no room for the log's index
    sqlite3.SQLITE_NOMEM: ("out of memory", "nothing of this change was stored"),
}

# By SQLSTATE, else by its class, the first two characters.
POSTGRES: dict[str, Words] = {
    "08": AWAY,
    "23": FORBIDDEN,
    "25006": ("cannot be written: it is a standby or set to read only", "give the URL of the primary"),
    "28": ("refuses the user or the password", "set both in the URL, postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"),
    "3D000": ("there is no such database or user", "make them: createuser USER; createdb --owner USER DATABASE"),
    "42501": ("the user may not do this", "let the user own the database"),
    "53100": FULL,
    "53": ("the database has run out of something", "see its log; nothing of this change was stored"),
    "55P03": LOCKED,
    "57": ("the database is shutting down or starting", "try again"),
    "58": ("the database's disk failed", "see its log"),
    "XX001": ("is damaged", "restore it from a backup"),
    "XX002": ("is damaged", "restore it from a backup"),
}
# A connection that PostgreSQL refused has no SQLSTATE, only the server's words; without these it is told as AWAY.
REFUSALS: dict[str, Words] = {
    "does not exist": POSTGRES["3D000"],
    "password": POSTGRES["28"],
    "authentication failed": POSTGRES["28"],
    "no pg_hba.conf entry": POSTGRES["28"],
    "too many": POSTGRES["53"],
}

UNKNOWN_OPTION = "invalid connection option"


@contextmanager
def told(where: str) -> Iterator[None]:
    """What the driver or SQLAlchemy raises inside becomes a StoreError about *where*."""
    try:
        yield
    except exc.DBAPIError as wrong:
        raise explained(wrong.orig or wrong, where) from None
    except exc.TimeoutError:
        raise StoreError("too many readers at once", where=where, hint="try again") from None
    except exc.SQLAlchemyError as wrong:
        raise StoreError(f"cannot be used ({type(wrong).__name__})", where=where) from None
    except sqlite3.Error as wrong:  # these two from where the driver is used directly
        raise explained(wrong, where) from None
    except UnicodeEncodeError:
        raise StoreError("a text cannot be stored: it is not Unicode", where=where) from None
    except Exception as wrong:
        if type(wrong).__module__.partition(".")[0] != "psycopg":  # not imported where SQLite serves
            raise
        raise explained(wrong, where) from None


def forbidden(where: str) -> StoreError:
    """What a constraint says, of rows that were looked at all together."""
    what, hint = FORBIDDEN
    return StoreError(what, where=where, hint=hint)


def explained(wrong: BaseException, where: str) -> StoreError:
    """The error for people. What no table knows is told in the driver's own words, without values."""
    what, hint = _words(wrong)
    said = _said(wrong)
    return StoreError(what, where=where, said=said, hint=hint)


def _words(wrong: BaseException) -> Words:
    if isinstance(wrong, sqlite3.Error):
        code = getattr(wrong, "sqlite_errorcode", 0)
        return SQLITE.get(code) or SQLITE.get(code & 0xFF, ("cannot do this", ""))
    state = getattr(wrong, "sqlstate", None)
    if state is None:
        if UNKNOWN_OPTION in str(wrong):
            return ("the URL has an option that PostgreSQL does not know", "in a password & is written %26")
        if type(wrong).__name__ not in ("OperationalError", "ConnectionTimeout"):
            return ("cannot do this", "")
        return next((words for part, words in REFUSALS.items() if part in str(wrong)), AWAY)
    return POSTGRES.get(state) or POSTGRES.get(state[:2]) or ("cannot do this", "")


def _said(wrong: BaseException) -> str:
    """The driver's own words, for those who search for them. PostgreSQL's further lines may hold values."""
    if UNKNOWN_OPTION in str(wrong):
        return ""  # the option may be the rest of a password
    diagnosis = getattr(wrong, "diag", None)
    text = (diagnosis.message_primary if diagnosis else None) or str(wrong)
    return text.strip().partition("\n")[0][:200]
