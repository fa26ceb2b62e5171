"""Refusals both ways: how well a confidence tells the questions that the documents answer from the others.

A question is refused when its confidence is below a threshold. Every threshold refuses a share of the answerable
questions (the fewer, the better) and a share of the unanswerable ones (the more, the better): the curve of one against
the other. The area under it does not depend on the threshold that was chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Counts held in memory at once.
_BLOCK = 1_000_000
_SAME = 1e-9
_SEED = 20_040

Point = tuple[float, float]
"""(share of the answerable questions that are refused, share of the unanswerable questions that are refused)"""
_Levels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Confidences:
    """The confidence of each answerable question, and of each unanswerable one."""

    answerable: tuple[float, ...]
    unanswerable: tuple[float, ...]

    @property
    def both(self) -> bool:
        """Whether there are questions of both kinds: without, there is neither a curve nor an area."""
        return bool(self.answerable and self.unanswerable)

    def __len__(self) -> int:
        return len(self.answerable) + len(self.unanswerable)


@dataclass(frozen=True, slots=True)
class RefusalCurve:
    """The points of the curve, from nothing refused to all refused, and the point of the decisions that were made."""

    points: tuple[Point, ...]
    in_use: Point

    def drawn(self, most: int = 101) -> tuple[Point, ...]:
        """The points, or `most` of them evenly spread in their order, both ends among them."""
        if len(self.points) <= most:
            return self.points
        return tuple(self.points[round(i * (len(self.points) - 1) / (most - 1))] for i in range(most))


def refusal_auc(given: Confidences) -> float:
    """The probability that an answerable question has more confidence than an unanswerable one.

    Formula: (#{a > u} + #{a = u} / 2) / (|answerable| |unanswerable|) over all pairs, the area under the curve of
    `refusal_points`. Source: Hanley and McNeil, The Meaning and Use of the Area under a Receiver Operating
    Characteristic (ROC) Curve (Radiology, 1982). Edge cases: one confidence for all gives 0.5, a confidence that is
    always the wrong way round 0; without questions of both kinds ValueError is raised.
    """
    answerable, unanswerable = _levels(given)
    return float(_areas(answerable[None], unanswerable[None])[0])


def refusal_auc_interval(
    given: Confidences, *, confidence: float = 0.95, resamples: int = 5_000, seed: int = _SEED
) -> tuple[float, float]:
    """The percentile bootstrap interval of `refusal_auc`: low and high.

    Formula: the (1 - confidence)/2 and (1 + confidence)/2 quantiles of the areas of `resamples` samples, answerable and
    unanswerable questions drawn with replacement each among their own. Source: Efron and Tibshirani, An Introduction to
    the Bootstrap (1993), chapters 8 (two samples) and 13. Edge cases: questions of one kind that are all on one side of
    the others give an interval of no width, which says nothing about other questions: read it with n. The same
    confidences in the same order and the same seed give the same interval. Raises ValueError as `refusal_auc` does.
    """
    kinds = _levels(given)
    generator = np.random.default_rng(seed)
    areas = np.concatenate(
        [
            _areas(*(levels[generator.integers(0, levels.size, (rows, levels.size))] for levels in kinds))
            for rows in _blocks(resamples, len(given))
        ]
    )
    low, high = np.quantile(areas, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def refusal_points(given: Confidences) -> list[Point]:
    """The point of every threshold, from (0, 0), nothing refused, to (1, 1), all refused.

    Formula: (#{a < t} / |answerable|, #{u < t} / |unanswerable|) for each confidence t that occurs, and for one above
    all. Source: the receiver operating characteristic, as `refusal_auc`. Edge cases: equal confidences share one point;
    without questions of both kinds ValueError is raised.
    """
    kinds = _levels(given)
    thresholds = np.arange(max(levels.max() for levels in kinds) + 2)
    shares = [np.searchsorted(np.sort(levels), thresholds) / levels.size for levels in kinds]
    return [(float(refused), float(well_refused)) for refused, well_refused in zip(*shares, strict=True)]


def refusal_auc_p_value(before: Confidences, after: Confidences, permutations: int = 10_000) -> float:
    """The two-sided p of a difference of `refusal_auc` between two runs over the same questions, in the same order.

    Formula: (1 + #{|difference with the ranks of questions exchanged at random| >= |difference|}) /
    (1 + permutations): a question's ranks among all those of its run are exchanged between the runs, or not, with even
    odds. Source: Bandos, Rockette and Gur, A permutation test sensitive to differences in areas for comparing ROC
    curves from a paired design (Statistics in Medicine, 2005). Edge cases: 1 when both runs put the questions in one
    order; confidences on other scales change nothing. The draws are the same each time.
    Raises ValueError as `refusal_auc` does, and when the runs are not over as many questions.
    """
    first, second = (np.concatenate(_ranks(given)) for given in (before, after))
    if (len(before.answerable), len(before)) != (len(after.answerable), len(after)):
        raise ValueError(f"runs over {len(before)} and {len(after)} questions, or of other kinds, are not paired")
    if np.array_equal(first, second):
        return 1.0
    cut = len(before.answerable)

    def difference(exchanged: NDArray[np.bool_]) -> NDArray[np.float64]:
        one, other = np.where(exchanged, second, first), np.where(exchanged, first, second)
        return np.abs(_areas(one[:, :cut], one[:, cut:]) - _areas(other[:, :cut], other[:, cut:]))

    seen = difference(np.zeros((1, first.size), dtype=np.bool_))[0]
    generator = np.random.default_rng(_SEED)
    as_far = sum(
        int(np.sum(difference(generator.random((rows, first.size)) < 0.5) >= seen - _SAME))
        for rows in _blocks(permutations, 2 * first.size)
    )
    return (1 + as_far) / (1 + permutations)


def _levels(given: Confidences) -> tuple[_Levels, _Levels]:
    """The confidences of each kind as whole numbers in their order, equal where they are equal."""
    if not given.both:
        raise ValueError(
            f"{len(given.answerable)} answerable and {len(given.unanswerable)} unanswerable questions: some of both"
        )
    _, levels = np.unique([*given.answerable, *given.unanswerable], return_inverse=True)
    return levels[: len(given.answerable)], levels[len(given.answerable) :]


def _ranks(given: Confidences) -> tuple[_Levels, _Levels]:
    """Twice the rank of each confidence among all of its run, the mean rank where several are equal."""
    kinds = _levels(given)
    every = np.sort(np.concatenate(kinds))
    answerable, unanswerable = (
        np.searchsorted(every, levels, "left") + np.searchsorted(every, levels, "right") for levels in kinds
    )
    return answerable, unanswerable


def _areas(answerable: _Levels, unanswerable: _Levels) -> NDArray[np.float64]:
    """The area of each row: (rows, answerable questions) against (rows, unanswerable questions) gives (rows,)."""
    rows = len(answerable)
    width = 1 + int(max(answerable.max(), unanswerable.max()))
    starts = np.arange(rows)[:, None] * width
    held, refused = (
        np.bincount((levels + starts).ravel(), minlength=rows * width).reshape(rows, width)
        for levels in (answerable, unanswerable)
    )
    below = np.cumsum(refused, axis=1) - refused / 2  # half of those at the same level
    areas: NDArray[np.float64] = (held * below).sum(axis=1) / (answerable.shape[1] * unanswerable.shape[1])
    return areas


def _blocks(total: int, width: int) -> Sequence[int]:
    """How many rows of `width` values to work on at once, until `total` are done."""
    rows = max(1, _BLOCK // width)
    return [min(rows, total - done) for done in range(0, total, rows)]
