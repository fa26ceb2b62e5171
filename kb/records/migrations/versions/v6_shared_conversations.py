"""Version 6: a conversation may be shared. None of before is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "6"
down_revision = "5"


def upgrade() -> None:
    """Adds the column; nothing else is touched."""
    op.add_column("conversations", sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()))
