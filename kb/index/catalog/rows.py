"""The catalog's tables, and what a row of them holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from kb.text.acronyms import Mention
from kb.types import CitedSource, Document, Passage

METADATA = sa.MetaData()
GENERATION, ENCODER = "generation", "encoder"  # keys of `meta`: the number of commits, what made the vectors
META = sa.Table("meta", METADATA, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
DOCUMENTS = sa.Table(
    "documents",
    METADATA,
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
PASSAGES = sa.Table(
    "passages",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("document_id", sa.Text, nullable=False, index=True),
    sa.Column("section_id", sa.Text, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("heading_path", sa.Text, nullable=False),  # JSON
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("table_header", sa.Text, nullable=False),
    sa.Column("text_hash", sa.Text, nullable=False, index=True),
)
# All that a ranking of sections asks of their passages, without reading the passages' texts.
sa.Index("passages_by_section", PASSAGES.c.section_id, PASSAGES.c.ordinal, PASSAGES.c.id)
SECTIONS = sa.Table(
    "sections",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("document_id", sa.Text, nullable=False, index=True),
    sa.Column("text_hash", sa.Text, nullable=False, index=True),
)
# Derived from the passages, as vectors and words are; here since a commit must bring them with the passage.
WINDOWS = sa.Table(
    "windows",
    METADATA,
    sa.Column("passage_id", sa.Text, primary_key=True),
    sa.Column("document_id", sa.Text, nullable=False, index=True),
    sa.Column("packed", sa.LargeBinary, nullable=False),  # kb/index/windows.py
)
ACRONYMS = sa.Table(
    "acronyms",
    METADATA,
    sa.Column("document_id", sa.Text, nullable=False, index=True),
    sa.Column("acronym", sa.Text, nullable=False),
    sa.Column("expansion", sa.Text, nullable=False),
    sa.Column("sure", sa.Boolean, nullable=False),
)
# What current documents are chosen by (kb/index/catalog/facets.py): `key` is what is compared, `value` what is shown.
FACETS = sa.Table(
    "facets",
    METADATA,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
sa.Index("documents_by_facet", FACETS.c.field, FACETS.c.key, FACETS.c.document_id)
# Ids that the vectors and words may hold or lack wrongly: written before they change, removed once all agree.
PENDING = sa.Table("pending", METADATA, sa.Column("id", sa.Text, primary_key=True))
# What was fetched from the web (kb/index/catalog/journal.py).
PAGES = sa.Table(
    "pages",
    METADATA,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("url", sa.Text, primary_key=True),
    sa.Column("rules", sa.Text, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("content_hash", sa.Text),
    sa.Column("text_hash", sa.Text),
    sa.Column("document_id", sa.Text),
    sa.Column("parent", sa.Text),
    sa.Column("is_copy", sa.Boolean, nullable=False),
    sa.Column("links", sa.Text, nullable=False),  # JSON
    sa.Column("parts", sa.Text, nullable=False),  # JSON
    sa.Column("missing", sa.Integer, nullable=False),
)
# Reports of ingestions; the table keeps the name that it has in stores made before.
REPORTS = sa.Table(
    "runs", METADATA, sa.Column("id", sa.Integer, primary_key=True), sa.Column("report", sa.Text, nullable=False)
)
FORGOTTEN = sa.Table(
    "forgotten", METADATA, sa.Column("mark", sa.Text, primary_key=True), sa.Column("forgotten_at", sa.Text)
)


class Version(Protocol):
    """A version of a document to make current, as far as its own rows need it."""

    @property
    def document(self) -> Document:
        """The document."""

    @property
    def content_hash(self) -> str:
        """Of the content that its answers depend on."""

    @property
    def file_hash(self) -> str:
        """Of the bytes that it was read from."""

    @property
    def mentions(self) -> Sequence[Mention]:
        """What it says of acronyms."""


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


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that a document was read from, as far as the catalog knows: the folder that its source is (the
    document's id is the path in it), and the SHA-256 of the bytes, in hexadecimal; None in stores of before.
    """

    folder: str
    digest: str | None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A document that left the base. `withdrawn_at` is an ISO date and time in UTC."""

    document: str
    title: str
    source: str
    withdrawn_at: str


def from_document(document: Document, content_hash: str, file_hash: str, now: str) -> dict[str, Any]:
    """The row of a document that is current from `now` on."""
    details = {
        "programmes": document.programmes,
        "partners": document.partners,
        "cited_sources": [asdict(cited) for cited in document.cited_sources],
        "page_starts": document.page_starts,
        "parent": document.parent,
        "remarks": document.remarks,
        "recognised": document.recognised,
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


def to_document(row: Any) -> Document:
    """The document that a row holds."""
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
        cited_sources=tuple(CitedSource(**cited) for cited in details["cited_sources"]),
        origin=row.origin,
        page_starts=tuple(details["page_starts"]),
        parent=details.get("parent"),  # this and what follows: absent from stores of before
        remarks=tuple(details.get("remarks", ())),
        recognised=tuple((start, end) for start, end in details.get("recognised", ())),
    )


def from_passage(row: PassageRow) -> dict[str, Any]:
    """The row of a passage."""
    values = asdict(row.passage)
    values["heading_path"] = json.dumps(row.passage.heading_path, ensure_ascii=False)
    return {**values, "section_id": row.section_id, "text_hash": row.text_hash}


def to_passage(row: Any) -> Passage:
    """The passage that a row holds."""
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
