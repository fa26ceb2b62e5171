"""From a paragraph's characters with marks among them to its text: breaks, raised figures, numbers of pages.

The marks are control characters, which no text of a document can hold: XML forbids them.
"""

from __future__ import annotations

import re

from ingest.readers.block_builder import one_line
from ingest.readers.figures.raised import lowered

BREAK = "\x01"  # a tab, a line's end: white space that keeps figures apart
PAGE = "\x04"  # the number of a page or of all pages
GAP = "\x05"  # a space where two words or numbers would touch

_APART = re.compile(rf"(?<=\d)[ {BREAK}]*{BREAK}[ {BREAK}]*(?=\d)")
_GAP = re.compile(rf"(?<=\w){GAP}+(?=\w)")
_PAGES = re.compile(
    rf"(?:[|·•(–—-][ \u00a0]*)?(?:\bp(?:age|\.)[ \u00a0]*)?(?:n°[ \u00a0]*)?{PAGE}"
    rf"(?:[ \u00a0]*(?:/|sur|de|of|-)[ \u00a0]*{PAGE})?\)?(?:[ \u00a0]*[|·•–—-](?=[ \u00a0]*$))?",
    re.IGNORECASE,
)


def settled(raw: str) -> str:
    """The text of a paragraph, on one line."""
    raw = lowered(raw)
    if PAGE in raw:
        raw = _PAGES.sub(" ", raw)
    raw = _GAP.sub(" ", raw)
    return one_line(_APART.sub(" ; ", raw).replace(BREAK, " "))


def parts(raw: str) -> list[str]:
    """The text of a paragraph in the parts that its tabs and line ends make."""
    return [text for part in raw.split(BREAK) if (text := settled(part))]


def joined(texts: list[str]) -> str:
    """The texts of a cell's paragraphs as one, figures that follow each other kept apart."""
    return settled(BREAK.join(text for text in texts if text))
