"""The catalog: what documents and passages there are. The truth, in SQLite, through SQLAlchemy Core.

One process writes (the index's writer lock sees to it), any number read: the write-ahead log lets them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.errors import StoreError
from kb.types import CitedSource, Document, Passage, StoreStatus

SCHEMA_VERSION = "1"
_FOLDER = "folder:"  # the keys of the folders of sources
_CHUNK = 500  # values in one IN (…): well under SQLite's limit on variables

_metadata = sa.MetaData()
_meta = sa.Table("meta", _metadata, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
_documents = sa.Table(
    "documents",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False, index=True),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("file_hash", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("date", sa.Text),
    sa.Column("rubric", sa.Text),
    sa.Column("kind", sa.Text),
    sa.Column("origin", sa.Text),
    sa.Column("details", sa.Text, nullable=False),  # JSON: programmes, partners, cited sources, page starts
    sa.Column("updated_at", sa.Text, nullable=False),  # ISO, UTC
    sa.Column("withdrawn_at", sa.Text),  # null = current
)
_passages = sa.Table(
    "passages",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("document_id", sa.Text, nullable=False, index=True),
    sa.Column("section_id", sa.Text, nullable=False, index=True),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("heading_path", sa.Text, nullable=False),  # JSON
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("table_header", sa.Text, nullable=False),
    sa.Column("text_hash", sa.Text, nullable=False, index=True),
)
_sections = sa.Table(
    "sections",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("document_id", sa.Text, nullable=False, index=True),
    sa.Column("text_hash", sa.Text, nullable=False, index=True),
)
# Ids that the vectors and words may hold or lack wrongly: written before they change, removed once all agree.
_pending = sa.Table("pending", _metadata, sa.Column("id", sa.Text, primary_key=True))


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage as the catalog keeps it, with its section and the hash of the text that was embedded for it."""

    passage: Passage
    section_id: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section of a document, with the hash of the title that was embedded for it."""

    id: str
    document_id: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What ingestion has to know of a document that the catalog already has."""

    source: str
    content_hash: str
    file_hash: str
    withdrawn: bool


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
                _metadata.create_all(self._engine)
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
        query = sa.select(_meta).where(_meta.c.key.startswith(_FOLDER))
        with self._engine.connect() as connection:
            return {row.key.removeprefix(_FOLDER): row.value for row in connection.execute(query)}

    def states(self) -> dict[str, DocumentState]:
        """What is known of every document, withdrawn ones included."""
        columns = _documents.c
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
                query = sa.select(_documents).where(_documents.c.id.in_(chunk), _documents.c.withdrawn_at.is_(None))
                found.update((row.id, _to_document(row)) for row in connection.execute(query))
        return found

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """The current passages among `ids`."""
        with self._engine.connect() as connection:
            return {row.id: _to_passage(row) for row in _select(connection, _passages, _passages.c.id, ids)}

    def passages_of_sections(self, section_ids: Iterable[str]) -> dict[str, list[str]]:
        """The ids of the passages of each section, in the order of the document."""
        found: dict[str, list[str]] = {}
        with self._engine.connect() as connection:
            rows = _select(connection, _passages, _passages.c.section_id, section_ids)
            for row in sorted(rows, key=lambda each: int(each.ordinal)):
                found.setdefault(row.section_id, []).append(row.id)
        return found

    def ids_by_hash(self, hashes: Iterable[str]) -> dict[str, str]:
        """For each hash of an embedded text, a passage or section that has it: its vector can be used again."""
        found: dict[str, str] = {}
        wanted = list(hashes)
        with self._engine.connect() as connection:
            for table in (_passages, _sections):
                for row in _select(connection, table, table.c.text_hash, wanted):
                    found[row.text_hash] = row.id
        return found

    def ids_of(self, document_ids: Iterable[str]) -> set[str]:
        """The ids of all passages and sections of documents."""
        wanted = list(document_ids)
        with self._engine.connect() as connection:
            return {
                row.id
                for table in (_passages, _sections)
                for row in _select(connection, table, table.c.document_id, wanted)
            }

    def current(self, ids: Iterable[str]) -> set[str]:
        """Which of `ids` (of passages and sections) are current."""
        wanted = list(ids)
        with self._engine.connect() as connection:
            tables = (_passages, _sections)
            return {row.id for table in tables for row in _select(connection, table, table.c.id, wanted)}

    def pending(self) -> list[str]:
        """Ids that an interrupted commit may have left in the vectors and words."""
        with self._engine.connect() as connection:
            return list(connection.execute(sa.select(_pending.c.id)).scalars())

    def status(self) -> StoreStatus:
        """The state of the store."""
        count = sa.func.count()
        is_current = _documents.c.withdrawn_at.is_(None)
        with self._engine.connect() as connection:
            sources = connection.execute(
                sa.select(_documents.c.source, count).where(is_current).group_by(_documents.c.source)
            )
            per_source = {str(name): int(number) for name, number in sources}
            return StoreStatus(
                documents=sum(per_source.values()),
                passages=connection.execute(sa.select(count).select_from(_passages)).scalar_one(),
                withdrawn=connection.execute(
                    sa.select(count).select_from(_documents).where(sa.not_(is_current))
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
        connection.execute(_documents.delete().where(_documents.c.id == document.id))
        connection.execute(_documents.insert(), _from_document(document, content_hash, file_hash, now))
        if passages:
            connection.execute(_passages.insert(), [_from_passage(row) for row in passages])
        if sections:
            connection.execute(_sections.insert(), [asdict(row) for row in sections])

    def withdraw_document(self, connection: Connection, document_id: str, now: str) -> None:
        """Takes a document out of the current ones; it stays listed as withdrawn."""
        self._drop(connection, document_id)
        connection.execute(_documents.update().where(_documents.c.id == document_id).values(withdrawn_at=now))

    def add_pending(self, connection: Connection, ids: Iterable[str]) -> None:
        """Marks ids whose vectors and words are about to change."""
        for chunk in _chunks(ids):
            connection.execute(_pending.insert().prefix_with("OR IGNORE"), [{"id": each} for each in chunk])

    def clear_pending(self, connection: Connection) -> None:
        """Tells that vectors and words agree with the catalog again."""
        connection.execute(_pending.delete())

    def _drop(self, connection: Connection, document_id: str) -> None:
        for table in (_passages, _sections):
            connection.execute(table.delete().where(table.c.document_id == document_id))

    def _get(self, connection: Connection, key: str) -> str | None:
        return connection.execute(sa.select(_meta.c.value).where(_meta.c.key == key)).scalar_one_or_none()

    def _set(self, connection: Connection, values: Mapping[str, str]) -> None:
        rows = [{"key": key, "value": value} for key, value in values.items()]
        connection.execute(_meta.insert().prefix_with("OR REPLACE"), rows)


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


def _from_document(document: Document, content_hash: str, file_hash: str, now: str) -> dict[str, Any]:
    details = {
        "programmes": document.programmes,
        "partners": document.partners,
        "cited_sources": [asdict(each) for each in document.cited_sources],
        "page_starts": document.page_starts,
    }
    row = {name: getattr(document, name) for name in ("id", "source", "title", "text", "url", "date", "rubric", "kind")}
    return {
        **row,
        "origin": document.origin,
        "content_hash": content_hash,
        "file_hash": file_hash,
        "details": json.dumps(details, ensure_ascii=False),
        "updated_at": now,
        "withdrawn_at": None,
    }


def _to_document(row: Any) -> Document:
    details = json.loads(row.details)
    return Document(
        id=row.id,
        source=row.source,
        title=row.title,
        text=row.text,
        url=row.url,
        date=row.date,
        rubric=row.rubric,
        kind=row.kind,
        programmes=tuple(details["programmes"]),
        partners=tuple(details["partners"]),
        cited_sources=tuple(CitedSource(**each) for each in details["cited_sources"]),
        origin=row.origin,
        page_starts=tuple(details["page_starts"]),
    )


def _from_passage(row: PassageRow) -> dict[str, Any]:
    values = asdict(row.passage)
    values["heading_path"] = json.dumps(row.passage.heading_path, ensure_ascii=False)
    return {**values, "section_id": row.section_id, "text_hash": row.text_hash}


def _to_passage(row: Any) -> Passage:
    return Passage(
        id=row.id,
        document_id=row.document_id,
        ordinal=row.ordinal,
        heading_path=tuple(json.loads(row.heading_path)),
        text=row.text,
        start=row.start,
        end=row.end,
        table_header=row.table_header,
    )
