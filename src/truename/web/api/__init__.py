"""/api/v1: PowerDNS' paths and manners, and what Truename adds to them. One file per kind of thing.

servers   the server itself, its settings, numbers and search
zones     list, make, change, delete          actions   notify, export, cryptokeys
metadata  what other programs keep
plans     plan, check, journal, undo, text    names     explain, impact, point, rename, retire
accounts  keys and users

paths, flags, bodies, records   what comes in          shapes, documented, kept, streams           what goes out
"""
