"""Vectors and words made anew for a catalog from which documents were erased, in processes that never read those."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np

from kb.errors import StoreError
from kb.index.audit import audit
from kb.index.catalog.file import FileCatalog
from kb.index.derived_words import write_words
from kb.index.embedded.vectors import ChromaVectors
from kb.index.layout import CATALOG_FILE, VECTORS_FOLDER, WORDS_FOLDER
from kb.index.lexical import Lexical
from kb.index.vectors import SPACES

logger = logging.getLogger(__name__)

_BATCH = 1_000


def make_without(old: Path, new: Path) -> None:
    """Makes vectors and words for the catalog in the folder `new`, out of the index in `old`. Raises StoreError.

    Two processes: the one that writes has never read what was erased.
    """
    _elsewhere("keep", old, new)
    _elsewhere("derive", new)


def _elsewhere(step: str, *folders: Path) -> None:
    """Does a step (`_STEPS`) in a process of its own. Raises StoreError when it fails.

    Chroma saves its graphs with room for more vectors, and that room holds whatever was in memory before: measured,
    sentences and vectors of an erased document came back on the disk that way.
    """
    done = subprocess.run(
        [sys.executable, "-m", "kb.index.embedded.rebuilding", step, *(str(folder.absolute()) for folder in folders)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        logger.error("the step %s of making an index anew failed: %s", step, done.stderr)
        raise StoreError(
            done.stdout.strip() or f"{folders[-1]} : la base n'a pas pu être refaite ; celle d'avant reste."
        )


def _keep(old: Path, new: Path) -> None:
    """Puts the vectors of all that the catalog in `new` holds, from the index in `old`, into files of `new`."""
    catalog = FileCatalog(new / CATALOG_FILE)
    try:
        with _open_vectors(old) as vectors:
            for space in SPACES:
                ids = list(catalog.owners(space))
                stored = {name: vector for batch in _batches(ids) for name, vector in vectors.get(batch).items()}
                if missing := len(set(ids) - stored.keys()):
                    raise StoreError(f"{old} : {missing} vecteurs manquent. Lancez « reperes check --repair ».")
                if ids:
                    np.savez(
                        _kept_file(new, space),
                        ids=np.array(ids),
                        vectors=np.stack([stored[vector_id] for vector_id in ids]),
                    )
    finally:
        catalog.close()


def _derive(folder: Path) -> None:
    """Writes the vectors from the files that `_keep` left, and the words from the catalog; proves the index whole."""
    with _open_vectors(folder, create=True) as vectors:
        for space in SPACES:
            path = _kept_file(folder, space)
            if path.is_file():
                with np.load(path) as kept:
                    ids, values = [str(vector_id) for vector_id in kept["ids"]], kept["vectors"]
                # A large one is saved in any case.
                with vectors.saved_at_once(space) if len(ids) <= _BATCH else nullcontext():
                    for start in range(0, len(ids), _BATCH):
                        vectors.upsert(space, ids[start : start + _BATCH], values[start : start + _BATCH])
                    if len(ids) == 1:
                        vectors.upsert(space, ids, values)  # one change alone would not be saved
                path.unlink()
    catalog = FileCatalog(folder / CATALOG_FILE)
    try:
        _write_words(catalog, folder)
    finally:
        catalog.close()
    prove(folder)


_STEPS: Mapping[str, Callable[..., None]] = {"keep": _keep, "derive": _derive}


def _kept_file(folder: Path, space: str) -> Path:
    return folder / f"kept-{space}.npz"


def _write_words(catalog: FileCatalog, folder: Path) -> None:
    words = Lexical(folder / WORDS_FOLDER, write=True)
    try:
        write_words(catalog, words, catalog.headers())
        words.commit()
    finally:
        words.close()


def prove(folder: Path) -> None:
    """Raises StoreError unless the index in `folder` agrees with itself."""
    catalog, words = FileCatalog(folder / CATALOG_FILE), Lexical(folder / WORDS_FOLDER)
    try:
        with _open_vectors(folder) as vectors:
            wrong = next(iter(audit(catalog, vectors, words)), None)
    finally:
        catalog.close()
        words.close()
    if wrong is not None:
        raise StoreError(
            f"La base refaite n'est pas entière ({wrong.what}) ; celle d'avant reste en service. Lancez « reperes "
            "check --repair », puis la même commande."
        )


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


@contextmanager
def _open_vectors(folder: Path, *, create: bool = False) -> Iterator[ChromaVectors]:
    vectors = ChromaVectors(folder / VECTORS_FOLDER, create=create)
    try:
        yield vectors
    finally:
        vectors.close()


if __name__ == "__main__":  # a process of `_elsewhere`
    try:
        _STEPS[sys.argv[1]](*map(Path, sys.argv[2:]))
    except StoreError as failure:
        sys.stdout.write(str(failure))
        sys.exit(1)
