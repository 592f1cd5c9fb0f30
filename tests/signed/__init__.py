"""Zones that are already signed, served with their proofs (RFC 4035 3.1, RFC 5155 7.2, RFC 6840).

sources.py   zones as they are written, full of aliases       signing.py  ldns-signzone and dnssec-signzone
proofs.py    RFC 4035 5.4 and RFC 5155 8, what denies what    checker.py  a reply, followed as a validator would
asking.py    many questions to a server or a graph
"""
