"""No part of a password is shown, wherever it stands in a URL."""

import pytest

from truename import config, database_url
from truename.errors import ConfigError, StoreError
from truename.store import Store

PG = "postgresql+psycopg://"
SHOWN = {
    "": "",
    "sqlite:///a/b@c:d.db": "sqlite:///a/b@c:d.db",
    "sqlite:////abs.db?password=hush": "sqlite:////abs.db?***",
    f"{PG}db/x": f"{PG}db/x",
    f"{PG}u@db:5432/x": f"{PG}u@db:5432/x",
    f"{PG}u:hush@db/x": f"{PG}u:***@db/x",
    f"{PG}u:hu:sh@[::1]:5/x": f"{PG}u:***@[::1]:5/x",
    f"{PG}u:hush%40%2Fhush@db/x": f"{PG}u:***@db/x",
    f"{PG}:hush@db/x": f"{PG}:***@db/x",
    f"{PG}u@/x?host=/run/pg&port=5": f"{PG}u@/x?host=/run/pg&port=5",
    f"{PG}u@db/x?password=hush": f"{PG}u@db/x?password=***",
    f"{PG}u@db/x?sslmode=require&sslpassword=hush&password=hush": (
        f"{PG}u@db/x?sslmode=require&sslpassword=***&password=***"
    ),
    f"{PG}u@db/x?pass%77ord=hush": f"{PG}u@db/x?password=***",
    f"{PG}u@db/x?options=-cmy.password%3Dhush": f"{PG}u@db/x?options=***",
    f"{PG}u@db/x?passfile=/hush": f"{PG}u@db/x?passfile=***",
    f"{PG}u@db/x?dbname=password%3Dhush": f"{PG}u@db/x?dbname=***",
    # Not encoded as they should be.
    f"{PG}u@db/x?password=hu&sh=hush": f"{PG}u@db/x?password=***&***",
    f"{PG}u@db/x?password=hu&hush": f"{PG}u@db/x?password=***&***",
    f"{PG}u:hush@hush@db/x": "***",
    f"{PG}u:hush/hush@db/x": "***",
    f"{PG}u:12?hush@db/x": "***",
    f"{PG}u:12/hush@db/x": "***",
    f"{PG}u@db/x?password=hush@hush": "***",
    f"{PG}u@db/x?password=hush?hush": "***",
    "u:hush@db": "***",
    "PASSWORD=hush": "***",
}


@pytest.mark.parametrize("url", SHOWN)
def test_what_is_shown(url):
    assert database_url.shown(url) == SHOWN[url] and "hush" not in SHOWN[url]
    assert "hush" not in database_url.place(url)


@pytest.mark.parametrize("url", [url for url in SHOWN if SHOWN[url] == "***"])
def test_what_can_be_read_in_two_ways_is_refused_without_showing_it(url):
    with pytest.raises(ConfigError) as refused:
        config.load(environ={"TRUENAME_SERVE_DATABASE": url})
    assert "hush" not in f"{refused.value} {refused.value.hint}" and "db/x" not in str(refused.value)
    with pytest.raises(StoreError, match="cannot be read") as refused:
        Store.open(url)
    assert "hush" not in f"{refused.value} {refused.value.hint}"


@pytest.mark.parametrize("url", [url for url in SHOWN if url])
def test_settings_show_it_nowhere(url, tmp_path):
    file = tmp_path / "truename.toml"
    file.write_text(f'[serve]\ndatabase = ["{url}"]\n')
    with pytest.raises(ConfigError) as refused:
        config.load(file=str(file), environ={})
    assert "serve.database cannot be read" in str(refused.value) and url not in str(refused.value)
    if SHOWN[url] != "***":
        found = config.load(environ={"TRUENAME_SERVE_DATABASE": url})
        assert "hush" not in repr(found) and "hush" not in repr(list(found.shown()))


@pytest.mark.parametrize(
    ("url", "place"),
    [
        (f"{PG}u:hush@db:5/x?sslmode=require", "postgresql://u@db:5/x"),
        (f"{PG}u@/x?host=/run/pg&port=5", "postgresql://u@/run/pg/x"),
        (f"{PG}db/x", "postgresql://db/x"),
        (f"{PG}/x", "postgresql://localhost/x"),
        ("sqlite:///x.db?password=hush", "sqlite:///x.db"),
    ],
)
def test_which_database_it_is(url, place):
    assert database_url.place(url) == place


def test_an_option_that_nobody_knows_is_not_told():
    with pytest.raises(StoreError, match="an option that PostgreSQL does not know") as refused:
        Store.open(f"{PG}u@127.0.0.1:1/x?password=hu&hush=hush")
    assert "hush" not in str(refused.value) and "%26" in refused.value.hint
