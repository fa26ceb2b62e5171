"""What was recognised, kept by the mark of the page's image: a page is recognised once, whatever becomes of its file.

One small file a page, in the store's folder, which names the documents (by their marks) that the page was read for:
erasing one of them for good erases the page. A page that cannot be kept is recognised again, no more.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from ingest.readers.reading import RecognisedPage
from kb.errors import StoreError
from kb.index.catalog.journal import mark
from kb.index.layout import PAGES_FOLDER

# Change it whenever the same image would give other lines: what was kept before is not looked at then.
VERSION = "1"

_NEW = ".new"
_SECONDS_TO_WRITE = 60.0

logger = logging.getLogger(__name__)


class KeptPages:
    """The pages kept in a store; none without a store."""

    def __init__(self, store: Path | None) -> None:
        self._folder = None if store is None else store / PAGES_FOLDER

    def find(self, image: str, document_id: str) -> RecognisedPage | None:
        """The page whose image has this mark, noted as one of the document's."""
        path = self._path(image)
        if path is None:
            return None
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            page = RecognisedPage.from_json(held["page"]) if held["version"] == VERSION else None
            documents = [str(known) for known in held["documents"]]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if page is not None and mark(document_id) not in documents:
            _write(path, {**held, "documents": [*documents, mark(document_id)]})
        return page

    def keep(self, image: str, document_id: str, page: RecognisedPage) -> None:
        """Keeps a page that was read."""
        path = self._path(image)
        if path is not None:
            _write(path, {"version": VERSION, "documents": [mark(document_id)], "page": page.to_json()})

    def _path(self, image: str) -> Path | None:
        if self._folder is None or not re.fullmatch(r"[0-9a-f]{64}", image):
            return None
        return self._folder / f"{image}.json"


def erase_pages(store: Path, marks: Collection[str]) -> None:
    """Removes the pages that were read for any of the documents of these marks, and those that do not say for which.

    What another process has half written at this moment is left to it: the next call, at each start and ingestion,
    finds it whole. Raises StoreError for a page that cannot be removed.
    """
    gone = set(marks)
    for path in (store / PAGES_FOLDER).glob("*") if gone else ():
        try:
            documents = json.loads(path.read_text(encoding="utf-8"))["documents"]
            is_anothers = bool(documents) and not gone.intersection(documents)
        except (OSError, ValueError, KeyError, TypeError):
            # Half written long ago, or of a form that nobody knows: it may hold anything.
            is_anothers = _is_being_written(path)
        if is_anothers:
            continue
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"{path} : cette page d'un document effacé ne peut pas être supprimée ({error.strerror}). Vérifiez les "
                "droits sur ce dossier, puis relancez la même commande."
            ) from error


def _is_being_written(path: Path) -> bool:
    """Whether a page is about to get its name: one that takes longer was left by a process that ended."""
    try:
        return path.suffix == _NEW and time.time() - path.stat().st_mtime < _SECONDS_TO_WRITE
    except OSError:  # it has its name by now, or is gone
        return True


def _write(path: Path, held: dict[str, Any]) -> None:
    new = path.with_suffix(f".{os.getpid()}{_NEW}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        logger.warning("a recognised page could not be kept: %s", error)
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
