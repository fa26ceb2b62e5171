"""The lines of a PDF, and which of them are its text: no running headers and footers, page numbers, contents."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ingest.readers.block_builder import one_line
from kb.text.folding import fold

_EDGE = 3  # rows at the top or the bottom of a page that may be its header or footer
_DEPTH = 70  # points: what stands farther from the outermost line is no part of the same header
_MARGIN = 0.12  # of the page's height, where headers and footers stand
_BIGGER = 1.12  # a heading's letters are that much larger than the text's
_STAMPED = 1.8  # times the text's letters: what is stamped across a page is that large
_FIGURE = re.compile(r"(?=\D*\d)[\d\s.,%€+\-–()]+")
# Bullets of symbol fonts (Wingdings) come out as private-use characters.
_SYMBOL_BULLET = re.compile(r"\s*[\uf0a7\uf0b7\uf0d8\uf0fc\uf076\uf02d\uf0e0\uf0a8\u25a0\u25cf]\s*")
# Boxes to check: Unicode's, and those of Wingdings (private use). Some are bullets where nothing is checked.
_EMPTY_BOX = re.compile(r"\u2610\s*")
_MAYBE_BOX = re.compile("[\u25a1\u25fb\u25a2\u274f\u2751\u2752\u274d\uf0a8\uf06f\uf071\uf0a3]\\s*")
_CHECKED = re.compile("[\u2611\u2612\uf0fe\uf0fd\uf052\uf053]\\s*")
_TICK = re.compile("[\u2713\u2714\u2717\u2718\uf0fc\uf0fb]\\s*")
_YES = re.compile("[\u2713\u2714\uf0fc]\\s*")
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

    `place` is its height on the page, from 0 (bottom) to 1. `note` is the mark of the note that it begins. `angle` is
    what it is turned by against the text, in degrees; `pale` letters can hardly be seen. A line that is `alone` is a
    block of its own. `table` is what the line stands for when it stands for a table.
    """

    text: str
    size: float
    bold: bool
    x: float
    right: float
    base: float
    place: float
    note: str = ""
    angle: int = 0
    pale: bool = False
    alone: bool = False
    table: Table | None = None


Page = list[Line]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its rows of cells, of which the first `headers` (0 or 1) are its header; (left, right) of its columns,
    in points.

    `sure`: that the header is one is seen from how it is set or spanned, not guessed.
    """

    rows: tuple[tuple[str, ...], ...]
    headers: int
    columns: tuple[tuple[float, float], ...]
    sure: bool = False


def cleaned(pages: Sequence[Page]) -> list[Page]:
    """`pages` without running headers, footers, page numbers and watermarks; ligatures and symbols made plain."""
    ticks = _ticks("".join(line.text for page in pages for line in page))
    kept = [
        [plain for line in page if (plain := _made_plain(line, ticks)) and not _CONTENTS.search(line.text[-40:])]
        for page in _without_watermarks(pages)
    ]
    edges = [_at_edge(page) for page in kept]
    dropped = _running_lines(kept, edges) | _page_numbers(kept, edges)
    return [
        [
            line
            for index, line in enumerate(page)
            if not (edge[index] and ((number, index) in dropped or _is_page_label(line.text, len(pages))))
        ]
        for number, (page, edge) in enumerate(zip(kept, edges, strict=True))
    ]


def is_box(text: str) -> bool:
    """Whether a text is the sign of a box to check, or of one that is checked."""
    return any(sign.fullmatch(text) for sign in (_EMPTY_BOX, _MAYBE_BOX, _CHECKED, _TICK))


def is_larger(line: Line, body: float) -> bool:
    """Whether `line` is set in letters clearly larger than those of the text, of size `body`."""
    return line.size >= body * _BIGGER


def _ticks(text: str) -> re.Pattern[str] | None:
    """The signs that check boxes in a text: a cross is a no where there are ticks. None where no box is checked: its
    squares and ticks may be the bullets of lists."""
    boxes = _EMPTY_BOX.search(text) or _MAYBE_BOX.search(text)
    if not (_CHECKED.search(text) or (_TICK.search(text) and boxes)):
        return None
    return _YES if _YES.search(text) else _TICK


def _made_plain(line: Line, ticks: re.Pattern[str] | None) -> Line | None:
    """The line, its symbols made plain; None when nothing is left of it."""
    if line.text.isascii() and not line.text.startswith((" ", "#")) and line.text.isprintable():
        return line
    plain = _plain(line.text, ticks)
    if not one_line(plain):
        return None
    return line if plain == line.text else replace(line, text=plain)


def _plain(text: str, ticks: re.Pattern[str] | None) -> str:
    text = _EMPTY_BOX.sub("[ ] ", text)
    if ticks or len(_MAYBE_BOX.findall(text)) > 1:
        text = (ticks or _TICK).sub("[x] ", _CHECKED.sub("[x] ", _MAYBE_BOX.sub("[ ] ", text)))
    text = _SYMBOL_BULLET.sub("• ", text, count=1) if _SYMBOL_BULLET.match(text) else text
    text = _HASHES.sub("", text, count=1) if _HASHES.match(text) else text
    # Ligatures only: NFKC as a whole would also undo « m² » and « n° ».
    return _LIGATURE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def _without_watermarks(pages: Sequence[Page]) -> list[Page]:
    """The pages without what is stamped across them: turned or large and pale, and large or on several pages."""
    body = body_size(pages)
    suspect = [[line for line in page if line.angle or line.size >= _STAMPED * body] for page in pages]
    seen = Counter(key for page in suspect for key in {fold(line.text) for line in page})
    often = max(3, 0.4 * len(pages))
    kept = []
    for page, suspects in zip(pages, suspect, strict=True):
        stamped: list[Line] = []
        for line in suspects:
            times = seen[fold(line.text)]
            large = line.size >= _STAMPED * body
            out = bool(line.angle) and (times >= often or (line.angle % 90 != 0 and (large or times > 1)))
            if not out and large and (line.pale or (times > 1 and line.size >= 3 * body)):
                out = _is_crossed(line, page) or (line.pale and times > 1)
            if out:
                stamped.append(line)
        kept.append([line for line in page if not any(line is other for other in stamped)] if stamped else page)
    return kept


def _is_crossed(line: Line, page: Page) -> bool:
    """Whether other lines stand on the same place as this one, which is large and pale."""
    return any(
        other is not line
        and line.base - 0.3 * line.size < other.base < line.base + line.size
        and other.x < line.right
        and other.right > line.x
        for other in page
    )


def _at_edge(page: Page) -> list[bool]:
    """For each line, whether it stands where headers and footers do: near the edge, among its last rows."""
    heights = sorted({round(line.base) for line in page})
    low, high = heights[: 2 * _EDGE], heights[-2 * _EDGE :]
    bottom = [height for height in low if height <= low[0] + _DEPTH][:_EDGE] if low else []
    top = [height for height in high if height >= high[-1] - _DEPTH][-_EDGE:] if high else []
    rows = {*bottom, *top} - _tabular(page, heights)
    return [round(line.base) in rows and not _MARGIN < line.place < 1 - _MARGIN and not line.angle for line in page]


def _tabular(page: Page, heights: Sequence[int]) -> set[int]:
    """The base lines of rows with figures that stand beside another such row: a table's, at the very edge."""
    rows: dict[int, list[str]] = {}
    for line in page:
        rows.setdefault(round(line.base), []).append(line.text)
    figured = [height for height in heights if len(rows[height]) > 1 and any(map(_FIGURE.fullmatch, rows[height]))]
    size = max((line.size for line in page), default=0.0)
    return {height for pair in pairwise(figured) if pair[1] - pair[0] < 3 * size for height in pair}


def _running_lines(pages: Sequence[Page], edges: Sequence[Sequence[bool]]) -> set[tuple[int, int]]:
    """(page, line) of the lines that stand at the edge of most pages: the same, or but for a number that counts pages.

    A large line with a number is a heading (« Fiche 3 »), even when each page begins with one. What goes on in the
    text below or above is text, as often as pages may begin with it.
    """
    body = body_size(pages)
    places: dict[tuple[str, int | None], list[tuple[int, int]]] = {}
    for number, page in enumerate(pages):
        for index in (index for index, at_edge in enumerate(edges[number]) if at_edge):
            line = page[index]
            text = fold(line.text)
            if len(text) > 150 or _FIGURE.fullmatch(text):
                continue
            places.setdefault((text, None), []).append((number, index))
            if not is_larger(line, body):
                for offset in {int(digits) - number for digits in re.findall(r"\d{1,4}", text)}:
                    places.setdefault((re.sub(r"\d+", "#", text), offset), []).append((number, index))
    filled = sum(1 for page in pages if page)
    needed = max(3, filled * 0.4) if filled > 2 else 2
    found: set[tuple[int, int]] = set()
    for same in places.values():
        numbers = {number for number, _ in same}
        if len(numbers) >= needed or _is_every_other(numbers, len(pages)):
            found.update(same)
    return {place for place in found if not _is_text(pages[place[0]], place[1], body, filled)}


def _is_every_other(numbers: set[int], count: int) -> bool:
    """Whether these are all pages on the left, or all on the right, of at least four: books have a header for each."""
    return count >= 4 and any(numbers == set(range(first, count, 2)) for first in (0, 1))


def _is_text(page: Page, index: int, body: float, filled: int) -> bool:
    """Whether a line that comes back at the edge of pages is one of the text all the same."""
    line = page[index]
    if line.size < body * 0.95:
        return False  # set in small letters, apart from the text
    words = len(line.text.split())
    if words > 4 and line.text.rstrip().endswith((".", ",", ";", ":", "!", "?")):
        return True  # a sentence, or one that goes on
    if filled <= 2:
        return True
    near = [
        other.base for other in page if (line.base - other.base if line.place > 0.5 else other.base - line.base) > 0
    ]
    if words > 4 and abs(line.size - body) < 0.5 and near and min(abs(line.base - at) for at in near) < 2.4 * line.size:
        return True  # as near to the text as its paragraphs are to each other
    beside = [
        other
        for other in page
        if other is not line
        and abs(other.size - line.size) < 0.5
        and other.bold == line.bold
        and 0 < (line.base - other.base if line.place > 0.5 else other.base - line.base) < 1.6 * line.size
    ]
    if line.place > 0.5:
        return any(words > 4 and other.text.strip()[:1].islower() for other in beside)
    return any(line.text.strip()[:1].islower() and len(other.text.split()) > 4 for other in beside)


def _page_numbers(pages: Sequence[Page], edges: Sequence[Sequence[bool]]) -> set[tuple[int, int]]:
    """(page, line) of the numbers alone on their line that count on with the pages."""
    found: dict[int, list[tuple[int, int]]] = {}
    for number, page in enumerate(pages):
        for index, line in enumerate(page):
            if not edges[number][index] or not (match := _PAGE_NUMBER.fullmatch(line.text.strip())):
                continue
            # Beside other words on a single page, or as a year, it may as well be a figure of the text.
            if len(pages) > 1 or (len(match[1]) < 4 and _is_alone(line, page)):
                found.setdefault(int(match[1]) - number, []).append((number, index))
    needed = 2 if len(pages) > 1 else 1
    return {place for places in found.values() if len(places) >= needed for place in places}


def _is_alone(line: Line, page: Page) -> bool:
    """Whether a line has the first or the last row of the page to itself."""
    others = [other.base - line.base for other in page if other is not line]
    return all(abs(rise) > line.size for rise in others) and len({rise > 0 for rise in others}) < 2


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
