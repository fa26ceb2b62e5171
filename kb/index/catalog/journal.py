"""What a store remembers besides documents: pages that were fetched, reports of ingestions, what must not come back.

It stands in the catalog's database, so that it changes in the same transaction as the documents that it speaks of.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.dialects import Database, put
from kb.index.catalog.rows import FORGOTTEN, META, PAGES, REPORTS

REPORTS_KEPT = 200
ReportsState: TypeAlias = tuple[int | None, str | None]


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What is known of a page of the web that a source has read.

    `rules` tells how it was read (another way asks for its content again); `content_hash` covers the bytes received,
    `text_hash` the title and text read in them; `document_id` is the document that came of it, None for a feed, a
    sitemap or a page that only leads to others. `is_copy` tells that the document came from another address, with the
    same text; `parent` is the address of the page that a file is attached to; `links` is where the page leads, `parts`
    the addresses (with ETag and Last-Modified) of the rest of an article that is cut in several pages. `missing` counts
    the ingestions in a row in which it was gone (404, 410).
    """

    source: str
    url: str
    rules: str
    etag: str | None = None
    last_modified: str | None = None
    content_hash: str | None = None
    text_hash: str | None = None
    document_id: str | None = None
    parent: str | None = None
    is_copy: bool = False
    links: tuple[str, ...] = ()
    parts: tuple[tuple[str, str | None, str | None], ...] = ()
    missing: int = 0


class Journal:
    """The memory of the store whose catalog stands in `database`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # By how many were asked for: of which state, and the reports.
        self._recent: dict[int, tuple[ReportsState, list[dict[str, Any]]]] = {}

    def pages(self, source: str) -> dict[str, FetchedPage]:
        """The pages of a source, by their address."""
        with self._database.connect() as connection:
            rows = connection.execute(sa.select(PAGES).where(PAGES.c.source == source))
            return {row.url: _page(row) for row in rows}

    def sources(self) -> list[str]:
        """The sources that have pages."""
        with self._database.connect() as connection:
            return list(connection.execute(sa.select(PAGES.c.source).distinct()).scalars())

    def put_pages(self, pages: Iterable[FetchedPage]) -> None:
        """Keeps what is known of pages, in place of what was."""
        rows = [{**asdict(page), "links": json.dumps(page.links), "parts": json.dumps(page.parts)} for page in pages]
        if rows:
            with self._database.begin() as connection:
                put(connection, PAGES, rows)

    def drop_pages(self, source: str, urls: Iterable[str]) -> None:
        """Forgets pages of a source."""
        with self._database.begin() as connection:
            for url in urls:
                connection.execute(PAGES.delete().where(PAGES.c.source == source, PAGES.c.url == url))

    def add_report(self, report: Mapping[str, Any]) -> None:
        """Keeps the report of an ingestion (JSON), and drops the oldest ones beyond REPORTS_KEPT."""
        with self._database.begin() as connection:
            connection.execute(REPORTS.insert(), {"report": json.dumps(report, ensure_ascii=False)})
            newest = sa.select(REPORTS.c.id).order_by(REPORTS.c.id.desc()).limit(REPORTS_KEPT)
            connection.execute(REPORTS.delete().where(REPORTS.c.id.not_in(newest)))

    def reports(self, n: int = 20) -> list[dict[str, Any]]:
        """The reports of the last `n` ingestions, newest first."""
        # Every open page asks every few seconds, and a report may hold hundreds of changes.
        state, recent = self.reports_state(), self._recent.get(n)
        if recent is None or recent[0] != state:
            with self._database.connect() as connection:
                rows = connection.execute(sa.select(REPORTS.c.report).order_by(REPORTS.c.id.desc()).limit(n))
                recent = self._recent[n] = state, [json.loads(row.report) for row in rows]
        return list(recent[1])

    def reports_state(self) -> ReportsState:
        """What is another one whenever the reports are: the newest one's number, and the generation, which an erasure
        raises once it has taken lines out of them."""
        newest = sa.select(sa.func.max(REPORTS.c.id)).scalar_subquery()
        generation = sa.select(META.c.value).where(META.c.key == "generation").scalar_subquery()
        with self._database.connect() as connection:
            return tuple(connection.execute(sa.select(newest, generation)).one())

    def forgotten(self) -> set[str]:
        """The marks (`mark`) of the documents that were erased for good."""
        return set(self.forgotten_when())

    def forgotten_when(self) -> dict[str, str | None]:
        """The marks of the documents that were erased for good, each with when that was last asked for, in ISO."""
        with self._database.connect() as connection:
            return {row.mark: row.forgotten_at for row in connection.execute(sa.select(FORGOTTEN))}

    def note_forgotten(self, connection: Connection, document_ids: Iterable[str], when: str) -> None:
        """Notes that documents are erased for good, within a transaction."""
        put(connection, FORGOTTEN, [{"mark": mark(name), "forgotten_at": when} for name in document_ids])

    def forget(self, document_id: str, when: str) -> None:
        """Erases what is kept of a document, its reports included; only the mark of its id stays."""
        self._recent.clear()
        with self._database.begin() as connection:
            self.note_forgotten(connection, [document_id], when)
            pages = (PAGES.c.document_id == document_id) | (PAGES.c.url == document_id)
            # Reports name a page by the address that was asked for.
            names = {document_id, *connection.execute(sa.select(PAGES.c.url).where(pages)).scalars()}
            connection.execute(PAGES.delete().where(pages))
            for row in list(connection.execute(sa.select(REPORTS))):
                redacted = _without(json.loads(row.report), names)
                connection.execute(
                    REPORTS.update()
                    .where(REPORTS.c.id == row.id)
                    .values(report=json.dumps(redacted, ensure_ascii=False))
                )

    def allow(self, document_id: str) -> bool:
        """Lets a document that was erased come back; whether it had been."""
        with self._database.begin() as connection:
            found = connection.execute(FORGOTTEN.delete().where(FORGOTTEN.c.mark == mark(document_id)))
            return bool(found.rowcount)


def mark(document_id: str) -> str:
    """What stays of a document that was erased: the SHA-256 of its id, in hexadecimal."""
    return hashlib.sha256(document_id.encode()).hexdigest()


def _page(row: Any) -> FetchedPage:
    values = {name: getattr(row, name) for name in FetchedPage.__slots__}
    parts = tuple((url, etag, modified) for url, etag, modified in json.loads(row.parts))
    return FetchedPage(**{**values, "links": tuple(json.loads(row.links)), "parts": parts})


def _without(report: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """A report without the lines that speak of a document, which has these names."""
    # Not « note.md » within « une-note.md » or « note.md.bak ».
    named = re.compile("|".join(rf"(?<![\w/%-]){re.escape(name)}(?![\w/%-]|\.\w)" for name in names))
    return {
        key: [line for line in value if not _speaks_of(line, named)] if isinstance(value, list) else value
        for key, value in report.items()
    }


def _speaks_of(held: Any, named: re.Pattern[str]) -> bool:
    """Whether a text in a parsed value holds one of the names."""
    if isinstance(held, str):
        return bool(named.search(held))
    if isinstance(held, dict):
        return any(_speaks_of(value, named) for value in held.values())
    return isinstance(held, list) and any(_speaks_of(value, named) for value in held)
