"""The columns that a page is set in: its lines in the order in which they are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from ingest.readers.pdf.lines import Line, body_size, is_larger

_LEAST = 3  # lines that a column has at least
_GUTTER = 6.0  # points that stand empty between two columns at least
_WORDS = 3  # a column's lines have as many on average at least: cells of a table have fewer
_MOST = 3_000  # lines of a page that is looked at: no page to be read has as many
_DEEPEST = 4  # columns within columns


def regions(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines part by part, each part being read on its own: columns from left to right, what spans them between.

    Within a part the file's order is kept.
    """
    return [part for part in _parted(list(lines), body_size([list(lines)]), 0) if part]


def is_read_across(lines: Sequence[Line], parts: Sequence[Sequence[Line]]) -> bool:
    """Whether the file goes from one column to the next and back, line by line: its order is no order to read."""
    part_of = {id(line): number for number, part in enumerate(parts) for line in part}
    numbers = [part_of[id(line)] for line in lines if id(line) in part_of]
    changes = sum(1 for number, following in pairwise(numbers) if number != following)
    return changes > 2 * len(parts)


def _parted(lines: list[Line], body: float, depth: int) -> list[list[Line]]:
    if depth >= _DEEPEST or not 2 * _LEAST <= len(lines) <= _MOST:
        return [lines]
    found = _widest_cut(lines, body)
    if found is None:
        return [lines]
    edge, band = found
    inside = {id(line) for line in band}
    high, low = max(line.base for line in band), min(line.base for line in band)
    above = [line for line in lines if id(line) not in inside and line.base >= high]
    below = [line for line in lines if id(line) not in inside and line.base < low]
    between = [line for line in lines if id(line) not in inside and low <= line.base < high]
    left = [line for line in band if line.right < edge] + between
    right = [line for line in band if line.right >= edge]
    parts = []
    for part in (above, left, right, below):
        # What holds no cut may still hold one of its own.
        parts.extend(_parted(part, body, depth + 1) if len(part) < len(lines) else [part])
    return parts


def _widest_cut(lines: Sequence[Line], body: float) -> tuple[float, list[Line]] | None:
    """The left edge of a column and the lines beside it and in it, of all the longest; None without columns."""
    edges: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        edges[round(line.x / 3)].append(line)
    best: tuple[float, list[Line]] | None = None
    for key in sorted(edges):
        if len(edges[key]) + len(edges.get(key + 1, ())) < _LEAST:
            continue
        edge = min(line.x for line in edges[key]) - 1.0
        for band in _bands(lines, edge, body):
            if (best is None or len(band) > len(best[1])) and _are_columns(band, edge):
                best = edge, band
    return best


def _bands(lines: Sequence[Line], edge: float, body: float) -> list[list[Line]]:
    """The lines between those that go across `edge`, from top to bottom."""
    bands: list[list[Line]] = [[]]
    for line in sorted(lines, key=lambda line: -line.base):
        if line.x < edge and line.right > edge - _GUTTER:
            bands.append([])
        else:
            bands[-1].append(line)
    return [cut for band in bands for cut in _without_headings(band, edge, body)]


def _without_headings(band: list[Line], edge: float, body: float) -> list[list[Line]]:
    """The band without what stands above or below both columns in it."""
    right = [line.base for line in band if line.x >= edge]
    left = [line.base for line in band if line.x < edge]
    if not right or not left:
        return []
    top, bottom = min(max(right), max(left)), max(min(right), min(left))
    kept = [
        line
        for line in band
        if not (
            (line.base > top + 2.2 * line.size)
            or (line.base > top + 0.5 * line.size and is_larger(line, body))
            or (line.base < bottom - 1.2 * line.size and (is_larger(line, body) or line.bold))
        )
    ]
    return [kept]


def _are_columns(band: Sequence[Line], edge: float) -> bool:
    """Whether both sides of an edge are columns: text that flows, on one side at least; a table may be the other."""
    left = [line for line in band if line.right < edge]
    right = [line for line in band if line.x >= edge]
    if len(left) < _LEAST or len(right) < _LEAST:
        return False
    overlap = min(max(line.base for line in side) for side in (left, right)) - max(
        min(line.base for line in side) for side in (left, right)
    )
    if overlap < 1.5 * median(line.size for line in band):
        return False
    flows = [_flows(side) for side in (left, right)]
    return all(flows) or (flows[0] and _has_cells(right)) or (flows[1] and _has_cells(left))


def _flows(side: Sequence[Line]) -> bool:
    """Whether lines are text that runs on from one to the next: long, and most of them full."""
    rows = _rows(side)
    several = sum(1 for row in rows if len(row) > 1)
    if several * 4 > len(rows):
        # Columns in their turn, or cells: the text of several columns flows too.
        return several * 2 > len(rows) and median(len(line.text.split()) for line in side) > _WORDS and _running(side)
    if median(len(line.text.split()) for line in side) < _WORDS:
        return False
    x, right = min(line.x for line in side), max(line.right for line in side)
    full = sum(1 for line in side if line.right >= right - 0.3 * (right - x))
    return full * 2 >= len(side) and _running(side)


def _running(side: Sequence[Line]) -> bool:
    """Whether many lines begin within a sentence."""
    inner = sum(1 for line in side if line.text[:1].islower() or not line.text.rstrip().endswith((".", ":", ";")))
    small = sum(1 for line in side if line.text[:1].islower())
    return small * 4 >= len(side) and inner * 2 >= len(side)


def _has_cells(side: Sequence[Line]) -> bool:
    rows = _rows(side)
    return sum(1 for row in rows if len(row) > 1) >= 2


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    return rows_of(lines)


def rows_of(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines by base line, from top to bottom, each row from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.base):
        if rows and abs(rows[-1][0].base - line.base) <= 0.35 * max(line.size, rows[-1][0].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.x) for row in rows]
