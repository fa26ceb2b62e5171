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
# 32 neighbours made the graph a sixth larger and found no more. With 400 a graph takes twice as long to make.
_NEIGHBOURS, _CANDIDATES_BUILDING = 16, 200
# The graph is searched with so many candidates at a time, and for at least so many vectors: what a first round of
# candidates has missed comes with the second one, out of its order. Asked for more than one round, and put in order
# afterwards, it finds what no number of candidates finds in one.
_CANDIDATES, _LOOKED_THROUGH = 300, 450
_CANDIDATES_AMONG, _LOOKED_THROUGH_AMONG = 400, 900
_SPARE = 1.5
_PAGE = 2_000  # vectors read at a time

SETTINGS: Mapping[str, str] = {
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.max_scan_tuples": "100000",
    "hnsw.scan_mem_multiplier": "4",
    "plan_cache_mode": "force_custom_plan",
}
"""What a transaction that searches says first: a graph is asked for more until there are enough, in whatever order; and
each search is planned by what it asks for.
"""


class PostgresVectors:
    """The vectors behind `database`. Their tables are made with the first ones.

    How many there are, where they had to be counted, is kept in `counted`, which others of the same generation share.
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
        table = TABLES[space]
        asked = sa.bindparam("vector", HalfVector(np.asarray(vector, dtype=np.float32)), type_=table.c.vector.type)
        nearest = _Nearest(table, table.c.vector.cosine_distance(asked).label("distance"), among)
        with self._database.connect() as connection:
            if among is None:
                return nearest.by_graph(connection, n, max(_LOOKED_THROUGH, 2 * n))
            if share * self._about(connection, space) > EXACT_UP_TO:
                number = looked_through(n, share)
                found = nearest.by_graph(connection, n, max(_LOOKED_THROUGH_AMONG, number)) if number else []
                # Few of those that are near fit: the graph is asked for these alone.
                found = found if len(found) == n else nearest.by_graph_of_fitting(connection, n)
                if len(found) == n:
                    return found
            return nearest.one_by_one(connection, n)

    def _about(self, connection: Connection, space: Space) -> float:
        """About how many vectors a space holds: counted where the server does not know, as after its own upgrade."""
        if (estimated := _estimated(connection, space)) > 0:
            return estimated
        if space not in self._counted:
            self._counted[space] = _count(connection, space)
        return self._counted[space]


@dataclass(frozen=True, slots=True)
class _Nearest:
    """The ways of finding the vectors of a table that are nearest, only those `among` documents if given."""

    table: sa.Table
    distance: sa.Label[float]
    among: Among | None

    def by_graph(self, connection: Connection, n: int, number: int) -> list[tuple[str, float]]:
        """The nearest `n` that fit of the nearest `number` of all."""
        candidates = _CANDIDATES if self.among is None else _CANDIDATES_AMONG
        near = self._near(number)
        query = sa.select(near.c.id, near.c.distance)
        if self.among is not None:
            query = query.where(self.among.condition(near.c.document_id, of_few=True))
        return self._found(connection, query, near.c, n, candidates)

    def by_graph_of_fitting(self, connection: Connection, n: int) -> list[tuple[str, float]]:
        """The nearest `n` of those that fit, fewer where the graph gives up."""
        near = self._near(math.ceil(_SPARE * n), is_restricted=True)
        return self._found(connection, sa.select(near.c.id, near.c.distance), near.c, n, _CANDIDATES_AMONG)

    def one_by_one(self, connection: Connection, n: int) -> list[tuple[str, float]]:
        """The nearest `n` of all that fit."""
        every = sa.select(self.table.c.id, self.distance)
        if self.among is not None:
            every = every.where(self.among.condition(self.table.c.document_id, of_few=False))
        # By more than the distance, or the graph would be asked.
        looked_at = every.subquery()
        return self._found(connection, sa.select(looked_at.c.id, looked_at.c.distance), looked_at.c, n, _CANDIDATES)

    def _near(self, number: int, *, is_restricted: bool = False) -> sa.CTE:
        # Made before the rest looks at it: PostgreSQL takes what a graph gives for sorted, and would sort no more.
        near = sa.select(self.table.c.id, self.table.c.document_id, self.distance)
        if is_restricted and self.among is not None:
            near = near.where(self.among.condition(self.table.c.document_id, of_few=True))
        return near.order_by(self.distance).limit(number).cte("near").prefix_with("MATERIALIZED")

    def _found(
        self, connection: Connection, query: sa.Select[Any], columns: Any, n: int, candidates: int
    ) -> list[tuple[str, float]]:
        connection.execute(sa.select(sa.func.set_config("hnsw.ef_search", str(candidates), True)))
        parameters = {} if self.among is None else self.among.parameters
        rows = connection.execute(query.order_by(columns.distance + 0.0, columns.id).limit(n), parameters)
        return [(vector_id, 1.0 - float(distance)) for vector_id, distance in rows]


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


def _estimated(connection: Connection, space: Space) -> float:
    """About how many vectors a space holds, as the server knows since it made the graph; 0 or less if it does not."""
    known: sa.Select[Any] = sa.select(sa.column("reltuples")).select_from(sa.table("pg_class"))
    known = known.where(sa.column("oid") == sa.func.to_regclass(_name(connection, space)))
    return float(connection.execute(known).scalar_one_or_none() or 0)


def _count(connection: Connection, space: Space) -> int:
    if not are_there(connection):
        return 0
    return int(connection.execute(sa.select(sa.func.count()).select_from(TABLES[space])).scalar_one())


def _as_array(vector: Any) -> Any:
    return np.asarray(vector.to_list() if isinstance(vector, HalfVector) else vector, dtype=np.float32)
