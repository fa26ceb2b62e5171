"""What people do with the base, from one place to another: all of it, or nothing."""

from __future__ import annotations

import sqlalchemy as sa

from kb.dialects import set_numbers
from kb.errors import StoreError
from kb.records.database import AppDatabase
from kb.records.places import Place
from kb.records.tables import (
    CONVERSATIONS,
    EVALUATION_RUNS,
    FEEDBACK,
    FOLLOWED_QUESTIONS,
    GLOSSARY,
    METADATA,
    OF_REPLICAS,
    QUESTIONS_ASKED,
    TEST_QUERIES,
)

_KEPT = (CONVERSATIONS, FEEDBACK, FOLLOWED_QUESTIONS, GLOSSARY, QUESTIONS_ASKED, TEST_QUERIES, EVALUATION_RUNS)


def copy_records(source: Place, target: Place) -> int:
    """Copies all rows of a place into an empty one; how many there were.

    Rows that are there already as they are count as an empty place: a copy may be made twice. Raises StoreError when
    people have used the target.
    """
    if not source.exists():
        return 0
    with AppDatabase(source) as before, AppDatabase(target) as after, after.writing() as writing:
        with before.transaction() as reading:
            rows = {table.name: [dict(row) for row in reading.execute(sa.select(table)).mappings()] for table in _all()}
        for table in _KEPT:
            held = [dict(row) for row in writing.execute(sa.select(table)).mappings()]
            if any(row not in rows[table.name] for row in held):
                raise StoreError(
                    f"{target} : des conversations, des avis ou des évaluations y sont déjà gardés. Rien n'y a été "
                    "changé : choisissez une destination qui n'a pas encore servi."
                )
        for table in reversed(_all()):
            writing.execute(table.delete())
        for table in _all():
            if rows[table.name]:
                writing.execute(table.insert(), rows[table.name])
        for column in (FEEDBACK.c.id, EVALUATION_RUNS.c.id, QUESTIONS_ASKED.c.id):
            set_numbers(writing, column)
        return sum(map(len, rows.values()))


def _all() -> list[sa.Table]:
    return [table for table in METADATA.sorted_tables if table not in OF_REPLICAS]
