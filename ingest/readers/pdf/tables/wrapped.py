"""The rows of a table whose cells go on over several lines: which lines are one row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.readers.lines import join_lines
from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.tables.headers import is_figure

_WRAPPED = 1.36  # of the size: lines of one cell stand no farther apart
_FULL_RULES = 0.7  # of the table's width, that a rule between its rows has

Row = list[Line]
Cells = list[str]
Rules = Sequence[tuple[float, float, float]]


def rules_between(lying: Rules, columns: Sequence[tuple[float, float]]) -> list[float]:
    """The heights of the rules that part the rows of a table."""
    left, right = columns[0][0], columns[-1][1]
    return [y for y, start, end in lying if min(end, right) - max(start, left) >= _FULL_RULES * (right - left)]


def logical_rows(
    rows: list[Cells], lines: Sequence[Row], bold: Sequence[bool], bands: Sequence[float]
) -> list[tuple[Cells, bool]] | None:
    """The rows, wrapped cells made whole, each with whether it is bold; None when that is unclear."""
    bases = [row[0].base for row in lines]
    size = median(row[0].size for row in lines)
    gaps = [above - below for above, below in pairwise(bases)]
    wrapped = [False] * len(gaps)
    inside = [y for y in bands if bases[-1] < y < bases[0]]
    if len(inside) >= 2 and 3 * len(inside) >= len(rows):
        wrapped = [not any(below < y < above for y in inside) for above, below in pairwise(bases)]
        wrapped = [within and gap <= 2 * _WRAPPED * size for within, gap in zip(wrapped, gaps, strict=True)]
    elif gaps and min(gaps) <= _WRAPPED * size and max(gaps) > 1.25 * min(gaps):
        wrapped = [gap <= min(gaps) * 1.12 for gap in gaps]
    for by_place in (wrapped, [False] * len(gaps)):
        made = _merged(rows, bold, by_place)
        if made is not None:
            return made
    return None


def _merged(rows: list[Cells], bold: Sequence[bool], wrapped: Sequence[bool]) -> list[tuple[Cells, bool]] | None:
    """The rows, those that only go on joined to the one before; None when figures would be joined."""
    made: list[tuple[list[list[str]], bool]] = []
    for number, row in enumerate(rows):
        goes_on = number > 0 and (wrapped[number - 1] or _goes_on(rows[number - 1], row))
        if not goes_on:
            made.append(([[cell] for cell in row], bold[number]))
            continue
        parts = made[-1][0]
        for own, cell in zip(parts, row, strict=True):
            if cell and is_figure(cell) and any(is_figure(part) for part in own if part):
                return None
            own.append(cell)
    return [([join_lines(parts) for parts in cells], thick) for cells, thick in made]


def _goes_on(above: Cells, row: Cells) -> bool:
    """Whether a row holds the rest of one cell of the row above it, alone or with the others of that row."""
    if above[0] and not any(above[1:]) and row[0][:1].islower():
        return True
    filled = [at for at, cell in enumerate(row) if cell]
    if len(filled) != 1:
        return False
    at = filled[0]
    return bool(above[at]) and row[at][:1].islower() and not above[at].rstrip().endswith((".", ";", ":"))
