"""Where Alembic runs the steps: in the transaction that the store has begun."""

from alembic import context

from newsletter.edges.store.migrate import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
context.run_migrations()
