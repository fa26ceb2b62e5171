"""What an evaluation gives: a row and scores for each question, and means with their intervals over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb.answering.serialize import AnswerJson
from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.scoring.bootstrap import bootstrap_interval
from kb.evaluation.scoring.refusals import (
    Confidences,
    RefusalCurve,
    refusal_auc,
    refusal_auc_interval,
    refusal_points,
)

REFUSAL_AUC = "refusal_auc"
"""The figure that is no mean over questions: it takes all those that have a confidence together."""


class EvaluationRow(AnswerJson):
    """An answer as `reperes ask --json` gives it, with the id of its test query and, if it failed, the reason.

    `true_quotes` is the share of its quotes that stand in their documents, None when there is none or it is not known;
    `latency` the seconds until something was shown (`first`) and until the answer was whole (`total`).
    """

    id: str
    error: str | None
    true_quotes: float | None
    latency: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over `n` questions with its 95 % interval; None for all three when n is 0."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Estimate:
        """The mean of `values` and its bootstrap interval."""
        if not values:
            return cls(None, None, None, 0)
        return cls(sum(values) / len(values), *bootstrap_interval(values), len(values))

    @classmethod
    def of_refusals(cls, given: Confidences) -> Estimate:
        """The area under the curve of refusals and its bootstrap interval; none without questions of both kinds."""
        if not given.both:
            return cls(None, None, None, 0)
        return cls(refusal_auc(given), *refusal_auc_interval(given), len(given))


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question, what came back, and its `question_scores`: none when it failed."""

    question: EvaluationQuestion
    row: EvaluationRow
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """The results of an evaluation, in the order of the questions."""

    results: tuple[QuestionResult, ...]

    def estimate(self, figure: str, kind: str | None = None) -> Estimate:
        """The value of `figure` over the questions that count in it, those of one `kind` only when given."""
        scores = [result.scores for result in self.results if kind in (None, result.question.kind)]
        if figure == REFUSAL_AUC:
            return Estimate.of_refusals(confidences(scores))
        return Estimate.of([counted[figure] for counted in scores if figure in counted])

    @property
    def refusal_curve(self) -> RefusalCurve | None:
        """The curve of refusals over the questions that have a confidence; None without some of both kinds.

        The point in use is what was decided over the same questions: for answers that a confidence does not decide
        alone, it stands beside the curve.
        """
        scores = [result.scores for result in self.results if "confidence" in result.scores]
        given = confidences(scores)
        if not given.both:
            return None
        answerable, unanswerable = (
            [counted[figure] for counted in scores if figure in counted]
            for figure in ("false_refusals", "refused_unanswerable")
        )
        in_use = sum(answerable) / len(answerable), sum(unanswerable) / len(unanswerable)
        return RefusalCurve(tuple(refusal_points(given)), in_use)

    @property
    def kinds(self) -> list[str]:
        """The kinds of the questions, in order of first use."""
        return list(dict.fromkeys(result.question.kind for result in self.results if result.question.kind))

    @property
    def failed(self) -> list[QuestionResult]:
        """The questions that could not be answered: they count in no figure."""
        return [result for result in self.results if result.row["error"] is not None]

    def latency(self, percent: float, stage: str = "retrieval") -> float | None:
        """The percentile `percent` of the seconds that a stage took; None when nothing was timed.

        Stages: `retrieval`, `first` (until something was shown), `total` (until the answer was whole).
        """
        known = self.seconds(stage)
        return float(np.percentile(known, percent)) if known else None

    def seconds(self, stage: str) -> list[float]:
        """The seconds that a stage took, of the questions that it was timed for."""
        taken = [
            result.row["seconds"]["retrieval"] if stage == "retrieval" else result.row["latency"].get(stage)
            for result in self.results
        ]
        return [seconds for seconds in taken if seconds is not None]


def confidences(scores: Iterable[Mapping[str, float]]) -> Confidences:
    """The confidences of the questions that have one, by whether the documents answer, in their order."""
    known = [counted for counted in scores if "confidence" in counted]
    answerable, unanswerable = (
        tuple(counted["confidence"] for counted in known if figure in counted)
        for figure in ("false_refusals", "refused_unanswerable")
    )
    return Confidences(answerable, unanswerable)
