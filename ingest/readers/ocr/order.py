"""Boxes of text as they were found -> the lines of the page in the order in which it is read.

The page is made straight by the slope of its boxes. Columns are read one after the other, what stands across them in
its place; boxes beside each other in no column are a row, its cells parted by bars.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, sin
from statistics import median

from ingest.readers.ocr.engine import Box
from ingest.readers.ocr.mending import mend
from ingest.readers.reading import RecognisedLine, RecognisedPage

_LEAST_SURE = 0.5  # rapidocr's own limit: below, what is read is noise, stamps and handwriting
_MOST_CROSSING = 0.25  # of the boxes may stand across the gap between two columns: titles, a paragraph above
_COLUMN_LINES = 3  # lines a column has at least
_COLUMN_LETTERS = 18  # of the median line of a column; cells of tables are shorter
_COLUMN_FILLED = 0.55  # of its column's width is what the median line takes
_SAME_ROW = 0.5  # of the lower box's height lies within the other's
_CELL_GAP = 1.2  # of the height of the line: a gap that wide parts cells, a smaller one words
_LARGER = 1.3  # from there on letters count as larger than the text: boxes differ by a fifth with their own letters
_STEPS = 4  # sizes are told apart by quarters of that of the text
# Of the height of a box: its letters' size in type (boxes have a margin), and where their base line is, from its foot.
_TYPE, _BASE = 0.72, 0.25


@dataclass(frozen=True, slots=True)
class _Placed:
    """A box on the straight page, in pixels from the top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[_Placed, ...]

    @property
    def is_row(self) -> bool:
        """Whether it has cells, which words with a usual space between them are not."""
        return len(self.cells) > 1

    @property
    def height(self) -> float:
        return median(cell.height for cell in self.cells)


def page_of(boxes: Sequence[Box], width: int, height: int, point: float) -> RecognisedPage:
    """The page, of `width` and `height` pixels of `point` points each."""
    kept = [box for box in boxes if _is_french(box.text) and box.score >= _LEAST_SURE]
    left_out = sum(box not in kept for box in boxes if re.search(r"\w", box.text))
    if not kept:
        return RecognisedPage(left_out=left_out)
    rows = [row for part in _parts(_straight(kept, width, height)) for row in _rows(part)]
    body = _body(rows)
    lines = []
    for row in rows:
        ratio = row.height / body
        size = body * (round(ratio * _STEPS) / _STEPS if ratio >= _LARGER else 1.0)
        base = height - row.cells[0].bottom + _BASE * row.height
        lines.append(
            RecognisedLine(
                text=mend(" | ".join(cell.text for cell in row.cells)),
                size=round(size * _TYPE * point, 1),
                x=round(row.cells[0].left * point, 1),
                right=round(row.cells[-1].right * point, 1),
                base=round(base * point, 1),
                place=round(min(1.0, max(0.0, base / height)), 3),
                is_row=row.is_row,
            )
        )
    return RecognisedPage(tuple(lines), left_out=left_out)


def _is_french(text: str) -> bool:
    """Whether a text has something to read, in letters that French is written in: logos come out as Chinese."""
    letters = [sign for sign in text if sign.isalnum()]
    latin = sum(sign.isdigit() or "LATIN" in unicodedata.name(sign, "") for sign in letters)
    return bool(letters) and latin * 2 > len(letters)


def _straight(boxes: Sequence[Box], width: int, height: int) -> list[_Placed]:
    """The boxes turned about the middle of the page by the slope of the long ones."""
    slopes = [
        atan2(box.corners[1][1] - box.corners[0][1], box.corners[1][0] - box.corners[0][0])
        for box in boxes
        if box.width > 3 * box.height
    ]
    angle = median(slopes) if slopes else 0.0
    across, down = cos(-angle), sin(-angle)
    placed = []
    for box in boxes:
        turned = [
            (
                width / 2 + (x - width / 2) * across - (y - height / 2) * down,
                height / 2 + (x - width / 2) * down + (y - height / 2) * across,
            )
            for x, y in box.corners
        ]
        middle = sum(y for _, y in turned) / 4
        half = box.height / 2
        xs = [x for x, _ in turned]
        placed.append(_Placed(box.text, min(xs), middle - half, max(xs), middle + half))
    return placed


def _parts(boxes: list[_Placed]) -> list[list[_Placed]]:
    """The boxes in parts that are read one after the other: columns, and what stands across them."""
    gap = _gap(boxes)
    if gap is None:
        return [boxes]
    crossing = sorted((box for box in boxes if box.left < gap < box.right), key=lambda box: box.top)
    parts: list[list[_Placed]] = []
    rest = [box for box in boxes if box not in crossing]
    for border in [*crossing, None]:
        above = [box for box in rest if border is None or box.top + box.bottom < border.top + border.bottom]
        rest = [box for box in rest if box not in above]
        parts += _side(above, gap)
        if border is not None:
            parts.append([border])
    return _joined(parts)


def _side(boxes: list[_Placed], gap: float) -> list[list[_Placed]]:
    """Left of the gap, then right of it; each may have columns of its own."""
    left, right = [box for box in boxes if box.right <= gap], [box for box in boxes if box.right > gap]
    return [part for side in (left, right) if side for part in _parts(side)]


def _joined(parts: list[list[_Placed]]) -> list[list[_Placed]]:
    """Boxes across the columns that follow each other, made one part again: they may be rows."""
    joined: list[list[_Placed]] = []
    single = False
    for part in parts:
        if single and len(part) == 1:
            joined[-1] = [*joined[-1], *part]
        else:
            joined.append(part)
        single = len(part) == 1
    return joined


def _gap(boxes: list[_Placed]) -> float | None:
    """Where the gap between two columns of prose is, across the page; None when there is none."""
    if len(boxes) < 2 * _COLUMN_LINES:
        return None
    line = median(box.height for box in boxes)
    best: tuple[int, float, float] | None = None
    for edge in sorted({box.right for box in boxes}):
        following = min((box.left for box in boxes if box.left >= edge), default=None)
        if following is None or following - edge < line / 2:
            continue
        middle = (edge + following) / 2
        crossing = sum(box.left < middle < box.right for box in boxes)
        if crossing <= _MOST_CROSSING * len(boxes) and (best is None or (crossing, edge - following) < best[:2]):
            sides = ([box for box in boxes if box.right <= middle], [box for box in boxes if box.left >= middle])
            if all(map(_is_column, sides)):
                best = (crossing, edge - following, middle)
    return None if best is None else best[2]


def _is_column(boxes: list[_Placed]) -> bool:
    if len(boxes) < _COLUMN_LINES:
        return False
    width = max(box.right for box in boxes) - min(box.left for box in boxes)
    return (
        median(len(box.text) for box in boxes) >= _COLUMN_LETTERS
        and median(box.right - box.left for box in boxes) >= _COLUMN_FILLED * width
    )


def _rows(boxes: list[_Placed]) -> list[_Row]:
    """The boxes of a part line by line, from the top."""
    rows: list[list[_Placed]] = []
    for box in sorted(boxes, key=lambda box: box.top + box.bottom):
        if rows and all(_is_beside(box, other) for other in rows[-1]):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [_Row(tuple(_cells(sorted(row, key=lambda box: box.left)))) for row in rows]


def _is_beside(box: _Placed, other: _Placed) -> bool:
    shared = min(box.bottom, other.bottom) - max(box.top, other.top)
    return shared >= _SAME_ROW * min(box.height, other.height) and (box.left >= other.right or box.right <= other.left)


def _cells(boxes: list[_Placed]) -> list[_Placed]:
    cells = boxes[:1]
    for box in boxes[1:]:
        last = cells[-1]
        if box.left - last.right < _CELL_GAP * min(box.height, last.height):
            top, bottom = min(box.top, last.top), max(box.bottom, last.bottom)
            cells[-1] = _Placed(f"{last.text} {box.text}", last.left, top, box.right, bottom)
        else:
            cells.append(box)
    return cells


def _body(rows: Sequence[_Row]) -> float:
    """The height that most letters of the page have, in pixels."""
    weighed = sorted((row.height, sum(len(cell.text) for cell in row.cells)) for row in rows)
    half, seen = sum(letters for _, letters in weighed) / 2, 0
    for height, letters in weighed:
        seen += letters
        if seen >= half:
            return height
    return 1.0
