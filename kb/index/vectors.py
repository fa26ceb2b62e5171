"""What a store's vectors can be asked: those of passages and of sections, compared by their cosine."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from kb.index.catalog.among import Among, Space
from kb.models.encoder import FloatMatrix

SPACES: tuple[Space, ...] = ("passages", "sections")

_SPARE, _MOST_LOOKED_THROUGH = 1.5, 2_000


def looked_through(n: int, share: float) -> int:
    """How many of the best of all are looked through to find the `n` best of a share of them; 0 where it is too small.

    Half as many again as it takes where those that fit stand everywhere alike, and 2,000 at most: it costs less than to
    hand over a list of what fits, which is long for all but a small share of a large base.
    """
    wanted = math.ceil(_SPARE * n / share) if share else 0
    return wanted if wanted <= _MOST_LOOKED_THROUGH else 0


class Vectors(Protocol):
    """The vectors of a store, to read. Serves many threads."""

    def load(self) -> None:
        """Reads ahead of the first search what it would wait for."""

    def count(self, space: Space) -> int:
        """How many vectors a space holds."""

    def get(self, ids: Sequence[str]) -> dict[str, Any]:
        """The vectors (float32, shape (d,)) of those of `ids` that are stored, in either space."""

    def items(self, space: Space) -> Iterator[tuple[str, Any]]:
        """Every id of a space with its vector (float32, shape (d,)); None for one whose vector cannot be had."""

    def search(self, space: Space, vector: FloatMatrix, n: int, among: Among | None = None) -> list[tuple[str, float]]:
        """The `n` nearest ids to a unit vector, shape (d,), with their cosines, best first; only `among` if given."""
