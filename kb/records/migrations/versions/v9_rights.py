"""Version 9: the groups of accounts and of sessions, and what was hidden from whoever asked a question. Accounts and
sessions of before are in no group; what was asked before may have been answered from the whole base."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "9"
down_revision = "8"


def upgrade() -> None:
    """Adds the columns; nothing else is touched."""
    op.add_column("accounts", sa.Column("in_groups", sa.Text, nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("in_groups", sa.Text, nullable=False, server_default="[]"))
    op.add_column("questions_asked", sa.Column("hidden", sa.Text, nullable=False, server_default="[]"))
