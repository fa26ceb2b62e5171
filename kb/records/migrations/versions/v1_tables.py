"""Version 1: the tables as they were before migrations were numbered.

A file of that time has all or some of them (each release made those that it added): what is missing is made, what
stands there is left as it is.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def upgrade() -> None:
    """Makes the tables that are missing."""
    _table("meta", sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
    op.execute("INSERT INTO meta (key, value) VALUES ('schema', '1') ON CONFLICT DO NOTHING")
    _table(
        "evaluation_runs",
        sa.Column("id", sa.Integer, primary_key=True),
        _text("key"),
        _text("began"),
        sa.Column("seconds", sa.Float),
        _text("about"),
        sa.Column("figures", sa.Text),
    )
    op.create_index("ix_evaluation_runs_key", "evaluation_runs", ["key"], if_not_exists=True)
    _table(
        "evaluation_rows",
        sa.Column("run_id", sa.Integer, sa.ForeignKey("evaluation_runs.id"), primary_key=True),
        sa.Column("question_id", sa.Text, primary_key=True),
        sa.Column("ordinal", sa.Integer, nullable=False),
        _text("row"),
        _text("scores"),
    )
    _table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True),
        _text("at"),
        _text("verdict"),
        sa.Column("reason", sa.Text),
        _text("comment"),
        _text("answer"),
        sa.Column("generation", sa.Integer, nullable=False),
        _text("status"),
    )
    _table(
        "test_queries",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("ordinal", sa.Integer, nullable=False),
        _text("query"),
    )
    _table(
        "conversations", sa.Column("id", sa.Text, primary_key=True), _text("person"), _text("title"), _text("changed")
    )
    op.create_index("ix_conversations_person", "conversations", ["person"], if_not_exists=True)
    _table(
        "turns",
        sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        _text("at"),
        sa.Column("generation", sa.Integer, nullable=False),
        _text("answer"),
    )
    _table(
        "sessions",
        sa.Column("token_hash", sa.Text, primary_key=True),
        _text("person"),
        _text("role"),
        sa.Column("began", sa.Float, nullable=False),
        sa.Column("seen", sa.Float, nullable=False),
    )
    _table(
        "corrections",
        sa.Column("document_id", sa.Text, primary_key=True),
        _text("at"),
        _text("person"),
        _text("fields"),
    )


def _table(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(name, *columns, if_not_exists=True)


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text, nullable=False)
