"""A store's folder in the hands of its one writer.

The order of a commit makes every crash harmless: ids that are about to change are noted in the catalog (`pending`);
vectors, then words, are written; one catalog transaction makes the change current (the commit point) and raises the
generation; obsolete ids leave vectors and words; the note is cleared. A hit that is not current in the catalog is
dropped by the readers, and the next writer removes what a crash left.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from pathlib import Path

from kb.index.audit import Difference, audit
from kb.index.catalog.file import FileCatalog
from kb.index.embedded.vectors import ChromaVectors
from kb.index.layout import CATALOG_FILE, VECTORS_FOLDER, WORDS_FOLDER
from kb.index.lexical import Lexical
from kb.index.store import Change

logger = logging.getLogger(__name__)


class EmbeddedWriting:
    """The index in `folder`, made when missing. Its owner holds the store's lock from before until after."""

    def __init__(self, folder: Path) -> None:
        self.catalog = FileCatalog(folder / CATALOG_FILE, create=True)
        self.vectors = ChromaVectors(folder / VECTORS_FOLDER, create=True)  # only under the lock: see `vectors`
        self._words = folder / WORDS_FOLDER
        self._lexical: Lexical | None = None
        # A second for 100,000 vectors, while the encoder is loaded and the first documents are read: Chroma would do it
        # at the first change.
        self._loading = threading.Thread(target=self._load, name="load vectors")
        self._loading.start()

    def settle(self) -> None:
        """Finishes or undoes what an interrupted writer left."""
        self._lexical = Lexical(self._words, write=True)
        pending = self.catalog.pending()
        if pending:
            logger.info("settling %d ids left by an interrupted ingestion", len(pending))
            self._remove(set(pending) - self.catalog.current(pending))

    def apply(self, change: Change) -> None:
        """Commits a change."""
        touched = {*change.new_ids, *change.obsolete}
        if change.vectors:
            with self.catalog.transaction() as connection:
                self.catalog.add_pending(connection, touched)
            for space, (ids, vectors) in change.vectors.items():
                self.vectors.upsert(space, ids, vectors)
            for kind, texts in change.texts.items():
                self._opened.upsert(kind, texts)
            self._opened.commit()
        with self.catalog.transaction() as connection:
            if not change.vectors:
                self.catalog.add_pending(connection, touched)
            change.in_catalog(connection)
            self.catalog.bump_generation(connection)
        self._remove(change.obsolete)

    def audit(self) -> list[Difference]:
        """Everything on which catalog, vectors and words do not agree."""
        return list(audit(self.catalog, self.vectors, self._opened))

    def close(self) -> None:
        """Lets go of the files."""
        self._loading.join()
        if self._lexical is not None:
            self._lexical.close()
        self.vectors.close()
        self.catalog.close()

    @property
    def _opened(self) -> Lexical:
        if self._lexical is None:
            raise RuntimeError("nothing is changed before what was left is settled")
        return self._lexical

    def _remove(self, ids: Iterable[str]) -> None:
        """Removes obsolete ids from vectors and words; then all three agree."""
        obsolete = list(ids)
        if obsolete:
            self.vectors.delete(obsolete)
            self._opened.delete(obsolete)
            self._opened.commit()
        with self.catalog.transaction() as connection:
            self.catalog.clear_pending(connection)

    def _load(self) -> None:
        try:
            self.vectors.load()
        except Exception:  # a courtesy: Chroma says the same at the first change, to whoever can tell it
            logger.debug("loading the vectors ahead failed", exc_info=True)
