"""The words of an index on a server: a tantivy index on this machine's disk, brought up to date by generation.

Ranking texts is not PostgreSQL's strength (0.8 s a question at 100,000 passages), so each machine that serves keeps its
own copy, made from the catalog. Any process may bring it up to date, one at a time; it can always be made anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

import filelock

from kb.index.catalog.reader import CatalogReader
from kb.index.derived_words import write_words
from kb.index.layout import WORDS_COPY
from kb.index.lexical import Lexical

_LOCK_FILE = "copy.lock"
_GENERATION_FILE = "generation"

ChangedSince = Callable[[int], Collection[str] | None]
"""The ids that changed after a generation; None where nobody knows any more."""


class WordsCopy:
    """The copy, in the folder of a store, of the words of the index `identity`."""

    def __init__(self, store: Path, identity: str) -> None:
        self._store = store
        self.identity = identity
        self.folder = store / f"{WORDS_COPY}{identity}"

    def generation(self) -> int | None:
        """The generation that the copy is of; None while there is none."""
        with suppress(FileNotFoundError, ValueError):
            return int((self.folder / _GENERATION_FILE).read_text(encoding="ascii"))
        return None

    def bring_up(self, catalog: CatalogReader, generation: int, changed_since: ChangedSince) -> None:
        """Brings the copy in line with a catalog at a generation, unless it is as far already."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(self.folder / _LOCK_FILE):
            held = self.generation()
            if held is not None and held >= generation:
                return
            changed = None if held is None else changed_since(held)
            words = Lexical(self.folder, write=True)
            try:
                if changed is None:
                    for kind in ("passages", "sections"):
                        words.delete(words.ids(kind))
                    write_words(catalog, words, catalog.headers())
                else:
                    words.delete(changed)
                    write_words(catalog, words, catalog.documents_with(changed).values(), set(changed))
                words.commit()
            finally:
                words.close()
            # After the words: a crash in between has the same changes made once more, which does no harm.
            new = self.folder / f"{_GENERATION_FILE}.new"
            new.write_text(str(generation), encoding="ascii")
            new.replace(self.folder / _GENERATION_FILE)

    def remove_others(self, identities: Collection[str]) -> None:
        """Removes the copies of indexes that are none of these: what erased documents said leaves with them."""
        for folder in self._store.glob(f"{WORDS_COPY}*"):
            if folder.name.removeprefix(WORDS_COPY) not in identities:
                shutil.rmtree(folder, ignore_errors=True)
