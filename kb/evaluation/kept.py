"""Runs that are kept: begun, resumed, finished in `app.db`, and found again to be compared."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from kb.errors import QuestionsError
from kb.evaluation.questions import EvaluationQuestion, question_to_json
from kb.evaluation.report import to_json
from kb.evaluation.run import Evaluated, EvaluationResult, EvaluationRow, QuestionResult, evaluate, score
from kb.evaluation.scoring.comparison import Scores
from kb.evaluation.tables import read_any
from kb.records.database import AppDatabase
from kb.types import StoreStatus


def about_run(
    name: str, questions: Sequence[EvaluationQuestion], status: StoreStatus, *, answerer: str, answers: bool, model: str
) -> dict[str, Any]:
    """What a run depends on: questions, answerer and model, state of the base, version of the code."""
    told = [question_to_json(each) for each in questions]
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
    knowledge: Evaluated,
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
    number = database.unfinished_run(key) if resume else None
    known: dict[str, EvaluationRow] = {}
    if number is None:
        number = database.begin_run(key, datetime.now(UTC).isoformat(timespec="seconds"), about)
    else:
        known = {name: cast("EvaluationRow", row) for name, (row, _) in database.rows(number).items()}

    def keep(ordinal: int, result: QuestionResult) -> None:
        database.add_row(number, ordinal, result.row, result.scores)

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
    database.finish_run(number, round(time.monotonic() - began, 1), figures)
    return number, result


def scores_of(database: AppDatabase, run: str, questions: Path | None = None) -> Scores:
    """The scores of a run by its number, or of a file that `eval --json` wrote (which needs the questions' file).

    Raises QuestionsError when there is no such run or file.
    """
    if run.isdigit():
        if database.run(int(run)) is None:
            numbers = ", ".join(str(each.id) for each in database.runs()) or "aucune"
            raise QuestionsError(f"{run} : il n'y a pas d'évaluation de ce numéro. Numéros connus : {numbers}.")
        return {name: scores for name, (_, scores) in database.rows(int(run)).items()}
    try:
        rows = json.loads(Path(run).read_text(encoding="utf-8"))["questions"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise QuestionsError(
            f"{run} : ce n'est ni le numéro d'une évaluation ni un fichier de « reperes eval --json »."
        ) from error
    if questions is None:
        raise QuestionsError(f"{run} : donnez aussi le fichier de questions, pour compter ce que vaut chaque réponse.")
    asked = {each.id: each for each in read_any(questions)}
    blank: dict[str, Any] = {"error": None, "true_quotes": None, "latency": {}}
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
