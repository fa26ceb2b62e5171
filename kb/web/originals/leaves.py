"""Pages of PDF as pictures: drawn when somebody turns to them, by a child process with limits, and kept for a while.

What a hostile file costs is its own failure; what failed is not tried again and again.
"""

from __future__ import annotations

import base64
import binascii
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kb.bounded.children import ChildFailedError, Children
from kb.bounded.limits import Limits
from kb.errors import ReperesError

_TASKS = "kb.web.originals.drawing"
WIDTHS = (900, 1800)
"""Pixels of a page's width: as wide as it is shown on a laptop, and for screens with two points in one."""
# A colour scan of A4 at 600 dots an inch, which PDFium unpacks twice, takes 210 MB; a page of text some 10.
_MEMORY = 512 << 20  # bytes, beside the file itself
_PROCESSOR = 20  # seconds; a page of text takes 0.1 to 0.3, a map of a plan a few
_PATIENCE = 30  # seconds more by the clock: people wait
_ANSWER = 4 * 6_000_000  # bytes: a picture of the most pixels that compresses badly, in base 64
_KEPT = 64 << 20  # bytes of pictures: some two hundred pages
_MOST_FAILURES = 1_000  # pages known not to be drawn
_AT_ONCE = 2  # children
_WAITING = 6  # requests that may wait for one of them: the server's other threads answer questions
_BUSY = "Beaucoup de pages sont demandées en ce moment : réessayez dans quelques secondes."
_REASONS = {
    "password": "Ce PDF est protégé par un mot de passe : sa page ne peut pas être montrée.",
    "damaged": "Ce PDF est endommagé : sa page ne peut pas être montrée.",
    "page": "Cette page du PDF n'existe pas, ou elle est endommagée : elle ne peut pas être montrée.",
    "time": "Cette page demande trop de temps pour être dessinée : téléchargez le fichier d'origine pour la voir.",
    "memory": "Cette page demande trop de mémoire pour être dessinée : téléchargez le fichier d'origine pour la voir.",
}
_FAILED = "Cette page n'a pas pu être dessinée : téléchargez le fichier d'origine pour la voir."


class LeafError(ReperesError):
    """A page that is not shown. `status` is of HTTP."""

    def __init__(self, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Around words on a page, in hundredths of its width and height, from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of a page without drawing it: how many the file has, its size in points, whether its text can be
    found, and where the quoted words stand; nowhere when they were not found."""

    pages: int
    width: float
    height: float
    has_text: bool
    rectangles: tuple[Rectangle, ...]


class Leaves:
    """Draws pages. Serves many threads; `close` it."""

    def __init__(self) -> None:
        self._children = Children((_TASKS,), _AT_ONCE)
        self._places = threading.BoundedSemaphore(_AT_ONCE + _WAITING)
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._size = 0
        self._failures: OrderedDict[tuple[str, int], str] = OrderedDict()

    def close(self) -> None:
        """Ends the child processes."""
        self._children.__exit__(None, None, None)

    def picture(self, digest: str, content: Callable[[], bytes], page: int, width: int) -> bytes:
        """A page (from 1) of the file whose bytes have this SHA-256, as PNG of a width of `WIDTHS`.

        `content` is asked only for a page that is not kept. Raises LeafError when it cannot be drawn.
        """
        key = digest, page, width
        with self._lock:
            if (kept := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return kept
        told = self._ask("draw", digest, content, {"page": page, "width": width})
        try:
            drawn = base64.b64decode(told["png"], validate=True)
        except (KeyError, TypeError, binascii.Error):
            raise LeafError(_FAILED) from None
        if not drawn.startswith(b"\x89PNG\r\n\x1a\n"):
            raise LeafError(_FAILED)  # a child that a hostile file has taken over says what it likes
        with self._lock:
            self._size += len(drawn) - len(self._kept.pop(key, b""))
            self._kept[key] = drawn
            while self._size > _KEPT:
                self._size -= len(self._kept.popitem(last=False)[1])
        return drawn

    def outline(self, digest: str, content: Callable[[], bytes], page: int, quote: str, place: float) -> Outline:
        """A page (from 1) and where `quote` stands on it, about `place` (from 0 to 1) down its text.

        Raises LeafError for a file or page that cannot be shown.
        """
        told = self._ask("outline", digest, content, {"page": page, "quote": quote, "place": place})
        try:
            rectangles = tuple(Rectangle(*(float(side) for side in box)) for box in told["rectangles"])
            sides = float(told["width"]), float(told["height"])
            return Outline(int(told["pages"]), *sides, bool(told["has_text"]), rectangles)
        except (KeyError, TypeError, ValueError):
            raise LeafError(_FAILED) from None

    def _ask(self, task: str, digest: str, content: Callable[[], bytes], about: Mapping[str, Any]) -> Mapping[str, Any]:
        known = digest, int(about["page"])
        with self._lock:
            if (failure := self._failures.get(known)) is not None:
                raise LeafError(failure)
        if not self._places.acquire(blocking=False):
            raise LeafError(_BUSY, 503)
        try:
            given = content()
            limits = Limits(_MEMORY + 2 * len(given), _PROCESSOR, _PROCESSOR + _PATIENCE, _ANSWER)
            told = self._children.run(f"{_TASKS}:{task}", given, about, limits)
        except ChildFailedError as failed:
            if failed.failure == "start":
                raise LeafError(_FAILED, 503) from None
            raise self._failed(known, failed.failure) from None
        finally:
            self._places.release()
        if not isinstance(told, dict):
            raise LeafError(_FAILED)
        if "error" in told:
            raise self._failed(known, str(told["error"]))
        return told

    def _failed(self, known: tuple[str, int], reason: str) -> LeafError:
        message = _REASONS.get(reason, _FAILED)
        with self._lock:
            self._failures[known] = message
            while len(self._failures) > _MOST_FAILURES:
                self._failures.popitem(last=False)
        return LeafError(message)
