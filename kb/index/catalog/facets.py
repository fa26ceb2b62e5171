"""What documents are chosen by: a narrow row for each value that one of them has, looked up by its indexes.

Only current documents have rows here. The rows are derived from the documents, as those of acronyms are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.index.catalog.rows import DOCUMENTS, FACETS, to_document
from kb.text.folding import fold
from kb.types import Document

Choice = Literal["kind", "rubric", "programme", "partner"]
"""What documents have values of, compared without case and accents."""

_PAGE = 2_000  # documents read at a time
# PostgreSQL takes 2,704 bytes in a row of an index, the document's id included. A name is not that long.
_LONGEST_KEY = 100
_Conditions: TypeAlias = Callable[[sa.FromClause], list[sa.ColumnElement[bool]]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a document must be, all of it. By default any document is wanted.

    `values`: fields, each with the keys (`key_of`) of values, one of which the document must have. `since` and `until`:
    the first and the last day (`2024-03-15`) that its date, which may be a year or a month, must touch; one without a
    date does not.
    """

    values: tuple[tuple[Choice, frozenset[str]], ...] = ()
    since: str | None = None
    until: str | None = None


EVERY_DOCUMENT = Wanted()


def key_of(value: str) -> str:
    """What two values have in common when nothing but case and accents tells them apart."""
    key = fold(value)
    return key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def facets_of(document: Document) -> list[dict[str, str]]:
    """The rows of a current document."""
    held: Mapping[str, tuple[str | None, ...]] = {
        "kind": (document.kind,),
        "rubric": (document.rubric,),
        "programme": document.programmes,
        "partner": document.partners,
    }
    # By their keys: a document that writes a name in two ways has one row of it.
    rows = {("source", document.source): document.source}
    if document.date:
        rows["date", document.date] = document.date
    rows |= {(name, key_of(value)): value for name, values in held.items() for value in values if value}
    return [
        {"document_id": document.id, "field": name, "key": key, "value": value} for (name, key), value in rows.items()
    ]


def fill(connection: Connection) -> None:
    """Makes the rows of a catalog that has none yet, within a transaction."""
    columns = [column for column in DOCUMENTS.columns if column.name != "text"]
    current = sa.select(*columns, sa.literal("").label("text")).where(DOCUMENTS.c.withdrawn_at.is_(None))
    for documents in connection.execute(current).partitions(_PAGE):
        rows = [row for document in documents for row in facets_of(to_document(document))]
        connection.execute(FACETS.insert(), rows)


def rows_of(connection: Connection, document_id: str) -> list[dict[str, str]]:
    """The rows that a document has."""
    held = connection.execute(sa.select(FACETS).where(FACETS.c.document_id == document_id))
    return [dict(row) for row in held.mappings()]


def owners(connection: Connection) -> set[str]:
    """The ids of the documents that have rows."""
    return set(connection.execute(sa.select(FACETS.c.document_id).distinct()).scalars())


def chosen(facets: sa.FromClause, wanted: Wanted) -> sa.Select[Any]:
    """The ids of the documents that are wanted, each once: for who wants them all."""
    columns = facets.c
    found = sa.select(columns.document_id).where(columns.field == "source")
    for condition in _conditions(wanted):
        other = facets.alias()
        found = found.where(columns.document_id.in_(sa.select(other.c.document_id).where(*condition(other))))
    return found


def fits(facets: sa.FromClause, document_id: sa.ColumnElement[str], wanted: Wanted) -> sa.ColumnElement[bool]:
    """Whether the document of a row is wanted: for who looks at some rows. One look into an index a condition."""
    found = []
    for condition in [_is_there, *_conditions(wanted)]:
        other = facets.alias()
        found.append(sa.exists().where(other.c.document_id == document_id, *condition(other)))
    return sa.and_(*found)


def values_of(facets: sa.FromClause, field: Choice, keys: Iterable[str] | None) -> sa.Select[Any]:
    """The keys of a field, each with a value; only those of `keys` if given."""
    columns = facets.c
    query = sa.select(columns.key, sa.func.max(columns.value).label("value")).where(columns.field == field)
    return (query if keys is None else query.where(columns.key.in_(list(keys)))).group_by(columns.key)


def _is_there(facets: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    return [facets.c.field == "source"]


def _conditions(wanted: Wanted) -> Iterator[_Conditions]:
    """What a row must be, for each thing that is wanted."""
    for name, keys in wanted.values:
        yield partial(_has_one, name, keys)
    if wanted.since or wanted.until:
        yield partial(_in_range, wanted)


def _has_one(name: Choice, keys: frozenset[str], facets: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    return [facets.c.field == name, facets.c.key.in_(sorted(keys))]


def _in_range(wanted: Wanted, facets: sa.FromClause) -> list[sa.ColumnElement[bool]]:
    # Dates have digits in fixed places: they sort alike by every collation, and a year before all of its days.
    date, found = facets.c.key, [facets.c.field == "date"]
    if wanted.since:
        year, month = wanted.since[:4], wanted.since[:7]
        found.append(sa.or_(date >= wanted.since, date.in_([year, month])))
    if wanted.until:
        found.append(date <= wanted.until)
    return found
