"""Where a citation stands in a document as it is now, in its text and on its pages."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from kb.types import Document
from kb.web.chat.sources import PHRASE


@dataclass(frozen=True, slots=True)
class Place:
    """Where to open a document: the words of `text[start:end]`; nowhere in particular when both are 0.

    `moved` tells that the document was changed since: the words stand elsewhere, or are no more (`lost`).
    """

    start: int = 0
    end: int = 0
    moved: bool = False
    lost: bool = False


def find_place(text: str, start: int, end: int, phrase: str) -> Place:
    """Where the words of a citation stand now. `phrase` is how they begin, at most `PHRASE` characters; a link may give
    it alone, without saying where it stood.
    """
    if not phrase:
        return Place(start, end) if 0 <= start < end <= len(text) else Place()
    if 0 <= start < end <= len(text) and text.startswith(phrase, start):
        return Place(start, end)
    there = text.find(phrase)
    if there < 0:
        return Place(lost=True)
    return Place(there, min(len(text), there + max(len(phrase), end - start)), moved=end > start)


def page_of(document: Document, place: Place) -> int:
    """The page, from 1, that the words of a place begin on; the first one when there are none."""
    return document.page_at(place.start) or 1


def quoted_on(document: Document, place: Place, page: int) -> tuple[str, float]:
    """The quoted words that stand on a page (from 1) of a paginated document, and how far down its text, from 0 to 1;
    no words when they stand on others.
    """
    starts = document.page_starts
    if not 1 <= page <= len(starts):
        return "", 0.0
    first = starts[page - 1]
    last = starts[page] if page < len(starts) else len(document.text)
    start, end = max(first, place.start), min(last, place.end)
    return (document.text[start:end], (start - first) / (last - first)) if start < end else ("", 0.0)


def leaf_address(path: str, document: Document, place: Place, page: int) -> str:
    """The address below the reader's of a page of a document, at a place: the place as it is now."""
    given: dict[str, str | int] = {"document": document.id, "feuille": page}
    if place.end > place.start:
        phrase = document.text[place.start : place.end][:PHRASE]
        given |= {"debut": place.start, "fin": place.end, "phrase": phrase}
    return f"{path}?{urlencode(given)}"
