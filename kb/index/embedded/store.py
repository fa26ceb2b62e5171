"""A store that is a folder: SQLite, Chroma and tantivy, in this process and on this disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from kb.errors import StoreError
from kb.index.catalog.file import FileCatalog
from kb.index.embedded.lock import locked
from kb.index.embedded.reader import EmbeddedReader
from kb.index.embedded.rebuilding import make_without, prove
from kb.index.embedded.writing import EmbeddedWriting
from kb.index.layout import CATALOG_FILE, folder_aside, index_folder, point_to, remove_unused
from kb.index.store import Store
from kb.models.encoder import Encoder

# Readers look for another index a few times a second; a question under way reads the old one to its end.
GRACE_SECONDS = 2.0


class EmbeddedStore:
    """The store in the folder `path`; with `aside` that one of its indexes, which is being made under the lock."""

    def __init__(self, path: Path, aside: Path | None = None) -> None:
        self._path = path
        self._aside = aside

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._path)

    @property
    def unreached(self) -> str:
        """Nothing: no byte stays in the folder, and who copies folders knows of the copies."""
        return ""

    def exists(self) -> bool:
        """Whether there is a base in the folder."""
        return (self._index / CATALOG_FILE).is_file()

    def catalog(self) -> FileCatalog:
        """The catalog of the index in use. Raises StoreError when there is none, or a damaged one."""
        return FileCatalog(self._index / CATALOG_FILE)

    def reader(self, encoder: Encoder) -> EmbeddedReader:
        """Opens it for searches. Raises StoreError, FingerprintError."""
        return EmbeddedReader(self._path, encoder)

    @contextmanager
    def writing(self) -> Iterator[EmbeddedWriting]:
        """Opens it for its one writer. Raises StoreBusyError when another process is writing."""
        with ExitStack() as held:
            if self._aside is None:
                held.enter_context(locked(self._path))
                remove_unused(self._path)
            writing = EmbeddedWriting(self._index)
            held.callback(writing.close)
            yield writing

    def rebuild(self, fill: Callable[[Store], None]) -> None:
        """Makes an index aside, which `fill` completes, and swaps it in.

        A crash at any moment leaves one whole index in use: the old one until the pointer is replaced, the new one
        after. Raises StoreError, StoreBusyError and what `fill` raises.
        """
        with locked(self._path):
            remove_unused(self._path)
            with closing(self.catalog()) as before:
                aside = folder_aside(self._path)
                aside.mkdir()
                before.copy_to(aside / CATALOG_FILE)
            fill(EmbeddedStore(self._path, aside))
            point_to(self._path, aside)
            time.sleep(GRACE_SECONDS)
            remove_unused(self._path)

    def prove(self) -> None:
        """Raises StoreError unless catalog, vectors and words agree."""
        prove(self._index)

    def erase(self, document_ids: Sequence[str], now: str) -> None:
        """Erases documents for good. The index is made again from what is left, its vectors used again."""
        self.rebuild(lambda aside: self._fill_without(aside, document_ids, now))

    def finish_erasing(self) -> None:
        """Takes away what an erasure that was interrupted left of the index of before."""
        with locked(self._path):
            remove_unused(self._path)

    def _fill_without(self, aside: Store, document_ids: Sequence[str], now: str) -> None:
        assert isinstance(aside, EmbeddedStore)
        with closing(aside.catalog()) as catalog:
            if unknown := set(document_ids) - catalog.states().keys():
                raise StoreError(f"{', '.join(sorted(unknown))} : la base n'a pas de document de ce nom.")
            with catalog.transaction() as connection:
                for document_id in document_ids:
                    catalog.erase_document(connection, document_id)
                catalog.clear_pending(connection)
                catalog.bump_generation(connection)
            for document_id in document_ids:
                catalog.journal.forget(document_id, now)
            catalog.compact()
        make_without(self._index, aside._index)

    @property
    def _index(self) -> Path:
        return self._aside or index_folder(self._path)
