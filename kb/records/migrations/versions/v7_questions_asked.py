"""Version 7: the questions that were asked, without who asked them. There are none of before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "7"
down_revision = "6"


def upgrade() -> None:
    """Adds the table; nothing else is touched."""
    op.create_table(
        "questions_asked",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("understood", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float),
        sa.Column("status", sa.Text, nullable=False),
    )
    op.create_index("ix_questions_asked_at", "questions_asked", ["at"])
