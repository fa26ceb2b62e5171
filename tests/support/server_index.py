"""Small indexes on a PostgreSQL server, and looks behind the maker's back."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ingest.split import split_document
from kb.index.embedding import NewVersion
from kb.index.store import Store
from kb.index.writer import IndexWriter
from kb.text.stems import stems
from kb.types import Alternative, Document, Group
from tiny_encoder import TinyEncoder

LONG = "## Un\n\nPremière partie sur les aides.\n\n## Deux\n\nSeconde partie sur les prêts bonifiés."


def version(name: str, text: str) -> NewVersion:
    document = Document(id=name, source="s", title="Titre", text=text, date="2025-03")
    return NewVersion(document, text, "", tuple(split_document(document, TinyEncoder().count_tokens, 512)))


def words(question: str) -> list[Group]:
    return [(Alternative((stem,)),) for stem in stems(question)]


def writer(store: Store, splitter: str = "1") -> IndexWriter:
    return IndexWriter(store, TinyEncoder(), splitter)


def rows(database: str, query: str) -> Sequence[sa.Row[tuple[object, ...]]]:
    engine = sa.create_engine(database, poolclass=sa.NullPool)
    with engine.begin() as connection:
        return connection.execute(sa.text(query)).fetchall()


def change(database: str, statement: str) -> None:
    engine = sa.create_engine(database, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
