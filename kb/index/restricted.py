"""A base as somebody sees it from whom sources are hidden: vectors, words and catalog hold nothing of those.

All that is searched and read goes through the parts that stand here, each of which asks its own database for what may
be read: a search finds as many passages as if the hidden ones were not there, and nothing is counted with them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from kb.index.catalog.among import Among, Space
from kb.index.catalog.reader import RECENT_REPORTS, CatalogReader
from kb.index.lexical import Lexical
from kb.index.store import IndexReader, Lease
from kb.index.vectors import SPACES, Vectors
from kb.models.encoder import FloatMatrix
from kb.rights.rights import Rights
from kb.types import StoreStatus


class RestrictedReader:
    """What searches the store behind `index`, for somebody with `rights`. Serves many threads; `index` is closed by
    whoever opened it."""

    def __init__(self, index: IndexReader, rights: Rights) -> None:
        self._index = index
        self._rights = rights
        self._lock = threading.Lock()
        self._known: _Known | None = None
        self._catalog: CatalogReader | None = None
        self._counted: StoreStatus | None = None

    def close(self) -> None:
        """Nothing is its own."""

    @property
    def catalog(self) -> CatalogReader:
        """What may be read of the catalog of the index in use. Raises FingerprintError as that does."""
        database = self._index.catalog.database
        with self._lock:
            if self._catalog is None or self._catalog.database is not database:
                self._catalog, self._counted = CatalogReader(database, self._rights), None
            return self._catalog

    @property
    def generation(self) -> int:
        """The generation that searches see."""
        return self._index.generation

    def status(self) -> StoreStatus:
        """The state of what may be read. Every open page asks every few seconds: it is counted once a generation."""
        catalog, counted = self.catalog, self._counted
        if counted is None or counted.generation != catalog.generation():
            counted = self._counted = catalog.status()
        reports = tuple(catalog.reports(RECENT_REPORTS))
        return replace(counted, reports=reports, is_behind=self._index.status().is_behind)

    @contextmanager
    def lease(self) -> Iterator[Lease | None]:
        """One state of the index, kept open until the end; None while nothing was committed."""
        with self._index.lease() as lease:
            yield None if lease is None else self._restricted(lease)

    def _restricted(self, lease: Lease) -> Lease:
        catalog = CatalogReader(lease.catalog.database, self._rights)
        known = self._known_of(lease, catalog)
        among = catalog.among(known=known.asked)
        return Lease(
            RestrictedVectors(lease.vectors, among), known.words.seen_through(among), lease.generation, catalog
        )

    def _known_of(self, lease: Lease, catalog: CatalogReader) -> _Known:
        """What is known of the documents that may be read in a generation, and the words limited to them."""
        with self._lock:
            known = self._known
            if known is None or known.generation != lease.generation or known.all_words is not lease.lexical:
                asked: dict[str, Any] = {}
                words = lease.lexical.limited_to(catalog.among(known=asked).documents())
                known = self._known = _Known(lease.generation, lease.lexical, words, asked)
            return known


class _Known(NamedTuple):
    generation: int
    all_words: Lexical
    words: Lexical
    asked: dict[str, Any]  # of the database, by searches of this generation


class RestrictedVectors:
    """The vectors of `among` in `vectors`."""

    def __init__(self, vectors: Vectors, among: Among) -> None:
        self._vectors = vectors
        self._among = among

    def load(self) -> None:
        """Reads ahead, for everybody."""
        self._vectors.load()

    def count(self, space: Space) -> int:
        """How many may be read."""
        return len(self._among.ids(space))

    def get(self, ids: Sequence[str]) -> dict[str, Any]:
        """Those of `ids` that may be read."""
        shown = {shown_id for space in SPACES for shown_id in self._among.fitting(space, ids)}
        return self._vectors.get([vector_id for vector_id in ids if vector_id in shown])

    def items(self, space: Space) -> Iterator[tuple[str, Any]]:
        """All that may be read."""
        shown = set(self._among.ids(space))
        return (item for item in self._vectors.items(space) if item[0] in shown)

    def search(self, space: Space, vector: FloatMatrix, n: int, among: Among | None = None) -> list[tuple[str, float]]:
        """As `Vectors.search`; `among` are some of those that may be read."""
        return self._vectors.search(space, vector, n, self._among if among is None else among.within(self._among))
