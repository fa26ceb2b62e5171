"""How far a mean over few questions can be trusted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# Resampled values held in memory at once.
_BLOCK = 1_000_000


def bootstrap_interval(
    values: Sequence[float], *, confidence: float = 0.95, resamples: int = 5_000, seed: int = 20_040
) -> tuple[float, float]:
    """The percentile bootstrap interval of the mean of `values`: low and high.

    Formula: the (1 - confidence)/2 and (1 + confidence)/2 quantiles of the means of `resamples` samples of the same
    size, drawn with replacement. Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
    Edge cases: equal values give an interval of no width, which says nothing about other questions: read it with n.
    The same values in the same order and the same seed give the same interval.
    Raises ValueError without values.
    """
    if not values:
        raise ValueError("no values to resample")
    sample = np.asarray(values, dtype=np.float64)
    if np.all(sample == sample[0]):
        return float(sample[0]), float(sample[0])
    generator = np.random.default_rng(seed)
    rows = max(1, _BLOCK // sample.size)
    means = np.concatenate(
        [
            sample[generator.integers(0, sample.size, (min(rows, resamples - done), sample.size))].mean(axis=1)
            for done in range(0, resamples, rows)
        ]
    )
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
