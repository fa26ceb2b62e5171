"""The second database, `app.db`: what people do with the base. It outlives the store, which can be made again.

Feedback, test queries and evaluation runs are read and written here, conversations in `conversations`, sessions in
`sessions`, corrections of documents in `corrections`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.errors import StoreError
from kb.evaluation.questions import EvaluationQuestion, parse_row, question_to_json
from kb.records.tables import CORRECTIONS, FEEDBACK, META, METADATA, QUERIES, ROWS, RUNS, TURNS, configure

if TYPE_CHECKING:
    from kb.records.feedback import Feedback, Status, Verdict

SCHEMA_VERSION = "1"
ERASED = "(passage d'un document effacé)"


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
        sa.event.listen(self._engine, "connect", configure)
        try:
            with self.transaction() as connection:
                # Not `create_all`, which looks first and then creates: another thread may have created meanwhile.
                for table in METADATA.sorted_tables:
                    connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
                    for index in table.indexes:
                        connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))
                found = connection.execute(sa.select(META.c.value).where(META.c.key == "schema")).scalar_one_or_none()
                if found is None:
                    first = {"key": "schema", "value": SCHEMA_VERSION}
                    connection.execute(META.insert().prefix_with("OR IGNORE"), first)
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
        with self.transaction() as connection:
            return int(connection.execute(RUNS.insert().returning(RUNS.c.id), values).scalar_one())

    def unfinished_run(self, key: str) -> int | None:
        """The last run with this key that was not finished."""
        query = sa.select(RUNS.c.id).where(RUNS.c.key == key, RUNS.c.seconds.is_(None)).order_by(RUNS.c.id.desc())
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
        with self.transaction() as connection:
            connection.execute(ROWS.insert().prefix_with("OR REPLACE"), values)

    def finish_run(self, run: int, seconds: float, figures: Mapping[str, Any]) -> None:
        """Notes that a run is finished."""
        values = {"seconds": seconds, "figures": json.dumps(figures, ensure_ascii=False)}
        with self.transaction() as connection:
            connection.execute(RUNS.update().where(RUNS.c.id == run).values(values))

    def runs(self, n: int = 20) -> list[KeptRun]:
        """The last `n` runs, newest first."""
        with self._engine.connect() as connection:
            return [_kept(row) for row in connection.execute(sa.select(RUNS).order_by(RUNS.c.id.desc()).limit(n))]

    def run(self, number: int) -> KeptRun | None:
        """A run by its number."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(RUNS).where(RUNS.c.id == number)).one_or_none()
        return None if row is None else _kept(row)

    def rows(self, run: int) -> dict[str, tuple[dict[str, Any], dict[str, float]]]:
        """The rows of a run with their scores, by question, in its order."""
        query = sa.select(ROWS).where(ROWS.c.run_id == run).order_by(ROWS.c.ordinal)
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
        with self.transaction() as connection:
            return int(connection.execute(FEEDBACK.insert().returning(FEEDBACK.c.id), values).scalar_one())

    def feedback(self, status: Status | None = None) -> list[Feedback]:
        """What readers said, newest first."""
        from kb.records.feedback import Feedback

        query = sa.select(FEEDBACK).order_by(FEEDBACK.c.id.desc())
        if status is not None:
            query = query.where(FEEDBACK.c.status == status)
        with self._engine.connect() as connection:
            return [Feedback(**{**row._mapping, "answer": json.loads(row.answer)}) for row in connection.execute(query)]

    def set_feedback_status(self, number: int, status: Status) -> None:
        """Notes what became of a feedback."""
        with self.transaction() as connection:
            connection.execute(FEEDBACK.update().where(FEEDBACK.c.id == number).values(status=status))

    def erase_feedback(self, number: int | None = None, before: str | None = None) -> int:
        """Erases one feedback, or all those from before a date and time, or all; how many there were."""
        chosen = sa.true() if number is None else FEEDBACK.c.id == number
        if before is not None:
            chosen = chosen & (FEEDBACK.c.at < before)
        with self.transaction() as connection:
            return int(connection.execute(FEEDBACK.delete().where(chosen)).rowcount)

    def queries(self) -> list[EvaluationQuestion]:
        """The test queries that are kept, in their order."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(QUERIES.c.query).order_by(QUERIES.c.ordinal, QUERIES.c.id))
            return [query for row in rows if (query := parse_row(json.loads(row.query))[1]) is not None]

    def put_queries(self, queries: Iterable[EvaluationQuestion]) -> None:
        """Keeps test queries, each in place of the one with its id; new ones come last."""
        with self.transaction() as connection:
            places = {row.id: row.ordinal for row in connection.execute(sa.select(QUERIES.c.id, QUERIES.c.ordinal))}
            for each in queries:
                place = places.setdefault(each.id, max(places.values(), default=0) + 1)
                query = json.dumps(question_to_json(each), ensure_ascii=False)
                values = {"id": each.id, "ordinal": place, "query": query}
                connection.execute(QUERIES.insert().prefix_with("OR REPLACE"), values)

    def drop_query(self, query_id: str) -> bool:
        """Deletes a test query; whether there was one."""
        with self.transaction() as connection:
            return bool(connection.execute(QUERIES.delete().where(QUERIES.c.id == query_id)).rowcount)

    def forget_document(self, document_id: str) -> int:
        """Erases what is kept of a document, quotes and answers made of them; in how many places something was."""
        changed = 0
        with self.transaction() as connection:
            for table, column in ((ROWS, ROWS.c.row), (FEEDBACK, FEEDBACK.c.answer), (TURNS, TURNS.c.answer)):
                for each in list(connection.execute(sa.select(table).where(column.contains(document_id)))):
                    held = _without(json.loads(getattr(each, column.name)), document_id)
                    mine = sa.and_(*(key == getattr(each, key.name) for key in table.primary_key))
                    values = {column.name: json.dumps(held, ensure_ascii=False)}
                    connection.execute(table.update().where(mine).values(values))
                    changed += 1
        with self.transaction() as connection:
            mine = CORRECTIONS.c.document_id == document_id
            changed += connection.execute(CORRECTIONS.delete().where(mine)).rowcount
        named = [each for each in self.queries() if document_id in each.documents]
        self.put_queries(
            replace(each, documents=tuple(name for name in each.documents if name != document_id)) for each in named
        )
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM"))
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return changed + len(named)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection whose changes are kept together, or not at all when an exception leaves."""
        with self._engine.begin() as connection:
            yield connection


def _without(row: dict[str, Any], document_id: str) -> dict[str, Any]:
    """An answer without what it holds of a document."""
    cited = any(citation["document"] == document_id for citation in row["citations"])
    return row | {
        "citations": [citation for citation in row["citations"] if citation["document"] != document_id],
        "retrieved": [name for name in row["retrieved"] if name != document_id],
        **({"closest": [each for each in row["closest"] if each["id"] != document_id]} if "closest" in row else {}),
        "warnings": [] if cited else row["warnings"],
        "answer": ERASED if cited else row["answer"],
    }


def _kept(row: Any) -> KeptRun:
    figures = json.loads(row.figures) if row.figures else None
    return KeptRun(row.id, row.began, row.seconds, json.loads(row.about), figures)
