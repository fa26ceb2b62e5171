"""The test queries of the application: kept in `app.db`, in the order in which they came, each with the rights that it
takes to be shown it: those of who wrote it, or was asked or answered what it is made of.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.dialects import put
from kb.evaluation.questions import EvaluationQuestion, parse_row, question_to_json
from kb.records.database import AppDatabase
from kb.records.erasure import query_without, read_erased
from kb.records.naming.queries import set_apart
from kb.records.tables import TEST_QUERIES
from kb.rights.rights import WHOLE, Rights

MaySee = Callable[[EvaluationQuestion, Rights], bool]
"""Whether somebody may be shown a test query that needs these rights."""


def sees_all(_query: EvaluationQuestion, _needed: Rights) -> bool:
    """Of whoever has the machine."""
    return True


def read_queries(database: AppDatabase, may_see: MaySee = sees_all) -> list[EvaluationQuestion]:
    """The test queries that are kept and may be seen, in their order, no two of one name."""
    with database.transaction() as connection:
        return [replace(query, id=name) for name, (_, query) in _seen(connection, may_see).items()]


def put_queries(
    database: AppDatabase, queries: Iterable[EvaluationQuestion], rights: Rights = WHOLE, may_see: MaySee = sees_all
) -> None:
    """Keeps test queries that need `rights`, each in place of the one that is seen under its name; new ones come last;
    of erased documents none. A name that is only that of others, not to be seen, is free: nobody learns of those.
    """
    with database.writing() as connection:
        erased = read_erased(connection)
        known = connection.execute(sa.select(TEST_QUERIES.c.id, TEST_QUERIES.c.ordinal))
        places = {row.id: row.ordinal for row in known}
        seen = _seen(connection, may_see)
        for query in queries:
            held = query_without(question_to_json(query), erased)
            if held is None:
                continue
            if query.id in seen:
                key, before = seen[query.id]
                held["id"] = before.id
            else:
                key = set_apart(query.id, places) if query.id in places else query.id
            place = places.setdefault(key, max(places.values(), default=0) + 1)
            values = {"id": key, "ordinal": place, "query": json.dumps(held, ensure_ascii=False)}
            put(connection, TEST_QUERIES, {**values, "hidden": json.dumps(rights.hidden, ensure_ascii=False)})


def drop_query(database: AppDatabase, name: str, may_see: MaySee = sees_all) -> bool:
    """Deletes the test query that is seen under a name; whether there was one."""
    with database.writing() as connection:
        key, _ = _seen(connection, may_see).get(name, ("", None))
        return bool(key and connection.execute(TEST_QUERIES.delete().where(TEST_QUERIES.c.id == key)).rowcount)


def _seen(connection: Connection, may_see: MaySee) -> dict[str, tuple[str, EvaluationQuestion]]:
    """The queries that may be seen, in their order, by the name under which each is: the key that it is kept under, and
    itself. Where two have one name, the one that is kept under it is shown under it, the other under its key.
    """
    rows = connection.execute(sa.select(TEST_QUERIES).order_by(TEST_QUERIES.c.ordinal, TEST_QUERIES.c.id))
    seen = [
        (row.id, query)
        for row in rows
        if (query := parse_row(json.loads(row.query))[1]) is not None
        and may_see(query, Rights.without(json.loads(row.hidden)))
    ]
    found = dict[str, tuple[str, EvaluationQuestion]]()
    taken = {key for key, query in seen if key == query.id}
    for key, query in seen:
        name = key if query.id in taken else query.id
        taken.add(name)
        found[name] = key, query
    return found
