"""What SQLite and PostgreSQL say differently, said once: the rest of the SQL is SQLAlchemy Core's.

This is the one place outside of the makers of a store that asks which database it speaks to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

Row = Mapping[str, Any]

COPIED = "copied"
"""The option of an insertion of many rows that a server is to take as one stream: `text`, or `binary` where every value
is a text or knows its own form. SQLite has no such thing, and does without."""


class Database(Protocol):
    """What hands out connections: an engine, or what stands in for one."""

    def connect(self) -> AbstractContextManager[Connection]:
        """A connection to read with."""

    def begin(self) -> AbstractContextManager[Connection]:
        """A connection within a transaction: all of it is kept, or nothing when an exception leaves."""


class JsonTexts(GenericFunction[str]):
    """The elements of a JSON list of texts, as rows with a column `value`."""

    name = "json_texts"
    type = sa.Text()
    inherit_cache = True


@compiles(JsonTexts, "sqlite")
def _json_texts_in_sqlite(function: Any, compiler: Any, **options: Any) -> str:
    return f"json_each({compiler.process(function.clauses, **options)})"


@compiles(JsonTexts, "postgresql")
def _json_texts_in_postgresql(function: Any, compiler: Any, **options: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(function.clauses, **options)} AS json))"


def put(connection: Connection, table: sa.Table, rows: Row | Sequence[Row]) -> None:
    """Inserts rows, each in the place of the one with its key."""
    insert = _insert(connection, table)
    others = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
    connection.execute(insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=others), rows)


def put_new(connection: Connection, table: sa.Table, rows: Row | Sequence[Row]) -> None:
    """Inserts those of the rows whose key is not there yet."""
    connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


def set_numbers(connection: Connection, column: sa.Column[int]) -> None:
    """Has the numbers that a table gives its rows go on after those that it holds; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    table = column.table
    options = connection.get_execution_options().get("schema_translate_map") or {}
    schema = options.get(None)
    name = f"{schema}.{table.name}" if schema else table.name
    highest = sa.select(sa.func.coalesce(sa.func.max(column), 0) + 1).scalar_subquery()
    connection.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(name, column.name), highest, False)))


def _insert(connection: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)
