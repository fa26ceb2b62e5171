"""Files of this machine: which ones a folder holds, and their bytes."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ingest.readers import READERS_VERSION
from kb.errors import DocumentError
from kb.index.catalog.rows import joined_hash
from kb.text.domain import Domain


@dataclass(frozen=True, slots=True)
class File:
    """A file to read: `id` is the document's, the path relative to its folder with `/` between names."""

    id: str
    path: Path


@dataclass(frozen=True, slots=True)
class FolderContent:
    """What a folder holds. `complete` is False when part of it could not be listed: nothing may be withdrawn then.

    `ignored` names the files whose suffix no reader knows; `failed` holds the entries that must not be read.
    """

    files: tuple[File, ...]
    ignored: tuple[str, ...]
    failed: tuple[DocumentError, ...]
    complete: bool


def list_folder(root: Path, suffixes: Collection[str]) -> FolderContent:
    """Every file below `root`, in a stable order. Hidden files and folders are ignored.

    Symbolic links that lead out of the folder are refused, whatever they lead to: what they show was not put there
    to be read by everyone. Links to files inside are read; links to folders inside would list them twice.
    """
    files: list[File] = []
    failed: list[DocumentError] = []
    ignored: list[str] = []
    unlisted: list[OSError] = []
    inside = root.resolve()
    for folder, subfolders, names in os.walk(root, onerror=unlisted.append):
        here = Path(folder)
        for name in list(subfolders):
            path = here / name
            if name.startswith("."):
                subfolders.remove(name)
            elif path.is_symlink():
                subfolders.remove(name)
                if not path.resolve().is_relative_to(inside):
                    failed.append(DocumentError(_relative(path, root), _LINK_OUT))
        subfolders.sort()
        for name in sorted(names):
            path = here / name
            if name.startswith("."):
                continue
            if path.suffix.lower() not in suffixes:
                ignored.append(_relative(path, root))
            elif path.is_symlink() and not path.resolve().is_relative_to(inside):
                failed.append(DocumentError(_relative(path, root), _LINK_OUT))
            else:
                files.append(File(_relative(path, root), path))
    failed.extend(
        DocumentError(str(error.filename), f"dossier illisible ({error.strerror}) ; vérifiez ses droits d'accès")
        for error in unlisted
    )
    return FolderContent(tuple(files), tuple(ignored), tuple(failed), complete=not unlisted)


def read_file(file: File, max_megabytes: int) -> bytes:
    """The content of a file.

    Raises DocumentError when it is missing, no regular file, not readable, or larger than `max_megabytes` (10⁶ bytes).
    """
    try:
        state = file.path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise DocumentError(file.id, "ce n'est pas un fichier ordinaire")
        if not state.st_mode & (stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH):
            # Root reads it all the same; but a file that was closed to everyone was not meant to be published.
            raise DocumentError(file.id, "lecture refusée ; vérifiez les droits d'accès du fichier")
        if state.st_size > max_megabytes * 1_000_000:
            raise DocumentError(
                file.id,
                f"fichier trop gros ({state.st_size / 1e6:.0f} Mo, la limite est de {max_megabytes} Mo) ; découpez-le "
                "ou relevez REPERES_MAX_FILE_MB",
            )
        return file.path.read_bytes()
    except PermissionError:
        raise DocumentError(file.id, "lecture refusée ; vérifiez les droits d'accès du fichier") from None
    except FileNotFoundError:
        raise DocumentError(file.id, "fichier introuvable ; vérifiez son nom") from None
    except OSError as error:
        raise DocumentError(file.id, f"lecture impossible ({error.strerror})") from None


def file_hash(content: bytes, source: str, document_id: str, domain: Domain) -> str:
    """The mark of all that decides what a file's bytes become, and that of the bytes: kb.index.catalog.rows."""
    read_by = f"{READERS_VERSION}{domain.reading_mark} {source} {document_id}\n"
    return joined_hash(hashlib.sha256(read_by.encode()).hexdigest(), hashlib.sha256(content).hexdigest())


_LINK_OUT = "lien symbolique vers l'extérieur du dossier ; copiez le fichier dans le dossier"


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()
