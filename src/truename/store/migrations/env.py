"""What alembic runs: the steps, on the connection and inside the transaction that `migrate.bring_up` hands over.

SQLite's DDL is part of its transactions as much as PostgreSQL's, so a step that is interrupted has not happened.
"""

from alembic import context

from truename.store.migrate import VERSION_TABLE
from truename.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
