"""Logistic regression with an L2 penalty over sets of features, by accelerated gradient descent: numpy is enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from kb.answering.hostile.weights import Weights, shares

Floats = npt.NDArray[np.float64]
PENALTY = 0.04  # of the squared weights
STEPS = 2_000
FEWEST_TEXTS = 2  # that hold a feature


def fitted(attacks: Sequence[Collection[str]], others: Sequence[Collection[str]], most: int | None = None) -> Weights:
    """The weights that tell the features of `attacks` from those of `others`; the `most` that weigh most, fitted again.

    The threshold is 0, and there are no words.
    """
    texts = [*attacks, *others]
    counted = Counter(name for text in texts for name in text)
    names = sorted(name for name, count in counted.items() if count >= FEWEST_TEXTS)
    truth = np.array([1.0] * len(attacks) + [0.0] * len(others))
    values, intercept = _descend(texts, names, truth)
    if most is not None and len(names) > most:
        names = sorted(names[index] for index in np.argsort(-np.abs(values), kind="stable")[:most])
        values, intercept = _descend(texts, names, truth)
    return Weights(dict(zip(names, values.tolist(), strict=True)), intercept, 0.0, frozenset())


def _descend(texts: Sequence[Collection[str]], names: Sequence[str], truth: Floats) -> tuple[Floats, float]:
    places = {name: index for index, name in enumerate(names)}
    held = [sorted(places[name] for name in text if name in places) for text in texts]
    columns = np.array([place for text in held for place in text])
    rows = np.repeat(np.arange(len(held)), [len(text) for text in held])
    share = np.array([shares(len(text)) for text in held])
    weighed = share[rows]
    values, before, intercept, intercept_before = np.zeros(len(names)), np.zeros(len(names)), 0.0, 0.0
    # A feature weighs at most 1/sqrt(count) in a text of count features: no row is longer than 1, nor 2 with the 1 of
    # the intercept. The logistic loss bends by a quarter of that, so this step never overshoots.
    step = 1 / (len(texts) * 2 / 4 + PENALTY)
    for turn in range(1, STEPS + 1):
        ahead = (turn - 1) / (turn + 2)
        at, at_intercept = values + ahead * (values - before), intercept + ahead * (intercept - intercept_before)
        logits = np.bincount(rows, weights=at[columns] * weighed, minlength=len(held)) + at_intercept
        wrong = 1 / (1 + np.exp(-logits)) - truth
        slope = np.bincount(columns, weights=wrong[rows] * weighed, minlength=len(names)) + PENALTY * at
        before, intercept_before = values, intercept
        values, intercept = at - step * slope, at_intercept - step * float(wrong.sum())
    return values, intercept
