"""Asking for the rows of many ids at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.dialects import JsonTexts


def among(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether `column` is among ids that are given, as one parameter, with `ids_parameter`.

    One parameter however many ids there are: the statement is compiled once, and SQLite has no limit to hit.
    """
    values = JsonTexts(sa.bindparam("ids")).table_valued("value")
    return column.in_(sa.select(values.c.value))


def ids_parameter(ids: Iterable[str]) -> dict[str, str]:
    """The parameter of a statement with `among`."""
    return {"ids": json.dumps(list(dict.fromkeys(ids)))}


def select_rows(
    connection: Connection, table: sa.FromClause, column: sa.ColumnElement[Any], ids: Iterable[str]
) -> Iterator[Any]:
    """The rows of `table` whose `column` is among `ids`."""
    yield from connection.execute(sa.select(table).where(among(column)), ids_parameter(ids))
