"""What a server answered, made into what can be used of it; nothing that it says is believed without a look."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from kb.errors import DocumentError

if TYPE_CHECKING:
    import httpx

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_GONE = frozenset((404, 410))
_NUMBER = re.compile("[0-9]{1,18}")  # str.isdigit takes ² and figures of other scripts
_LONGEST_MARK = 500  # characters of an ETag: it is kept in the catalog, and sent back

Kind = Literal["refused", "gone", "temporary", "unusable", "unreadable"]


class FetchError(DocumentError):
    """A page that could not be fetched.

    `kind` tells why: `gone` (404, 410), `temporary` (5xx, 429, no answer), `refused` (robots.txt, guards), `unreadable`
    (damaged, a coding that is not read), `unusable` (too big, another type of content, another error).
    """

    def __init__(self, url: str, reason: str, kind: Kind) -> None:
        super().__init__(url, reason)
        self.kind = kind


class TryAgainError(Exception):
    """A trouble that may pass. `wait` is how many seconds the server asks to wait."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server gave. `url` is where the redirects ended; `unchanged` tells that it answered 304: no content."""

    url: str
    content: bytes
    media_type: str
    etag: str | None
    last_modified: str | None
    unchanged: bool


def check_status(answer: httpx.Response, asked: str) -> str | None:
    """Where the answer sends to; None when it holds the content. Raises FetchError and TryAgainError for an error."""
    status = answer.status_code
    if status in _REDIRECTS and (location := answer.headers.get("location")):
        return str(location)
    if status in _GONE:
        raise FetchError(asked, f"la page n'existe plus ({status})", "gone")
    if status == 429 or status >= 500:
        raise TryAgainError(f"le site répond par une erreur ({status})", _wait_asked(answer))
    if status in {401, 403}:
        raise FetchError(asked, f"le site refuse l'accès à cette page ({status})", "unusable")
    if status != 200:
        raise FetchError(asked, f"le site répond par une erreur ({status})", "unusable")
    return None


def check_type(answer: httpx.Response, types: Collection[str], asked: str) -> str:
    """The Content-Type. Raises FetchError when it is none of `types`."""
    media_type = str(answer.headers.get("content-type", ""))
    kind = media_type.split(";", 1)[0].strip().lower()
    if not any(kind == usable or (usable.endswith("/") and kind.startswith(usable)) for usable in types):
        shown = kind[:80] or "aucun"
        raise FetchError(asked, f"type de contenu non pris en charge ({shown})", "unusable")
    return media_type


def mark(value: str | None) -> str | None:
    """An ETag or Last-Modified that can be kept and sent back; None for any other."""
    if not value or len(value) > _LONGEST_MARK or not value.isascii() or not value.isprintable():
        return None
    return value


def _wait_asked(answer: httpx.Response) -> float:
    """Seconds that the server asks to wait: Retry-After is a number or a date; anything else asks for nothing."""
    value = answer.headers.get("retry-after", "").strip()
    if _NUMBER.fullmatch(value):
        return float(value)
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return 0.0
