"""The tables of `app.db` as its latest version has them (`migrations` make them), and how its files are opened."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kb.index.catalog.write_ahead import keep_write_ahead_log

METADATA = sa.MetaData()


class PlainText(sa.TypeDecorator[str]):
    """Text without the character U+0000, which people may send, and PostgreSQL does not take."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Any) -> str | None:
        return value and value.replace("\0", "")


# The marks of erased documents (kb/records/erasure.py). `schema` is for programs from before Alembic: they refuse a
# file where it is not "1".
META = sa.Table("meta", METADATA, sa.Column("key", PlainText, primary_key=True), sa.Column("value", PlainText))
# What people come back for (kb/records/following).
VISITS = sa.Table(
    "visits",
    METADATA,
    sa.Column("person", PlainText, primary_key=True),
    sa.Column("at", PlainText, nullable=False),
    sa.Column("before", PlainText, nullable=False),
)
FOLLOWED_QUESTIONS = sa.Table(
    "followed_questions",
    METADATA,
    sa.Column("id", PlainText, primary_key=True),
    sa.Column("person", PlainText, nullable=False, index=True),
    sa.Column("question", PlainText, nullable=False),
    sa.Column("understood", PlainText, nullable=False),
    sa.Column("began", PlainText, nullable=False),
    sa.Column("checked", PlainText, nullable=False),
    sa.Column("sources", PlainText, nullable=False),  # JSON, with how it is asked: see kb/records/following/followed.py
    sa.Column("news", PlainText, nullable=False),  # JSON
)
EVALUATION_RUNS = sa.Table(
    "evaluation_runs",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", PlainText, nullable=False, index=True),  # what a run that is resumed must have in common
    sa.Column("began", PlainText, nullable=False),
    sa.Column("seconds", sa.Float),  # null while it is not finished
    sa.Column("about", PlainText, nullable=False),  # JSON: questions' file, settings, generation, commit…
    sa.Column("figures", PlainText),  # JSON
)
EVALUATION_ROWS = sa.Table(
    "evaluation_rows",
    METADATA,
    sa.Column("run_id", sa.Integer, sa.ForeignKey("evaluation_runs.id"), primary_key=True),
    sa.Column("question_id", PlainText, primary_key=True),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("row", PlainText, nullable=False),  # JSON
    sa.Column("scores", PlainText, nullable=False),  # JSON
)
FEEDBACK = sa.Table(
    "feedback",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", PlainText, nullable=False),
    sa.Column("verdict", PlainText, nullable=False),
    sa.Column("reason", PlainText),
    sa.Column("comment", PlainText, nullable=False),
    sa.Column("answer", PlainText, nullable=False),  # JSON
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("status", PlainText, nullable=False),
)
# What was asked, by nobody in particular (kb/records/asked).
QUESTIONS_ASKED = sa.Table(
    "questions_asked",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", PlainText, nullable=False, index=True),
    sa.Column("way", PlainText, nullable=False),
    sa.Column("outcome", PlainText, nullable=False),
    sa.Column("reason", PlainText),
    sa.Column("question", PlainText, nullable=False),  # empty for one that was answered
    sa.Column("understood", PlainText, nullable=False),  # the same
    sa.Column("seconds", sa.Float),
    sa.Column("status", PlainText, nullable=False),
    sa.Column("hidden", PlainText, nullable=False, server_default="[]"),  # JSON: the rights of who asked
)
TEST_QUERIES = sa.Table(
    "test_queries",
    METADATA,
    sa.Column("id", PlainText, primary_key=True),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("query", PlainText, nullable=False),  # JSON; its id may be another, see kb.records.naming.queries.py
    sa.Column("hidden", PlainText, nullable=False, server_default="[]"),  # JSON: the rights that it needs
)
CONVERSATIONS = sa.Table(
    "conversations",
    METADATA,
    sa.Column("id", PlainText, primary_key=True),
    sa.Column("person", PlainText, nullable=False, index=True),  # empty without sign-in
    sa.Column("title", PlainText, nullable=False),
    sa.Column("changed", PlainText, nullable=False),
    sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),  # see kb/records/sharing
    # JSON, see kb/records/kept_answers.py: whoever may not read it is told so as fast as if it was not there.
    sa.Column("needed", PlainText, nullable=False, server_default="[]"),
)
TURNS = sa.Table(
    "turns",
    METADATA,
    sa.Column("conversation_id", PlainText, sa.ForeignKey("conversations.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("at", PlainText, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("answer", PlainText, nullable=False),  # JSON, see kb/records/kept_answers.py
)
SESSIONS = sa.Table(
    "sessions",
    METADATA,
    sa.Column("token_hash", PlainText, primary_key=True),
    sa.Column("person", PlainText, nullable=False, index=True),
    sa.Column("account", PlainText, nullable=False),  # its version, see kb/records/accounts.py
    sa.Column("began", sa.Float, nullable=False),  # seconds of the epoch
    sa.Column("seen", sa.Float, nullable=False),
    sa.Column("in_groups", PlainText, nullable=False, server_default="[]"),  # JSON: as a provider told them
)
DEVICES = sa.Table(
    "devices",
    METADATA,
    sa.Column("token_hash", PlainText, primary_key=True),
    sa.Column("person", PlainText, nullable=False, index=True),
    sa.Column("seen", sa.Float, nullable=False),  # seconds of the epoch
)
CORRECTIONS = sa.Table(
    "corrections",
    METADATA,
    sa.Column("document_id", PlainText, primary_key=True),
    sa.Column("at", PlainText, nullable=False),
    sa.Column("person", PlainText, nullable=False),
    sa.Column("fields", PlainText, nullable=False),  # JSON
)
# What editors say of acronyms: before what documents say, and in the place of it. What is said where documents that not
# everybody may read say something stands beside what is said for all.
GLOSSARY = sa.Table(
    "glossary",
    METADATA,
    sa.Column("key", PlainText, primary_key=True),  # the acronym, folded
    # JSON: the rights that it needs, null for none.
    sa.Column("hidden", PlainText, primary_key=True, server_default="null"),
    sa.Column("written", PlainText, nullable=False),
    sa.Column("meanings", PlainText, nullable=False),  # JSON, the surest first; empty for one that is hidden
    sa.Column("at", PlainText, nullable=False),
    sa.Column("person", PlainText, nullable=False),
)

ACCOUNTS = sa.Table(
    "accounts",
    METADATA,
    sa.Column("secret", PlainText, primary_key=True),  # see kb/records/accounts.py; a salt makes each another
    sa.Column("name", PlainText, nullable=False, index=True),
    sa.Column("role", PlainText, nullable=False),
    sa.Column("in_groups", PlainText, nullable=False, server_default=""),  # with commas between
)
TRIES = sa.Table(
    "tries",
    METADATA,
    sa.Column("key", PlainText, primary_key=True),  # a hash, see kb/web/auth/attempts.py
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("last", sa.Float, nullable=False, index=True),  # seconds of the epoch
)
ASKED = sa.Table(
    "asked",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("who", PlainText, nullable=False, index=True),  # a hash
    sa.Column("at", sa.Float, nullable=False, index=True),  # seconds of the epoch
)
WAITING = sa.Table(
    "waiting",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),  # in the order of coming
    sa.Column("line", PlainText, nullable=False),
    sa.Column("inside", sa.Boolean, nullable=False),  # whether they go on, or wait
    sa.Column("seen", sa.Float, nullable=False),  # seconds of the epoch
)
OF_REPLICAS = frozenset({ACCOUNTS, TRIES, ASKED, WAITING})
"""The tables that only a base served by several processes uses; they are not moved with the rest."""

UPLOADS_MARK, SIGN_IN_KEY = "uploads", "sign-in key"
KEYS_OF_REPLICAS = frozenset({UPLOADS_MARK, SIGN_IN_KEY})
"""The keys of `META` that are theirs: which folder of added files is shared, what signs the cookie of a sign-in that is
under way. They are not moved either."""


def configure(connection: Any, _record: Any) -> None:
    """Called for each connection: readers never wait for a writer, and what is deleted is overwritten."""
    cursor = connection.cursor()
    keep_write_ahead_log(cursor)
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()
