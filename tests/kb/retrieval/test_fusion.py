"""Fusion of standardised scores: the arithmetic, worked out by hand."""

from __future__ import annotations

import math

import pytest

from kb.retrieval.fusion import Fusion, Ranking, standardised


def test_scores_become_standard_deviations_above_the_lowest() -> None:
    # mean 2, standard deviation sqrt(2/3) of 1, 2, 3
    deviation = math.sqrt(2 / 3)
    assert standardised([("a", 3.0), ("b", 2.0), ("c", 1.0)]) == pytest.approx(
        {"a": 2 / deviation, "b": 1 / deviation, "c": 0.0}
    )


def test_a_score_far_below_is_held_at_three_deviations() -> None:
    scored = [(str(number), 1.0) for number in range(99)] + [("outlier", -99.0)]
    # mean 0, deviation 9.9...: the outlier lies 9.9 below, and counts as 3
    values = standardised(scored)
    assert values["outlier"] == 0.0
    assert values["0"] == pytest.approx(3 + 1 / math.sqrt((99 + 99**2) / 100))


def test_equal_scores_tell_found_from_not_found() -> None:
    assert standardised([("a", 0.5), ("b", 0.5)]) == {"a": 1.0, "b": 1.0}
    assert standardised([]) == {}


def test_fusion_adds_weighted_scores_and_tells_who_gave_what() -> None:
    fused = Fusion(
        {"one": Ranking([("a", 3.0), ("b", 1.0)]), "two": Ranking([("b", 9.0), ("c", 5.0)], weight=0.5)}
    ).best_first()
    # Two scores are 1 deviation on either side of their mean: 2 above the lowest.
    assert [(item, score) for item, score, _ in fused] == [("a", 2.0), ("b", 1.0), ("c", 0.0)]
    assert fused[1][2] == {"one": 0.0, "two": 1.0}


def test_a_ranking_that_is_added_afterwards_counts_as_the_others() -> None:
    one, two = Ranking([("a", 3.0), ("b", 1.0), ("c", 0.5)]), Ranking([("c", 9.0), ("d", 5.0)], weight=3.0)
    fusion = Fusion({"one": one})
    assert [item for item, _, _ in fusion.best_first()] == ["a", "b", "c"]
    fusion.add("two", two)
    assert fusion.best_first() == Fusion({"one": one, "two": two}).best_first()
    assert [item for item, _, _ in fusion.best_first()] == ["c", "a", "b", "d"]


def test_ties_stay_in_the_order_of_appearance() -> None:
    fused = Fusion({"one": Ranking([("x", 1.0), ("y", 1.0), ("z", 1.0)])}).best_first()
    assert [item for item, _, _ in fused] == ["x", "y", "z"]
