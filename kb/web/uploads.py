"""Files that editors add in the page: kept by the hash of their content, in a folder that no address serves.

A file waits in a hidden folder, which ingestion ignores, until somebody has seen what was understood of it and takes it
in. The folder is a source like any other: `reperes sync` reads it, and a file that is removed leaves the base.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from kb.errors import ReperesError
from kb.records.places import shared_place_of
from kb.records.shared.folder import MARK, join_folder
from kb.settings import Settings
from kb.web.added.records import Added, AddedRecords, now

# Hidden, so that ingestion ignores them. What is known of a file stands where no name of a file can reach: files are
# `.fichiers/KEY/NAME`, the records `.fiches/KEY.json`.
_WAITING = ".fichiers"
_RECORDS = ".fiches"
# Where both stood before, side by side: an upload could take the place of its own record.
_BEFORE = ".attente"
_RECORD_OF_BEFORE = "attente.json"
NOT_WAITING = "Ce fichier n'attend plus : il a été ajouté ou écarté."
_CHUNK = 1 << 20
_LONGEST_NAME = 120
_LONGEST_NAME_IN_BYTES = 200  # file systems take 255, and what writes a file aside adds to its name
_LONGEST_SUFFIX = 10
_KEY = re.compile(r"[0-9a-f]{16}")
# What a name may not hold: separators, controls, what reorders text, and what a shell or Windows would trip over.
_UNSAFE = re.compile(
    '[\\\\/:*?"<>|\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]'
)
# Names that Windows keeps for devices, whatever comes after their first dot.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?= *(?:\.|$))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WaitingUpload:
    """A file or an address that waits. `preview` is what was understood, None before it was read; `trouble` why not."""

    key: str
    name: str
    url: str | None
    path: Path | None
    preview: Mapping[str, Any] | None
    trouble: str | None

    @property
    def is_read(self) -> bool:
        """Whether it was read, or could not be."""
        return self.preview is not None or self.trouble is not None


def belongs_to_uploads(name: str) -> bool:
    """Whether an entry of the folder of added files is the application's, by its name."""
    return name in {_WAITING, _RECORDS, _BEFORE, MARK} or bool(_KEY.fullmatch(name))


def uploads_of(settings: Settings) -> Uploads:
    """The added files of the settings. Raises SettingsError for another folder than the one that all replicas have."""
    join_folder(settings.uploads_folder, shared_place_of(settings))
    return Uploads(settings.uploads_folder, settings.max_file_mb)


class Uploads:
    """The folder. Files above `max_mb` megabytes are refused. `added` tells what was accepted lately."""

    def __init__(self, folder: Path, max_mb: int) -> None:
        self._folder = folder
        self._waiting = folder / _WAITING
        self._records = folder / _RECORDS
        self._most = max_mb * 1_000_000
        self._max_mb = max_mb
        self.added = AddedRecords(self._records)
        self._take_over()

    def keep(self, name: str, content: BinaryIO) -> str:
        """Keeps a file aside; returns its key. The same content is kept once. Raises ReperesError for what it is not.

        The whole is written before it has its name: a file that stops half-way leaves nothing.
        """
        shown = clean_name(name)
        self._waiting.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self._waiting, prefix=".", delete=False) as file:
            try:
                while chunk := content.read(_CHUNK):
                    size += len(chunk)
                    if size > self._most:
                        raise ReperesError(f"{shown} : plus de {self._max_mb} Mo (REPERES_MAX_FILE_MB).")
                    digest.update(chunk)
                    file.write(chunk)
                if not size:
                    raise ReperesError(f"{shown} : ce fichier est vide.")
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        key = digest.hexdigest()[:16]
        place = self._waiting / key
        shutil.rmtree(place, ignore_errors=True)  # the same content under another name: the last name holds
        place.mkdir()
        Path(file.name).replace(place / shown)
        self._write(key, {"name": shown, "url": None})
        return key

    def keep_address(self, url: str) -> str:
        """Keeps an address aside; returns its key."""
        key = _key(url.encode())
        shutil.rmtree(self._waiting / key, ignore_errors=True)
        self._write(key, {"name": url, "url": url})
        return key

    def waiting(self) -> list[WaitingUpload]:
        """All that waits, by name."""
        return sorted(self._all_waiting(), key=lambda upload: upload.name)

    def get(self, key: str) -> WaitingUpload:
        """What waits under a key. Raises ReperesError when it does no more."""
        found = self._read(key) if _KEY.fullmatch(key) else None
        if found is None:
            raise ReperesError(NOT_WAITING)
        return found

    def note(self, key: str, preview: Mapping[str, Any] | None, trouble: str | None) -> None:
        """Notes what was understood, or why nothing was."""
        upload = self.get(key)
        self._write(key, {"name": upload.name, "url": upload.url, "preview": preview, "trouble": trouble})

    def accept(self, key: str) -> str | None:
        """Takes a file in; the id that its document will have, None for an address (whose id is its own)."""
        upload = self.get(key)
        shown = upload.preview or {}
        document_id = None
        if upload.path is not None:
            place = self._folder / key
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            upload.path.replace(place / upload.name)
            document_id = f"{key}/{upload.name}"
        name = document_id or str(shown.get("id") or upload.url)
        self.added.note(Added(key, upload.name, name, upload.url, bool(shown.get("is_archive")), now()))
        self.discard(key)
        return document_id

    def discard(self, key: str) -> None:
        """Lets go of what waits."""
        if _KEY.fullmatch(key):
            (self._records / f"{key}.json").unlink(missing_ok=True)
            shutil.rmtree(self._waiting / key, ignore_errors=True)

    def withdraw(self, document_id: str) -> bool:
        """Removes the file of a document of this source, or the one that the document is in (an archive, a mail);
        whether there was one."""
        key, _, rest = document_id.partition("/")
        name = file_of(rest)
        if not _KEY.fullmatch(key) or name in {"", ".", ".."} or re.search(r"[/\\\0]", name):
            return False
        self.added.forget(document_id)
        path = self._folder / key / name
        there = path.is_file()
        path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()
        return there

    def forget(self, document_id: str) -> None:
        """Removes what is held of a document that is erased for good: its file, and what waits that would make it."""
        self.withdraw(document_id)
        self.added.forget(document_id)
        key = document_id.partition("/")[0]
        for upload in self._all_waiting():
            if upload.key == key or document_id in {upload.url, (upload.preview or {}).get("id")}:
                self.discard(upload.key)

    def _all_waiting(self) -> list[WaitingUpload]:
        try:
            names = [record.stem for record in self._records.iterdir() if record.suffix == ".json"]
        except FileNotFoundError:
            return []
        return [found for key in names if _KEY.fullmatch(key) and (found := self._read(key)) is not None]

    def _read(self, key: str) -> WaitingUpload | None:
        try:
            held = json.loads((self._records / f"{key}.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        path = None if held["url"] else self._waiting / key / held["name"]
        return WaitingUpload(key, held["name"], held["url"], path, held.get("preview"), held.get("trouble"))

    def _write(self, key: str, held: Mapping[str, Any]) -> None:
        self._records.mkdir(parents=True, exist_ok=True)
        aside = self._records / f"{key}.json.new"
        aside.write_text(json.dumps(held, ensure_ascii=False), "utf-8")
        aside.replace(self._records / f"{key}.json")

    def _take_over(self) -> None:
        """Has what waited under an earlier version wait on.

        Its records are not believed: the key, which is the hash of a file's content or of an address, proves what
        waits. What it does not prove goes.
        """
        before = self._folder / _BEFORE
        if before.is_symlink() or not before.is_dir():
            return
        for place in before.iterdir():
            if not _KEY.fullmatch(place.name) or place.is_symlink() or not place.is_dir():
                continue
            if (url := _address_of_before(place)) is not None:
                self.keep_address(url)
            for path in place.iterdir():
                if path.is_file() and not path.is_symlink() and _key_of(path) == place.name:
                    with path.open("rb") as content, suppress(ReperesError):
                        self.keep(path.name, content)
        shutil.rmtree(before)


def _address_of_before(place: Path) -> str | None:
    try:
        url = json.loads((place / _RECORD_OF_BEFORE).read_text("utf-8"))["url"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return url if isinstance(url, str) and _key(url.encode()) == place.name else None


def _key_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _key(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def is_address(document_id: str) -> bool:
    """Whether a document is a page of the web: its id is its address, no file's is."""
    return document_id.startswith(("http://", "https://"))


def file_of(name: str) -> str:
    """The name of the file that a document stands in: what is in an archive or a mail is called behind it."""
    return name.partition("/")[0]


def clean_name(name: str) -> str:
    """A file's name that is safe in a folder and on a page, whatever the system. Raises ReperesError for one that has
    nothing left.
    """
    plain = _UNSAFE.sub("-", unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2]))
    stem, dot, suffix = " ".join(plain.split()).strip(". ").rpartition(".")
    stem, suffix = stem.rstrip(". "), suffix.strip().lower()
    if not stem or not suffix or len(suffix) > _LONGEST_SUFFIX:
        raise ReperesError(f"« {plain or name} » : il faut un nom de fichier avec son extension (.pdf, .docx…).")
    if _RESERVED.match(stem):
        stem = f"-{stem}"
    room = _LONGEST_NAME_IN_BYTES - len(f".{suffix}".encode())
    stem = stem[:_LONGEST_NAME].encode()[:room].decode(errors="ignore").rstrip(". ")
    return f"{stem}{dot}{suffix}"
