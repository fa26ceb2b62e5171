"""A folder of the cache that takes seconds to make: made once, whole or not at all, whoever else asks meanwhile."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from kb.errors import ModelError

# Preparing takes seconds: whoever holds the lock for this long is stuck.
LOCK_SECONDS = 300.0


def prepared_folder(folder: Path, write: Callable[[Path], None], megabytes: int) -> Path:
    """`folder`, which `write` fills the first time: it is called with an empty folder beside it, renamed at the end.

    Processes that ask at once make it once. `megabytes` is what the French message says must be free. Raises
    ModelError when the folder cannot be written, and whatever `write` raises but OSError.
    """
    if folder.is_dir():
        return folder
    from filelock import FileLock, Timeout

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f"{folder.name}.lock", timeout=LOCK_SECONDS):
            if not folder.is_dir():
                _make(folder, write)
    except Timeout:
        raise ModelError(
            f"Un autre processus prépare depuis trop longtemps le modèle d'embedding dans {folder.parent}. "
            "Arrêtez-le, puis recommencez."
        ) from None
    except OSError as error:
        raise ModelError(
            f"Impossible de préparer le modèle d'embedding dans {folder.parent} : {error.strerror or error}. "
            f"Il faut {megabytes} Mo libres et le droit d'écrire ; REPERES_CACHE choisit un autre dossier."
        ) from error
    return folder


def _make(folder: Path, write: Callable[[Path], None]) -> None:
    """Called with the lock held: nobody else is writing, so any temporary folder is what a crash left."""
    for leftover in folder.parent.glob(f"{folder.name}.part-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    temporary = folder.parent / f"{folder.name}.part-{uuid.uuid4().hex}"
    temporary.mkdir()
    try:
        write(temporary)
        _flush(temporary)
        temporary.rename(folder)
    except OSError:
        # On a file system whose locks do not hold, another process may have been first: its folder is as good.
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _flush(folder: Path) -> None:
    """A power cut after the rename must not leave a folder with empty files."""
    for path in (*folder.rglob("*"), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
