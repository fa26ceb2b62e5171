"""Fusion of rankings, and the rarity of words. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

# With k = 60 (the paper's) the first ranks hardly count more than the tenth; 10 was better on real questions.
RRF_K = 10

T = TypeVar("T", bound=Hashable)


def dense_ranks(scored: Sequence[tuple[T, float]], tolerance: float = 1e-6) -> dict[T, int]:
    """Ranks from 1 of (item, score) pairs given best first; equal scores share a rank."""
    ranks: dict[T, int] = {}
    rank, last = 0, float("inf")
    for item, score in scored:
        if last - score > tolerance:
            rank, last = rank + 1, score
        ranks.setdefault(item, max(rank, 1))
    return ranks


def reciprocal_rank_fusion(
    rankings: Mapping[str, Mapping[T, int]], k: int = RRF_K
) -> list[tuple[T, float, dict[str, float]]]:
    """Items with their fused score and what each ranking gave to it, best first; ties in the order of appearance.

    score(item) = sum over rankings that hold the item of 1 / (k + rank(item)), ranks from 1 (Cormack, Clarke and
    Büttcher, « Reciprocal Rank Fusion outperforms Condorcet and individual rank learning methods », SIGIR 2009).
    """
    contributions: dict[T, dict[str, float]] = {}
    for name, ranking in rankings.items():
        for item, rank in ranking.items():
            contributions.setdefault(item, {})[name] = 1.0 / (k + rank)
    fused = [(item, sum(parts.values()), parts) for item, parts in contributions.items()]
    return sorted(fused, key=lambda each: -each[1])


def inverse_document_frequency(frequency: int, total: int) -> float:
    """ln(1 + (N − n + ½) / (n + ½)): BM25's, never negative."""
    return math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))
