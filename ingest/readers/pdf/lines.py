"""The lines of a PDF, and which of them are its text: no running headers and footers, page numbers, contents."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.readers.block_builder import one_line
from kb.text.folding import fold

_EDGE = 3  # lines at the top or the bottom of a page that may be its header or footer
_MARGIN = 0.12  # of the page's height, where headers and footers stand
_BIGGER = 1.12  # a heading's letters are that much larger than the text's
# Bullets of symbol fonts (Wingdings) come out as private-use characters.
_SYMBOL_BULLET = re.compile(r"\s*[\uf0a7\uf0b7\uf0d8\uf0fc\uf076\uf02d\uf0e0\uf0a8\u25a0\u25cf]\s*")
# A line that begins so would be read back as a heading.
_HASHES = re.compile(r"\s*(?:#{1,6}\s+)+(?=\S)")
_LIGATURE = re.compile("[\ufb00-\ufb06]")
# « 2.1 Le cadre . . . . . . 12 »: an entry of a table of contents, the menu of a PDF.
_CONTENTS = re.compile(r"(?:\.\s?){5}\s{0,3}(?:\d{1,4}|[ivxl]{1,6})?\s*$")
_PAGE_NUMBER = re.compile(r"(?:page|p\.)?\s*[-–—|]?\s*(\d{1,4})(?:\s*(?:/|sur|of)\s*\d{1,4})?\s*[-–—|]?", re.IGNORECASE)
_NUMBERED_PAGE = re.compile(
    r"(?:page|p\.)\s*\d{1,4}(?:\s*(?:/|sur)\s*\d{1,4})?|\d{1,4}\s*(?:/|sur)\s*\d{1,4}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: where it begins and ends and its base line, in points from the bottom left.

    `place` is its height on the page, from 0 (bottom) to 1. A line that is `alone` joins no other: a table's row.
    """

    text: str
    size: float
    bold: bool
    x: float
    right: float
    base: float
    place: float
    alone: bool = False


Page = list[Line]


def cleaned(pages: Sequence[Page]) -> list[Page]:
    """`pages` without running headers, footers and page numbers; ligatures and symbol bullets made plain."""
    kept = [
        [line for line in page if one_line(_plain(line.text)) and not _CONTENTS.search(line.text[-40:])]
        for page in pages
    ]
    dropped = _running_lines(kept) | _page_numbers(kept)
    return [
        [
            replace(line, text=_plain(line.text))
            for index, line in enumerate(page)
            if not (_at_edge(page, index) and ((number, index) in dropped or _is_page_label(line.text, len(pages))))
        ]
        for number, page in enumerate(kept)
    ]


def is_larger(line: Line, body: float) -> bool:
    """Whether `line` is set in letters clearly larger than those of the text, of size `body`."""
    return line.size >= body * _BIGGER


def _plain(text: str) -> str:
    text = _SYMBOL_BULLET.sub("• ", text, count=1) if _SYMBOL_BULLET.match(text) else text
    text = _HASHES.sub("", text, count=1) if _HASHES.match(text) else text
    # Ligatures only: NFKC as a whole would also undo « m² » and « n° ».
    return _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def _at_edge(page: Page, index: int) -> bool:
    place = page[index].place
    return (index < _EDGE or index >= len(page) - _EDGE) and not _MARGIN < place < 1 - _MARGIN


def _running_lines(pages: Sequence[Page]) -> set[tuple[int, int]]:
    """(page, line) of the lines that stand at the edge of most pages: the same, or but for a number that counts pages.

    A large line with a number is a heading (« Fiche 3 »), even when each page begins with one.
    """
    body = body_size(pages)
    places: dict[tuple[str, int | None], list[tuple[int, int]]] = {}
    for number, page in enumerate(pages):
        for index, line in enumerate(page):
            text = fold(line.text)
            if not _at_edge(page, index) or len(text) > 150 or text.isdigit():
                continue
            places.setdefault((text, None), []).append((number, index))
            if not is_larger(line, body):
                for offset in {int(digits) - number for digits in re.findall(r"\d{1,4}", text)}:
                    places.setdefault((re.sub(r"\d+", "#", text), offset), []).append((number, index))
    filled = sum(1 for page in pages if page)
    needed = max(3, filled * 0.4) if filled > 2 else 2
    return {place for found in places.values() if len({number for number, _ in found}) >= needed for place in found}


def _page_numbers(pages: Sequence[Page]) -> set[tuple[int, int]]:
    """(page, line) of the numbers alone on their line that count on with the pages."""
    found: dict[int, list[tuple[int, int]]] = {}
    for number, page in enumerate(pages):
        for index, line in enumerate(page):
            if _at_edge(page, index) and (match := _PAGE_NUMBER.fullmatch(line.text.strip())):
                found.setdefault(int(match[1]) - number, []).append((number, index))
    needed = 2 if len(pages) > 1 else 1
    return {place for places in found.values() if len(places) >= needed for place in places}


def _is_page_label(text: str, count: int) -> bool:
    """« Page 3 », « 3/12 » and the like, or on a single page « 1 »."""
    text = text.strip()
    return _NUMBERED_PAGE.fullmatch(text) is not None or (count == 1 and text == "1")


def body_size(pages: Sequence[Page]) -> float:
    """The size, in points, that most letters of `pages` have; 0 without any."""
    weights: Counter[float] = Counter()
    for page in pages:
        for line in page:
            weights[round(line.size * 2) / 2] += len(line.text)
    return weights.most_common(1)[0][0] if weights else 0.0
