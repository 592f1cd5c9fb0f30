"""Keys and users: hashed, found, refused, forgotten."""

import statistics
import time
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, insert, text

from truename.errors import ParseError, StaleStore
from truename.store import Principal, Store, credentials, hashing, schema
from truename.store.access import Looked


def test_a_key_is_who_it_was_made_for(store: Store):
    secret = store.create_key("ci_deploy", "editor", ["example.org.", "example.com."])
    assert secret.startswith("tn_ci_deploy_")
    bound = Principal("ci_deploy", "editor", frozenset(("example.com.", "example.org.")), "key")
    assert store.verify_key(secret) == bound
    assert store.verify_key(secret) == bound  # from memory
    everywhere = store.create_key("root", "admin")
    assert store.verify_key(everywhere) == Principal("root", "admin", None, "key")
    assert store.verify_key(store.create_key("none", "viewer", [])).zones == frozenset()
    listed = store.keys()
    assert [(key.name, key.role) for key in listed] == [
        ("ci_deploy", "editor"),
        ("none", "viewer"),
        ("root", "admin"),
    ]
    assert abs(listed[0].created_at - time.time()) < 60


@pytest.mark.parametrize("wrong", ["", "tn_", "x" * 500, "tn_ci_" + "0" * 48, "tn_ci_" + "0" * 48 + "\n", "tn_\x00_é"])
def test_a_secret_of_nobody(store: Store, wrong: str):
    store.create_key("ci", "admin")
    assert store.verify_key(wrong) is None


def test_a_changed_secret_is_refused_also_while_the_right_one_is_remembered(store: Store):
    secret = store.create_key("ci", "admin")
    assert store.verify_key(secret) is not None
    assert store.verify_key(secret[:-1] + ("0" if secret[-1] != "0" else "1")) is None
    assert store.verify_key(secret) is not None


def test_a_revoked_key_is_worthless_at_once(store: Store):
    secret = store.create_key("ci", "admin")
    assert store.verify_key(secret) is not None
    assert store.revoke_key("ci") and not store.revoke_key("ci")
    assert store.verify_key(secret) is None and store.keys() == []
    again = store.create_key("ci", "viewer")
    assert store.verify_key(secret) is None and store.verify_key(again).role == "viewer"


def test_a_key_revoked_while_it_is_being_verified_is_not_remembered(store: Store, monkeypatch: pytest.MonkeyPatch):
    secret = store.create_key("ci", "admin")
    compare = hashing.is_key

    def revoked_meanwhile(*given: str) -> bool:
        store.revoke_key("ci")
        return compare(*given)

    monkeypatch.setattr(hashing, "is_key", revoked_meanwhile)
    store.verify_key(secret)  # had been asked before the revocation
    monkeypatch.undo()
    assert store.verify_key(secret) is None


def test_keys_outlive_the_process(url: str):
    with Store.open(url) as store:
        secret = store.create_key("ci", "viewer")
    with Store.open(url) as store:
        assert store.verify_key(secret) == Principal("ci", "viewer", None, "key")


def test_no_secret_is_stored(url: str):
    with Store.open(url) as store:
        secret = store.create_key("ci", "viewer")
        store.create_user("ada", "admin", "correct horse")
        assert store.verify_key(secret) and store.verify_user("ada", "correct horse")
    engine = create_engine(url)
    with engine.connect() as connection:
        kept = repr([connection.execute(text(f"SELECT * FROM {table}")).all() for table in ("keys", "users")])
    engine.dispose()
    assert (
        kept.count("$argon2id$") == kept.count("$sha256$") == 1
        and secret.rpartition("_")[2] not in kept
        and "correct" not in kept
    )


def test_what_is_remembered_is_bounded(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(credentials, "REMEMBERED", 3)
    secrets = [store.create_key(f"k{number}", "viewer") for number in range(6)]
    assert all(store.verify_key(secret) for secret in secrets * 2)
    assert len(store._keys._verified) == 3


def test_a_remembered_key_costs_next_to_nothing(store: Store):
    secret = store.create_key("ci", "viewer")
    store.verify_key(secret)
    began = time.process_time()
    for _ in range(1000):
        store.verify_key(secret)
    assert time.process_time() - began < 0.5


def test_users(store: Store):
    store.create_user("ada", "editor", "correct horse")
    assert store.verify_user("ada", "correct horse") == Principal("ada", "editor", None, "user")
    assert store.verify_user("ada", "wrong horse!") is None and store.verify_user("bob", "correct horse") is None
    assert store.verify_user("", "x") is None and store.verify_user("ada", "x" * 2000) is None
    assert store.set_password("ada", "battery staple") and not store.set_password("bob", "battery staple")
    assert store.verify_user("ada", "correct horse") is None and store.verify_user("ada", "battery staple")
    assert [(user.name, user.role) for user in store.users()] == [("ada", "editor")]
    assert store.delete_user("ada") and not store.delete_user("ada")
    assert store.verify_user("ada", "battery staple") is None and store.users() == []


def test_a_password_may_be_any_text(store: Store):
    store.create_user("ada", "viewer", "p\u00e4ss \udcff\x00word")
    assert store.verify_user("ada", "p\u00e4ss \udcff\x00word") and not store.verify_user("ada", "p\u00e4ss \udcff")


def test_a_name_that_is_taken(store: Store):
    secret = store.create_key("ci", "viewer")
    store.create_user("ada", "viewer", "correct horse")
    with pytest.raises(StaleStore, match="key ci already"):
        store.create_key("ci", "admin")
    with pytest.raises(StaleStore, match="user ada already"):
        store.create_user("ada", "admin", "battery staple")
    assert store.verify_key(secret).role == "viewer" and store.verify_user("ada", "correct horse").role == "viewer"


@pytest.mark.parametrize(
    "make",
    [
        lambda store: store.create_key("", "viewer"),
        lambda store: store.create_key("a b", "viewer"),
        lambda store: store.create_key("x" * 65, "viewer"),
        lambda store: store.create_key("ci\n", "viewer"),
        lambda store: store.create_key("ci", "owner"),
        lambda store: store.create_key("ci", "viewer", ["example.com"]),
        lambda store: store.create_key("ci", "viewer", ["Example.com."]),
        lambda store: store.create_user("-", "viewer", "correct horse"),
        lambda store: store.create_user("ada", "viewer", "short"),
        lambda store: store.create_user("ada", "viewer", "x" * 1025),
        lambda store: store.set_password("ada", ""),
    ],
)
def test_what_cannot_be_is_said(store: Store, make: Callable[[Store], object]):
    with pytest.raises(ParseError) as wrong:
        make(store)
    assert wrong.value.hint and "correct horse" not in str(wrong.value)
    assert store.keys() == [] and store.users() == []


def test_the_hash_of_nobody_costs_what_the_others_do():
    assert not hashing.hasher().check_needs_rehash(hashing.NOBODY)
    assert len(hashing.NO_DIGEST) == len(hashing.digested("x")) and not hashing.is_key("-" * 64, None)


def test_a_key_is_found_and_a_wrong_one_refused_without_an_argon2(store: Store, monkeypatch: pytest.MonkeyPatch):
    secret, gone = store.create_key("ci", "viewer"), store.create_key("gone", "viewer")
    store.revoke_key("gone")
    monkeypatch.setattr(hashing, "hasher", None)
    assert store.known_key(secret) is None
    assert store.verify_key(secret) == store.look_at_key(secret).principal == store.known_key(secret)
    for wrong in (gone, secret[:-1] + "x", f"tn_ci_{'0' * 48}", f"tn_nobody_{'0' * 48}"):
        assert store.verify_key(wrong) is store.known_key(wrong) is None
        assert store.look_at_key(wrong) == Looked()


def test_a_key_of_an_older_version_is_good_and_costs_one_argon2(url: str, monkeypatch: pytest.MonkeyPatch):
    secret, wrong = (f"tn_old_{digit * 48}" for digit in "01")
    compared: list[str] = []
    compare = hashing.is_secret
    monkeypatch.setattr(hashing, "is_secret", lambda *given: compared.append(given[0]) or compare(*given))
    with Store.open(url) as store:
        with store._database.writing() as connection:
            row = {"name": "old", "role": "viewer", "hash": PasswordHasher(1, 8192, 1).hash(secret), "created_at": 1.0}
            connection.execute(insert(schema.keys), row)
        assert store.look_at_key(secret) == store.look_at_key(wrong) == Looked(before="old")
        assert store.verify_key(wrong) is store.verify_key(wrong) is None and compared == [wrong]
        store.renew_key(wrong)
        assert store.verify_key(secret) == store.verify_key(secret) == Principal("old", "viewer")
        assert compared == [wrong, secret]
        store.renew_key(secret)
    compared.clear()
    with Store.open(url) as store:
        assert store.look_at_key(secret).principal == store.verify_key(secret) == Principal("old", "viewer")
        assert store.verify_key(wrong) is None
        store.renew_key(secret)
        store.revoke_key("old")
        assert store.verify_key(secret) is None and compared == []


def test_what_takes_the_name_of_an_older_key_is_not_renewed_by_it(store: Store):
    secret = store.create_key("ci", "viewer")
    store.verify_key(secret)
    before = store.keys()
    store.renew_key(secret)
    assert store.keys() == before and store.look_at_key(secret).principal == Principal("ci", "viewer")


def test_an_unknown_name_takes_as_long_as_a_wrong_secret(store: Store):
    store.create_user("ada", "viewer", "correct horse")
    store.create_key("ci", "viewer")
    for ask in (store.verify_user, lambda name, _: store.verify_key(f"tn_{name}_{'0' * 48}")):
        spent: dict[str, list[float]] = {"ada": [], "ci": [], "nobody": []}
        for name in ["ada", "ci", "nobody"] * 3:
            began = time.process_time()
            assert ask(name, "wrong horse") is None
            spent[name].append(time.process_time() - began)
        medians = [statistics.median(times) for times in spent.values()]
        assert max(medians) < 3 * min(medians)
