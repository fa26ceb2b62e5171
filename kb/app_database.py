"""The second database, `app.db`: what people do with the base. It outlives the store, which can be made again.

Feedback, test queries and evaluation runs stand here; so will accounts and conversations.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.errors import StoreError
from kb.evaluation.questions import EvaluationQuestion, parse_row, question_to_json
from kb.feedback import Feedback, Status, Verdict

SCHEMA_VERSION = "1"
ERASED = "(passage d'un document effacé)"

_METADATA = sa.MetaData()
_META = sa.Table("meta", _METADATA, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))
_RUNS = sa.Table(
    "evaluation_runs",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, index=True),  # what a run that is resumed must have in common
    sa.Column("began", sa.Text, nullable=False),
    sa.Column("seconds", sa.Float),  # null while it is not finished
    sa.Column("about", sa.Text, nullable=False),  # JSON: questions' file, settings, generation, commit…
    sa.Column("figures", sa.Text),  # JSON
)
_ROWS = sa.Table(
    "evaluation_rows",
    _METADATA,
    sa.Column("run_id", sa.Integer, sa.ForeignKey("evaluation_runs.id"), primary_key=True),
    sa.Column("question_id", sa.Text, primary_key=True),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("row", sa.Text, nullable=False),  # JSON
    sa.Column("scores", sa.Text, nullable=False),  # JSON
)
_FEEDBACK = sa.Table(
    "feedback",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),  # JSON
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
)
_QUERIES = sa.Table(
    "test_queries",
    _METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("query", sa.Text, nullable=False),  # JSON
)


@dataclass(frozen=True, slots=True)
class KeptRun:
    """An evaluation run. `seconds` is None while it is not finished; `figures` are those of `eval --json`."""

    id: int
    began: str
    seconds: float | None
    about: Mapping[str, Any]
    figures: Mapping[str, Any] | None


class AppDatabase:
    """The database in the file `path`, made when missing. A context manager.

    Raises StoreError when the file is damaged or of another version.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(f"sqlite:///{path.absolute()}", connect_args={"timeout": 30})
        sa.event.listen(self._engine, "connect", _configure)
        try:
            _METADATA.create_all(self._engine)
            with self._transaction() as connection:
                found = connection.execute(sa.select(_META.c.value).where(_META.c.key == "schema")).scalar_one_or_none()
                if found is None:
                    connection.execute(_META.insert(), {"key": "schema", "value": SCHEMA_VERSION})
        except sa.exc.DatabaseError as error:
            self._engine.dispose()
            raise StoreError(
                f"{path} : ce fichier est illisible ({error.orig}). Renommez-le, puis relancez."
            ) from error
        if found not in {None, SCHEMA_VERSION}:
            self._engine.dispose()
            raise StoreError(f"{path} : ce fichier vient d'une autre version de Repères. Renommez-le, puis relancez.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()

    def begin_run(self, key: str, began: str, about: Mapping[str, Any]) -> int:
        """Begins an evaluation run; returns its number."""
        values = {"key": key, "began": began, "about": json.dumps(about, ensure_ascii=False)}
        with self._transaction() as connection:
            return int(connection.execute(_RUNS.insert().returning(_RUNS.c.id), values).scalar_one())

    def unfinished_run(self, key: str) -> int | None:
        """The last run with this key that was not finished."""
        query = sa.select(_RUNS.c.id).where(_RUNS.c.key == key, _RUNS.c.seconds.is_(None)).order_by(_RUNS.c.id.desc())
        with self._engine.connect() as connection:
            return connection.execute(query.limit(1)).scalar_one_or_none()

    def add_row(self, run: int, ordinal: int, row: Mapping[str, Any], scores: Mapping[str, float]) -> None:
        """Keeps the result of one question."""
        values = {
            "run_id": run,
            "question_id": row["id"],
            "ordinal": ordinal,
            "row": json.dumps(row, ensure_ascii=False),
            "scores": json.dumps(scores),
        }
        with self._transaction() as connection:
            connection.execute(_ROWS.insert().prefix_with("OR REPLACE"), values)

    def finish_run(self, run: int, seconds: float, figures: Mapping[str, Any]) -> None:
        """Notes that a run is finished."""
        values = {"seconds": seconds, "figures": json.dumps(figures, ensure_ascii=False)}
        with self._transaction() as connection:
            connection.execute(_RUNS.update().where(_RUNS.c.id == run).values(values))

    def runs(self, n: int = 20) -> list[KeptRun]:
        """The last `n` runs, newest first."""
        with self._engine.connect() as connection:
            return [_kept(row) for row in connection.execute(sa.select(_RUNS).order_by(_RUNS.c.id.desc()).limit(n))]

    def run(self, number: int) -> KeptRun | None:
        """A run by its number."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(_RUNS).where(_RUNS.c.id == number)).one_or_none()
        return None if row is None else _kept(row)

    def rows(self, run: int) -> dict[str, tuple[dict[str, Any], dict[str, float]]]:
        """The rows of a run with their scores, by question, in its order."""
        query = sa.select(_ROWS).where(_ROWS.c.run_id == run).order_by(_ROWS.c.ordinal)
        with self._engine.connect() as connection:
            return {
                each.question_id: (json.loads(each.row), json.loads(each.scores)) for each in connection.execute(query)
            }

    def add_feedback(
        self, at: str, verdict: Verdict, reason: str | None, comment: str, answer: Mapping[str, Any], generation: int
    ) -> int:
        """Keeps what a reader said; returns its number."""
        values = {
            "at": at,
            "verdict": verdict,
            "reason": reason,
            "comment": comment,
            "answer": json.dumps(answer, ensure_ascii=False),
            "generation": generation,
            "status": "new",
        }
        with self._transaction() as connection:
            return int(connection.execute(_FEEDBACK.insert().returning(_FEEDBACK.c.id), values).scalar_one())

    def feedback(self, status: Status | None = None) -> list[Feedback]:
        """What readers said, newest first."""
        query = sa.select(_FEEDBACK).order_by(_FEEDBACK.c.id.desc())
        if status is not None:
            query = query.where(_FEEDBACK.c.status == status)
        with self._engine.connect() as connection:
            return [Feedback(**{**row._mapping, "answer": json.loads(row.answer)}) for row in connection.execute(query)]

    def set_feedback_status(self, number: int, status: Status) -> None:
        """Notes what became of a feedback."""
        with self._transaction() as connection:
            connection.execute(_FEEDBACK.update().where(_FEEDBACK.c.id == number).values(status=status))

    def erase_feedback(self, number: int | None = None, before: str | None = None) -> int:
        """Erases one feedback, or all those from before a date and time, or all; how many there were."""
        chosen = sa.true() if number is None else _FEEDBACK.c.id == number
        if before is not None:
            chosen = chosen & (_FEEDBACK.c.at < before)
        with self._transaction() as connection:
            return int(connection.execute(_FEEDBACK.delete().where(chosen)).rowcount)

    def queries(self) -> list[EvaluationQuestion]:
        """The test queries that are kept, in their order."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_QUERIES.c.query).order_by(_QUERIES.c.ordinal, _QUERIES.c.id))
            return [query for row in rows if (query := parse_row(json.loads(row.query))[1]) is not None]

    def put_queries(self, queries: Iterable[EvaluationQuestion]) -> None:
        """Keeps test queries, each in place of the one with its id; new ones come last."""
        with self._transaction() as connection:
            places = {row.id: row.ordinal for row in connection.execute(sa.select(_QUERIES.c.id, _QUERIES.c.ordinal))}
            for each in queries:
                place = places.setdefault(each.id, max(places.values(), default=0) + 1)
                query = json.dumps(question_to_json(each), ensure_ascii=False)
                values = {"id": each.id, "ordinal": place, "query": query}
                connection.execute(_QUERIES.insert().prefix_with("OR REPLACE"), values)

    def drop_query(self, query_id: str) -> bool:
        """Deletes a test query; whether there was one."""
        with self._transaction() as connection:
            return bool(connection.execute(_QUERIES.delete().where(_QUERIES.c.id == query_id)).rowcount)

    def forget_document(self, document_id: str) -> int:
        """Erases what is kept of a document, quotes and answers made of them; in how many places something was."""
        changed = 0
        with self._transaction() as connection:
            for table, column in ((_ROWS, _ROWS.c.row), (_FEEDBACK, _FEEDBACK.c.answer)):
                for each in list(connection.execute(sa.select(table).where(column.contains(document_id)))):
                    held = _without(json.loads(getattr(each, column.name)), document_id)
                    mine = sa.and_(*(key == getattr(each, key.name) for key in table.primary_key))
                    values = {column.name: json.dumps(held, ensure_ascii=False)}
                    connection.execute(table.update().where(mine).values(values))
                    changed += 1
        named = [each for each in self.queries() if document_id in each.documents]
        self.put_queries(
            replace(each, documents=tuple(name for name in each.documents if name != document_id)) for each in named
        )
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM"))
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return changed + len(named)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection


def _without(row: dict[str, Any], document_id: str) -> dict[str, Any]:
    """An answer without what it holds of a document."""
    cited = any(citation["document"] == document_id for citation in row["citations"])
    return row | {
        "citations": [citation for citation in row["citations"] if citation["document"] != document_id],
        "retrieved": [name for name in row["retrieved"] if name != document_id],
        "warnings": [] if cited else row["warnings"],
        "answer": ERASED if cited else row["answer"],
    }


def _kept(row: Any) -> KeptRun:
    figures = json.loads(row.figures) if row.figures else None
    return KeptRun(row.id, row.began, row.seconds, json.loads(row.about), figures)


def _configure(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()
