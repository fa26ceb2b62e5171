"""Another index made aside, which then takes the place of the one in use, all at once.

A crash at any moment leaves one whole index in use: the old one until the pointer is replaced, the new one after.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from kb.errors import StoreError
from kb.index.audit import audit
from kb.index.catalog import Catalog
from kb.index.layout import (
    CATALOG_FILE,
    VECTORS_FOLDER,
    WORDS_FOLDER,
    folder_aside,
    index_folder,
    point_to,
    remove_unused,
)
from kb.index.lexical import Lexical, Text
from kb.index.texts import section_id, section_title
from kb.index.vectors import SPACES, Vectors
from kb.index.writer import locked

logger = logging.getLogger(__name__)

# Readers look for another index once a second; a question under way reads the old one to its end.
GRACE_SECONDS = 2.0
_BATCH = 1_000


def rebuild(store: Path, fill: Callable[[Path], None]) -> None:
    """Makes an index aside from a copy of the catalog, has `fill` complete what stands in its folder, and swaps it in.

    Raises StoreError when there is no store or the new index does not prove whole, StoreBusyError when another process
    is writing.
    """
    with locked(store):
        remove_unused(store)
        before = Catalog(index_folder(store) / CATALOG_FILE)
        try:
            aside = folder_aside(store)
            aside.mkdir()
            before.copy_to(aside / CATALOG_FILE)
        finally:
            before.close()
        fill(aside)
        _prove(aside)
        point_to(store, aside)
        time.sleep(GRACE_SECONDS)
        remove_unused(store)


def erase(store: Path, document_ids: Sequence[str], now: str) -> None:
    """Erases documents for good: from the catalog, from its reports, and from the disk, vectors and words included.

    The index is made again from what is left, its vectors used again. Raises StoreError as `rebuild` does, and for an
    id that the store does not know.
    """

    def fill(aside: Path) -> None:
        catalog = Catalog(aside / CATALOG_FILE)
        try:
            unknown = set(document_ids) - catalog.states().keys()
            if unknown:
                raise StoreError(f"{', '.join(sorted(unknown))} : la base n'a pas de document de ce nom.")
            with catalog.transaction() as connection:
                for each in document_ids:
                    catalog.erase_document(connection, each)
                catalog.clear_pending(connection)
                catalog.bump_generation(connection)
            for each in document_ids:
                catalog.journal.forget(each, now)
            catalog.compact()
        finally:
            catalog.close()
        _derive_elsewhere(index_folder(store), aside)

    rebuild(store, fill)


def _derive_elsewhere(old: Path, new: Path) -> None:
    """Writes vectors and words of the index in `new` in a process that never held what was erased.

    Chroma saves its graphs with room for more vectors, and that room holds whatever was in memory before: measured,
    sentences of an erased document came back on the disk that way. MALLOC_PERTURB_ has the C library overwrite memory
    that is freed, the vectors read from `old` among it.
    """
    done = subprocess.run(
        [sys.executable, "-m", "kb.index.rebuilding", str(old.absolute()), str(new.absolute())],
        env={**os.environ, "MALLOC_PERTURB_": "165"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        logger.error("writing an index anew failed: %s", done.stderr)
        raise StoreError(done.stdout.strip() or f"{new} : la base n'a pas pu être refaite ; celle d'avant reste.")


def _derive(old: Path, new: Path) -> None:
    """Vectors from the index in `old`, words from the catalog, for all that the catalog in `new` holds."""
    catalog = Catalog(new / CATALOG_FILE)
    try:
        _copy_vectors(catalog, old, new)
        _write_words(catalog, new)
    finally:
        catalog.close()


def _copy_vectors(catalog: Catalog, old: Path, new: Path) -> None:
    with _open_vectors(old) as before, _open_vectors(new, create=True) as after:
        for space in SPACES:
            for ids in _batches(list(catalog.owners(space))):
                stored = before.get(ids)
                if missing := len(set(ids) - stored.keys()):
                    raise StoreError(f"{old} : {missing} vecteurs manquent. Lancez « reperes check --repair ».")
                after.upsert(space, ids, np.stack([stored[each] for each in ids]))


def _write_words(catalog: Catalog, folder: Path) -> None:
    words = Lexical(folder / WORDS_FOLDER, write=True)
    try:
        for header in catalog.headers():
            passages = list(catalog.passages(catalog.passage_ids([header.id])).values())
            paths = dict.fromkeys(each.heading_path for each in passages)
            words.upsert(
                "passages",
                [
                    Text(each.id, header.id, section_title(header.title, each.heading_path), each.text)
                    for each in passages
                ],
            )
            words.upsert(
                "sections",
                [Text(section_id(header, path), header.id, section_title(header.title, path)) for path in paths],
            )
        words.commit()
    finally:
        words.close()


def _prove(folder: Path) -> None:
    """Raises StoreError unless the index in `folder` agrees with itself."""
    catalog, words = Catalog(folder / CATALOG_FILE), Lexical(folder / WORDS_FOLDER)
    try:
        with _open_vectors(folder) as vectors:
            wrong = next(iter(audit(catalog, vectors, words)), None)
    finally:
        catalog.close()
        words.close()
    if wrong is not None:
        raise StoreError(f"La base refaite n'est pas entière ({wrong.what}) ; celle d'avant reste en service.")


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


@contextmanager
def _open_vectors(folder: Path, *, create: bool = False) -> Iterator[Vectors]:
    vectors = Vectors(folder / VECTORS_FOLDER, create=create)
    try:
        yield vectors
    finally:
        vectors.close()


if __name__ == "__main__":  # the process of `_derive_elsewhere`
    try:
        _derive(Path(sys.argv[1]), Path(sys.argv[2]))
    except StoreError as failure:
        sys.stdout.write(str(failure))
        sys.exit(1)
