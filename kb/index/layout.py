"""What a store's folder holds."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from kb.errors import StoreError

CATALOG_FILE = "catalog.sqlite"
VECTORS_FOLDER = "vectors"
WORDS_FOLDER = "words"
LOCK_FILE = "writer.lock"
# Names the folder, inside the store, of the index in use; without it the index stands in the store itself. A base that
# is rebuilt is made in another folder: replacing this one small file is what makes it the one in use, all at once.
POINTER_FILE = "current"
_NEW_POINTER = f"{POINTER_FILE}.new"
_ASIDE = "index-"
# Begins the names of copies of the words of an index that stands on a server; what identifies that index follows.
WORDS_COPY = f"{WORDS_FOLDER}-"
PAGES_FOLDER = "ocr"
"""What was recognised of pages that are images (ingest/readers/ocr/kept.py)."""


def belongs_to_store(name: str) -> bool:
    """Whether an entry of a store's folder is the index's, by its name."""
    ours = {PAGES_FOLDER, VECTORS_FOLDER, WORDS_FOLDER, LOCK_FILE, POINTER_FILE, _NEW_POINTER, CATALOG_FILE}
    begins = (f"{CATALOG_FILE}-", WORDS_COPY)
    return name in ours or name.startswith(begins) or name.removeprefix(_ASIDE).isdigit()


def index_folder(store: Path) -> Path:
    """The folder of the index in use."""
    try:
        name = (store / POINTER_FILE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return store
    return store / name if name.startswith(_ASIDE) and "/" not in name else store


def folder_aside(store: Path) -> Path:
    """A folder for the next index, which is not there yet."""
    used = [
        int(folder.name.removeprefix(_ASIDE))
        for folder in store.glob(_ASIDE + "*")
        if folder.name[len(_ASIDE) :].isdigit()
    ]
    return store / f"{_ASIDE}{max(used, default=0) + 1}"


def point_to(store: Path, folder: Path) -> None:
    """Makes the index in `folder` the one in use, durably."""
    new = store / _NEW_POINTER
    with new.open("w", encoding="utf-8") as file:
        file.write(folder.name)
        file.flush()
        os.fsync(file.fileno())
    new.replace(store / POINTER_FILE)
    _sync_folder(store)


def remove_unused(store: Path) -> None:
    """Removes every index but the one in use: those that were replaced, and those that were never finished.

    Raises StoreError for one that cannot be removed: it may hold what was erased from the one in use.
    """
    used = index_folder(store)
    unused = [folder for folder in store.glob(_ASIDE + "*") if folder != used]
    if used != store:
        unused += [store / VECTORS_FOLDER, store / WORDS_FOLDER, *store.glob(CATALOG_FILE + "*")]
    for path in unused:
        try:
            _remove(path)
        except OSError as error:
            raise StoreError(
                f"{path} : ce reste d'une base remplacée ne peut pas être supprimé ({error.strerror}). Vérifiez les "
                "droits sur ce dossier, puis relancez la même commande."
            ) from error


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        # Whoever still reads it may add a file while it is emptied.
        with suppress(OSError):
            shutil.rmtree(path)
        if path.exists():
            shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
