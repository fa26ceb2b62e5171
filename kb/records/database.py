"""The second database, `app.db`: what people do with the base. It outlives the store, which can be made again.

Here it is opened, brought up to date (`upgrade`), changed in transactions, and documents are erased from it. Each thing
that is kept is read and written by its own module: conversations, feedback, corrections and sessions beside this one,
test queries and evaluation runs in `kb.evaluation`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.records.tables import CORRECTIONS, EVALUATION_ROWS, FEEDBACK, TEST_QUERIES, TURNS, configure
from kb.records.upgrade import bring_up_to_date

ERASED = "(passage d'un document effacé)"
Held = dict[str, Any]
"""What a row keeps as JSON: an answer, a test query."""


class AppDatabase:
    """The database in the file `path`, made when missing. A context manager; serves many threads.

    Raises StoreError when the file is damaged, cannot be opened or comes from a later version of Repères.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(f"sqlite:///{path.absolute()}", connect_args={"timeout": 30})
        sa.event.listen(self._engine, "connect", configure)
        try:
            bring_up_to_date(self._engine, path)
        except BaseException:
            self._engine.dispose()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection whose changes are kept together, or not at all when an exception leaves."""
        with self._engine.begin() as connection:
            yield connection

    def forget_document(self, document_id: str) -> int:
        """Erases what is kept of a document, quotes and answers made of them; in how many places something was."""
        changed = 0
        with self.transaction() as connection:
            for column in (EVALUATION_ROWS.c.row, FEEDBACK.c.answer, TURNS.c.answer):
                changed += _rewrite(connection, column, document_id, _answer_without)
            changed += _rewrite(connection, TEST_QUERIES.c.query, document_id, _query_without)
            mine = CORRECTIONS.c.document_id == document_id
            changed += connection.execute(CORRECTIONS.delete().where(mine)).rowcount
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM"))
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return changed


def _rewrite(
    connection: Connection, column: sa.Column[Any], document_id: str, without: Callable[[Held, str], Held]
) -> int:
    """Takes a document out of the JSON of `column` wherever it names it; in how many rows it did."""
    changed = 0
    named = json.dumps(document_id, ensure_ascii=False)[1:-1]  # as it stands within the JSON
    table = column.table
    for row in connection.execute(sa.select(table).where(column.contains(named, autoescape=True))).all():
        before = json.loads(row._mapping[column])
        held = without(before, document_id)
        if held != before:
            this = sa.and_(*(key == row._mapping[key] for key in table.primary_key))
            values = {column.name: json.dumps(held, ensure_ascii=False)}
            connection.execute(sa.update(table).where(this).values(values))
            changed += 1
    return changed


def _answer_without(answer: Held, document_id: str) -> Held:
    cited = any(citation["document"] == document_id for citation in answer["citations"])
    held = answer | {
        "citations": [citation for citation in answer["citations"] if citation["document"] != document_id],
        "retrieved": [name for name in answer["retrieved"] if name != document_id],
        "warnings": [] if cited else answer["warnings"],
        "answer": ERASED if cited else answer["answer"],
    }
    if "closest" in answer:
        held["closest"] = [document for document in answer["closest"] if document["id"] != document_id]
    return held


def _query_without(query: Held, document_id: str) -> Held:
    if "documents" not in query:
        return query
    return query | {"documents": [name for name in query["documents"] if name != document_id]}
