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
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from kb.errors import ReperesError

_WAITING = ".attente"
_ABOUT = "attente.json"
_CHUNK = 1 << 20
_LONGEST_NAME = 120
_KEY = re.compile(r"[0-9a-f]{16}")
# What a name may not hold: separators, controls, what reorders text, and what a shell or Windows would trip over.
_UNSAFE = re.compile('[\\\\/:*?"<>|\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]')


@dataclass(frozen=True, slots=True)
class WaitingUpload:
    """A file or an address that waits. `preview` is what was understood, None before it was read; `trouble` why not."""

    key: str
    name: str
    url: str | None
    path: Path | None
    preview: Mapping[str, Any] | None
    trouble: str | None


class Uploads:
    """The folder. Files above `max_mb` megabytes are refused."""

    def __init__(self, folder: Path, max_mb: int) -> None:
        self._folder = folder
        self._waiting = folder / _WAITING
        self._most = max_mb * 1_000_000
        self._max_mb = max_mb

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
        key = hashlib.sha256(url.encode()).hexdigest()[:16]
        (self._waiting / key).mkdir(parents=True, exist_ok=True)
        self._write(key, {"name": url, "url": url})
        return key

    def waiting(self) -> list[WaitingUpload]:
        """All that waits, by name."""
        if not self._waiting.is_dir():
            return []
        return sorted(self._all_waiting(), key=lambda upload: upload.name)

    def get(self, key: str) -> WaitingUpload:
        """What waits under a key. Raises ReperesError when it does no more."""
        found = self._read(key) if _KEY.fullmatch(key) else None
        if found is None:
            raise ReperesError("Ce fichier n'attend plus : il a été ajouté ou écarté.")
        return found

    def note(self, key: str, preview: Mapping[str, Any] | None, trouble: str | None) -> None:
        """Notes what was understood, or why nothing was."""
        upload = self.get(key)
        self._write(key, {"name": upload.name, "url": upload.url, "preview": preview, "trouble": trouble})

    def accept(self, key: str) -> str | None:
        """Takes a file in; the id that its document will have, None for an address (whose id is its own)."""
        upload = self.get(key)
        if upload.path is None:
            self.discard(key)
            return None
        place = self._folder / key
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        upload.path.replace(place / upload.name)
        self.discard(key)
        return f"{key}/{upload.name}"

    def discard(self, key: str) -> None:
        """Lets go of what waits."""
        if _KEY.fullmatch(key):
            shutil.rmtree(self._waiting / key, ignore_errors=True)

    def withdraw(self, document_id: str) -> bool:
        """Removes the file of a document of this source; whether there was one."""
        key, _, name = document_id.partition("/")
        if not _KEY.fullmatch(key) or name in {"", ".", ".."} or _UNSAFE.search(name):
            return False
        path = self._folder / key / name
        there = path.is_file()
        path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()
        return there

    def _all_waiting(self) -> Iterator[WaitingUpload]:
        for place in self._waiting.iterdir():
            if _KEY.fullmatch(place.name) and (found := self._read(place.name)) is not None:
                yield found

    def _read(self, key: str) -> WaitingUpload | None:
        place = self._waiting / key
        try:
            held = json.loads((place / _ABOUT).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        path = None if held["url"] else place / held["name"]
        return WaitingUpload(key, held["name"], held["url"], path, held.get("preview"), held.get("trouble"))

    def _write(self, key: str, held: Mapping[str, Any]) -> None:
        aside = self._waiting / key / f"{_ABOUT}.new"
        aside.write_text(json.dumps(held, ensure_ascii=False), "utf-8")
        aside.replace(self._waiting / key / _ABOUT)


def clean_name(name: str) -> str:
    """A file's name that is safe in a folder and on a page. Raises ReperesError for one that has nothing left."""
    plain = _UNSAFE.sub("-", unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2]))
    stem, dot, suffix = " ".join(plain.split()).lstrip(". ").rpartition(".")
    if not stem or not suffix or len(suffix) > 10 or plain == _ABOUT:
        raise ReperesError(f"« {plain or name} » : il faut un nom de fichier avec son extension (.pdf, .docx…).")
    return f"{stem[:_LONGEST_NAME].rstrip()}{dot}{suffix.lower()}"
