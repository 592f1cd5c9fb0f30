"""Key files of other servers' tools, and what is none."""

import pytest

from truename.errors import ParseError
from truename.imports import tsig

SECRET = "c2VjcmV0LXRoYXQtbm9ib2R5LXNlZXM="
BIND = f'key "axfr.example.com" {{\n\talgorithm hmac-sha512;\n\tsecret "{SECRET}";\n}};\n'
FORMS = {
    "tsig-keygen": (BIND, "hmac-sha512"),
    "named.conf": (f"// a comment\n# another\n/* and {{ a }} third */ key axfr.example.com {{ secret {SECRET}; "
                   "algorithm HMAC-SHA256; };\noptions { recursion no; };\n", "hmac-sha256"),
    "kdig": (f"hmac-sha384:axfr.example.com:{SECRET}\n", "hmac-sha384"),
    "kdig without an algorithm": (f"axfr.example.com:{SECRET}", "hmac-sha256"),
    "keymgr -t": (f"# hmac-sha256:axfr.example.com.:{SECRET}\nkey:\n  - id: axfr.example.com.\n"
                  f"    algorithm: hmac-sha256\n    secret: {SECRET}\n", "hmac-sha256"),
    "nsd.conf": (f'key:\n\tname: "axfr.example.com" # ours\n\talgorithm: hmac-sha1\n\tsecret: "{SECRET}"\n',
                 "hmac-sha1"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "algorithm"), FORMS.values(), ids=FORMS)
def test_forms(tmp_path, text, algorithm):
    (tmp_path / "key").write_text(text)
    key = tsig.read(tmp_path / "key")
    assert key == tsig.Key("axfr.example.com.", algorithm, b"secret-that-nobody-sees")
    assert "secret-that" not in repr(key) and SECRET not in repr(key)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no TSIG keys"),
        ("nonsense", "no TSIG keys"),
        (BIND + BIND, "2 TSIG keys"),
        (BIND.replace("hmac-sha512", "hmac-md5"), "hmac-md5 is not safe"),
        (BIND.replace("hmac-sha512", "gss-tsig"), "not safe"),
        (BIND.replace("hmac-sha512", "hmac-sha999"), '"hmac-sha999" is no algorithm'),
        (BIND.replace("\talgorithm hmac-sha512;\n", ""), "has no algorithm"),
        (BIND.replace(SECRET, "!" + SECRET), "the secret is no base64"),
        (BIND.replace(f'\tsecret "{SECRET}";\n', ""), "has no secret"),
        (BIND.replace("axfr.example", "axfr..example"), "the key's name"),
        ("x" * 70_000, "too large"),
    ],
)
def test_what_is_no_key(tmp_path, text, words):
    (tmp_path / "key").write_text(text)
    with pytest.raises(ParseError) as refused:
        tsig.read(tmp_path / "key")
    assert words in refused.value.message and SECRET not in f"{refused.value.message} {refused.value.hint}"


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ParseError, match="No such file"):
        tsig.read(tmp_path / "key")
    with pytest.raises(ParseError, match="directory"):
        tsig.read(tmp_path)
