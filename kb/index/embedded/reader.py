"""Catalog, vectors and words as one: the reader, which searches all three and sees what a writer has committed.

Words are seen at once. Chroma's client never sees what another process adds, and reading a graph of 100,000 vectors
takes a second: in a large base a second client is opened behind the searches, which go on with the vectors of before
until it is ready. What the catalog holds no more is dropped by whoever searches, whatever vectors and words say.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from kb.errors import FingerprintError, StoreError
from kb.index.catalog.catalog import Transaction
from kb.index.catalog.file import FileCatalog
from kb.index.catalog.reader import CatalogReader
from kb.index.embedded.vectors import ChromaVectors
from kb.index.layout import CATALOG_FILE, VECTORS_FOLDER, WORDS_FOLDER, index_folder
from kb.index.lexical import Lexical
from kb.index.store import Lease, check_encoder
from kb.index.vectors import SPACES
from kb.models.encoder import Encoder
from kb.types import StoreStatus

# A look is one small read of the catalog (some 50 µs): four a second cost nothing, and a new article is found sooner.
SECONDS_BETWEEN_LOOKS = 0.25
# New vectors are waited for where that takes no time worth telling: 10,000 are read in some 0.1 s.
WAITED_FOR = 10_000

logger = logging.getLogger(__name__)


class _InUse:
    """The database of the catalog in use, whichever it is by then: a search goes on when the base is rebuilt."""

    def __init__(self, reader: EmbeddedReader) -> None:
        self._reader = reader

    def connect(self) -> AbstractContextManager[Transaction]:
        return self._reader.catalog.database.connect()

    def begin(self) -> AbstractContextManager[Transaction]:
        return self._reader.catalog.database.begin()


class EmbeddedReader:
    """What searches a store. Serves many threads. It notices new generations by itself, at most four times a second.

    Above `waited_for` vectors, those of a new generation join its words a little later. Raises StoreError when there
    is no store, FingerprintError when it was made with another encoder.
    """

    def __init__(self, store: Path, encoder: Encoder, *, waited_for: int = WAITED_FOR) -> None:
        self._store = store
        self._encoder = encoder
        self._waited_for = waited_for
        self._turn = threading.Condition()
        self._looking = threading.Lock()
        self._leases: dict[ChromaVectors, int] = {}  # searches under way by the vectors that they use
        self._checked = -math.inf
        self._looked = time.monotonic()
        self._parts: tuple[ChromaVectors, Lexical] | None = None
        self._opening: threading.Thread | None = None
        self._folder = index_folder(store)
        self._seen = self._folder, 0  # the index that searches see, and its generation
        self._vectors_seen = 0  # the generation that the vectors are of, or a later one
        self._catalog = self._open_catalog(self._folder)
        self._in_use = CatalogReader(_InUse(self))

    def close(self) -> None:
        """Waits for the searches under way, then lets go of the files."""
        with self._turn:
            self._turn.wait_for(lambda: self._opening is None and not self._leases)
            self._drop()
        self._catalog.close()

    @property
    def catalog(self) -> FileCatalog:
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

    def status(self) -> StoreStatus:
        """The state of the base; a generation is seen a second later at most."""
        return self.catalog.status()

    @property
    def generation(self) -> int:
        """The generation that searches see."""
        return self._seen[1]

    @contextmanager
    def lease(self) -> Iterator[Lease | None]:
        """Vectors and words of the current generation, kept open until the end; None while nothing was committed."""
        with self._turn:
            if time.monotonic() - self._checked >= SECONDS_BETWEEN_LOOKS:
                self._checked = time.monotonic()
                self._look()
            parts, generation = self._parts, self.generation
            if parts is not None:
                self._leases[parts[0]] = self._leases.get(parts[0], 0) + 1
        try:
            yield None if parts is None else Lease(*parts, generation, self._in_use)
        finally:
            if parts is not None:
                self._give_back(parts[0])

    def _look(self) -> None:
        """Sees what was committed since the last look."""
        generation, folder = self.catalog.generation(), self._folder
        if folder != self._seen[0] or (self._parts is None and generation):
            # Another index altogether: its words with the vectors of before would make no sense.
            self._turn.wait_for(lambda: self._opening is None and not self._leases)
            self._drop()
            try:
                self._parts = (ChromaVectors(folder / VECTORS_FOLDER), Lexical(folder / WORDS_FOLDER))
            except StoreError:
                if index_folder(self._store) == folder:
                    raise
                # Rebuilt once more while the searches under way ended: this index is gone, there is a newer one.
                self._looked = -math.inf
                self._look()
                return
            self._seen, self._vectors_seen = (folder, generation), generation
        elif self._parts is not None and generation != self._vectors_seen:
            vectors, lexical = self._parts
            is_small = sum(vectors.count(space) for space in SPACES) <= self._waited_for
            if is_small:
                self._turn.wait_for(lambda: self._opening is None)
            lexical.reload()
            self._seen = folder, generation
            if self._opening is None and generation != self._vectors_seen:
                self._opening = threading.Thread(target=self._open_vectors, args=(folder, generation), daemon=True)
                self._opening.start()
            if is_small:
                self._turn.wait_for(lambda: self._opening is None or self._vectors_seen == generation)

    def _open_vectors(self, folder: Path, generation: int) -> None:
        """Puts vectors that are at least of `generation` in the place of those of before."""
        try:
            opened = ChromaVectors(folder / VECTORS_FOLDER)
            opened.load()
        except Exception:  # in a thread of its own, where nobody else would tell: searches go on with what they have
            logger.exception("the new vectors cannot be read, the next search tries again")
            opened = None
        with self._turn:
            if opened is not None:
                assert self._parts is not None  # nothing is dropped while others are opened
                before, lexical = self._parts
                self._parts, self._vectors_seen = (opened, lexical), generation
                if before not in self._leases:
                    before.close()
            self._opening = None
            self._turn.notify_all()

    def _give_back(self, vectors: ChromaVectors) -> None:
        with self._turn:
            self._leases[vectors] -= 1
            if not self._leases[vectors]:
                del self._leases[vectors]
                if self._parts is None or self._parts[0] is not vectors:
                    vectors.close()  # others came meanwhile
            self._turn.notify_all()

    def _open_catalog(self, folder: Path) -> FileCatalog:
        catalog = FileCatalog(folder / CATALOG_FILE)
        if known := catalog.get("encoder"):
            try:
                check_encoder(str(self._store), known, self._encoder)
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
