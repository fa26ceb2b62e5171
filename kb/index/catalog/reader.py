"""What the catalog can be asked: everything that reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.dialects import Database
from kb.index.catalog.among import Among, among, ids_parameter, select_rows
from kb.index.catalog.facets import EVERY_DOCUMENT, Choice, Wanted, values_of
from kb.index.catalog.hashes import content_digest
from kb.index.catalog.journal import REPORTS_KEPT, Journal, ReportsState
from kb.index.catalog.readable import readable, readable_report
from kb.index.catalog.rows import (
    ENCODER,
    GENERATION,
    META,
    PENDING,
    DocumentState,
    Origin,
    Withdrawn,
    to_document,
    to_passage,
)
from kb.rights.rights import WHOLE, Rights
from kb.text.acronyms import Mention
from kb.types import Document, Passage, StoreStatus

FOLDER = "folder:"  # the keys of the folders of sources
RECENT_REPORTS = 5
SYNCED = "synced:"  # the keys of the sources that `sources.toml` listed at the last sync


class CatalogReader:
    """The catalog in a database, as somebody with `rights` may read it. `Catalog` writes it."""

    def __init__(self, database: Database, rights: Rights = WHOLE) -> None:
        self.database = database
        self.journal = Journal(database)
        self._rights = rights
        self._held = readable(rights)
        self._told: tuple[ReportsState, list[dict[str, Any]]] | None = None

    def get(self, key: str) -> str | None:
        """The value kept under `key` (`generation`, `encoder`, `last_ingestion`)."""
        with self.database.connect() as connection:
            return self._get(connection, key)

    def generation(self) -> int:
        """The number of commits so far: it grows with each change that readers must see."""
        return int(self.get(GENERATION) or 0)

    def folders(self) -> dict[str, str]:
        """The folder that each source was last ingested from, for the sources that are folders."""
        query = sa.select(META).where(META.c.key.startswith(FOLDER))
        with self.database.connect() as connection:
            found = {row.key.removeprefix(FOLDER): row.value for row in connection.execute(query)}
        return {source: folder for source, folder in found.items() if not self._rights.hides(source)}

    def synced_sources(self) -> set[str]:
        """The sources that were listed when all of them were last brought up to date."""
        query = sa.select(META.c.key).where(META.c.key.startswith(SYNCED))
        with self.database.connect() as connection:
            found = {key.removeprefix(SYNCED) for key in connection.execute(query).scalars()}
        return {source for source in found if not self._rights.hides(source)}

    def states(self) -> dict[str, DocumentState]:
        """What is known of every document, withdrawn ones included."""
        columns = self._held.documents.c
        query = sa.select(columns.id, columns.source, columns.content_hash, columns.file_hash, columns.withdrawn_at)
        with self.database.connect() as connection:
            return {
                row.id: DocumentState(row.source, row.content_hash, row.file_hash, row.withdrawn_at is not None)
                for row in connection.execute(query)
            }

    def withdrawn(self) -> list[Withdrawn]:
        """The documents that left the base, latest first; those of one second by their ids."""
        columns = self._held.documents.c
        query = sa.select(columns.id, columns.title, columns.source, columns.withdrawn_at)
        query = query.where(columns.withdrawn_at.is_not(None)).order_by(columns.withdrawn_at.desc(), columns.id)
        with self.database.connect() as connection:
            return [Withdrawn(*row) for row in connection.execute(query)]

    def document(self, document_id: str) -> Document | None:
        """A current document, or None."""
        return self.documents([document_id]).get(document_id)

    def read_at(self, document_id: str) -> str | None:
        """When the current version of a document was read: an ISO date and time in UTC; None when there is none."""
        columns = self._held.documents.c
        query = sa.select(columns.updated_at).where(among(columns.id), columns.withdrawn_at.is_(None))
        with self.database.connect() as connection:
            return connection.execute(query, ids_parameter([document_id])).scalar_one_or_none()

    def origin(self, document_id: str) -> Origin | None:
        """The file that a current document was read from; None where its source is no folder."""
        columns = self._held.documents.c
        query = sa.select(columns.source, columns.file_hash).where(among(columns.id), columns.withdrawn_at.is_(None))
        with self.database.connect() as connection:
            found = connection.execute(query, ids_parameter([document_id])).one_or_none()
            folder = None if found is None else self._get(connection, FOLDER + found.source)
            return None if found is None or folder is None else Origin(folder, content_digest(found.file_hash))

    def documents(self, ids: Iterable[str]) -> dict[str, Document]:
        """The current documents among `ids`."""
        documents = self._held.documents
        query = sa.select(documents).where(among(documents.c.id), documents.c.withdrawn_at.is_(None))
        with self.database.connect() as connection:
            return {row.id: to_document(row) for row in connection.execute(query, ids_parameter(ids)).all()}

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """The current passages among `ids`."""
        passages = self._held.passages
        with self.database.connect() as connection:
            return {row.id: to_passage(row) for row in select_rows(connection, passages, passages.c.id, ids)}

    def passages_of_sections(self, section_ids: Iterable[str]) -> dict[str, list[str]]:
        """The ids of the passages of each section, in the order of the document."""
        found: dict[str, list[str]] = {}
        columns = self._held.passages.c
        query = sa.select(columns.id, columns.section_id)
        query = query.where(among(columns.section_id)).order_by(columns.ordinal)
        with self.database.connect() as connection:
            for passage_id, section_id in connection.execute(query, ids_parameter(section_ids)).all():
                found.setdefault(section_id, []).append(passage_id)
        return found

    def windows(self, passage_ids: Iterable[str]) -> dict[str, bytes]:
        """The packed windows of those of the passages that have them."""
        columns = self._held.windows.c
        query = sa.select(columns.passage_id, columns.packed).where(among(columns.passage_id))
        with self.database.connect() as connection:
            return dict(connection.execute(query, ids_parameter(passage_ids)).all())

    def passage_ids(self, document_ids: Iterable[str]) -> list[str]:
        """The ids of the passages of documents."""
        return self._column(self._held.passages, document_ids)

    def documents_of(self, passage_ids: Iterable[str]) -> set[str]:
        """The ids of the documents that passages are of; those of passages that are not current are left out."""
        columns = self._held.passages.c
        query = sa.select(columns.document_id).where(among(columns.id)).distinct()
        with self.database.connect() as connection:
            return set(connection.execute(query, ids_parameter(passage_ids)).scalars())

    def section_ids(self, document_ids: Iterable[str]) -> list[str]:
        """The ids of the sections of documents."""
        return self._column(self._held.sections, document_ids)

    def mentions(self) -> list[tuple[str, Mention]]:
        """What the current documents say of acronyms, with the documents' ids."""
        with self.database.connect() as connection:
            return [
                (row.document_id, Mention(row.acronym, row.expansion, row.sure))
                for row in connection.execute(sa.select(self._held.acronyms))
            ]

    def document_ids(self) -> list[str]:
        """The ids of the current documents."""
        columns = self._held.documents.c
        query = sa.select(columns.id).where(columns.withdrawn_at.is_(None))
        with self.database.connect() as connection:
            return list(connection.execute(query).scalars())

    def among(
        self, wanted: Wanted = EVERY_DOCUMENT, named: Collection[str] | None = None, known: dict[str, Any] | None = None
    ) -> Among:
        """What restricts a search to documents that are wanted: see `Among`."""
        return Among(self.database, self._held, wanted, named, known)

    def values(self, field: Choice, keys: Iterable[str] | None = None) -> dict[str, str]:
        """The values that documents have of a field, by their keys (`key_of`); only those of `keys` if given."""
        query = values_of(self._held.facets, field, keys)
        with self.database.connect() as connection:
            return {row.key: row.value for row in connection.execute(query)}

    def headers(self) -> list[Document]:
        """The current documents, their texts left out."""
        columns = self._held.documents.c
        without = (column for column in columns if column.name != "text")
        light = sa.select(*without, sa.literal("").label("text")).where(columns.withdrawn_at.is_(None))
        with self.database.connect() as connection:
            return [to_document(row) for row in connection.execute(light)]

    def ids_by_hash(self, hashes: Iterable[str]) -> dict[str, str]:
        """For each hash of an embedded text, a passage or section that has it: its vector can be used again."""
        found: dict[str, str] = {}
        wanted = list(hashes)
        with self.database.connect() as connection:
            for table in (self._held.passages, self._held.sections):
                for row in select_rows(connection, table, table.c.text_hash, wanted):
                    found[row.text_hash] = row.id
        return found

    def ids_of(self, document_ids: Iterable[str]) -> set[str]:
        """The ids of all passages and sections of documents."""
        wanted = list(document_ids)
        with self.database.connect() as connection:
            return {
                row.id
                for table in (self._held.passages, self._held.sections)
                for row in select_rows(connection, table, table.c.document_id, wanted)
            }

    def documents_with(self, ids: Iterable[str]) -> dict[str, Document]:
        """The current documents that have some of the passages and sections `ids`."""
        wanted = list(ids)
        with self.database.connect() as connection:
            tables = (self._held.passages, self._held.sections)
            owners = {row.document_id for table in tables for row in select_rows(connection, table, table.c.id, wanted)}
        return self.documents(owners)

    def owners(self, kind: Literal["passages", "sections"]) -> dict[str, str]:
        """The document of every passage or section."""
        table = self._held.passages if kind == "passages" else self._held.sections
        with self.database.connect() as connection:
            rows = connection.execute(sa.select(table.c.id, table.c.document_id))
            return {row.id: row.document_id for row in rows}

    def sections_in_use(self, document_id: str) -> set[str]:
        """The sections that the passages of a document stand in."""
        columns = self._held.passages.c
        query = sa.select(columns.section_id).where(columns.document_id == document_id)
        with self.database.connect() as connection:
            return set(connection.execute(query).scalars())

    def current(self, ids: Iterable[str]) -> set[str]:
        """Which of `ids` (of passages and sections) are current."""
        wanted = list(ids)
        with self.database.connect() as connection:
            tables = (self._held.passages, self._held.sections)
            return {found for table in tables for found in self._ids(connection, table, wanted)}

    def is_small(self, passages: int) -> bool:
        """Whether there are at most so many passages; it costs no more to ask when there are millions."""
        some = sa.select(self._held.passages.c.id).limit(passages + 1).subquery()
        with self.database.connect() as connection:
            found: int = connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()
            return found <= passages

    def pending(self) -> list[str]:
        """Ids that an interrupted commit may have left in the vectors and words."""
        with self.database.connect() as connection:
            return list(connection.execute(sa.select(PENDING.c.id)).scalars())

    def reports(self, n: int) -> list[dict[str, Any]]:
        """The last reports of ingestions, at most `n`, newest first: what they tell of documents that may be read."""
        if not self._rights.hidden:
            return self.journal.reports(n)
        state, told = self.journal.reports_state(), self._told
        if told is None or told[0] != state:
            reports = self.journal.reports(REPORTS_KEPT)
            named = {change["document"] for report in reports for change in report.get("changes", ())}
            with self.database.connect() as connection:
                shown = set(self._ids(connection, self._held.documents, named))
            told = self._told = state, list(filter(None, (readable_report(report, shown) for report in reports)))
        return told[1][:n]

    def status(self) -> StoreStatus:
        """The state of the store; of a part of it, the last ingestion is the last that changed something there."""
        count = sa.func.count()
        documents, passages = self._held.documents, self._held.passages
        is_current = documents.c.withdrawn_at.is_(None)
        with self.database.connect() as connection:
            sources = connection.execute(
                sa.select(documents.c.source, count).where(is_current).group_by(documents.c.source)
            )
            per_source = {str(name): int(number) for name, number in sources}
            last = self._get(connection, "last_ingestion")
            if self._rights.hidden:
                moments = sa.select(sa.func.max(documents.c.updated_at), sa.func.max(documents.c.withdrawn_at))
                last = max(filter(None, connection.execute(moments).one()), default=None)
            return StoreStatus(
                documents=sum(per_source.values()),
                passages=connection.execute(sa.select(count).select_from(passages)).scalar_one(),
                withdrawn=connection.execute(
                    sa.select(count).select_from(documents).where(sa.not_(is_current))
                ).scalar_one(),
                generation=int(self._get(connection, GENERATION) or 0),
                last_ingestion=last,
                encoder=self._get(connection, ENCODER),
                sources=per_source,
                reports=tuple(self.reports(RECENT_REPORTS)),
            )

    def _ids(self, connection: Connection, table: sa.FromClause, ids: Iterable[str]) -> Iterator[str]:
        yield from connection.execute(sa.select(table.c.id).where(among(table.c.id)), ids_parameter(ids)).scalars()

    def _column(self, table: sa.FromClause, document_ids: Iterable[str]) -> list[str]:
        query = sa.select(table.c.id).where(among(table.c.document_id))
        with self.database.connect() as connection:
            return list(connection.execute(query, ids_parameter(document_ids)).scalars())

    def _get(self, connection: Connection, key: str) -> str | None:
        return connection.execute(sa.select(META.c.value).where(META.c.key == key)).scalar_one_or_none()
