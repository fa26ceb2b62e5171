"""The file that a document was read from: found in the folder of its source, opened only if it is still that one."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from kb.errors import ReperesError
from kb.index.catalog.rows import Origin

Kind = Literal["pdf", "image", "other"]
# What browsers show by themselves without running anything, by its first bytes: PDF, and pictures of points.
_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
_HEAD = 1024  # bytes within which the mark of a PDF stands, as the reader of PDF has it
# To be downloaded under their own type; HTML, SVG and whatever else may hold a script, under none that is run.
_TYPES = {
    ".csv": "text/csv",
    ".docm": "application/vnd.ms-word.document.macroEnabled.12",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".eml": "message/rfc822",
    ".md": "text/markdown",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".rtf": "application/rtf",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
_UNTOLD = "application/octet-stream"
# Without them opening waits for whoever writes a pipe, or goes through a link that was not there a moment ago.
_OPENING = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

_GONE = (
    "Le fichier d'origine « {name} » n'est plus dans le dossier de sa source : il a été déplacé ou supprimé depuis "
    "qu'il a été lu. Le texte reste lisible ici."
)
_CHANGED = (
    "Le fichier d'origine « {name} » a changé depuis qu'il a été lu : il sera montré après la prochaine mise à jour de "
    "la base. Le texte affiché est celui qui avait été lu."
)
_CLOSED = "Le fichier d'origine « {name} » ne peut pas être ouvert : vérifiez ses droits d'accès."
_OUTSIDE = "Le fichier d'origine « {name} » se trouve hors du dossier de sa source : il n'est pas montré."


class OriginalError(ReperesError):
    """A file that is not shown: gone, changed, closed, or outside of its source's folder. `status` is of HTTP."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Original:
    """An open file, at its beginning, to be closed by whoever has it. `size` in bytes; `digest`, the SHA-256 of its
    bytes, in hexadecimal; `is_whole` is False for a file that holds the document among others (an archive).
    """

    name: str
    file: BinaryIO
    size: int
    digest: str
    kind: Kind
    media_type: str
    is_whole: bool


def open_original(document_id: str, origin: Origin) -> Original:
    """The file of a document, by the rules of ingestion: nothing hidden, nothing outside of the folder, no special
    file, and the bytes that the document was read from.

    Raises OriginalError, saying what is the matter with it.
    """
    path, is_whole = _path(document_id, Path(origin.folder))
    name = path.name
    try:
        descriptor = os.open(path, _OPENING)
    except FileNotFoundError:
        raise OriginalError(_GONE.format(name=name), 410) from None
    except OSError:
        raise OriginalError(_CLOSED.format(name=name), 403) from None
    file = os.fdopen(descriptor, "rb")
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode) or not state.st_mode & (stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH):
            raise OriginalError(_CLOSED.format(name=name), 403)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        if is_whole and origin.digest is not None and digest != origin.digest:
            raise OriginalError(_CHANGED.format(name=name), 409)
        file.seek(0)
        kind, media_type = _kind(file.read(_HEAD), path.suffix.lower())
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return Original(name, file, state.st_size, digest, kind, media_type, is_whole)


def kind_of_original(document_id: str, origin: Origin) -> Kind:
    """What an original is by its first bytes, without reading on. Raises OriginalError, as `open_original`, but for a
    file that has changed."""
    path, _ = _path(document_id, Path(origin.folder))
    try:
        with os.fdopen(os.open(path, _OPENING), "rb") as file:
            return _kind(file.read(_HEAD), path.suffix.lower())[0]
    except FileNotFoundError:
        raise OriginalError(_GONE.format(name=path.name), 410) from None
    except OSError:
        raise OriginalError(_CLOSED.format(name=path.name), 403) from None


def _path(document_id: str, folder: Path) -> tuple[Path, bool]:
    """Where the file stands, links followed, and whether it is the document's own. A document of an archive is called
    by its path in it: the archive is its file.
    """
    told = PurePosixPath(document_id)
    name = told.name or document_id
    if told.is_absolute() or not told.parts or "\0" in document_id or any(part.startswith(".") for part in told.parts):
        raise OriginalError(_OUTSIDE.format(name=name), 403)
    try:
        inside = folder.resolve(strict=True)
        wanted = inside.joinpath(*told.parts)
        found = next((path for path in (wanted, *wanted.parents) if path.exists()), inside)
        path = found.resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise OriginalError(_GONE.format(name=name), 410) from None
    if not path.is_relative_to(inside) or any(part.startswith(".") for part in path.relative_to(inside).parts):
        raise OriginalError(_OUTSIDE.format(name=name), 403)
    if path.is_dir():
        raise OriginalError(_GONE.format(name=name), 410)
    return path, found == wanted


def _kind(head: bytes, suffix: str) -> tuple[Kind, str]:
    if b"%PDF-" in head:
        return "pdf", "application/pdf"
    picture = next((kind for mark, kind in _PICTURES.items() if head.startswith(mark)), None)
    if picture is None and head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        picture = "image/webp"
    return ("image", picture) if picture else ("other", _TYPES.get(suffix, _UNTOLD))
