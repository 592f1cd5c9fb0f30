"""`truename fix`: findings whose cure is certain become edits of the text that they were found in.

    files -> World -> findings -> edits of tokens -> text -> World -> ... until nothing is left -> diff, files

Only the tokens that change are written; every other octet of a file stays as it is. `source` knows tokens and lines,
`cure` what a finding's edit is, `passes` goes on until a look at the result finds nothing, `write` replaces files.
"""
