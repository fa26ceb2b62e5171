"""The second database, `app.db`: what people do with the base. It outlives the store, which can be made again.

Evaluation runs stand here; so will accounts, conversations and feedback.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.errors import StoreError

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

    def forget_document(self, document_id: str) -> int:
        """Erases what is kept of a document, quotes and answers made of them; how many rows held something."""
        changed = 0
        with self._transaction() as connection:
            for each in list(connection.execute(sa.select(_ROWS).where(_ROWS.c.row.contains(document_id)))):
                row = json.loads(each.row)
                cited = any(citation["document"] == document_id for citation in row["citations"])
                row["citations"] = [citation for citation in row["citations"] if citation["document"] != document_id]
                row["retrieved"] = [name for name in row["retrieved"] if name != document_id]
                row["warnings"] = [] if cited else row["warnings"]
                row["answer"] = ERASED if cited else row["answer"]
                mine = (_ROWS.c.run_id == each.run_id) & (_ROWS.c.question_id == each.question_id)
                connection.execute(_ROWS.update().where(mine).values(row=json.dumps(row, ensure_ascii=False)))
                changed += 1
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM"))
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return changed

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection


def _kept(row: Any) -> KeptRun:
    figures = json.loads(row.figures) if row.figures else None
    return KeptRun(row.id, row.began, row.seconds, json.loads(row.about), figures)


def _configure(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()
