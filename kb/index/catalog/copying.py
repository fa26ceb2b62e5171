"""Rows of one catalog for another, as they are: what a base is moved with, and tried out on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.dialects import put, set_numbers
from kb.index.catalog.among import among, ids_parameter
from kb.index.catalog.catalog import Catalog
from kb.index.catalog.reader import CatalogReader
from kb.index.catalog.rows import (
    ACRONYMS,
    DOCUMENTS,
    FACETS,
    FORGOTTEN,
    META,
    PAGES,
    PASSAGES,
    REPORTS,
    SECTIONS,
    WINDOWS,
)

Rows: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows of tables, by the tables' names."""

_OF_DOCUMENTS = (PASSAGES, SECTIONS, WINDOWS, ACRONYMS, FACETS)
_OF_THE_WHOLE = (PAGES, REPORTS, FORGOTTEN)
_BATCH = 64  # documents with their texts, held in memory at once
# What a catalog says of itself: not of what is in it.
_OWN = ("schema", "generation", "identity", "commit", "unvacuumed", "moving")


def rows_of_documents(catalog: CatalogReader, document_ids: Sequence[str]) -> Rows:
    """All that a catalog holds of documents, withdrawn ones included."""
    with catalog.database.connect() as connection:
        parameter = ids_parameter(document_ids)
        columns = [DOCUMENTS.c.id, *(table.c.document_id for table in _OF_DOCUMENTS)]
        return {
            column.table.name: _rows(connection.execute(sa.select(column.table).where(among(column)), parameter))
            for column in columns
        }


def put_rows_of_documents(connection: Connection, rows: Rows, document_ids: Sequence[str]) -> None:
    """Stores them in another catalog, in the place of what stood there."""
    parameter = ids_parameter(document_ids)
    for table in _OF_DOCUMENTS:
        connection.execute(table.delete().where(among(table.c.document_id)), parameter)
    connection.execute(DOCUMENTS.delete().where(among(DOCUMENTS.c.id)), parameter)
    for table in (DOCUMENTS, *_OF_DOCUMENTS):
        if rows[table.name]:
            connection.execute(table.insert(), rows[table.name])


def other_rows(catalog: CatalogReader) -> Rows:
    """All that a catalog holds besides documents: where sources are, pages, reports, what was erased."""
    with catalog.database.connect() as connection:
        values = sa.select(META).where(META.c.key.not_in(_OWN))
        found = {table.name: _rows(connection.execute(sa.select(table))) for table in _OF_THE_WHOLE}
        return {META.name: _rows(connection.execute(values)), **found}


def put_other_rows(connection: Connection, rows: Rows) -> None:
    """Stores them in another catalog, in the place of what stood there."""
    connection.execute(META.delete().where(META.c.key.not_in(_OWN)))
    for table in _OF_THE_WHOLE:
        connection.execute(table.delete())
    for table in (META, *_OF_THE_WHOLE):
        if rows[table.name]:
            put(connection, table, rows[table.name])
    set_numbers(connection, REPORTS.c.id)


def copy_without_passages(catalog: CatalogReader, target: Catalog) -> None:
    """Stores all but what is made from documents in the catalog `target`, which is empty."""
    with target.transaction() as connection:
        put_other_rows(connection, other_rows(catalog))
        with catalog.database.connect() as held:
            for rows in held.execute(sa.select(DOCUMENTS)).mappings().partitions(_BATCH):
                connection.execute(DOCUMENTS.insert(), [dict(row) for row in rows])


def _rows(result: sa.Result[Any]) -> list[Mapping[str, Any]]:
    return [dict(row) for row in result.mappings()]
