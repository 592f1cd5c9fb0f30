"""Response rate limiting as clients meet it."""

import signal
from pathlib import Path

import dns.flags
import dns.rcode
import pytest
from datagrams import ask, ask_tcp, cookie_of, flood, question
from process import wait_until
from prometheus_client.parser import text_string_to_metric_families

RATE = 40
CLIENT = bytes(range(8))

WILD = """\
$ORIGIN wild.example.
@ 60 IN SOA ns hostmaster 1 7200 3600 1209600 300
@ 60 IN NS ns
ns 60 IN A 192.0.2.53
*.any 60 IN A 192.0.2.1
*.alias 60 IN CNAME ns
tree 60 IN DNAME any.wild.example.
cut 60 IN NS ns.cut
ns.cut 60 IN A 192.0.2.54
"""


@pytest.fixture
def limited(serve, zones, tmp_path: Path):
    """Start a server with `[limits]`, on the example zones and wild.example."""
    (zones / "wild.example.zone").write_text(WILD)

    def start(**limits: object):
        write(tmp_path, **limits)
        return serve(zones)

    return start


def write(directory: Path, **limits: object) -> None:
    limits = {"rate": RATE, **limits}
    lines = [f"{key} = {value!r}" for key, value in limits.items()]
    (directory / "truename.toml").write_text("\n".join(["[limits]", *lines, ""]))


def most(seconds: float) -> int:
    """Whole replies at most: a second's worth at once, and as many as time brings."""
    return RATE + int(RATE * seconds) + 1


@pytest.mark.parametrize(
    ("form", "rcode"),
    [
        ("{}.example.com", "NXDOMAIN"),
        ("{}.any.wild.example", "NOERROR"),
        ("{}.alias.wild.example", "NOERROR"),
        ("{}.tree.wild.example", "NOERROR"),
        ("{}.cut.wild.example", "NOERROR"),
        ("{}.unserved.test", "REFUSED"),
    ],
)
def test_a_flood_of_random_names_is_one_flood(limited, form, rcode):
    server = limited(slip=0)
    found = flood(server.dns[0], [question(form.format(f"x{number}")) for number in range(400)])
    assert RATE <= found.kinds["whole"] <= most(found.seconds)
    assert found.missing == 400 - found.kinds["whole"]
    assert {dns.rcode.to_text(reply.rcode()) for reply in found.replies} == {rcode}


def test_names_that_exist_are_answered_during_a_flood(limited):
    server = limited(slip=0)
    good = ["example.com", "www.example.com", "blog.example.com", "shop.example.com", "www.example.org"]
    names = [f"x{number}.example.com" for number in range(400)]
    for number, name in enumerate(good * 5):
        names.insert(number * 15, name)
    found = flood(server.dns[0], [question(name) for name in names])
    answered = [reply for reply in found.replies if reply.answer]
    assert len(answered) == 25


@pytest.mark.parametrize(("slip", "share"), [(0, 0), (1, 1), (2, 2), (5, 5)])
def test_every_nth_limited_reply_is_sent_empty(limited, slip, share):
    server = limited(slip=slip)
    found = flood(server.dns[0], [question("www.example.com") for _ in range(400)])
    over = 400 - found.kinds["whole"]
    assert found.kinds["empty"] == (over // share if share else 0)
    for reply in found.replies:
        if reply.flags & dns.flags.TC:
            assert (reply.rcode(), len(reply.question), reply.answer, reply.authority, reply.additional) == (
                dns.rcode.NOERROR,
                1,
                [],
                [],
                [],
            )


def test_any_counts_like_the_rest(limited):
    server = limited(slip=0)
    kinds = ["A", "ANY", "A", "ANY"] * 100
    found = flood(server.dns[0], [question("example.com", rtype) for rtype in kinds])
    assert RATE <= found.kinds["whole"] <= most(found.seconds)


def test_replies_that_do_not_fit_count(limited, zones):
    many = "".join(f"many 60 IN A 192.0.2.{number}\n" for number in range(1, 200))
    with (zones / "example.com.zone").open("a") as zone:
        zone.write(many)
    server = limited(slip=0)
    found = flood(server.dns[0], [question("many.example.com") for _ in range(400)])
    assert RATE <= len(found.replies) <= most(found.seconds)


def test_queries_that_cannot_be_read_count(limited):
    server = limited(slip=0)
    query = question("www.example.com")
    query.set_opcode(15)
    found = flood(server.dns[0], [query] * 400)
    assert RATE <= found.kinds["whole"] <= most(found.seconds)


def test_tcp_is_not_limited(limited):
    server = limited(slip=0)
    flood(server.dns[0], [question("www.example.com") for _ in range(400)])
    for _ in range(3):
        assert ask_tcp(server.dns[0], question("www.example.com")).answer


def test_after_a_second_the_name_is_answered_again(limited):
    server = limited(slip=0)
    flood(server.dns[0], [question("www.example.com") for _ in range(400)])
    wait_until(lambda: flood(server.dns[0], [question("www.example.com")]).kinds["whole"])


def test_a_server_cookie_is_not_limited(limited):
    server = limited(slip=0)
    cookie = cookie_of(ask(server.dns[0], question("www.example.com", cookie=CLIENT)))
    found = flood(server.dns[0], [question("www.example.com", cookie=cookie) for _ in range(400)])
    assert found.kinds["whole"] == 400


@pytest.mark.parametrize("cookie", [CLIENT, CLIENT + bytes(16)], ids=["client only", "invalid"])
def test_without_a_server_cookie_badcookie_tells_the_way(limited, cookie):
    server = limited(slip=2)
    found = flood(server.dns[0], [question("www.example.com", cookie=cookie) for _ in range(400)])
    assert found.kinds["empty"] == 0
    assert found.kinds["badcookie"] == (400 - found.kinds["whole"]) // 2
    told = next(reply for reply in found.replies if reply.rcode() == dns.rcode.BADCOOKIE)
    assert not told.answer and not told.flags & dns.flags.AA
    assert ask(server.dns[0], question("www.example.com", cookie=cookie_of(told))).answer


def test_networks_count_apart_and_whole(limited):
    server = limited(slip=0)
    flood(server.dns[0], [question("www.example.com") for _ in range(400)])
    same = flood(server.dns[0], [question("www.example.com") for _ in range(RATE)], source="127.0.0.200")
    other = flood(server.dns[0], [question("www.example.com") for _ in range(RATE)], source="127.0.1.1")
    assert same.kinds["whole"] < RATE
    assert other.kinds["whole"] == RATE


def test_who_is_allowed_is_not_limited(limited):
    server = limited(rate_allow=["127.0.0.0/30"])
    assert flood(server.dns[0], [question("www.example.com") for _ in range(400)]).kinds["whole"] == 400
    others = flood(server.dns[0], [question("www.example.com") for _ in range(400)], source="127.0.0.4")
    assert others.kinds["whole"] < 400


def test_what_was_limited_is_counted(limited):
    server = limited(slip=2)
    found = flood(server.dns[0], [question("www.example.com") for _ in range(400)])
    flood(server.dns[0], [question("blog.example.com", cookie=CLIENT)])
    counted = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(server.get("/metrics")[1])
        for sample in family.samples
    }
    assert counted["truename_rrl_limited_total", "drop"] == found.missing
    assert counted["truename_rrl_limited_total", "slip"] == found.kinds["empty"]
    assert counted["truename_dns_cookies_total", "new"] == 1
    assert counted["truename_dns_responses_total", "NOERROR"] == len(found.replies) + 1


def test_sighup_takes_over_the_rate(limited, tmp_path):
    server = limited(rate=0)
    assert flood(server.dns[0], [question("www.example.com") for _ in range(400)]).kinds["whole"] == 400
    write(tmp_path)
    server.signal(signal.SIGHUP)
    wait_until(lambda: "keys=limits.rate" in server.errors())
    found = flood(server.dns[0], [question("www.example.com") for _ in range(400)])
    assert RATE <= found.kinds["whole"] <= most(found.seconds)
