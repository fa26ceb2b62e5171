"""The header of a table: which of its rows make it, and what all of them say of each column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.readers.pdf.lines import Line, Table

_MOST_HEADERS = 4  # rows
_HALF, _MOST_OF = 0.5, 0.8  # of the cells of a column, that make it one of figures
_SHORT = 8  # words: a cell of a header has no more
_YEAR = re.compile(r"(?:\D{0,20}\b)?(?:19|20)\d\d(?:\s*[-–/]\s*(?:(?:19|20)?\d\d))?(?:\b\D{0,20})?")
_AMOUNT = re.compile(r"(?=\D*\d)[\d\s.,%€+\-–—()/*]++(?:[^\d\s]{1,4})?")
Spans = Sequence[Sequence[tuple[int, int]]]


def header_rows(rows: Sequence[Sequence[str]], bold: Sequence[bool], spans: Spans | None = None) -> tuple[int, bool]:
    """How many of the first rows are the header, and whether that is seen rather than guessed. 0: no header."""
    if len(rows) < 2:
        return 0, True
    count = 1
    if spans is not None:
        while count < min(_MOST_HEADERS, len(rows) - 1) and _reaches(spans, count):
            count += 1
    if any(is_figure(cell) for row in rows[:count] for cell in row):
        count = 0 if any(is_figure(cell) for cell in rows[0]) else 1
    if count > 1:
        return count, True
    if count == 0:
        return 0, True
    marked = 0
    while marked < min(_MOST_HEADERS, len(bold)) and bold[marked]:
        marked += 1
    if 0 < marked < len(rows) and not any(bold[marked:]):
        return (marked if marked == 1 or _is_filled_up(rows[:marked]) else 1), True
    width = len(rows[0])
    body = rows[1:]
    # What stands in two columns is often a label and what it says: the first row is one of them, unless figures follow.
    share = _MOST_OF if width == 2 else _HALF
    above_figures = any(
        sum(shows(row[column]) for row in body) >= share * len(body) and not shows(rows[0][column])
        for column in range(width)
        for shows in (has_figure, is_figure)
    )
    if above_figures:
        return 1, True
    # Only words: two columns may be labels and what they say, with no header at all.
    short = all(cell and len(cell.split()) <= _SHORT and not cell.rstrip().endswith((":", ".")) for cell in rows[0])
    return (1, False) if short and width > 2 else (0, False)


def full_headers(rows: Sequence[Sequence[str]], count: int, spans: Spans | None = None) -> list[list[str]]:
    """The rows with the first `count` as one: what stands above a column, from top to bottom, « Zone A, Loyer »."""
    if count < 2:
        return [list(row) for row in rows]
    header = []
    for column in range(len(rows[0])):
        parts: list[str] = []
        for row in range(count):
            begun = spans is None or row == 0 or spans[row][column] != spans[row - 1][column]
            text = rows[row][column]
            if text and begun and text not in parts[-1:]:
                parts.append(text)
        header.append(", ".join(parts))
    return [header, *map(list, rows[count:])]


def _reaches(spans: Spans, count: int) -> bool:
    """Whether a cell of the header so far spans columns, or goes on into the row that follows it."""
    above, below = spans[count - 1], spans[count]
    spanned = any(first == second for first, second in pairwise(above)) and len(set(above)) > 1
    return spanned or any(cell in set(above) for cell in below)


def _is_filled_up(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the rows of a header fill each other up: no section's title stands among them."""
    return all(sum(bool(cell) for cell in row) > 1 for row in rows)


def is_figure(cell: str) -> bool:
    """Whether a cell holds a figure, with its unit or not, that is no year, rank or code of a header."""
    cell = cell.strip()
    return _AMOUNT.fullmatch(cell) is not None and _YEAR.fullmatch(cell) is None


def has_figure(cell: str) -> bool:
    """Whether a cell holds a figure among words, « 385 places », that is no year or rank."""
    if is_figure(cell):
        return True
    return re.match(r"[^\w]*\d", cell) is not None and _YEAR.fullmatch(cell.strip()) is None


def is_column_of_figures(cells: Sequence[str]) -> bool:
    """Whether nearly all cells are figures with at most a unit of two words."""
    return sum(has_figure(cell) and len(re.findall(r"[^\W\d]{2,}", cell)) <= 2 for cell in cells) >= _MOST_OF * len(
        cells
    )


def as_line(table: Table, lines: Sequence[Line]) -> Line:
    """The line that stands for a table made of `lines`."""
    return Line(
        " ".join(cell for row in table.rows for cell in row if cell),
        median(line.size for line in lines),
        False,
        min(line.x for line in lines),
        max(line.right for line in lines),
        max(line.base for line in lines),
        max(line.place for line in lines),
        table=table,
    )
