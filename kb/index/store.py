"""The seam: what Repères asks of whatever holds a base. Two makers stand behind it, `embedded` and `postgresql`.

Ingestion opens a store for `writing`, questions open a `reader` of it and hold a `Lease` while they search. Nothing
outside a maker knows which one it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from kb.errors import FingerprintError
from kb.index.audit import Difference
from kb.index.catalog.among import Space
from kb.index.catalog.catalog import Catalog, Transaction
from kb.index.catalog.reader import CatalogReader
from kb.index.lexical import Kind, Lexical, Text
from kb.index.vectors import Vectors
from kb.models.encoder import Encoder, FloatMatrix
from kb.types import StoreStatus


class Lease(NamedTuple):
    """One state of the index and its generation: vectors, words and catalog, kept open while somebody searches them."""

    vectors: Vectors
    lexical: Lexical
    generation: int
    catalog: CatalogReader


class IndexReader(Protocol):
    """What searches a store. Serves many threads, and notices new generations by itself."""

    @property
    def catalog(self) -> CatalogReader:
        """The catalog of the index in use. Raises FingerprintError when it was rebuilt with another encoder."""

    @property
    def generation(self) -> int:
        """The generation that searches see."""

    def status(self) -> StoreStatus:
        """The state of the base, and whether searches are behind it."""

    def lease(self) -> AbstractContextManager[Lease | None]:
        """One state of the index, kept open until the end; None while nothing was committed."""

    def close(self) -> None:
        """Waits for the searches under way, then lets go of the store."""


@dataclass(frozen=True, slots=True)
class Change:
    """What changes at once, all of it or nothing.

    `vectors` are the new ones of each space, by their ids (n): unit vectors, shape (n, d); `texts` the new ones of each
    kind; `obsolete` are the ids that leave both. `in_catalog` changes the catalog, within the transaction it is given.
    """

    in_catalog: Callable[[Transaction], None]
    vectors: Mapping[Space, tuple[Sequence[str], FloatMatrix]] = field(default_factory=dict)
    texts: Mapping[Kind, Sequence[Text]] = field(default_factory=dict)
    obsolete: Collection[str] = ()

    @property
    def new_ids(self) -> list[str]:
        """The ids of what is new."""
        return [new_id for ids, _ in self.vectors.values() for new_id in ids]


class Writing(Protocol):
    """A store in the hands of its one writer."""

    @property
    def catalog(self) -> Catalog:
        """The catalog."""

    @property
    def vectors(self) -> Vectors:
        """The vectors, to read."""

    def settle(self) -> None:
        """Finishes or undoes what an interrupted writer left: called before the first change."""

    def apply(self, change: Change) -> None:
        """Commits a change, and raises the generation: readers see all of it or nothing."""

    def audit(self) -> list[Difference]:
        """Everything on which catalog, vectors and words do not agree."""


class Store(Protocol):
    """Where a base is kept."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def unreached(self) -> str:
        """Where what is erased for good stays all the same, as a French sentence; empty where that is nowhere."""

    def exists(self) -> bool:
        """Whether there is a base in it."""

    def catalog(self) -> Catalog:
        """The catalog of the index in use, which the caller closes. Raises StoreError when there is no base."""

    def reader(self, encoder: Encoder) -> IndexReader:
        """Opens it for searches. Raises StoreError when there is no base, FingerprintError when another encoder made
        it.
        """

    def writing(self) -> AbstractContextManager[Writing]:
        """Opens it for its one writer, made when missing. Raises StoreBusyError when another process is writing."""

    def rebuild(self, fill: Callable[[Store], None]) -> None:
        """Makes an index aside from a copy of the catalog, has `fill` complete it, and puts it in the place of the
        one in use, all at once.

        `fill` is given that index as a store, proves it whole (`prove`) and lets go of it. Raises StoreError when there
        is no base, StoreBusyError when another process is writing, and what `fill` raises; the base is as before then.
        """

    def prove(self) -> None:
        """Raises StoreError unless catalog, vectors and words agree."""

    def erase(self, document_ids: Sequence[str], now: str) -> None:
        """Erases documents for good: their rows, their lines in reports, their vectors and words, every byte.

        Raises StoreError as `rebuild` does, and for an id that the base does not know.
        """

    def finish_erasing(self) -> None:
        """Takes away what an interrupted erasure left. Raises StoreBusyError when another process is writing."""


def check_encoder(name: str, known: str, encoder: Encoder) -> None:
    """Raises FingerprintError when the vectors of the store `name` were made by another encoder than `encoder`."""
    if known != encoder.identity:
        raise FingerprintError(
            f"{name} : la base a été constituée avec le modèle {known}, les réglages demandent {encoder.identity}. "
            "Revenez au premier (REPERES_EMBEDDING_MODEL), ou lancez « reperes rebuild » : la base sera refaite."
        )
