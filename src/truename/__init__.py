"""Truename: a DNS server built around the alias.

A CNAME record says "this name is really that name"; the last name of the chain is the *true name*. Names are nodes,
records that name another name are links, and everything here is a walk on that one graph.

    cli, web -> serve -> config -> _core -> errors        imports go this way only
"""
