"""dmarc-malformed: a DMARC record that receivers pass over.

What:  The TXT records at `_dmarc` hold no DMARC record, or two; or the one there lacks its policy `p=`, or has a tag
       with a value that it cannot have. Tags that nobody knows are passed over, here too.

Why:   Receivers of mail that cannot read the record behave as if there were none: the domain is not protected, and
       no report tells so.

An unquoted semicolon begins a comment in a zone file: `TXT v=DMARC1; p=reject` is just `v=DMARC1`.

Bad zone:

    _dmarc       TXT  "v=DMARC1; p=rejct"              ; <-
    _dmarc.shop  TXT  "v=DMARC1; rua=mailto:a@example.com"  ; <-
    _dmarc.blog  TXT  v=DMARC1; p=none; <-

Good zone:

    _dmarc       TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
    _dmarc.shop  CNAME  _dmarc

Source: RFC 7489 6.3, 6.4, 6.6.3
"""

from collections.abc import Iterator, Sequence

from truename.rules.base import Context, Fact, Finding, Rule
from truename.rules.wording import place


def judge(facts: Sequence[Fact], context: Context) -> Iterator[Finding]:
    for fact in facts:
        word, _, what = fact.detail.partition(" ")
        message, hint = _WORDS[word]
        name, _, value = what.partition("=")
        where = place(fact.other) if fact.other else ""
        words = {
            "fact": fact,
            "what": what,
            "name": name,
            "value": value,
            "where": where,
            "values": _VALUES.get(name, ""),
        }
        yield context.data(fact, message.format(**words), hint.format(**words))


_POLICY = "one of none, quarantine and reject"
_ADDRESSES = "addresses as `mailto:dmarc@example.com`, parted by commas"
_VALUES = {
    **dict.fromkeys(("p", "sp", "np"), _POLICY),
    **dict.fromkeys(("rua", "ruf"), _ADDRESSES),
    **dict.fromkeys(("adkim", "aspf"), "r or s"),
    "pct": "a number up to 100",
    "fo": "of 0, 1, d and s, parted by colons",
    "ri": "a number of seconds",
    "t": "y or n",
    "psd": "y, n or u",
}
_WORDS = {
    "none": (
        "{fact.owner} TXT is no DMARC record: none there begins with `v=DMARC1`",
        'write `"v=DMARC1; p=none"`, in these letters, or another name for what is there',
    ),
    "many": (
        "{fact.owner} has two DMARC records{where}; receivers take neither",
        "delete one of the two",
    ),
    "separator": (
        "{fact.owner} TXT has no semicolon behind `v=DMARC1`",
        'write `"v=DMARC1; p=none"`',
    ),
    "policy": (
        "{fact.owner} TXT has no policy `p=`, so receivers pass it over",
        'write `"v=DMARC1; p=none"` with the quotes: without them a semicolon begins a comment',
    ),
    "tag": (
        "{fact.owner} TXT has `{what}`, which is no tag with a value",
        'tags are parted by semicolons: `"v=DMARC1; p=none; sp=none"`',
    ),
    "value": (
        "{fact.owner} TXT has `{name}={value}`, which is no value of {name}",
        "the value of {name} is {values}",
    ),
}


RULE = Rule("dmarc-malformed", "warning", "shows", ("dmarc-fault",), judge)
