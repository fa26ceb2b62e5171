"""The words of an index on a server: a tantivy index on this machine's disk, brought up to date by generation.

Ranking texts is not PostgreSQL's strength (0.8 s a question at 100,000 passages), so each machine that serves keeps its
own copy, made from the catalog. Any process may bring it up to date, one at a time; it can always be made anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

from kb.index.derived_words import write_words
from kb.index.layout import WORDS_COPY
from kb.index.lexical import KINDS, Lexical
from kb.index.postgresql.snapshot import Snapshot

_LOCK_FILE = f"{WORDS_COPY}copy.lock"
_STATE_FILE = "state"


@contextmanager
def copying(store: Path) -> Iterator[None]:
    """The lock of the copies in the folder of a store: whoever brings one up to date holds it, snapshot included."""
    store.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(store / _LOCK_FILE):
        yield


class WordsCopy:
    """The copy, in the folder of a store, of the words of the index `identity`."""

    def __init__(self, store: Path, identity: str) -> None:
        self._store = store
        self.identity = identity
        self.folder = store / f"{WORDS_COPY}{identity}"

    def bring_up(self, snapshot: Snapshot) -> None:
        """Brings the copy in line with a snapshot that was taken under the lock (`copying`)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        held, wanted = self._state(), (snapshot.generation, snapshot.commit)
        if held == wanted:
            return
        changed = None if held is None else snapshot.changed_since(*held)
        words, catalog = Lexical(self.folder, write=True), snapshot.catalog
        try:
            if changed is None:
                for kind in KINDS:
                    words.delete(words.ids(kind))
                write_words(catalog, words, catalog.headers())
            else:
                words.delete(changed)
                write_words(catalog, words, catalog.documents_with(changed).values(), changed)
            words.commit()
        finally:
            words.close()
        # After the words: a crash in between has the same changes made once more, which does no harm.
        new = self.folder / f"{_STATE_FILE}.new"
        new.write_text(f"{wanted[0]} {wanted[1]}", encoding="ascii")
        new.replace(self.folder / _STATE_FILE)

    def _state(self) -> tuple[int, str] | None:
        """The generation and the commit that the copy is of; None while there is none."""
        with suppress(FileNotFoundError, ValueError):
            generation, _, commit = (self.folder / _STATE_FILE).read_text(encoding="ascii").partition(" ")
            return int(generation), commit
        return None

    def remove_others(self, identities: Collection[str]) -> None:
        """Removes the copies of indexes that are none of these: what erased documents said leaves with them."""
        for folder in self._store.glob(f"{WORDS_COPY}*/"):
            if folder.name.removeprefix(WORDS_COPY) not in identities:
                shutil.rmtree(folder, ignore_errors=True)
