"""What a store's folder holds, and whether it fits the encoder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from kb.errors import FingerprintError
from kb.models.encoder import Encoder

CATALOG_FILE = "catalog.sqlite"
VECTORS_FOLDER = "vectors"
WORDS_FOLDER = "words"
LOCK_FILE = "writer.lock"
# Names the folder, inside the store, of the index in use; without it the index stands in the store itself. A base that
# is rebuilt is made in another folder: replacing this one small file is what makes it the one in use, all at once.
POINTER_FILE = "current"
_ASIDE = "index-"


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
    new = store / (POINTER_FILE + ".new")
    with new.open("w", encoding="utf-8") as file:
        file.write(folder.name)
        file.flush()
        os.fsync(file.fileno())
    new.replace(store / POINTER_FILE)
    _sync_folder(store)


def remove_unused(store: Path) -> None:
    """Removes every index but the one in use: those that were replaced, and those that were never finished."""
    used = index_folder(store)
    for folder in store.glob(_ASIDE + "*"):
        if folder != used:
            shutil.rmtree(folder)
    if used != store:
        for name in (VECTORS_FOLDER, WORDS_FOLDER):
            shutil.rmtree(store / name, ignore_errors=True)
        for file in store.glob(CATALOG_FILE + "*"):
            file.unlink()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_encoder(store: Path, known: str, encoder: Encoder) -> None:
    """Raises FingerprintError when the vectors of `store` were made by another encoder than `encoder`."""
    if known != encoder.identity:
        raise FingerprintError(
            f"{store} : la base a été constituée avec le modèle {known}, les réglages demandent {encoder.identity}. "
            "Revenez au premier (REPERES_EMBEDDING_MODEL), ou lancez « reperes rebuild » : la base sera refaite."
        )
