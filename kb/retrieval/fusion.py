"""Fusion of rankings. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)

# A ranking's last items say little of how much worse the others are: what is not in it counts as that far below its
# mean, in standard deviations, at most.
FLOOR = -3.0


@dataclass(frozen=True, slots=True)
class Ranking(Generic[T]):
    """(item, score) pairs and what the ranking weighs in a fusion. Equal items must not come twice."""

    scored: Sequence[tuple[T, float]]
    weight: float = 1.0


def standardised(scored: Sequence[tuple[T, float]]) -> dict[T, float]:
    """The scores in standard deviations above the lowest one, which gets 0, as do those over 3 below the mean.

    Scores that are all equal tell the items found from the others only: 1 for each.
    """
    if not scored:
        return {}
    values = [score for _, score in scored]
    mean = math.fsum(values) / len(values)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    if spread < 1e-9:
        return dict.fromkeys((item for item, _ in scored), 1.0)
    floor = max((min(values) - mean) / spread, FLOOR)
    return {item: max((score - mean) / spread, FLOOR) - floor for item, score in scored}


def standardised_fusion(rankings: Mapping[str, Ranking[T]]) -> list[tuple[T, float, dict[str, float]]]:
    """Items with their fused score and what each ranking gave to it, best first; ties in the order of appearance.

    score(item) = sum over rankings of weight × standardised score, 0 where the ranking does not hold the item. A sum
    of normalised scores keeps how much better an item is, which reciprocal ranks throw away (Bruch, Gai and Ingber,
    « An Analysis of Fusion Functions for Hybrid Retrieval », ACM TOIS 2023): the weights here are fitted to nothing.
    """
    contributions: dict[T, dict[str, float]] = {}
    for name, ranking in rankings.items():
        for item, value in standardised(ranking.scored).items():
            contributions.setdefault(item, {})[name] = ranking.weight * value
    fused = [(item, sum(parts.values()), parts) for item, parts in contributions.items()]
    return sorted(fused, key=lambda item: -item[1])
