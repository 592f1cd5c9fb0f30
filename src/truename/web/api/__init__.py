"""/api/v1: PowerDNS' paths and manners, and what Truename adds to them. One file per kind of thing."""
