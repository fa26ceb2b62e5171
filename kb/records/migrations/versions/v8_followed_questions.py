"""Version 8: when people last looked at what is new, and the questions that they follow. There are none of before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "8"
down_revision = "7"


def upgrade() -> None:
    """Adds the tables; nothing else is touched."""
    op.create_table(
        "visits",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
    )
    op.create_table(
        "followed_questions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("understood", sa.Text, nullable=False),
        sa.Column("began", sa.Text, nullable=False),
        sa.Column("checked", sa.Text, nullable=False),
        sa.Column("sources", sa.Text, nullable=False),
        sa.Column("news", sa.Text, nullable=False),
    )
    op.create_index("ix_followed_questions_person", "followed_questions", ["person"])
