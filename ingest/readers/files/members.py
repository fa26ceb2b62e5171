"""Files within a file: the entries of a ZIP archive, what is attached to a mail. Run in a child process.

Names are those of documents, never of files: nothing is written anywhere. One member that is damaged, encrypted or
outsized is its own trouble.
"""

from __future__ import annotations

import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import PurePosixPath
from typing import Literal

from ingest.readers import SUFFIXES
from ingest.readers.block_builder import one_line
from ingest.readers.files.kinds import NESTED, is_archive
from ingest.readers.files.unread import why_unread
from ingest.readers.mail.message import is_attached
from ingest.readers.mail.parsing import content_of, file_name, header, parse, parts_of
from ingest.readers.reading import BYTES_PER_MB
from kb.bounded.archives import (
    BombError,
    DamagedArchiveError,
    EncryptedArchiveError,
    NoArchiveError,
    is_outsized_entry,
    list_archive,
    unpacked,
)
from kb.errors import DocumentError

_LONGEST_NAME = 400  # characters of a path: what people and Windows (260) get along with, and more
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
# What operating systems leave in archives.
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\.(?!\.?/)|thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_FRENCH = re.compile("[éèêëàâçîïôùûüœÉÈÊÀÇÔ°’]")


@dataclass(frozen=True, slots=True)
class Member:
    """A file within a file. `content` is None where `trouble` says why there is none: it is not wanted (`ignored`), or
    cannot be had (`failed`)."""

    name: str
    content: bytes | None = None
    trouble: str = ""
    outcome: Literal["", "ignored", "failed"] = ""


def members_of(content: bytes, name: str, max_file_mb: int, first: int = 0) -> Iterator[Member]:
    """The members of a container from `first` on, each name once, in its order.

    Raises DocumentError for a container that is none, or would unpack to an outsized volume.
    """
    return _entries(content, name, max_file_mb, first) if is_archive(name) else _attachments(content, name, first)


def _entries(content: bytes, name: str, max_file_mb: int, first: int) -> Iterator[Member]:
    try:
        archive = list_archive(content)
    except NoArchiveError:
        raise DocumentError(
            name, "ce n'est pas une archive .zip, ou elle est tronquée ; récupérez-la à nouveau"
        ) from None
    except BombError:
        raise DocumentError(
            name, "l'archive se décompresse en un volume démesuré ; décompressez-la et gardez ce qui est à lire"
        ) from None
    seen: set[str] = set()
    for number, entry in enumerate(archive.infolist()):
        shown = _entry_name(entry).replace("\\", "/")
        if entry.is_dir() or _LITTER.search(shown):
            if number >= first:
                yield Member("")
            continue
        path = _safe_path(shown)
        is_known = path in seen
        seen.add(path)
        if number < first:
            continue
        if not path:
            yield Member(one_line(shown)[:_LONGEST_NAME] or "?", None, "nom de fichier refusé dans l'archive", "failed")
        elif is_known:
            yield Member(path, None, "deux fichiers de l'archive ont ce nom ; seul le premier est lu", "ignored")
        elif is_archive(path):
            yield Member(path, None, NESTED, "ignored")
        elif PurePosixPath(path).suffix.lower() not in SUFFIXES:
            yield Member(path, None, why_unread(path, _known()), "ignored")
        else:
            yield _entry(archive, entry, path, max_file_mb)


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str, max_file_mb: int) -> Member:
    if stat.S_ISLNK(entry.external_attr >> 16):
        return Member(path, None, "lien symbolique dans l'archive ; mettez-y le fichier lui-même", "failed")
    if is_outsized_entry(entry):
        return Member(path, None, "ce fichier se décompresse en un volume démesuré ; vérifiez d'où il vient", "failed")
    if entry.file_size > max_file_mb * BYTES_PER_MB:
        reason = (
            f"fichier trop gros ({entry.file_size / BYTES_PER_MB:.0f} Mo, la limite est de {max_file_mb} Mo) ; "
            "découpez-le ou relevez REPERES_MAX_FILE_MB"
        )
        return Member(path, None, reason, "failed")
    try:
        return Member(path, b"".join(unpacked(archive, entry)))
    except EncryptedArchiveError:
        return Member(path, None, "fichier chiffré ; refaites l'archive sans mot de passe", "failed")
    except DamagedArchiveError:
        return Member(path, None, "fichier endommagé dans l'archive ; refaites-la", "failed")


def _attachments(content: bytes, name: str, first: int) -> Iterator[Member]:
    message = parse(content, name)
    seen: set[str] = set()
    attached = [part for part in parts_of(message, name) if is_attached(part)]
    for number, part in enumerate(attached, start=1):
        path = _attachment_name(part, number)
        if path in seen:
            stem = PurePosixPath(path)
            path = f"{stem.stem} ({number}){stem.suffix}"
        seen.add(path)
        if number <= first:
            continue
        if PurePosixPath(path).suffix.lower() not in SUFFIXES:
            yield Member(path, None, why_unread(path, _known()), "ignored")
        elif held := content_of(part):
            yield Member(path, held)
        else:
            yield Member(path, None, "pièce jointe vide ou endommagée ; demandez-la à nouveau", "failed")


def _attachment_name(part: EmailMessage, number: int) -> str:
    """The name that an attachment is to be called by; a mail that has none goes by its subject."""
    is_mail = part.get_content_maintype() == "message"
    name = file_name(part)
    if is_mail and not name:
        inner = part.get_payload()
        name = header(inner[0], "Subject") if isinstance(inner, list) and isinstance(inner[0], EmailMessage) else ""
        name = name or "courriel transmis"
    path = _safe_path(re.sub(r"[/\\]", "-", name)) or f"pièce {number}"
    return path if not is_mail or path.lower().endswith(".eml") else f"{path}.eml"


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry. Without the mark of UTF-8, programs write it in UTF-8 all the same, or in what Windows has
    in France: code page 850, or 1252."""
    if entry.flag_bits & 0x800:
        return entry.filename
    raw = entry.orig_filename.encode("cp437", errors="replace")
    try:
        return raw.decode("utf-8").partition("\x00")[0]
    except UnicodeDecodeError:
        pass
    readings = [raw.decode(encoding, errors="replace").partition("\x00")[0] for encoding in ("cp850", "cp1252")]
    return max(readings, key=lambda name: len(_FRENCH.findall(name)))


def _safe_path(name: str) -> str:
    """A path to call a document by; empty for one that leads elsewhere, or is too long."""
    name = unicodedata.normalize("NFC", _UNSAFE.sub("", name.replace("\\", "/")))
    steps = [step.strip() for step in name.split("/") if step.strip() not in {"", "."}]
    if not steps or ".." in steps or re.match(r"[A-Za-z]:", steps[0]) or len(name) > _LONGEST_NAME:
        return ""
    return "/".join(steps)


def _known() -> str:
    return ", ".join(sorted(SUFFIXES))
