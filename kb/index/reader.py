"""Catalog, vectors and words as one: the reader, which searches all three and sees what a writer has committed."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.errors import FingerprintError
from kb.index.catalog import Catalog
from kb.index.layout import CATALOG_FILE, VECTORS_FOLDER, WORDS_FOLDER, check_encoder
from kb.index.lexical import Lexical
from kb.index.vectors import Vectors
from kb.models.encoder import Encoder

SECONDS_BETWEEN_LOOKS = 1.0


class IndexReader:
    """What searches a store. It notices new generations by itself, at most once a second; serves many threads.

    Raises StoreError when there is no store, FingerprintError when it was made with another encoder.
    """

    def __init__(self, store: Path, encoder: Encoder) -> None:
        self._store = store
        self.catalog = Catalog(store / CATALOG_FILE)
        if known := self.catalog.get("encoder"):
            try:
                check_encoder(store, known, encoder)
            except FingerprintError:
                self.catalog.close()
                raise
        self._turn = threading.Condition()
        self._leases = 0
        self._generation = 0
        self._checked = -math.inf
        self._parts: tuple[Vectors, Lexical] | None = None

    def close(self) -> None:
        """Waits for the searches under way, then lets go of the files."""
        with self._turn:
            self._turn.wait_for(lambda: self._leases == 0)
            self._drop()
        self.catalog.close()

    @property
    def generation(self) -> int:
        """The generation that searches see."""
        return self._generation

    @contextmanager
    def lease(self) -> Iterator[tuple[Vectors, Lexical] | None]:
        """Vectors and words of the current generation, kept open until the end; None while nothing was committed."""
        with self._turn:
            if time.monotonic() - self._checked >= SECONDS_BETWEEN_LOOKS:
                self._checked = time.monotonic()
                generation = self.catalog.generation()
                if generation != self._generation:
                    # Chroma's client never sees what another process adds: it has to be closed, then opened again.
                    self._turn.wait_for(lambda: self._leases == 0)
                    self._drop()
                    self._parts = (Vectors(self._store / VECTORS_FOLDER), Lexical(self._store / WORDS_FOLDER))
                    self._generation = generation
            self._leases += 1
            parts = self._parts
        try:
            yield parts
        finally:
            with self._turn:
                self._leases -= 1
                self._turn.notify_all()

    def _drop(self) -> None:
        if self._parts is not None:
            vectors, lexical = self._parts
            vectors.close()
            lexical.close()
            self._parts = None
