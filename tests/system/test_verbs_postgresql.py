"""The same verbs over PostgreSQL: offline, with a server, and the two one after the other."""

import pytest
from postgres import NotInstalled, cluster
from process import truename
from test_verbs import CHAIN, Verbs


def test_a_zone_from_its_making_to_its_end(serve, tmp_path):
    try:
        with cluster() as postgres:
            walk_through(serve, tmp_path, ("--database", postgres.make_database()))
    except NotInstalled as wrong:
        pytest.skip(str(wrong))


def walk_through(serve, tmp_path, database):
    offline = Verbs(tmp_path)
    path = offline.file("example.com.zone", CHAIN.format(origin="example.com."))
    offline.change("zone", "import", path, *database)
    assert not (offline.directory / "truename.db").exists()
    # Who only looks needs no directory, and leaves none.
    (tmp_path / "elsewhere").mkdir()
    looked = truename("zone", "list", *database, cwd=tmp_path / "elsewhere")
    assert "example.com." in looked.stdout, looked.stderr
    assert list((tmp_path / "elsewhere").iterdir()) == []
    server = serve(*database)
    assert server.addresses("shop.example.com") == ["192.0.2.1"]
    verbs = Verbs(tmp_path, server)
    verbs.change("alias", "rename", "www.example.com", "web.example.com")
    verbs.change("record", "set", "example.com", "@", "A", "192.0.2.9")
    assert server.addresses("shop.example.com") == ["192.0.2.9"]
    assert verbs.contents()["shop.example.com.", "CNAME"] == ["web.example.com."]
    assert server.stop() == 0
    renamed = offline.json("zone", "history", "example.com", *database)[1]["serial"]
    offline.change("zone", "undo", "example.com", renamed, *database)
    shop = offline.json("record", "list", "example.com", "--owner", "shop", *database)
    assert shop[0]["records"][0]["content"] == "www.example.com."
    offline.change("zone", "delete", "example.com", *database)
    assert offline.json("zone", "list", *database) == []
