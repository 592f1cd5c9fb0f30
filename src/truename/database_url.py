"""A database's URL as it may be shown. Nobody shows one in another way.

    postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE&..
    sqlite:///FILE

A password may stand behind the user, in `password` and `sslpassword`, and in parts of it that were not percent-encoded,
anywhere. So what is shown is what is known to be none; a URL that can be read in two ways is shown as none at all, and
is refused before a driver tells what it makes of it.
"""

import re
from urllib.parse import unquote_plus

HIDDEN = "***"
SQLITE = re.compile(r"(?P<file>sqlite(?:\+\w+)?:///?[^?]*)(?P<options>\?.*)?", re.DOTALL)
SERVER = re.compile(
    r"(?P<kind>[a-z0-9+]+)://(?:(?P<user>[^:/?#@\s]*)(?P<secret>:[^/?@\s]*)?@)?"
    r"(?P<host>\[[^\]/?@\s]*\]|[^:/?@\[\]\s]*)(?P<port>:\d*)?(?P<database>/[^?@\s]*)?(?:\?(?P<options>[^?@\s]*))?"
)
# Options of libpq whose values say where the server is and how it is reached; and those that are named without theirs.
OPEN = ("host", "hostaddr", "port", "user", "sslmode", "connect_timeout", "target_session_attrs", "application_name")
NAMED = ("password", "sslpassword", "passfile", "options", "service", "sslkey", "sslcert", "sslrootcert", "dbname")
PLAIN = re.compile(r"[\w.,:/%+\[\]-]*", re.ASCII)


def is_clear(url: str) -> bool:
    """Whether *url* can be read in one way: what is no part of an address is percent-encoded."""
    return (SQLITE if url.startswith("sqlite") else SERVER).fullmatch(url) is not None


def shown(url: str) -> str:
    """*url* without what may be a secret."""
    file = SQLITE.fullmatch(url)
    if file:
        return file["file"] + (f"?{HIDDEN}" if file["options"] else "")
    found = SERVER.fullmatch(url)
    if not found:
        return HIDDEN if url else ""
    secret = f":{HIDDEN}" if found["secret"] else ""
    user = f"{found['user']}{secret}@" if found["user"] is not None else ""
    options = f"?{'&'.join(map(_option, found['options'].split('&')))}" if found["options"] else ""
    return f"{found['kind']}://{user}{found['host']}{found['port'] or ''}{found['database'] or ''}{options}"


def place(url: str) -> str:
    """Which database it is, for messages: the server without driver, password and options, or the file."""
    found = SERVER.fullmatch(url)
    if SQLITE.fullmatch(url) or not found:
        return shown(url).partition("?")[0]
    user = f"{found['user']}@" if found["user"] else ""
    host = f"{found['host']}{found['port'] or ''}" or _asked(found["options"] or "", "host") or "localhost"
    return f"{found['kind'].partition('+')[0]}://{user}{host}/{(found['database'] or '').lstrip('/')}"


def _option(text: str) -> str:
    name, is_given, value = text.partition("=")
    known = unquote_plus(name)
    if is_given and known in OPEN and PLAIN.fullmatch(value):
        return text
    return f"{known}={HIDDEN}" if known in OPEN + NAMED else HIDDEN


def _asked(options: str, wanted: str) -> str:
    pairs = (option.partition("=") for option in options.split("&"))
    return next((unquote_plus(value) for name, _, value in pairs if name == wanted and PLAIN.fullmatch(value)), "")
