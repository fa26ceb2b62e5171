"""The test queries of the application: kept in `app.db`, in the order in which they came."""

from __future__ import annotations

import json
from collections.abc import Iterable

import sqlalchemy as sa

from kb.dialects import put
from kb.evaluation.questions import EvaluationQuestion, parse_row, question_to_json
from kb.records.database import AppDatabase
from kb.records.erasure import query_without, read_erased
from kb.records.tables import TEST_QUERIES


def read_queries(database: AppDatabase) -> list[EvaluationQuestion]:
    """The test queries that are kept, in their order."""
    with database.transaction() as connection:
        rows = connection.execute(sa.select(TEST_QUERIES.c.query).order_by(TEST_QUERIES.c.ordinal, TEST_QUERIES.c.id))
        return [query for row in rows if (query := parse_row(json.loads(row.query))[1]) is not None]


def put_queries(database: AppDatabase, queries: Iterable[EvaluationQuestion]) -> None:
    """Keeps test queries, each in place of the one with its id; new ones come last; of erased documents none."""
    with database.writing() as connection:
        erased = read_erased(connection)
        known = connection.execute(sa.select(TEST_QUERIES.c.id, TEST_QUERIES.c.ordinal))
        places = {row.id: row.ordinal for row in known}
        for query in queries:
            held = query_without(question_to_json(query), erased)
            if held is None:
                continue
            place = places.setdefault(query.id, max(places.values(), default=0) + 1)
            values = {"id": query.id, "ordinal": place, "query": json.dumps(held, ensure_ascii=False)}
            put(connection, TEST_QUERIES, values)


def drop_query(database: AppDatabase, query_id: str) -> bool:
    """Deletes a test query; whether there was one."""
    with database.transaction() as connection:
        return bool(connection.execute(TEST_QUERIES.delete().where(TEST_QUERIES.c.id == query_id)).rowcount)
