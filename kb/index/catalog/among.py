"""Asking for the rows of many ids at once, and for those of the documents that somebody wants."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.dialects import Database, JsonTexts
from kb.index.catalog.facets import EVERY_DOCUMENT, Wanted, chosen, fits
from kb.index.catalog.readable import Readable, readable
from kb.rights.rights import WHOLE

Space = Literal["passages", "sections"]


@lru_cache(maxsize=1_000)  # to put it together takes longer than the rest of a statement
def among(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether a table's `column` is among ids that are given, as one parameter, with `ids_parameter`.

    One parameter however many ids there are: the statement is compiled once, and SQLite has no limit to hit.
    """
    return _among(column, "ids")


def _among(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    values = JsonTexts(sa.bindparam(name)).table_valued("value")
    return column.in_(sa.select(values.c.value))


def ids_parameter(ids: Iterable[str], name: str = "ids") -> dict[str, str]:
    """The parameter of a statement with `among`. No id holds U+0000, which PostgreSQL takes in no text."""
    return {name: json.dumps([one for one in dict.fromkeys(ids) if "\0" not in one])}


def select_rows(
    connection: Connection, table: sa.FromClause, column: sa.ColumnElement[Any], ids: Iterable[str]
) -> Sequence[Any]:
    """The rows of `table` whose `column` is among `ids`."""
    return connection.execute(sa.select(table).where(among(column)), ids_parameter(ids)).all()


class Among:
    """What a search is restricted to: the current documents that are `wanted`, only those of `named` if they are given.

    A condition, which the database looks at: few searches need the ids of all that fits. What was asked once is kept in
    `known`, which others that stand for the same documents of the same generation may share. Serves many threads.
    """

    def __init__(
        self,
        database: Database,
        held: Readable,
        wanted: Wanted = EVERY_DOCUMENT,
        named: Collection[str] | None = None,
        known: dict[str, Any] | None = None,
    ) -> None:
        """`held` is what may be read of the catalog in `database`."""
        self._database = database
        self._held = held
        self._wanted = wanted
        self._named = named
        self._known: dict[str, Any] = {} if known is None else known

    def within(self, other: Among) -> Among:
        """The same, of nothing but what `other` may read."""
        if self._held is other._held:
            return self
        return Among(self._database, other._held, self._wanted, self._named)

    @property
    def parameters(self) -> dict[str, str]:
        """What a statement with `condition` is executed with."""
        return {} if self._named is None else ids_parameter(self._named, "named")

    def condition(self, document_id: sa.ColumnElement[str], *, of_few: bool) -> sa.ColumnElement[bool]:
        """Whether the document of a row fits, to be asked of few rows, or of any number at once."""
        facets = self._held.facets
        fit = fits(facets, document_id, self._wanted) if of_few else document_id.in_(chosen(facets, self._wanted))
        return fit if self._named is None else sa.and_(fit, _among(document_id, "named"))

    def documents(self) -> list[str]:
        """The ids of the documents."""
        found: list[str] = self._once("documents", lambda: self._texts(self._chosen()))
        return found

    def count(self) -> int:
        """How many documents there are."""
        if "documents" in self._known:
            return len(self.documents())
        found: int = self._once("count", lambda: self._number(self._chosen()))
        return found

    def share(self) -> float:
        """Of the documents of the whole base, hidden ones included: how much must be looked at to find what fits."""
        every = chosen(readable(WHOLE).facets, EVERY_DOCUMENT)
        total: int = self._once("total", lambda: self._number(every))
        return self.count() / max(1, total)

    def ids(self, space: Space) -> list[str]:
        """The ids of their passages or sections."""
        table = self._table(space)
        query = sa.select(table.c.id).where(self.condition(table.c.document_id, of_few=False))
        found: list[str] = self._once(space, lambda: self._texts(query))
        return found

    def fitting(self, space: Space, ids: Iterable[str]) -> set[str]:
        """Which of `ids` are passages or sections of these documents."""
        table = self._table(space)
        query = sa.select(table.c.id).where(among(table.c.id), self.condition(table.c.document_id, of_few=True))
        return set(self._texts(query, ids_parameter(ids)))

    def _table(self, space: Space) -> sa.FromClause:
        return self._held.passages if space == "passages" else self._held.sections

    def _chosen(self) -> sa.Select[Any]:
        query = chosen(self._held.facets, self._wanted)
        return query if self._named is None else query.where(_among(query.selected_columns.document_id, "named"))

    def _texts(self, query: sa.Select[Any], more: dict[str, str] | None = None) -> list[str]:
        with self._database.connect() as connection:
            return list(connection.execute(query, {**self.parameters, **(more or {})}).scalars().all())

    def _number(self, query: sa.Select[Any]) -> int:
        counted = sa.select(sa.func.count()).select_from(query.subquery())
        with self._database.connect() as connection:
            found: int = connection.execute(counted, self.parameters).scalar_one()
            return found

    def _once(self, name: str, ask: Callable[[], Any]) -> Any:
        # Two threads may ask at once: they find the same.
        if name not in self._known:
            self._known[name] = ask()
        return self._known[name]
