"""What Alembic runs around the migrations: they take the connection of `upgrade`, within its transaction."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
