"""The tables of a page: ruled ones by their grid, the others by how their cells stand. Each becomes one line.

A table that is not understood stays as its rows, one block each, the cells kept apart: it must not say what it does
not say in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.readers.lines import join_lines
from ingest.readers.pdf.columns import is_read_across, regions, rows_of
from ingest.readers.pdf.lines import Line, Table
from ingest.readers.pdf.page import Rule
from ingest.readers.pdf.tables.grids import Grid, grids_of, lying_rules
from ingest.readers.pdf.tables.headers import as_line, full_headers, header_rows, is_figure
from ingest.readers.pdf.tables.unruled import Found, tables_in

_OVER = 5.0  # points by which a cell's text may reach over its rules
_TURNED = {90: -1, 270: 1}  # by the angle of a line: on which side of its base line the letters stand
_INSIDE = 2.0  # points from where a turned line begins
_APART = 1.5  # of the size: the words of one number stand no farther apart, however a line is stretched
_LONGEST_CELL = 1_200  # characters: longer cells are a page's layout, not a table


def with_tables(lines: Sequence[Line], rules: Sequence[Rule]) -> list[Line]:
    """The lines of a page in the order in which they are read, each table as one line."""
    upright = [line for line in lines if not line.angle]
    turned = [line for line in lines if line.angle]
    order = {id(line): number for number, line in enumerate((*upright, *turned))}
    placed: list[tuple[int, Line]] = []  # where it stands in the file, and what is to be read
    for grid in grids_of(rules):
        inside = [line for line in (*upright, *turned) if _in_grid(grid, line)]
        found = _ruled(grid, inside) if inside else None
        if found is None:
            continue
        first = min(order[id(line)] for line in inside)
        gone = {id(line) for line in inside}
        upright = [line for line in upright if id(line) not in gone]
        turned = [line for line in turned if id(line) not in gone]
        for line in found:
            order[id(line)] = first
            upright.append(line)
    upright.sort(key=lambda line: order[id(line)])
    parts = regions(upright)
    across = is_read_across(upright, parts)
    lying = lying_rules(rules)
    for part in parts:
        for line in _read(part, lying, order):
            placed.append((order[id(line)], line))
    if not across:
        placed.sort(key=lambda entry: entry[0])
    return [line for _, line in placed] + turned


def _read(part: list[Line], lying: Sequence[tuple[float, float, float]], order: dict[int, int]) -> list[Line]:
    """The lines of a part of the page: its tables found, and what stands on one base line joined."""
    known = [line for line in part if line.table is None and not line.alone]
    tables = tables_in(known, lying)
    gone: dict[int, Found] = {id(line): table for table in tables for line in table.lines}
    done: set[int] = set()
    found: list[Line] = []
    for line in part:
        table = gone.get(id(line))
        if table is None:
            last = found[-1] if found else None
            if last is not None and _same_row(last, line):
                found[-1] = _together(last, line)
                order[id(found[-1])] = order[id(last)]
            else:
                found.append(line)
            continue
        if id(table) in done:
            continue
        done.add(id(table))
        for made in table.made:
            order[id(made)] = min(order[id(one)] for one in table.lines)
            found.append(made)
    return found


def _same_row(last: Line, line: Line) -> bool:
    if last.table or line.table or last.alone or line.alone or last.angle or line.angle:
        return False
    return abs(last.base - line.base) <= 0.3 * min(last.size, line.size) and line.x >= last.right - 0.3 * last.size


def _together(last: Line, line: Line) -> Line:
    """Two lines of one row as one. Figures that stand apart are never read as one number."""
    wide = line.x - last.right > _APART * last.size
    apart = wide and re.search(r"\d\W?$", last.text) and re.match(r"\W?\d", line.text)
    text = f"{last.text}{' ; ' if apart else ' '}{line.text}"
    bold = last.bold if len(last.text) >= len(line.text) else line.bold
    return replace(last, text=text, right=line.right, bold=bold)


def _in_grid(grid: Grid, line: Line) -> bool:
    middle = line.base + 0.3 * line.size
    inside = grid.ys[-1] < middle < grid.ys[0]
    return inside and line.x >= grid.xs[0] - _OVER and line.x < grid.xs[-1] and line.right <= grid.xs[-1] + 4 * _OVER


def _ruled(grid: Grid, inside: Sequence[Line]) -> list[Line] | None:
    """The table that a grid and the lines in it make, after the title that spans it; None for frames around text."""
    cells: dict[tuple[int, int], list[Line]] = {}
    for line in inside:
        if line.angle in _TURNED:  # names of narrow columns
            side = _TURNED[line.angle]
            cell = grid.cell_at(line.x + side * 0.3 * line.size, line.base - side * _INSIDE)
            if cell is None:
                return None
            cells.setdefault(cell, []).append(line)
            continue
        middle = line.base + 0.3 * line.size
        cell = grid.cell_at((line.x + line.right) / 2, middle)
        begins, ends = grid.cell_at(line.x + _OVER, middle), grid.cell_at(line.right - _OVER, middle)
        if line.right - line.x > 3 * _OVER and not begins == cell == ends:
            return _rows_alone(inside)
        if cell is None:
            return None
        cells.setdefault(cell, []).append(line)
    if len({column for _, column in cells}) < 2 or len(cells) < 3:
        return None
    if _holds_rows(cells):
        return None  # rows stand in it that no rules part
    texts = {cell: _cell_text(own) for cell, own in cells.items()}
    if max(map(len, texts.values())) > _LONGEST_CELL:
        return None
    spans = [list(row) for row in grid.spans]
    before = []
    while spans and len(set(spans[0])) == 1:  # a cell that spans the whole table is its title
        if text := texts.get(spans[0][0]):
            source = cells[spans[0][0]][0]
            before.append(replace(source, text=text, alone=True))
        spans.pop(0)
    rows = [_row(row, texts) for row in spans]
    used = [row for row, own in enumerate(rows) if any(own)]
    spans, rows = [spans[row] for row in used], [rows[row] for row in used]
    if len(rows) < 2:
        return None
    bold = [
        all(line.bold for line in own) and bool(own)
        for own in ([line for cell in set(row) for line in cells.get(cell, ())] for row in spans)
    ]
    headers, sure = header_rows(rows, bold, spans)
    table = Table(
        tuple(map(tuple, full_headers(rows, headers, spans))), min(headers, 1), tuple(pairwise(grid.xs)), sure
    )
    return [*before, as_line(table, inside)]


def _row(row: Sequence[tuple[int, int]], texts: dict[tuple[int, int], str]) -> list[str]:
    """The cells of a row; one that spans all of it stands once."""
    if len(set(row)) == 1:
        return [texts.get(row[0], ""), *[""] * (len(row) - 1)]
    return [texts.get(cell, "") for cell in row]


def _holds_rows(cells: dict[tuple[int, int], list[Line]]) -> bool:
    """Whether several figures of a cell stand each beside a line of another cell of its row."""
    by_row: dict[int, list[tuple[int, Line]]] = {}
    for (row, column), own in cells.items():
        by_row.setdefault(row, []).extend((column, line) for line in own)
    for (row, column), own in cells.items():
        figures = [line for line in own if is_figure(line.text)]
        if len(figures) < 2:
            continue
        bases = [line.base for other, line in by_row[row] if other != column]
        if sum(any(abs(base - line.base) <= 0.3 * line.size for base in bases) for line in figures) > 1:
            return True
    return False


def _cell_text(lines: Iterable[Line]) -> str:
    """The text of a cell; two figures on lines of their own never become one."""
    texts = [" ".join(line.text for line in row) for row in rows_of(list(lines))]
    for at in range(1, len(texts)):
        if is_figure(texts[at - 1]) and is_figure(texts[at]):
            texts[at - 1] += " ;"
    return join_lines(texts).removeprefix(": ")


def _rows_alone(lines: Sequence[Line]) -> list[Line]:
    """The rows of what is not understood: one block each, the cells kept apart."""
    return [
        replace(row[0], text=" ; ".join(line.text.removeprefix(": ") for line in row), right=row[-1].right, alone=True)
        for row in rows_of(lines)
    ]
