"""One door for every change of a zone in the database.

    cli | web | api ── ChangeSet | intent ── Door.plan ── Plan ── Door.commit ── store (durable) ── graph (published)

    change    what somebody wants           intent    point, rename, retire         undo     an entry of the journal
    assemble  zones as they will be         judging   what the rules say            impact   who notices
    guard     whose zones, which version    published the graph follows the store   door     all of it, in order

Judgement is `rules`' alone, on the result and before anything is stored.
"""
