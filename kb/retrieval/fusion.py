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
    spread = math.sqrt(math.fsum([(value - mean) ** 2 for value in values]) / len(values))
    if spread < 1e-9:
        return dict.fromkeys((item for item, _ in scored), 1.0)
    floor = max((min(values) - mean) / spread, FLOOR)
    # Not by `max`: with as many scores as a search has, to call it takes longer than all the rest.
    above = [(item, (score - mean) / spread) for item, score in scored]
    return {item: (value if value > FLOOR else FLOOR) - floor for item, value in above}


class Fusion(Generic[T]):
    """Rankings that are added up.

    score(item) = sum over rankings of weight × standardised score, 0 where the ranking does not hold the item. A sum
    of normalised scores keeps how much better an item is, which reciprocal ranks throw away (Bruch, Gai and Ingber,
    « An Analysis of Fusion Functions for Hybrid Retrieval », ACM TOIS 2023): the weights here are fitted to nothing.
    """

    def __init__(self, rankings: Mapping[str, Ranking[T]]) -> None:
        self._contributions: dict[T, dict[str, float]] = {}
        self._scores: dict[T, float] = {}
        for name, ranking in rankings.items():
            self.add(name, ranking)

    def add(self, name: str, ranking: Ranking[T]) -> None:
        """Adds one more ranking."""
        for item, value in standardised(ranking.scored).items():
            given = ranking.weight * value
            if item in self._scores:
                self._scores[item] += given
                self._contributions[item][name] = given
            else:
                self._scores[item] = given
                self._contributions[item] = {name: given}

    def best_first(self) -> list[tuple[T, float, dict[str, float]]]:
        """Items with their score and what each ranking gave to it, best first; ties in the order of appearance."""
        ordered = sorted(self._scores, key=self._scores.__getitem__, reverse=True)
        return [(item, self._scores[item], self._contributions[item]) for item in ordered]
