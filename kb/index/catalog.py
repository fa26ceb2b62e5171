"""The catalog: what documents and passages there are. The truth, in SQLite, through SQLAlchemy Core.

One process writes (the index's writer lock sees to it), any number read: the write-ahead log lets them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.errors import StoreError
from kb.index.rows import (
    DOCUMENTS,
    META,
    METADATA,
    PASSAGES,
    PENDING,
    SECTIONS,
    DocumentState,
    PassageRow,
    SectionRow,
    from_document,
    from_passage,
    to_document,
    to_passage,
)
from kb.types import Document, Passage, StoreStatus

SCHEMA_VERSION = "1"
_FOLDER = "folder:"  # the keys of the folders of sources
_CHUNK = 500  # values in one IN (…): well under SQLite's limit on variables


class Catalog:
    """The catalog in the file `path`, made when missing if `create`.

    Raises StoreError when the file is missing (and not to be made), damaged, or of another schema version.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        if not create and not path.is_file():
            raise StoreError(f"{path} : la base n'existe pas encore. Lancez « reperes ingest » pour la constituer.")
        self._engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        sa.event.listen(self._engine, "connect", _configure)
        try:
            if create:
                METADATA.create_all(self._engine)
                with self.transaction() as connection:
                    if self._get(connection, "schema") is None:
                        self._set(connection, {"schema": SCHEMA_VERSION, "generation": "0"})
            with self._engine.connect() as connection:
                version = self._get(connection, "schema")
        except sa.exc.DatabaseError as error:
            self._engine.dispose()
            raise StoreError(
                f"{path} : la base est illisible ({error.orig}). Supprimez son dossier puis lancez « reperes ingest »."
            ) from error
        if version != SCHEMA_VERSION:
            self._engine.dispose()
            raise StoreError(
                f"{path} : la base a été faite par une autre version de Repères (schéma {version}, il faut "
                f"{SCHEMA_VERSION}). Supprimez son dossier puis lancez « reperes ingest »."
            )

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One write transaction: all of it or nothing."""
        with self._engine.begin() as connection:
            yield connection

    # Reading

    def get(self, key: str) -> str | None:
        """The value kept under `key` (`generation`, `fingerprint`, `encoder`, `last_ingestion`)."""
        with self._engine.connect() as connection:
            return self._get(connection, key)

    def generation(self) -> int:
        """The number of commits so far: it grows with each change that readers must see."""
        return int(self.get("generation") or 0)

    def folders(self) -> dict[str, str]:
        """The folder that each source was last ingested from, for the sources that are folders."""
        query = sa.select(META).where(META.c.key.startswith(_FOLDER))
        with self._engine.connect() as connection:
            return {row.key.removeprefix(_FOLDER): row.value for row in connection.execute(query)}

    def states(self) -> dict[str, DocumentState]:
        """What is known of every document, withdrawn ones included."""
        columns = DOCUMENTS.c
        query = sa.select(columns.id, columns.source, columns.content_hash, columns.file_hash, columns.withdrawn_at)
        with self._engine.connect() as connection:
            return {
                row.id: DocumentState(row.source, row.content_hash, row.file_hash, row.withdrawn_at is not None)
                for row in connection.execute(query)
            }

    def document(self, document_id: str) -> Document | None:
        """A current document, or None."""
        return self.documents([document_id]).get(document_id)

    def documents(self, ids: Iterable[str]) -> dict[str, Document]:
        """The current documents among `ids`."""
        found: dict[str, Document] = {}
        with self._engine.connect() as connection:
            for chunk in _chunks(ids):
                query = sa.select(DOCUMENTS).where(DOCUMENTS.c.id.in_(chunk), DOCUMENTS.c.withdrawn_at.is_(None))
                found.update((row.id, to_document(row)) for row in connection.execute(query))
        return found

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """The current passages among `ids`."""
        with self._engine.connect() as connection:
            return {row.id: to_passage(row) for row in _select(connection, PASSAGES, PASSAGES.c.id, ids)}

    def passages_of_sections(self, section_ids: Iterable[str]) -> dict[str, list[str]]:
        """The ids of the passages of each section, in the order of the document."""
        found: dict[str, list[str]] = {}
        with self._engine.connect() as connection:
            rows = _select(connection, PASSAGES, PASSAGES.c.section_id, section_ids)
            for row in sorted(rows, key=lambda each: int(each.ordinal)):
                found.setdefault(row.section_id, []).append(row.id)
        return found

    def ids_by_hash(self, hashes: Iterable[str]) -> dict[str, str]:
        """For each hash of an embedded text, a passage or section that has it: its vector can be used again."""
        found: dict[str, str] = {}
        wanted = list(hashes)
        with self._engine.connect() as connection:
            for table in (PASSAGES, SECTIONS):
                for row in _select(connection, table, table.c.text_hash, wanted):
                    found[row.text_hash] = row.id
        return found

    def ids_of(self, document_ids: Iterable[str]) -> set[str]:
        """The ids of all passages and sections of documents."""
        wanted = list(document_ids)
        with self._engine.connect() as connection:
            return {
                row.id
                for table in (PASSAGES, SECTIONS)
                for row in _select(connection, table, table.c.document_id, wanted)
            }

    def current(self, ids: Iterable[str]) -> set[str]:
        """Which of `ids` (of passages and sections) are current."""
        wanted = list(ids)
        with self._engine.connect() as connection:
            tables = (PASSAGES, SECTIONS)
            return {row.id for table in tables for row in _select(connection, table, table.c.id, wanted)}

    def pending(self) -> list[str]:
        """Ids that an interrupted commit may have left in the vectors and words."""
        with self._engine.connect() as connection:
            return list(connection.execute(sa.select(PENDING.c.id)).scalars())

    def status(self) -> StoreStatus:
        """The state of the store."""
        count = sa.func.count()
        is_current = DOCUMENTS.c.withdrawn_at.is_(None)
        with self._engine.connect() as connection:
            sources = connection.execute(
                sa.select(DOCUMENTS.c.source, count).where(is_current).group_by(DOCUMENTS.c.source)
            )
            per_source = {str(name): int(number) for name, number in sources}
            return StoreStatus(
                documents=sum(per_source.values()),
                passages=connection.execute(sa.select(count).select_from(PASSAGES)).scalar_one(),
                withdrawn=connection.execute(
                    sa.select(count).select_from(DOCUMENTS).where(sa.not_(is_current))
                ).scalar_one(),
                generation=int(self._get(connection, "generation") or 0),
                last_ingestion=self._get(connection, "last_ingestion"),
                encoder=self._get(connection, "encoder"),
                sources=per_source,
            )

    # Writing: within `transaction()`

    def set(self, connection: Connection, values: Mapping[str, str]) -> None:
        """Keeps values under their keys."""
        self._set(connection, values)

    def set_folder(self, connection: Connection, source: str, folder: str) -> None:
        """Keeps the folder that a source is ingested from."""
        self._set(connection, {_FOLDER + source: folder})

    def bump_generation(self, connection: Connection) -> int:
        """Tells readers that there is something new; returns the new generation."""
        generation = int(self._get(connection, "generation") or 0) + 1
        self._set(connection, {"generation": str(generation)})
        return generation

    def put_document(
        self,
        connection: Connection,
        document: Document,
        content_hash: str,
        file_hash: str,
        passages: Sequence[PassageRow],
        sections: Sequence[SectionRow],
        now: str,
    ) -> None:
        """Makes a version of a document the current one, in place of the one before."""
        self._drop(connection, document.id)
        connection.execute(DOCUMENTS.delete().where(DOCUMENTS.c.id == document.id))
        connection.execute(DOCUMENTS.insert(), from_document(document, content_hash, file_hash, now))
        if passages:
            connection.execute(PASSAGES.insert(), [from_passage(row) for row in passages])
        if sections:
            connection.execute(SECTIONS.insert(), [asdict(row) for row in sections])

    def withdraw_document(self, connection: Connection, document_id: str, now: str) -> None:
        """Takes a document out of the current ones; it stays listed as withdrawn."""
        self._drop(connection, document_id)
        connection.execute(DOCUMENTS.update().where(DOCUMENTS.c.id == document_id).values(withdrawn_at=now))

    def add_pending(self, connection: Connection, ids: Iterable[str]) -> None:
        """Marks ids whose vectors and words are about to change."""
        for chunk in _chunks(ids):
            connection.execute(PENDING.insert().prefix_with("OR IGNORE"), [{"id": each} for each in chunk])

    def clear_pending(self, connection: Connection) -> None:
        """Tells that vectors and words agree with the catalog again."""
        connection.execute(PENDING.delete())

    def _drop(self, connection: Connection, document_id: str) -> None:
        for table in (PASSAGES, SECTIONS):
            connection.execute(table.delete().where(table.c.document_id == document_id))

    def _get(self, connection: Connection, key: str) -> str | None:
        return connection.execute(sa.select(META.c.value).where(META.c.key == key)).scalar_one_or_none()

    def _set(self, connection: Connection, values: Mapping[str, str]) -> None:
        rows = [{"key": key, "value": value} for key, value in values.items()]
        connection.execute(META.insert().prefix_with("OR REPLACE"), rows)


def _configure(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # a commit survives a power cut, as those of the vectors do
    cursor.close()


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    values = list(dict.fromkeys(ids))
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _select(connection: Connection, table: sa.Table, column: sa.Column[Any], ids: Iterable[str]) -> Iterator[Any]:
    for chunk in _chunks(ids):
        yield from connection.execute(sa.select(table).where(column.in_(chunk)))
