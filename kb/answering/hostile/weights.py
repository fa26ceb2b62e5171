"""How much each feature speaks for an attack: a logistic regression whose weights are kept in weights.json.

`python -m benchmarks.hostile.fit` writes that file and says there what it was fitted on.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.answering.hostile.features import features

FILE = Path(__file__).with_name("weights.json")
# Tokens judged together: a longer text is judged piece by piece, the second half of one being the first of the next.
WINDOW = 48
_FEWEST = 30  # features: a text of a few words does not weigh more for being short


@dataclass(frozen=True, slots=True)
class Weights:
    """`of` is the weight of each feature that has one; a text is an attack above `threshold`.

    `words` are those that letters run together are parted into.
    """

    of: Mapping[str, float]
    intercept: float
    threshold: float
    words: frozenset[str]


@functools.cache
def weights() -> Weights:
    """The weights that are shipped."""
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    of = {name: int(weight) / kept["scale"] for weight, names in kept["weights"].items() for name in names.split(" ")}
    return Weights(of, kept["intercept"], kept["threshold"], frozenset(kept["words"].split(" ")))


def score(said: Sequence[str], by: Weights | None = None) -> float:
    """By how much the worst window of some tokens is above (> 0) the threshold of an attack."""
    by = by or weights()
    return max(_logit(features(window), by) for window in windows(said)) - by.threshold


def windows(said: Sequence[str]) -> Iterator[Sequence[str]]:
    """Pieces of at most WINDOW tokens, each overlapping the next by half; one at least."""
    yield said[:WINDOW]
    for start in range(WINDOW // 2, len(said) - WINDOW // 2, WINDOW // 2):
        yield said[start : start + WINDOW]


def shares(count: int) -> float:
    """What each of `count` features of a text weighs: more features, each less, or long texts would be all attacks."""
    return 1 / math.sqrt(max(count, _FEWEST))


def _logit(found: Iterable[str], by: Weights) -> float:
    counted = [weight for name in found if (weight := by.of.get(name)) is not None]
    return by.intercept + sum(counted) * shares(len(counted))
