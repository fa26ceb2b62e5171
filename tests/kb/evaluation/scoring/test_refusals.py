"""The curve of refusals and the area under it, worked out by hand, and against every pair counted."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.evaluation.scoring.refusals import (
    Confidences,
    RefusalCurve,
    refusal_auc,
    refusal_auc_interval,
    refusal_auc_p_value,
    refusal_points,
)

# Few values, so that there are ties.
SHARES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), min_size=1, max_size=12).map(tuple)


@pytest.mark.parametrize(
    ("answerable", "unanswerable", "area"),
    [
        ((0.9, 0.8), (0.1, 0.2), 1.0),
        ((0.1, 0.2), (0.9, 0.8), 0.0),
        ((0.5,), (0.5,), 0.5),
        ((0.5, 0.5, 0.5), (0.5, 0.5), 0.5),
        # 0.8 is above both, 0.4 above 0.2 and equal to 0.4.
        ((0.8, 0.4), (0.4, 0.2), (2 + 1 + 1 / 2) / 4),
        # 0.3 is below both.
        ((0.9, 0.3), (0.5, 0.4), 2 / 4),
    ],
)
def test_the_area_by_hand(answerable: tuple[float, ...], unanswerable: tuple[float, ...], area: float) -> None:
    assert refusal_auc(Confidences(answerable, unanswerable)) == pytest.approx(area)


@given(SHARES, SHARES)
def test_the_area_is_the_share_of_pairs_in_order_and_what_lies_under_the_curve(
    answerable: tuple[float, ...], unanswerable: tuple[float, ...]
) -> None:
    both = Confidences(answerable, unanswerable)
    pairs = [(a > u) + (a == u) / 2 for a in answerable for u in unanswerable]
    assert refusal_auc(both) == pytest.approx(sum(pairs) / len(pairs))
    points = refusal_points(both)
    assert points == sorted(set(points))
    under = sum((x2 - x1) * (y1 + y2) / 2 for (x1, y1), (x2, y2) in pairwise(points))
    assert refusal_auc(both) == pytest.approx(under)


def test_the_points_of_every_threshold_by_hand() -> None:
    # Below 0.2 nothing is refused, below 0.4 one unanswerable, below 0.8 an answerable and both, then all.
    assert refusal_points(Confidences((0.8, 0.4), (0.4, 0.2))) == [(0, 0), (0, 0.5), (0.5, 1), (1, 1)]
    assert refusal_points(Confidences((0.5,), (0.5, 0.5))) == [(0, 0), (1, 1)]


@pytest.mark.parametrize("kinds", [((), (0.5,)), ((0.5,), ()), ((), ())])
def test_questions_of_one_kind_have_neither(kinds: tuple[tuple[float, ...], tuple[float, ...]]) -> None:
    one = Confidences(*kinds)
    assert not one.both
    for figure in (refusal_auc, refusal_auc_interval, refusal_points):
        with pytest.raises(ValueError, match=rf"{len(kinds[0])} answerable and {len(kinds[1])} unanswerable"):
            figure(one)


def test_a_long_curve_is_drawn_with_fewer_points_and_both_ends() -> None:
    points = tuple((n / 1000, n / 1000) for n in range(1001))
    drawn = RefusalCurve(points, (0, 0)).drawn()
    assert drawn == tuple((n / 100, n / 100) for n in range(101))
    assert RefusalCurve(points[:101], (0, 0)).drawn() == points[:101]


def test_the_interval_holds_the_area_and_narrows_with_more_questions() -> None:
    few = Confidences((0.9, 0.7, 0.6, 0.3), (0.8, 0.4, 0.2))
    many = Confidences(few.answerable * 30, few.unanswerable * 30)
    assert refusal_auc(few) == refusal_auc(many)
    wide, narrow = refusal_auc_interval(few), refusal_auc_interval(many)
    assert wide[0] < narrow[0] < refusal_auc(few) < narrow[1] < wide[1]
    assert refusal_auc_interval(few) == wide
    # One of each kind is all that can be drawn.
    assert refusal_auc_interval(Confidences((0.9,), (0.1,))) == (1, 1)


def test_the_interval_is_near_the_one_that_the_paper_gives() -> None:
    answerable = [(n / 100) ** 0.5 for n in range(100)]
    unanswerable = [1 - (1 - n / 50) ** 0.5 + 0.001 for n in range(50)]
    # Hanley and McNeil: Q1, that two answerable questions are above one unanswerable; Q2, that one is above two.
    above = [[a > u for a in answerable] for u in unanswerable]
    area = sum(map(sum, above)) / 5_000
    q1 = sum((sum(row) / 100) ** 2 for row in above) / 50
    q2 = sum((sum(column) / 50) ** 2 for column in zip(*above, strict=True)) / 100
    error = ((area * (1 - area) + 99 * (q1 - area**2) + 49 * (q2 - area**2)) / 5_000) ** 0.5
    low, high = refusal_auc_interval(Confidences(tuple(answerable), tuple(unanswerable)))
    assert (low, high) == pytest.approx((area - 1.96 * error, area + 1.96 * error), abs=0.01)


def test_the_chance_of_a_difference_between_two_runs() -> None:
    good = Confidences(tuple(0.5 + n / 60 for n in range(30)), tuple(n / 60 for n in range(30)))
    poor = Confidences(good.answerable[::2] + good.unanswerable[::2], good.answerable[1::2] + good.unanswerable[1::2])
    assert refusal_auc_p_value(good, poor) == refusal_auc_p_value(poor, good) < 0.01
    assert refusal_auc_p_value(good, good) == 1
    # The same order on another scale is no difference.
    scaled = Confidences(tuple(a / 10 for a in good.answerable), tuple(u / 10 for u in good.unanswerable))
    assert refusal_auc_p_value(good, scaled) == 1
    # Of two questions nothing can be sure: half of the exchanges are as far apart.
    assert refusal_auc_p_value(Confidences((0.9,), (0.1,)), Confidences((0.1,), (0.9,))) > 0.4
    with pytest.raises(ValueError, match="not paired"):
        refusal_auc_p_value(good, Confidences((0.9,), (0.1,)))
