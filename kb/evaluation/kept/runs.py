"""Evaluation runs: begun, resumed, finished and kept in `app.db`, and found again to be compared."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from kb.dialects import put
from kb.errors import QuestionsError
from kb.evaluation.asking import EvaluatedBase, evaluate
from kb.evaluation.comparison import Scores
from kb.evaluation.imported.reading import read_any
from kb.evaluation.question_scores import score
from kb.evaluation.questions import EvaluationQuestion, question_to_json
from kb.evaluation.report import to_json
from kb.evaluation.results import EvaluationResult, EvaluationRow, QuestionResult
from kb.records.database import AppDatabase
from kb.records.erasure import answer_without, query_without, read_erased
from kb.records.tables import EVALUATION_ROWS, EVALUATION_RUNS
from kb.rights.rights import Rights
from kb.types import StoreStatus

# What is read of a run that is not there: as long as of one that is.
_NO_RUN = json.dumps(
    {
        "questions_file": "questions de l'application",
        **dict.fromkeys(("questions_hash", "answerer", "model", "encoder", "version", "commit"), "0123456789abcdef"),
        **dict.fromkeys(("questions", "generation", "documents"), 100),
        "answers": True,
        "hidden": ["*"],
    }
)
# What rows kept by earlier versions lack.
_LACKED: dict[str, Any] = {"confidence": None, "nearest": []}


@dataclass(frozen=True, slots=True)
class EvaluationRun:
    """An evaluation as it is kept. `seconds` is None while it is not finished; `figures` are those of `eval --json`."""

    id: int
    began: str
    seconds: float | None
    about: Mapping[str, Any]
    figures: Mapping[str, Any] | None


def about_run(
    name: str, questions: Sequence[EvaluationQuestion], status: StoreStatus, *, answerer: str, answers: bool, model: str
) -> dict[str, Any]:
    """What a run depends on: questions, answerer and model, state of the base, version of the code."""
    told = [question_to_json(question) for question in questions]
    return {
        "questions_file": name,
        "questions": len(questions),
        "questions_hash": hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:16],
        "answerer": answerer,
        "answers": answers,
        "model": model,
        "generation": status.generation,
        "documents": status.documents,
        "encoder": status.encoder,
        "version": importlib.metadata.version("reperes"),
        "commit": _commit(),
    }


def run_and_keep(
    database: AppDatabase,
    knowledge: EvaluatedBase,
    questions: Sequence[EvaluationQuestion],
    about: Mapping[str, Any],
    *,
    resume: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[int, EvaluationResult]:
    """Runs an evaluation and keeps it, question by question; its number and its result.

    With `resume` the last unfinished run about the same things is gone on with: its questions are not asked again.
    """
    key = hashlib.sha256(json.dumps(dict(about), sort_keys=True).encode()).hexdigest()
    began = time.monotonic()
    number = _unfinished(database, key) if resume else None
    known: dict[str, EvaluationRow] = {}
    if number is None:
        number = _begin(database, key, about)
    else:
        known = {name: row for name, (row, _) in rows_of(database, number).items()}

    def keep(ordinal: int, result: QuestionResult) -> None:
        _keep_row(database, number, ordinal, result)

    result = evaluate(
        knowledge,
        questions,
        answers=about["answers"],
        answerer=about["answerer"],
        progress=progress,
        known=known,
        keep=keep,
    )
    figures = {name: value for name, value in to_json(result).items() if name != "questions"}
    _finish(database, number, round(time.monotonic() - began, 1), figures)
    return number, result


def evaluation_runs(
    database: AppDatabase, n: int = 20, may_see: Callable[[Mapping[str, Any]], bool] | None = None
) -> list[EvaluationRun]:
    """The last `n` runs, newest first, of those that somebody may see by what they are about."""
    newest, runs = EVALUATION_RUNS.c.id.desc(), EVALUATION_RUNS.c
    with database.transaction() as connection:
        if may_see is not None:
            told = connection.execute(sa.select(runs.id, runs.about).order_by(newest))
            seen = list(islice((row.id for row in told if may_see(json.loads(row.about))), n))
            query = sa.select(EVALUATION_RUNS).where(runs.id.in_(seen))
        else:
            query = sa.select(EVALUATION_RUNS).limit(n)
        return [_run(row) for row in connection.execute(query.order_by(newest))]


def evaluation_run(database: AppDatabase, number: int) -> EvaluationRun | None:
    """A run by its number."""
    query = sa.select(EVALUATION_RUNS).where(EVALUATION_RUNS.c.id == number)
    with database.transaction() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _run(row)


def readable_run(database: AppDatabase, number: int, rights: Rights) -> EvaluationRun | None:
    """A run by its number, for an editor with `rights`; None when there is none, or it was made with more than these.

    Nothing but what decides is read before it has, and as much is judged of a run that is not there: a clock tells one
    that may not be seen from none no more than words do.
    """
    decides = sa.select(EVALUATION_RUNS.c.about).where(EVALUATION_RUNS.c.id == number)
    with database.transaction() as connection:
        about = connection.execute(decides).scalar_one_or_none()
    may_be_seen = rights.cover(rights_of_run(json.loads(_NO_RUN if about is None else about)))
    return evaluation_run(database, number) if about is not None and may_be_seen else None


def rights_of_run(about: Mapping[str, Any]) -> Rights:
    """The rights of who made a run about this."""
    return Rights.without(about.get("hidden", ()))


def rows_of(database: AppDatabase, number: int) -> dict[str, tuple[EvaluationRow, dict[str, float]]]:
    """The rows of a run with their scores, by question, in its order. A question that failed has no scores."""
    query = sa.select(EVALUATION_ROWS).where(EVALUATION_ROWS.c.run_id == number).order_by(EVALUATION_ROWS.c.ordinal)
    found: dict[str, tuple[EvaluationRow, dict[str, float]]] = {}
    with database.transaction() as connection:
        for kept in connection.execute(query):
            row = cast("EvaluationRow", _LACKED | json.loads(kept.row))
            # Earlier versions kept zeros for a question that failed.
            found[kept.question_id] = row, json.loads(kept.scores) if row["error"] is None else {}
    return found


def scores_of(database: AppDatabase, run: str, questions: Path | None = None) -> Scores:
    """The scores of a run by its number, or of a file that `eval --json` wrote (which needs the questions' file).

    Raises QuestionsError when there is no such run or file.
    """
    if run.isdigit():
        if evaluation_run(database, int(run)) is None:
            numbers = ", ".join(str(kept.id) for kept in evaluation_runs(database)) or "aucune"
            raise QuestionsError(f"{run} : il n'y a pas d'évaluation de ce numéro. Numéros connus : {numbers}.")
        return {name: scores for name, (_, scores) in rows_of(database, int(run)).items()}
    try:
        rows = json.loads(Path(run).read_text(encoding="utf-8"))["questions"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise QuestionsError(
            f"{run} : ce n'est ni le numéro d'une évaluation ni un fichier de « reperes eval --json »."
        ) from error
    if questions is None:
        raise QuestionsError(f"{run} : donnez aussi le fichier de questions, pour compter ce que vaut chaque réponse.")
    asked = {question.id: question for question in read_any(questions)}
    blank: dict[str, Any] = {**_LACKED, "error": None, "true_quotes": None, "latency": {}}
    return {
        row["id"]: score(asked[row["id"]], cast("EvaluationRow", blank | row), answers=row["refused"] is not None)
        for row in rows
        if row["id"] in asked
    }


def _commit() -> str | None:
    """The commit that the code stands at, when it stands in a git repository."""
    command = ["git", "rev-parse", "--short=12", "HEAD"]
    try:
        found = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip() or None


def _begin(database: AppDatabase, key: str, about: Mapping[str, Any]) -> int:
    """Begins a run; returns its number."""
    began = datetime.now(UTC).isoformat(timespec="seconds")
    values = {"key": key, "began": began, "about": json.dumps(about, ensure_ascii=False)}
    with database.transaction() as connection:
        added = EVALUATION_RUNS.insert().returning(EVALUATION_RUNS.c.id)
        return int(connection.execute(added, values).scalar_one())


def _unfinished(database: AppDatabase, key: str) -> int | None:
    """The last run with this key that was not finished."""
    runs = EVALUATION_RUNS.c
    query = sa.select(runs.id).where(runs.key == key, runs.seconds.is_(None)).order_by(runs.id.desc()).limit(1)
    with database.transaction() as connection:
        return connection.execute(query).scalar_one_or_none()


def _keep_row(database: AppDatabase, number: int, ordinal: int, result: QuestionResult) -> None:
    """Keeps a row without the documents erased since it was asked; none of a question about them only."""
    with database.writing() as connection:
        erased = read_erased(connection)
        if query_without(question_to_json(result.question), erased) is None:
            return
        values = {
            "run_id": number,
            "question_id": result.row["id"],
            "ordinal": ordinal,
            "row": json.dumps(answer_without(result.row, erased), ensure_ascii=False),
            "scores": json.dumps(result.scores),
        }
        put(connection, EVALUATION_ROWS, values)


def _finish(database: AppDatabase, number: int, seconds: float, figures: Mapping[str, Any]) -> None:
    values = {"seconds": seconds, "figures": json.dumps(figures, ensure_ascii=False)}
    with database.transaction() as connection:
        connection.execute(EVALUATION_RUNS.update().where(EVALUATION_RUNS.c.id == number).values(values))


def _run(row: Any) -> EvaluationRun:
    figures = json.loads(row.figures) if row.figures else None
    return EvaluationRun(row.id, row.began, row.seconds, json.loads(row.about), figures)
