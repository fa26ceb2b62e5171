"""Fits the probability that the documents answer (see `refusal`) over questions with and without an answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.answering.refusal import FEATURES, regression_of

# Answerable questions that each caution may refuse, over all that it is fitted on: choices, made where the curve bends.
# From 0.025 to 0.045, three more near-misses in a hundred were refused, and twice as many questions with an answer (29
# November 2026, python -m benchmarks.refusals).
REFUSED_ANSWERABLE = {"low": 0.015, "normal": 0.025, "high": 0.08}
# Below the probability that refuses this share of the questions about nothing, the documents do not speak of it. At 0.8
# one refusal in eight of such questions said untruly that they do, at 0.9 one in a hundred; of refused near-misses, of
# which it is true, 0.42 were told so, now 0.14 (30 November 2026).
REFUSED_OUTRIGHT = 0.9
FEWEST = 20  # questions of a kind
FOLDS = 5
STRENGTH = 1.0  # of the regularisation: scikit-learn's default


class TooFewError(ValueError):
    """Too few questions of a kind to learn from, or all of them in one group. The message is in English."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question: its features, whether the documents answer, what it is held out with, how much it counts, and whether
    it is about nothing that they hold.
    """

    values: Mapping[str, float]
    answerable: bool
    group: str
    weight: float = 1.0
    about_nothing: bool = False


@dataclass(frozen=True, slots=True)
class Fitted:
    """`kept` is what `refusal.calibration_of` takes but for the reader; `confidences` those of the rows, each by a
    regression that has not seen its group, and `auc` the area under their ROC curve.
    """

    kept: dict[str, Any]
    confidences: npt.NDArray[np.float64]
    auc: float


def fit(rows: Sequence[Row], names: Sequence[str] = FEATURES, spoken: Mapping[str, Any] | None = None) -> Fitted:
    """Two logistic regressions on standardised features, their confidences by folds that keep groups whole.

    Without rows about nothing, `spoken` is the first one, as `refusal.regression_of` takes it. Raises TooFewError for
    under twenty questions of a kind, or when those of a kind cannot be in two folds.
    """
    from sklearn.metrics import roc_auc_score

    truth = np.array([row.answerable for row in rows], bool)
    nothing = np.array([row.about_nothing for row in rows], bool)
    missing = ~truth & ~nothing
    kinds = {"with an answer": truth, "without": missing} | ({"about nothing": nothing} if spoken is None else {})
    if min(kind.sum() for kind in kinds.values()) < FEWEST:
        raise TooFewError(", ".join(f"{kind.sum()} {name}" for name, kind in kinds.items()))
    weights = np.array([row.weight for row in rows])
    said, of_said = _regression(rows, names, truth, truth | missing)
    if spoken is None:
        spoken, of_spoken = _regression(rows, names, truth, truth | nothing)
    else:
        given = regression_of(spoken)
        of_spoken = np.array([given.probability(row.values) for row in rows])
    confidences = of_said * of_spoken
    thresholds = {
        caution: _quantile(confidences[truth], weights[truth], share) for caution, share in REFUSED_ANSWERABLE.items()
    }
    near = _quantile(of_spoken[nothing], weights[nothing], REFUSED_OUTRIGHT) if nothing.any() else 0.5
    kept = {
        "said": said,
        "spoken": spoken,
        "thresholds": {caution: _rounded_down(value) for caution, value in thresholds.items()},
        "near": _rounded_down(near),
    }
    return Fitted(kept, confidences, float(roc_auc_score(truth, confidences, sample_weight=weights)))


def _regression(
    rows: Sequence[Row], names: Sequence[str], truth: npt.NDArray[np.bool_], some: npt.NDArray[np.bool_]
) -> tuple[dict[str, Any], npt.NDArray[np.float64]]:
    """The regression over `some` of the rows, as JSON, and the probabilities of all, by folds."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    groups = [row.group for row in rows]
    of_kinds = (some & truth, some & ~truth)
    if any(len({groups[place] for place in np.flatnonzero(kind)}) < 2 for kind in of_kinds):
        raise TooFewError("one kind stands in one group")
    table = np.array([[row.values[name] for name in names] for row in rows])
    weights = np.array([row.weight for row in rows])

    def fitted(chosen: npt.NDArray[np.int_]) -> tuple[Any, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        mean = np.average(table[chosen], axis=0, weights=weights[chosen])
        spread = np.sqrt(np.average((table[chosen] - mean) ** 2, axis=0, weights=weights[chosen]))
        spread[spread < 1e-4] = 1.0  # the same for all questions: nothing is learnt of it, nor divided by it
        model = LogisticRegression(C=STRENGTH, max_iter=1000)
        model.fit((table[chosen] - mean) / spread, truth[chosen], sample_weight=weights[chosen])
        return model, mean, spread

    probabilities = np.zeros(len(rows))
    for others, held_out in GroupKFold(min(FOLDS, len(set(groups)))).split(table, truth, groups):
        learnt = others[some[others]]
        if truth[learnt].all() or not truth[learnt].any():
            raise TooFewError("one kind stands in one fold")
        model, mean, spread = fitted(learnt)
        probabilities[held_out] = model.predict_proba((table[held_out] - mean) / spread)[:, 1]
    model, mean, spread = fitted(np.flatnonzero(some))
    found = {
        "weights": {name: round(float(value), 5) for name, value in zip(names, model.coef_[0], strict=True)},
        "means": {name: round(float(value), 5) for name, value in zip(names, mean, strict=True)},
        "spreads": {name: round(float(value), 5) for name, value in zip(names, spread, strict=True)},
        "bias": round(float(model.intercept_[0]), 5),
    }
    return found, probabilities


def _rounded_down(value: float) -> float:
    """To four digits. Never up: a question whose own probability is the threshold would be refused."""
    return math.floor(value * 1e4) / 1e4


def _quantile(values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], share: float) -> float:
    """The value below which `share` of the weight lies."""
    order = np.argsort(values)
    below = np.cumsum(weights[order]) / weights.sum()
    return float(values[order][min(int(np.searchsorted(below, share)), len(values) - 1)])
