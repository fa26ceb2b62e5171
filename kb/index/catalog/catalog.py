"""The catalog: what documents and passages there are. The truth, in SQLite, through SQLAlchemy Core.

One process writes (the index's writer lock sees to it), any number read: the write-ahead log lets them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.errors import StoreError
from kb.index.catalog.reader import FOLDER, SYNCED, CatalogReader, among, ids_parameter
from kb.index.catalog.rows import (
    ACRONYMS,
    DOCUMENTS,
    META,
    PASSAGES,
    PENDING,
    SECTIONS,
    WINDOWS,
    PassageRow,
    SectionRow,
    from_document,
    from_passage,
)
from kb.index.catalog.versions import prepare
from kb.text.acronyms import Mention
from kb.types import Document

SECONDS_TO_WAIT = 30.0
"""For another process that is writing."""


class Catalog(CatalogReader):
    """The catalog in the file `path`, made when missing if `create`.

    Raises StoreError when the file is missing (and not to be made), damaged, or of a version that cannot be brought up
    to date.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        if not create and not path.is_file():
            raise StoreError(f"{path} : la base n'existe pas encore. Lancez « reperes ingest » pour la constituer.")
        # mode=rw: a store that was taken away meanwhile must not come back as an empty file.
        mode = "rwc" if create else "rw"
        address = f"sqlite:///file:{quote(str(path.absolute()))}?mode={mode}&uri=true"
        super().__init__(sa.create_engine(address, connect_args={"timeout": SECONDS_TO_WAIT}))
        sa.event.listen(self._engine, "connect", _configure)
        try:
            prepare(self._engine, path, create=create)
        except StoreError:
            self._engine.dispose()
            raise

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()

    def copy_to(self, path: Path) -> None:
        """Writes a copy of the catalog to the new file `path`; what was deleted before is not in it."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM INTO :path"), {"path": str(path)})

    def compact(self) -> None:
        """Leaves no byte of what was deleted in the files. Raises StoreError while another program reads them."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM"))
            if connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]:
                raise StoreError("Un autre programme lit la base : attendez qu'il finisse, puis relancez.")

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One write transaction: all of it or nothing."""
        with self._engine.begin() as connection:
            yield connection

    # Everything below stands within `transaction()`.

    def set(self, connection: Connection, values: Mapping[str, str]) -> None:
        """Keeps values under their keys."""
        self._set(connection, values)

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

    def put_document(
        self,
        connection: Connection,
        document: Document,
        content_hash: str,
        file_hash: str,
        passages: Sequence[PassageRow],
        sections: Sequence[SectionRow],
        mentions: Sequence[Mention],
        now: str,
    ) -> None:
        """Makes a version of a document the current one, in place of the one before; its new windows come apart."""
        self._drop(connection, document.id)
        connection.execute(DOCUMENTS.delete().where(DOCUMENTS.c.id == document.id))
        connection.execute(DOCUMENTS.insert(), from_document(document, content_hash, file_hash, now))
        if passages:
            connection.execute(PASSAGES.insert(), [from_passage(row) for row in passages])
        if sections:
            connection.execute(SECTIONS.insert(), [asdict(row) for row in sections])
        if mentions:
            connection.execute(
                ACRONYMS.insert(), [{"document_id": document.id, **asdict(mention)} for mention in mentions]
            )
        kept = sa.select(PASSAGES.c.id).where(PASSAGES.c.document_id == document.id)
        connection.execute(
            WINDOWS.delete().where(WINDOWS.c.document_id == document.id, WINDOWS.c.passage_id.not_in(kept))
        )

    def set_file_hashes(self, connection: Connection, hashes: Mapping[str, str]) -> None:
        """Keeps which bytes the current version of documents was last read from."""
        for document_id, file_hash in hashes.items():
            connection.execute(DOCUMENTS.update().where(DOCUMENTS.c.id == document_id).values(file_hash=file_hash))

    def put_windows(self, connection: Connection, rows: Sequence[tuple[str, str, bytes]]) -> None:
        """Keeps packed windows: (passage id, document id, bytes)."""
        values = [dict(zip(("passage_id", "document_id", "packed"), row, strict=True)) for row in rows]
        if values:
            connection.execute(WINDOWS.insert().prefix_with("OR REPLACE"), values)

    def withdraw_document(self, connection: Connection, document_id: str, now: str) -> None:
        """Takes a document out of the current ones; it stays listed as withdrawn."""
        self._drop(connection, document_id)
        connection.execute(WINDOWS.delete().where(WINDOWS.c.document_id == document_id))
        connection.execute(DOCUMENTS.update().where(DOCUMENTS.c.id == document_id).values(withdrawn_at=now))

    def clear_derived(self, connection: Connection, document_id: str | None = None) -> None:
        """Drops all that is made from a document, or from all of them; the documents stay."""
        for table in (PASSAGES, SECTIONS, ACRONYMS, WINDOWS):
            of_it = sa.true() if document_id is None else table.c.document_id == document_id
            connection.execute(table.delete().where(of_it))

    def drop_ids(self, connection: Connection, ids: Iterable[str]) -> None:
        """Drops passages and sections."""
        parameter = ids_parameter(ids)
        for column in (PASSAGES.c.id, SECTIONS.c.id, WINDOWS.c.passage_id):
            connection.execute(column.table.delete().where(among(column)), parameter)

    def erase_document(self, connection: Connection, document_id: str) -> None:
        """Deletes a document and all that is made from it, without a trace."""
        self.clear_derived(connection, document_id)
        connection.execute(DOCUMENTS.delete().where(DOCUMENTS.c.id == document_id))

    def add_pending(self, connection: Connection, ids: Iterable[str]) -> None:
        """Marks ids whose vectors and words are about to change."""
        if rows := [{"id": passage_id} for passage_id in dict.fromkeys(ids)]:
            connection.execute(PENDING.insert().prefix_with("OR IGNORE"), rows)

    def clear_pending(self, connection: Connection) -> None:
        """Tells that vectors and words agree with the catalog again."""
        connection.execute(PENDING.delete())

    def _drop(self, connection: Connection, document_id: str) -> None:
        for table in (PASSAGES, SECTIONS, ACRONYMS):
            connection.execute(table.delete().where(table.c.document_id == document_id))

    def _set(self, connection: Connection, values: Mapping[str, str]) -> None:
        if rows := [{"key": key, "value": value} for key, value in values.items()]:
            connection.execute(META.insert().prefix_with("OR REPLACE"), rows)


def _configure(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # Questions read a few hundred rows here and there: through the memory, without a call to the system for each page.
    cursor.execute("PRAGMA mmap_size=1073741824")
    cursor.execute("PRAGMA synchronous=FULL")  # a commit survives a power cut, as those of the vectors do
    cursor.close()
