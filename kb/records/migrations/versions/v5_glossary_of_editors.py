"""Version 5: what editors say of acronyms. Nothing else is touched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "glossary",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("written", sa.Text, nullable=False),
        sa.Column("meanings", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
    )
