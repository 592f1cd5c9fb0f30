"""How the tables came to be: one file a version, run by alembic when a database is opened that is older."""
