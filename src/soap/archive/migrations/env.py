"""Alembic's entry: runs the migrations on the connection that `soap.archive.migrations.migrate` hands over."""

from alembic import context

from soap.archive.schema import metadata

# The caller's transaction is kept: an archive is made or migrated all at once or not at all.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
