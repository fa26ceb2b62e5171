"""When a clock is said to tell a refused name from an unknown one."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.rights.__main__ import Interval, interval, target_of

NOISE: Interval = (2.0, -10.0, 20.0)


@pytest.mark.parametrize(
    ("refused", "apart", "met"),
    [((90.0, -1.0, 200.0), 0.0, True), ((-29.0, -40.0, -2.0), 29.0, True), ((31.0, 3.0, 40.0), 31.0, False)],
)
def test_refused_names_may_stand_apart_by_the_width_of_the_noise(refused: Interval, apart: float, met: bool) -> None:
    target = target_of("a report", refused, NOISE)
    assert (target.value, target.limit, target.met) == (apart, 30.0, met)


def test_an_interval_is_of_the_median_and_in_microseconds() -> None:
    median, low, high = interval(np.array([1e-6, 2e-6, 3e-6] * 50 + [1.0]))
    assert (round(median, 6), round(low, 6), round(high, 6)) == (2.0, 2.0, 2.0)
