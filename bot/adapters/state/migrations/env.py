"""What Alembic runs to migrate: the connection and its transaction are the caller's."""

from alembic import context

from bot.adapters.state.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
