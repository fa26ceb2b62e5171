"""The vectors of an index in PostgreSQL, by pgvector: a graph (HNSW) in a large base, exact scans elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from pgvector import HalfVector
from sqlalchemy.engine import Connection

from kb.dialects import COPIED, Database
from kb.index.catalog.among import Among, Space, among, ids_parameter
from kb.index.postgresql.tables import vector_tables
from kb.index.store import Change
from kb.index.vectors import SPACES, looked_through
from kb.models.encoder import FloatMatrix

TABLES = vector_tables()
# A base has a graph from here on: to look at every vector takes 2.3 ms a thousand (384 dimensions).
GRAPH_FROM = 10_000
# About so many vectors of what a filter lets pass are looked at one by one; of more, the graph looks for the nearest.
# Both take as long here.
EXACT_UP_TO = 20_000
# In a trial with easier questions recall@100 was 0.89 with pgvector's own 64 candidates in building, 0.998 with 200;
# 32 neighbours made the graph a sixth larger and found no more; with 400, which take twice as long to make, no more of
# 100,000 passages is found either.
_NEIGHBOURS, _CANDIDATES_BUILDING = 16, 200
# The graph is asked for so many of the nearest, in rounds (`hnsw.ef_search`): what it finds, and what it takes, depends
# on how many there are in all, not on rounds (600 take 11 ms). Over 100,000 passages recall@100 of real questions is
# 0.92 with 300, 0.953 with 450, 0.967 with 600, 0.994 with 1,200. Titles of sections lie further apart: 0.987 with 200,
# 0.997 with 300.
_LOOKED_THROUGH: Mapping[Space, int] = {"passages": 600, "sections": 300}
# So many more than it takes to meet enough documents of a filter where the graph misses nothing (`looked_through`):
# recall@100 among a tenth, half and three quarters of 100,000 passages is then 0.992, 0.993 and 0.994, and of their
# sections 0.995 at least.
_MORE_AMONG: Mapping[Space, int] = {"passages": 1_500, "sections": 200}
# Where the graph is asked for what fits alone, so many times what is wanted: recall@100 of a tenth of 100,000 passages
# is 0.970 with 1.5, 0.993 with 3.
_SPARE = 3.0
_PAGE = 2_000  # vectors read at a time


class PostgresVectors:
    """The vectors behind `database`. Their tables are made with the first ones.

    About how many there are is kept in `counted`, which others of the same generation share.
    """

    def __init__(self, database: Database, counted: dict[Space, int] | None = None) -> None:
        self._database = database
        self._counted: dict[Space, int] = {} if counted is None else counted

    def load(self) -> None:
        """Nothing is read ahead: the server does that by itself."""

    def count(self, space: Space) -> int:
        """How many vectors a space holds."""
        with self._database.connect() as connection:
            return _count(connection, space)

    def get(self, ids: Sequence[str]) -> dict[str, Any]:
        """The vectors (float32, shape (d,)) of those of `ids` that are stored, in either space."""
        found: dict[str, Any] = {}
        with self._database.connect() as connection:
            for space in SPACES if are_there(connection) else ():
                table = TABLES[space]
                query = sa.select(table.c.id, table.c.vector).where(among(table.c.id))
                for vector_id, vector in connection.execute(query, ids_parameter(ids)):
                    found[vector_id] = _as_array(vector)
        return found

    def items(self, space: Space) -> Iterator[tuple[str, Any]]:
        """Every id of a space with its vector (float32, shape (d,))."""
        table = TABLES[space]
        with self._database.connect() as connection:
            if are_there(connection):
                # Of this statement alone: the connection serves others of the same lease.
                every = sa.select(table.c.id, table.c.vector).execution_options(yield_per=_PAGE)
                rows = connection.execute(every)
                yield from ((vector_id, _as_array(vector)) for vector_id, vector in rows)

    def search(self, space: Space, vector: FloatMatrix, n: int, among: Among | None = None) -> list[tuple[str, float]]:
        """The `n` nearest ids to a unit vector, shape (d,), with their cosines, best first; only `among` if given."""
        share = 1.0 if among is None else among.share()
        if n == 0 or share == 0:
            return []
        with self._database.connect() as connection:
            nearest = _Nearest(connection, space, HalfVector(np.asarray(vector, dtype=np.float32)), n, among)
            if among is None:
                return nearest.by_graph(max(_LOOKED_THROUGH[space], 2 * n))
            if share * self._about(connection, space) > EXACT_UP_TO:
                number = looked_through(n, share)
                found = nearest.by_graph(number + _MORE_AMONG[space]) if number else []
                # Few of those that are near fit: the graph is asked for these alone.
                found = found if len(found) == n else nearest.by_graph_of_fitting()
                if len(found) == n:
                    return found
            return nearest.one_by_one()

    def _about(self, connection: Connection, space: Space) -> int:
        """About how many vectors a space holds: counted where the server does not know, as after its own upgrade."""
        if space not in self._counted:
            estimated = _estimated(connection, space)
            self._counted[space] = estimated if estimated > 0 else _count(connection, space)
        return self._counted[space]


@dataclass(frozen=True, slots=True)
class _Nearest:
    """The ways of finding the `n` vectors of a space that are nearest to one, only those `among` documents if given."""

    connection: Connection
    space: Space
    vector: HalfVector
    n: int
    among: Among | None

    def by_graph(self, number: int) -> list[tuple[str, float]]:
        """Those that fit of the nearest `number` of all."""
        if self.among is None:
            return self._found(_OF_ALL[self.space], number)
        near = _near(self.space)
        return self._found(_in_order(near, self.among.condition(near.c.document_id, of_few=True)), number)

    def by_graph_of_fitting(self) -> list[tuple[str, float]]:
        """The nearest of those that fit, fewer where the graph gives up."""
        near = _near(self.space, self.among)
        return self._found(_in_order(near), math.ceil(_SPARE * self.n))

    def one_by_one(self) -> list[tuple[str, float]]:
        """The nearest of all that fit."""
        columns = TABLES[self.space].c
        every = sa.select(columns.id, _distance(self.space))
        if self.among is not None:
            every = every.where(self.among.condition(columns.document_id, of_few=False))
        # By more than the distance, or the graph would be asked.
        return self._found(_in_order(every.subquery()))

    def _found(self, query: sa.Select[Any], number: int | None = None) -> list[tuple[str, float]]:
        parameters = {"vector": self.vector, "n": self.n, **({} if self.among is None else self.among.parameters)}
        if number is not None:
            parameters["number"] = number
        rows = self.connection.execute(query, parameters).all()
        return [(vector_id, 1.0 - float(distance)) for vector_id, distance in rows]


def _distance(space: Space) -> Any:
    column: Any = TABLES[space].c.vector  # with the operators of its own type
    return column.cosine_distance(sa.bindparam("vector", type_=column.type)).label("distance")


def _near(space: Space, fitting: Among | None = None) -> sa.CTE:
    """The nearest `number` that the graph gives of all, or of those that fit."""
    columns, distance = TABLES[space].c, _distance(space)
    near = sa.select(columns.id, columns.document_id, distance)
    if fitting is not None:
        near = near.where(fitting.condition(columns.document_id, of_few=True))
    # Made before the rest looks at it: PostgreSQL takes what a graph gives for sorted, and would sort no more.
    limited = near.order_by(distance).limit(sa.bindparam("number", type_=sa.Integer))
    return limited.cte("near").prefix_with("MATERIALIZED")


def _in_order(near: sa.FromClause, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The nearest `n` of what was found near."""
    columns = near.c
    query = sa.select(columns.id, columns.distance).where(*conditions)
    return query.order_by(columns.distance + 0.0, columns.id).limit(sa.bindparam("n", type_=sa.Integer))


# What every search without a filter asks, put together once.
_OF_ALL: Mapping[Space, sa.Select[Any]] = {space: _in_order(_near(space)) for space in SPACES}


def write(connection: Connection, change: Change) -> None:
    """Stores the vectors of a change and removes its obsolete ids, within a transaction."""
    parameter = ids_parameter(change.obsolete)
    if change.obsolete and are_there(connection):
        for table in TABLES.values():
            connection.execute(table.delete().where(among(table.c.id)), parameter)
    owners = {text.id: text.document_id for texts in change.texts.values() for text in texts}
    for space, (ids, vectors) in change.vectors.items():
        if len(ids):
            _make_tables(connection, vectors.shape[1])
            rows = [
                {
                    "id": vector_id,
                    "document_id": owners[vector_id],
                    "vector": HalfVector(np.asarray(vector, np.float32)),
                }
                for vector_id, vector in zip(ids, vectors, strict=True)
            ]
            table = TABLES[space]
            connection.execute(table.delete().where(among(table.c.id)), ids_parameter(ids))
            connection.execute(table.insert(), rows, execution_options={COPIED: "binary"})


def keep_graphs(connection: Connection) -> None:
    """Makes the graph of each space that has become large: not before, a bulk load is faster without."""
    for space, table in vector_tables().items():
        graph = sa.Index(
            f"graph_of_{space}",
            table.c.vector,
            postgresql_using="hnsw",
            postgresql_with={"m": _NEIGHBOURS, "ef_construction": _CANDIDATES_BUILDING},
            postgresql_ops={"vector": "halfvec_cosine_ops"},
        )
        if _count(connection, space) > GRAPH_FROM:
            graph.create(connection, checkfirst=True)


def _make_tables(connection: Connection, dimension: int) -> None:
    if not are_there(connection):
        for table in vector_tables(dimension).values():
            table.create(connection)


def are_there(connection: Connection) -> bool:
    """Whether the tables are made."""
    return connection.execute(sa.select(sa.func.to_regclass(_name(connection, "sections")))).scalar_one() is not None


def _name(connection: Connection, space: Space) -> str:
    schemas: Mapping[str | None, str] = connection.get_execution_options()["schema_translate_map"]
    return f"{schemas[None]}.{TABLES[space].name}"


def _estimated(connection: Connection, space: Space) -> int:
    """About how many vectors a space holds, as the server knows since it made the graph; 0 or less if it does not."""
    known: sa.Select[Any] = sa.select(sa.column("reltuples")).select_from(sa.table("pg_class"))
    known = known.where(sa.column("oid") == sa.func.to_regclass(_name(connection, space)))
    return int(connection.execute(known).scalar_one_or_none() or 0)


def _count(connection: Connection, space: Space) -> int:
    if not are_there(connection):
        return 0
    return int(connection.execute(sa.select(sa.func.count()).select_from(TABLES[space])).scalar_one())


def _as_array(vector: Any) -> Any:
    return np.asarray(vector.to_list() if isinstance(vector, HalfVector) else vector, dtype=np.float32)
