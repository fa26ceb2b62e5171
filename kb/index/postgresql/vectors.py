"""The vectors of an index in PostgreSQL, by pgvector: a graph (HNSW) in a large base, exact scans elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from pgvector import HalfVector
from sqlalchemy.engine import Connection

from kb.dialects import Database, put
from kb.index.catalog.among import among, ids_parameter
from kb.index.postgresql.tables import vector_tables
from kb.index.store import Change
from kb.index.vectors import SPACES, Among, Space
from kb.models.encoder import FloatMatrix

TABLES = vector_tables()
# A base has a graph from here on: to look at every vector takes 2.3 ms a thousand (384 dimensions).
GRAPH_FROM = 10_000
# What a filter leaves is looked at whole up to here: the graph, among as many candidates as pgvector allows, finds 0.966
# of the nearest where a quarter of 100,000 vectors pass, 0.979 of half of them, 0.983 of three quarters; a whole look at
# half of them takes twice as long and misses none (PostgreSQL 18.6, pgvector 0.8.6, 30 November 2026). More rows of an
# iterative scan, in either order, find no more.
EXACT_UP_TO = 60_000
# On the same vectors recall@100 is 0.89 with pgvector's own 64 candidates in building, 0.998 with 200 (0.91 and 0.998
# where a search looks at 800); 32 neighbours make the graph a sixth larger and find no more.
_NEIGHBOURS, _CANDIDATES_BUILDING = 16, 200
# Of 100,000 vectors 400 candidates find 0.938 of the hundred nearest, 500 find 0.956, 600 find 0.967, 800 find 0.979 in
# half as much time again. A filter throws most of what the graph finds away; pgvector takes 1,000 at most.
_CANDIDATES, _CANDIDATES_AMONG = 600, 1_000
_PAGE = 2_000  # vectors read at a time

SETTINGS = ("SET LOCAL hnsw.iterative_scan = strict_order", "SET LOCAL plan_cache_mode = force_custom_plan")
"""What a transaction that searches says first: a filter asks the graph for more until there are enough; and a plan that
knows the documents of a filter looks them up by hash, where one made for any goes through all of them at each row.
"""


class PostgresVectors:
    """The vectors behind `database`. Their tables are made with the first ones."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
        if n == 0 or (among is not None and not among.documents):
            return []
        table = TABLES[space]
        distance = table.c.vector.cosine_distance(sa.bindparam("vector", type_=table.c.vector.type))
        query = sa.select(table.c.id, distance.label("distance")).limit(n)
        parameters: dict[str, Any] = {"vector": HalfVector(np.asarray(vector, dtype=np.float32))}
        with self._database.connect() as connection:
            if among is None:
                by_graph = True
            else:
                parameters["documents"] = list(among.documents)
                chosen = table.c.document_id == sa.any_(sa.bindparam("documents", type_=sa.ARRAY(sa.Text)))
                query = query.where(chosen)
                some = sa.select(sa.literal(1)).select_from(table).where(chosen).limit(EXACT_UP_TO + 1).subquery()
                counted = connection.execute(sa.select(sa.func.count()).select_from(some), parameters)
                by_graph = counted.scalar_one() > EXACT_UP_TO
            if by_graph:
                looked_at = _CANDIDATES if among is None else _CANDIDATES_AMONG
                connection.execute(sa.select(sa.func.set_config("hnsw.ef_search", str(looked_at), True)))
            # The graph serves an order by the distance alone; by anything else every row is looked at.
            order = [distance] if by_graph else [distance + 0.0, table.c.id]
            rows = connection.execute(query.order_by(*order), parameters)
            return [(vector_id, 1.0 - float(found)) for vector_id, found in rows]


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
            put(connection, TABLES[space], rows)


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
    schemas: Mapping[str | None, str] = connection.get_execution_options()["schema_translate_map"]
    name = f"{schemas[None]}.{TABLES['sections'].name}"
    return connection.execute(sa.select(sa.func.to_regclass(name))).scalar_one() is not None


def _count(connection: Connection, space: Space) -> int:
    if not are_there(connection):
        return 0
    return int(connection.execute(sa.select(sa.func.count()).select_from(TABLES[space])).scalar_one())


def _as_array(vector: Any) -> Any:
    return np.asarray(vector.to_list() if isinstance(vector, HalfVector) else vector, dtype=np.float32)
