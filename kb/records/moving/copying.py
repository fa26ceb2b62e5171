"""What people do with the base, from one place to another: all of it, or nothing; and whether two places hold the
same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

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
    KEYS_OF_REPLICAS,
    META,
    METADATA,
    OF_REPLICAS,
    QUESTIONS_ASKED,
    TEST_QUERIES,
)

_KEPT = (CONVERSATIONS, FEEDBACK, FOLLOWED_QUESTIONS, GLOSSARY, QUESTIONS_ASKED, TEST_QUERIES, EVALUATION_RUNS)
# Each place has these for itself: what is for programs from before Alembic, and what is of replicas.
_OWN = {"schema", *KEYS_OF_REPLICAS}
_CALLED: Mapping[str, str] = {
    "conversations": "les conversations",
    "corrections": "les corrections",
    "devices": "les navigateurs connus",
    "evaluation_rows": "les réponses des évaluations",
    "evaluation_runs": "les évaluations",
    "feedback": "les avis",
    "followed_questions": "les questions suivies",
    "glossary": "le glossaire",
    "meta": "les marques de documents effacés",
    "questions_asked": "les questions posées",
    "sessions": "les sessions",
    "test_queries": "les questions de test",
    "turns": "les échanges des conversations",
    "visits": "les visites",
}


def copy_records(source: Place, target: Place) -> int:
    """Copies all rows of a place into an empty one; how many there were.

    Rows that are there already as they are count as an empty place: a copy may be made twice. Raises StoreError when
    people have used the target.
    """
    if not source.exists():
        return 0
    with AppDatabase(source) as before, AppDatabase(target) as after, after.writing() as writing:
        with before.transaction() as reading:
            rows = {table.name: _rows(reading, table) for table in _all()}
        for table in _KEPT:
            if any(row not in rows[table.name] for row in _rows(writing, table)):
                raise StoreError(
                    f"{target} : des conversations, des avis ou des évaluations y sont déjà gardés. Rien n'y a été "
                    "changé : choisissez une destination qui n'a pas encore servi."
                )
        for table in reversed(_all()):
            writing.execute(table.delete().where(_is_moved(table)))
        for table in _all():
            if rows[table.name]:
                writing.execute(table.insert(), rows[table.name])
        for column in (FEEDBACK.c.id, EVALUATION_RUNS.c.id, QUESTIONS_ASKED.c.id):
            set_numbers(writing, column)
        return sum(map(len, rows.values()))


def differing_records(place: Place, other: Place) -> tuple[int, list[str]]:
    """How many rows the first of two places holds, and what differs in the other, in French: a line for each table.

    Nothing is made in a place where nothing was kept yet; one of an earlier version is brought up to date. Raises
    StoreError.
    """
    held, others = _counted(place), _counted(other)
    told = []
    for name in held:
        here, there = (held[name] - others[name]).total(), (others[name] - held[name]).total()
        if here or there:
            told.append(f"{_CALLED.get(name, name)} : {here} ici seulement, {there} là-bas seulement")
    return sum(rows.total() for rows in held.values()), told


def _counted(place: Place) -> dict[str, Counter[frozenset[tuple[str, Any]]]]:
    """The rows of a place, by the names of their tables."""
    if not place.exists():
        return {table.name: Counter() for table in _all()}
    with AppDatabase(place) as database, database.transaction() as reading:
        return {table.name: Counter(frozenset(row.items()) for row in _rows(reading, table)) for table in _all()}


def _rows(connection: Connection, table: sa.Table) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sa.select(table).where(_is_moved(table))).mappings()]


def _is_moved(table: sa.Table) -> sa.ColumnElement[bool]:
    return META.c.key.not_in(_OWN) if table is META else sa.true()


def _all() -> list[sa.Table]:
    return [table for table in METADATA.sorted_tables if table not in OF_REPLICAS]
