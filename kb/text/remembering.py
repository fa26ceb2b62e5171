"""What was worked out of a text, remembered: the sentences of a base come up again in one question after another."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

LONGEST = 1_000  # characters: with the number below some 20 MB of usual text for each function
TEXTS = 30_000
Result = TypeVar("Result")


def remembering(function: Callable[[str], Result]) -> Callable[[str], Result]:
    """`function`, its results for the last short texts remembered: they must not be changed by whoever gets them."""
    remembered = lru_cache(maxsize=TEXTS)(function)

    @wraps(function)
    def chosen(text: str) -> Result:
        return remembered(text) if len(text) <= LONGEST else function(text)

    return chosen
