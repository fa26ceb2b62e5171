"""Version 10: what somebody must be allowed to read a shared conversation, worked out when it is kept, not when it is
asked for. For those of before it is worked out here."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "10"
down_revision = "9"


def upgrade() -> None:
    """Adds the column and fills it; nothing else is touched."""
    op.add_column("conversations", sa.Column("needed", sa.Text, nullable=False, server_default="[]"))
    connection, found = op.get_bind(), dict[str, list[list[list[str] | None]]]()
    rows = connection.execute(sa.text("SELECT conversation_id, answer FROM turns ORDER BY conversation_id, number"))
    for row in rows:
        kept = json.loads(row.answer)
        shown = [citation["about"] for citation in (*kept["citations"], *kept.get("nearest", ()))]
        sources = sorted({about["source"] for about in (*shown, *kept.get("closest", ()))})
        need = [kept.get("hidden", []), None if kept.get("warnings") else sources]
        needs = found.setdefault(row.conversation_id, [])
        if need not in needs:
            needs.append(need)
    change = sa.text("UPDATE conversations SET needed = :needed WHERE id = :id")
    for name, needs in found.items():
        connection.execute(change, {"needed": json.dumps(needs, ensure_ascii=False), "id": name})
