"""The catalog: what documents and passages there are. The truth, in a database, through SQLAlchemy Core.

One process writes (the store's lock sees to it), any number read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.dialects import COPIED, put, put_new
from kb.index.catalog.among import among, ids_parameter
from kb.index.catalog.facets import facets_of
from kb.index.catalog.reader import FOLDER, SYNCED, CatalogReader
from kb.index.catalog.rows import (
    ACRONYMS,
    DOCUMENTS,
    FACETS,
    META,
    PASSAGES,
    PENDING,
    SECTIONS,
    WINDOWS,
    PassageRow,
    SectionRow,
    Version,
    from_document,
    from_passage,
)

Transaction: TypeAlias = Connection
"""What a change of the catalog is made within."""


class Catalog(CatalogReader):
    """The catalog in a database, to write. A maker of stores opens it."""

    def close(self) -> None:
        """Lets go of the database."""

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One write transaction: all of it or nothing."""
        with self.database.begin() as connection:
            yield connection

    # Everything below stands within `transaction()`.

    def set(self, connection: Connection, values: Mapping[str, str]) -> None:
        """Keeps values under their keys."""
        self._set(connection, values)

    def drop_value(self, connection: Connection, key: str) -> None:
        """Keeps no more what is kept under a key."""
        connection.execute(META.delete().where(META.c.key == key))

    def set_folder(self, connection: Connection, source: str, folder: str) -> None:
        """Keeps the folder that a source is ingested from."""
        self._set(connection, {FOLDER + source: folder})

    def note_synced(self, connection: Connection, sources: Iterable[str]) -> None:
        """Keeps which sources were listed."""
        self._set(connection, {SYNCED + source: "" for source in sources})

    def forget_source(self, connection: Connection, source: str) -> None:
        """Keeps no more that a source was listed, nor where it was."""
        connection.execute(META.delete().where(META.c.key.in_([SYNCED + source, FOLDER + source])))

    def forget_fingerprint(self, connection: Connection) -> None:
        """Keeps no more what encoder and splitter the index was made with: the next writer notes its own."""
        connection.execute(META.delete().where(META.c.key.in_(["encoder", "splitter"])))

    def bump_generation(self, connection: Connection) -> int:
        """Tells readers that there is something new; returns the new generation."""
        generation = int(self._get(connection, "generation") or 0) + 1
        self._set(connection, {"generation": str(generation)})
        return generation

    def put_documents(
        self,
        connection: Connection,
        versions: Sequence[Version],
        passages: Sequence[PassageRow],
        sections: Sequence[SectionRow],
        now: str,
    ) -> None:
        """Makes versions of documents the current ones, in place of those before, with all of their passages and
        sections; their new windows come apart.

        Together: documents by themselves are nine statements each, and most of what writing them takes.
        """
        ids = ids_parameter(version.document.id for version in versions)
        for table in (PASSAGES, SECTIONS, ACRONYMS, FACETS):
            connection.execute(table.delete().where(among(table.c.document_id)), ids)
        connection.execute(DOCUMENTS.delete().where(among(DOCUMENTS.c.id)), ids)
        rows = [from_document(held.document, held.content_hash, held.file_hash, now) for held in versions]
        mentions = [
            {"document_id": held.document.id, **asdict(mention)} for held in versions for mention in held.mentions
        ]
        for table, values in (
            (DOCUMENTS, rows),
            (PASSAGES, [from_passage(row) for row in passages]),
            (SECTIONS, [asdict(row) for row in sections]),
            (ACRONYMS, mentions),
            (FACETS, [row for held in versions for row in facets_of(held.document)]),
        ):
            if values:
                connection.execute(table.insert(), values, execution_options={COPIED: "text"})
        # Not « none of the passages that are »: PostgreSQL looks through every window for that, at each commit.
        kept = sa.exists().where(PASSAGES.c.id == WINDOWS.c.passage_id)
        connection.execute(WINDOWS.delete().where(among(WINDOWS.c.document_id), ~kept), ids)

    def set_file_hashes(self, connection: Connection, hashes: Mapping[str, str]) -> None:
        """Keeps which bytes the current version of documents was last read from."""
        for document_id, file_hash in hashes.items():
            connection.execute(DOCUMENTS.update().where(DOCUMENTS.c.id == document_id).values(file_hash=file_hash))

    def put_windows(self, connection: Connection, rows: Sequence[tuple[str, str, bytes]]) -> None:
        """Keeps packed windows: (passage id, document id, bytes)."""
        values = [dict(zip(("passage_id", "document_id", "packed"), row, strict=True)) for row in rows]
        if values:
            put(connection, WINDOWS, values)

    def withdraw_document(self, connection: Connection, document_id: str, now: str) -> None:
        """Takes a document out of the current ones; it stays listed as withdrawn."""
        self._drop(connection, document_id)
        connection.execute(WINDOWS.delete().where(WINDOWS.c.document_id == document_id))
        connection.execute(DOCUMENTS.update().where(DOCUMENTS.c.id == document_id).values(withdrawn_at=now))

    def clear_derived(self, connection: Connection, document_id: str | None = None) -> None:
        """Drops all that is made from a document, or from all of them; the documents stay."""
        for table in (PASSAGES, SECTIONS, ACRONYMS, WINDOWS, FACETS):
            of_it = sa.true() if document_id is None else table.c.document_id == document_id
            connection.execute(table.delete().where(of_it))

    def drop_ids(self, connection: Connection, ids: Iterable[str]) -> None:
        """Drops passages and sections, and what the documents of these ids are chosen by."""
        parameter = ids_parameter(ids)
        for column in (PASSAGES.c.id, SECTIONS.c.id, WINDOWS.c.passage_id, FACETS.c.document_id):
            connection.execute(column.table.delete().where(among(column)), parameter)

    def erase_document(self, connection: Connection, document_id: str) -> None:
        """Deletes a document and all that is made from it, without a trace."""
        self.clear_derived(connection, document_id)
        connection.execute(DOCUMENTS.delete().where(DOCUMENTS.c.id == document_id))

    def add_pending(self, connection: Connection, ids: Iterable[str]) -> None:
        """Marks ids whose vectors and words are about to change."""
        if rows := [{"id": passage_id} for passage_id in dict.fromkeys(ids)]:
            put_new(connection, PENDING, rows)

    def clear_pending(self, connection: Connection) -> None:
        """Tells that vectors and words agree with the catalog again."""
        connection.execute(PENDING.delete())

    def _drop(self, connection: Connection, document_id: str) -> None:
        for table in (PASSAGES, SECTIONS, ACRONYMS, FACETS):
            connection.execute(table.delete().where(table.c.document_id == document_id))

    def _set(self, connection: Connection, values: Mapping[str, str]) -> None:
        if rows := [{"key": key, "value": value} for key, value in values.items()]:
            put(connection, META, rows)
