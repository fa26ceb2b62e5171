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
from kb.index.layout import CATALOG_FILE, VECTORS_FOLDER, WORDS_FOLDER, check_encoder, index_folder
from kb.index.lexical import Lexical
from kb.index.vectors import Vectors
from kb.models.encoder import Encoder

# A look is one small read of the catalog (some 50 µs): four a second cost nothing, and a new article is found sooner.
SECONDS_BETWEEN_LOOKS = 0.25


class IndexReader:
    """What searches a store. Serves many threads. It notices new generations by itself, at most four times a second.

    Raises StoreError when there is no store, FingerprintError when it was made with another encoder.
    """

    def __init__(self, store: Path, encoder: Encoder) -> None:
        self._store = store
        self._encoder = encoder
        self._turn = threading.Condition()
        self._looking = threading.Lock()
        self._leases = 0
        self._checked = -math.inf
        self._looked = time.monotonic()
        self._parts: tuple[Vectors, Lexical] | None = None
        self._folder = index_folder(store)
        self._seen = self._folder, 0  # the index that searches see, and its generation
        self._catalog = self._open_catalog(self._folder)

    def close(self) -> None:
        """Waits for the searches under way, then lets go of the files."""
        with self._turn:
            self._turn.wait_for(lambda: self._leases == 0)
            self._drop()
        self._catalog.close()

    @property
    def catalog(self) -> Catalog:
        """The catalog of the index in use, looked up four times a second at most: a base can be rebuilt aside.

        Raises FingerprintError when the base was rebuilt with another encoder.
        """
        with self._looking:
            if time.monotonic() - self._looked >= SECONDS_BETWEEN_LOOKS:
                self._looked = time.monotonic()
                folder = index_folder(self._store)
                if folder != self._folder:
                    before, self._catalog, self._folder = self._catalog, self._open_catalog(folder), folder
                    before.close()  # what is being read from it is read to its end
            return self._catalog

    @property
    def generation(self) -> int:
        """The generation that searches see."""
        return self._seen[1]

    @contextmanager
    def lease(self) -> Iterator[tuple[Vectors, Lexical] | None]:
        """Vectors and words of the current generation, kept open until the end; None while nothing was committed."""
        with self._turn:
            if time.monotonic() - self._checked >= SECONDS_BETWEEN_LOOKS:
                self._checked = time.monotonic()
                generation, folder = self.catalog.generation(), self._folder
                if (folder, generation) != self._seen:
                    # Chroma's client never sees what another process adds: it has to be closed, then opened again.
                    self._turn.wait_for(lambda: self._leases == 0)
                    self._drop()
                    self._parts = (Vectors(folder / VECTORS_FOLDER), Lexical(folder / WORDS_FOLDER))
                    self._seen = folder, generation
            self._leases += 1
            parts = self._parts
        try:
            yield parts
        finally:
            with self._turn:
                self._leases -= 1
                self._turn.notify_all()

    def _open_catalog(self, folder: Path) -> Catalog:
        catalog = Catalog(folder / CATALOG_FILE)
        if known := catalog.get("encoder"):
            try:
                check_encoder(self._store, known, self._encoder)
            except FingerprintError:
                catalog.close()
                raise
        return catalog

    def _drop(self) -> None:
        if self._parts is not None:
            vectors, lexical = self._parts
            vectors.close()
            lexical.close()
            self._parts = None
