"""One door for every change of a zone in the database.

    cli | web | api ── ChangeSet | intent ── Door.plan ── Plan ── Door.commit ── store (durable) ── graph (published)

`change` is what somebody wants, `plan` what would come of it, `door` the one way in. Judgement is `rules`' alone, on the
result and before anything is stored.
"""
