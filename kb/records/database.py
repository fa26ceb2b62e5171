"""The second database, `app.db`: what people do with the base. It outlives the store, which can be made again.

Here it is opened where it is kept (`places`: a file, or a server), changed in transactions; documents are erased from
it (`erasure`).
Each thing that is kept is read and written by its own module: conversations, feedback, corrections and sessions beside
this one, test queries and evaluation runs in `kb.evaluation`.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Self

from sqlalchemy.engine import Connection

from kb.index.catalog.journal import mark
from kb.records.erasure import (
    Erased,
    Texts,
    erase_rows,
    is_unfinished,
    note_back,
    note_erased,
    note_finished,
    read_erased,
)
from kb.records.places import Kept, as_place


class AppDatabase:
    """The database at a place, made when missing. A context manager; serves many threads.

    Raises StoreError when it is damaged, cannot be opened or comes from a later version of Repères.
    """

    def __init__(self, kept: Kept) -> None:
        self._place = as_place(kept)
        self._engine = self._place.open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection whose changes are kept together, or not at all when an exception leaves."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, about: str = "") -> Iterator[Connection]:
        """As `transaction`, alone to write from the beginning, with `about` among those that write about that: what is
        read in it holds until it ends."""
        with self.transaction() as connection:
            self._place.take(connection, about)
            yield connection

    def erase_documents(self, document_ids: Collection[str], texts: Texts = lambda _: ()) -> int:
        """Erases what is kept of documents, quotes and answers made of them; in how many rows something was.

        `texts` gives those of documents that are left. Raises StoreError, the rows being erased, when another program
        keeps the files from being compacted: the next call does it.
        """
        return self._erase(Erased(frozenset(map(mark, document_ids)), tuple(document_ids)), texts)

    def settle_erasures(self, forgotten: Collection[str], held: Collection[str], texts: Texts = lambda _: ()) -> None:
        """Brings this file in line with a base: its `forgotten` marks are erased here too, and what it `held` (ids)
        in spite of a mark of ours has come back. Cheap when there is nothing to do. Raises as `erase_documents`.
        """
        with self.transaction() as connection:
            known, is_unfinished_here = read_erased(connection).marks, is_unfinished(connection)
        if back := (known - set(forgotten)) & {mark(name) for name in held if known}:
            with self.writing() as connection:
                note_back(connection, back)
        if is_unfinished_here or set(forgotten) - known:
            self._erase(Erased(frozenset(forgotten)), texts)

    def _erase(self, erased: Erased, texts: Texts) -> int:
        with self.writing() as connection:
            note_erased(connection, erased.marks)
            changed = erase_rows(connection, erased, texts)
        self._place.compact(self._engine)
        with self.writing() as connection:
            note_finished(connection)
        return changed


class OpenedOnce:
    """The database at a place, opened at its first use and kept open for all that follow. Serves many threads."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._lock = threading.Lock()
        self._opened: AppDatabase | None = None

    def __call__(self) -> AppDatabase:
        """The database. Raises as `AppDatabase`."""
        with self._lock:
            self._opened = self._opened or AppDatabase(self._kept)
            return self._opened

    @property
    def is_open(self) -> bool:
        """Whether it was used, and not closed since."""
        return self._opened is not None

    def close(self) -> None:
        """Lets go of it, if it was opened; the next use opens it again."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None
