"""Version 11: the rights that it takes to be shown a test query, and an entry of the glossary. Who wrote the queries of
before is not known, and they may hold words of any source: they are for those who may read the whole base. The entries
of before were for everybody, and stay so.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "11"
down_revision = "10"


def upgrade() -> None:
    """Adds the columns: to the glossary as a part of its key, for which it is made anew, its rows as they were."""
    op.add_column("test_queries", sa.Column("hidden", sa.Text, nullable=False, server_default="[]"))
    rows = op.get_bind().execute(sa.text("SELECT key, written, meanings, at, person FROM glossary")).mappings().all()
    op.drop_table("glossary")
    glossary = op.create_table(
        "glossary",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("hidden", sa.Text, primary_key=True, server_default="null"),
        sa.Column("written", sa.Text, nullable=False),
        sa.Column("meanings", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
    )
    op.bulk_insert(glossary, [dict(row) for row in rows])
