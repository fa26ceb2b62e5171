"""Test queries -> the signs of each -> the refusal of one base, fitted to them, and what it changes."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from kb.answering.calibrating import Fitted, Row, fit
from kb.answering.refusal import CAUTIONS, Calibration, shipped_calibration
from kb.errors import ReperesError
from kb.evaluation.questions import EvaluationQuestion


class AskedBase(Protocol):
    """What a calibration asks of a knowledge base."""

    def signs(self, question: str) -> dict[str, float]:
        """What the probability that the documents answer is made of. Raises ReperesError."""
        ...


@dataclass(frozen=True, slots=True)
class Learnable:
    """The test queries that a calibration learns from, and how many it leaves out: those that nobody has reviewed, and
    those of a conversation.
    """

    queries: tuple[EvaluationQuestion, ...]
    unreviewed: int
    conversations: int

    @property
    def unanswerable(self) -> int:
        """How many have no answer in the documents."""
        return sum(query.unanswerable for query in self.queries)

    @property
    def answerable(self) -> int:
        """How many have one."""
        return len(self.queries) - self.unanswerable


@dataclass(frozen=True, slots=True)
class Refused:
    """The shares (0 to 1) of the questions without an answer, and of those with one, that are refused."""

    unanswerable: float
    answerable: float


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What was fitted, and for each caution what is refused with the calibration of before and with the new one.

    `after` is counted by folds: each question by a regression that has not seen it.
    """

    fitted: Fitted
    before: Mapping[str, Refused]
    after: Mapping[str, Refused]


def learnable(queries: Sequence[EvaluationQuestion]) -> Learnable:
    """The queries to learn from."""
    reviewed = [query for query in queries if query.reviewed]
    alone = tuple(query for query in reviewed if not query.history)
    return Learnable(alone, len(queries) - len(reviewed), len(reviewed) - len(alone))


def rows_of(
    base: AskedBase, queries: Sequence[EvaluationQuestion], progress: Callable[[int], None]
) -> tuple[list[Row], dict[str, str]]:
    """What is fitted, and by id the reason of each query that cannot be asked; `progress` gets how many are done.

    The questions of one document are held out together: they ask for neighbouring sentences.
    """
    rows: list[Row] = []
    failed: dict[str, str] = {}
    for done, query in enumerate(queries, start=1):
        group = f"document {query.documents[0]}" if query.documents else f"question {query.id}"
        try:
            rows.append(Row(base.signs(query.question), not query.unanswerable, group))
        except ReperesError as error:
            failed[query.id] = str(error)
        progress(done)
    return rows, failed


def calibrate(rows: Sequence[Row], before: Calibration) -> Calibrated:
    """Fits, and counts what changes from the calibration `before`. Raises TooFewError as `fit`.

    What tells that the documents speak of a question at all stays as shipped: few write test queries about nothing.
    """
    shipped = shipped_calibration()
    fitted = fit(rows, spoken=shipped.spoken.kept())
    fitted.kept["near"] = shipped.near
    known = np.array([before.confidence(row.values) for row in rows])
    answerable = np.array([row.answerable for row in rows])

    def refused(confidences: np.ndarray, thresholds: Mapping[str, float]) -> dict[str, Refused]:
        refusals = {caution: confidences < thresholds[caution] for caution in CAUTIONS}
        return {
            caution: Refused(float(found[~answerable].mean()), float(found[answerable].mean()))
            for caution, found in refusals.items()
        }

    return Calibrated(fitted, refused(known, before.thresholds), refused(fitted.confidences, fitted.kept["thresholds"]))


def to_keep(found: Calibrated, rows: Sequence[Row], *, reader: str, encoder: str, name: str, content: bytes) -> str:
    """The calibration as the JSON that `kb.answering.refusal.own_calibration` reads, with what it was fitted on: the
    identities of reader and encoder, the name of the file of questions and the beginning of its SHA-256.
    """
    answerable = sum(row.answerable for row in rows)
    about: dict[str, Any] = {
        "fitted": datetime.now(UTC).date().isoformat(),
        "reader": reader,
        "encoder": encoder,
        "questions": {name: hashlib.sha256(content).hexdigest()[:12]},
        "answerable": answerable,
        "unanswerable": len(rows) - answerable,
        "auc": round(found.fitted.auc, 4),
    }
    return json.dumps(about | found.fitted.kept, indent=2, ensure_ascii=False) + "\n"


def keep(path: Path, text: str) -> None:
    """Writes a calibration whole or not at all. Raises ReperesError when it cannot be written."""
    new = path.with_name(f"{path.name}.{uuid.uuid4().hex}.new")
    try:
        try:
            with new.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())  # a name that leads to an empty file would keep the application from opening
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise ReperesError(
            f"{path} : le réglage des refus n'a pas pu être écrit ({error.strerror or error}). Celui d'avant reste en "
            "service."
        ) from error


def remove(path: Path) -> bool:
    """Takes a calibration away; whether there was one. Raises ReperesError when it cannot be removed."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        reason = error.strerror or error
        raise ReperesError(f"{path} : le réglage des refus n'a pas pu être ôté ({reason}).") from error
    return True
