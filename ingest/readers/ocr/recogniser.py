"""The parent's side of recognition: pages of a file, each in a child process with limits, kept once they were read."""

from __future__ import annotations

import importlib.util
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

from ingest.readers.ocr.kept import KeptPages
from ingest.readers.reading import Outcome, RecognisedPage
from kb.bounded.children import ChildFailedError, Children
from kb.bounded.limits import Limits

MOST_PAGES = 1_000
"""Of one document: at 3 to 6 seconds each, an hour or more. What comes after is named."""
_TASKS = "ingest.readers.ocr.tasks"
# Measured on A4 at 200 dpi (2026-11): a page takes 2 to 8 s of processor and 0.4 GB beyond a process that has its
# models loaded; one of 4,000 pixels a side four times that at the very most, and an image of 80 million pixels 0.5 GB.
_PROCESSOR, _MEMORY = 60, 2 << 30
_SECONDS = 180.0 + 2 * _PROCESSOR  # by the clock, which runs on while other processes have the processor
_GROWTH = 1 << 30  # bytes that the models' own memory pool may keep from page to page
_ANSWER = 4_000_000  # bytes: a page of text has some ten thousand
_MOST_FAILED = 5  # pages of a document that take too much, one after the other or not: the others are left out
_AT_A_TIME = 2  # pages, one a processor: each of the processes holds 0.6 GB

logger = logging.getLogger(__name__)

Told = Callable[[str], None]
"""Told which page of which document is at hand."""


def is_installed() -> bool:
    """Whether the extra `ocr` is there."""
    return importlib.util.find_spec("rapidocr") is not None


class Recogniser:
    """Recognises pages, of each document the first `most_pages` that ask for it. Serves many threads. A context
    manager: at its end no child is left. What was read is kept in `store`, when one is given."""

    def __init__(self, store: Path | None = None, most_pages: int = MOST_PAGES) -> None:
        self._kept = KeptPages(store)
        self._most_pages = most_pages
        self._workers = min(_AT_A_TIME, os.cpu_count() or 1)
        self._children = Children((_TASKS,), most=self._workers, growth=_GROWTH)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._children.__exit__(kind, error, trace)

    def pages(
        self, content: bytes, name: str, document_id: str, wanted: Sequence[int], told: Told | None = None
    ) -> Mapping[int, RecognisedPage]:
        """The `wanted` pages of a file, counted from 0. What one costs too much is that page only; where OCR is not
        installed, all are `absent`."""
        if not is_installed():
            return dict.fromkeys(wanted, RecognisedPage(outcome="absent"))
        document = _Document(self, content, document_id)
        first = wanted[: self._most_pages]
        read: dict[int, RecognisedPage] = {}
        with ThreadPoolExecutor(self._workers, thread_name_prefix="ocr") as pool:
            try:
                coming = pool.map(document.page, first)
                for done, number in enumerate(first, start=1):
                    logger.info("%s: recognising page %d (%d of %d)", name, number + 1, done, len(first))
                    if told is not None:
                        told(f"{name}, page {number + 1} (OCR, {done} sur {len(first)})")
                    read[number] = next(coming)
            finally:
                document.stopped.set()  # the user's Ctrl+C: no page is begun any more
        return read | dict.fromkeys(wanted[self._most_pages :], RecognisedPage(outcome="later"))

    def read(self, content: bytes, number: int, document_id: str) -> RecognisedPage:
        """One page, kept or recognised. A failure is told by its outcome."""
        try:
            image = str(self._ask("mark", content, number).get("mark", ""))
            if (kept := self._kept.find(image, document_id)) is not None:
                return kept
            page = RecognisedPage.from_json(self._ask("recognise", content, number))
        except ChildFailedError as failed:
            logger.info("recognition failed: %s", failed)
            outcome: Outcome = "time" if failed.failure == "time" else "failed"
            return RecognisedPage(outcome=outcome)
        except (KeyError, TypeError, ValueError):
            return RecognisedPage(outcome="failed")
        if page.outcome == "read":
            self._kept.keep(image, document_id, page)
        return page

    def _ask(self, task: str, content: bytes, page: int) -> Mapping[str, object]:
        limits = Limits(_MEMORY + len(content), _PROCESSOR, _SECONDS, _ANSWER)
        answer = self._children.run(f"{_TASKS}:{task}", content, {"page": page}, limits)
        if not isinstance(answer, dict):
            raise ChildFailedError("fault", "réponse")
        return answer


class _Document:
    """The pages of one document on their way, in several threads."""

    def __init__(self, recogniser: Recogniser, content: bytes, document_id: str) -> None:
        self.stopped = Event()
        self._recogniser = recogniser
        self._content = content
        self._id = document_id
        self._failed = 0

    def page(self, number: int) -> RecognisedPage:
        if self.stopped.is_set() or self._failed >= _MOST_FAILED:
            return RecognisedPage(outcome="later")
        page = self._recogniser.read(self._content, number, self._id)
        self._failed += page.outcome in {"time", "failed"}
        return page
