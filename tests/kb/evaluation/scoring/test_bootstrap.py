import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.evaluation.scoring.bootstrap import bootstrap_interval


def test_interval_of_a_share_is_near_the_binomial_one() -> None:
    # 50 of 100: the standard error is sqrt(0.25 / 100) = 0.05, the interval about 0.5 ± 1.96 × 0.05.
    low, high = bootstrap_interval([0.0, 1.0] * 50)
    assert low == pytest.approx(0.402, abs=0.015)
    assert high == pytest.approx(0.598, abs=0.015)


def test_two_values_give_the_four_means() -> None:
    # Samples of (0, 1) have the means 0, 0.5, 0.5, 1: a quarter each at the ends, so both ends are reached.
    assert bootstrap_interval([0.0, 1.0]) == (0, 1)
    # The middle half lies between 0 and 1 still, the middle 40 % does not.
    assert bootstrap_interval([0.0, 1.0], confidence=0.4) == (0.5, 0.5)


def test_same_seed_same_interval_and_more_confidence_is_wider() -> None:
    values = [0.1, 0.9, 0.4, 0.7, 0.2, 1.0]
    assert bootstrap_interval(values) == bootstrap_interval(values)
    narrow, wide = bootstrap_interval(values, confidence=0.5), bootstrap_interval(values, confidence=0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_blocks_do_not_change_how_many_samples_are_drawn() -> None:
    low, high = bootstrap_interval([0.0, 1.0] * 150_000, resamples=7)
    assert 0.49 < low < high < 0.51


def test_no_value_is_an_error() -> None:
    with pytest.raises(ValueError, match="no values"):
        bootstrap_interval([])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_interval_stays_within_the_values(values: list[float]) -> None:
    low, high = bootstrap_interval(values, resamples=200)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9
