"""What a store's vectors can be asked: those of passages and of sections, compared by their cosine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from kb.index.catalog.reader import CatalogReader
from kb.models.encoder import FloatMatrix

Space = Literal["passages", "sections"]
SPACES: tuple[Space, ...] = ("passages", "sections")


@dataclass(frozen=True, slots=True)
class Among:
    """What a search is restricted to: the vectors of some documents, which `catalog` knows."""

    documents: Sequence[str]
    catalog: CatalogReader

    def ids(self, space: Space) -> list[str]:
        """The ids of their passages or sections."""
        asked = self.catalog.passage_ids if space == "passages" else self.catalog.section_ids
        return asked(self.documents)


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
