"""Tables: cells over several columns or rows repeated in each, headers on several rows made one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.readers.block_builder import Repeats
from ingest.readers.docx.ooxml import W, children, switch, value, whole
from ingest.readers.tables import joined_header

_MAX_SPAN = 100
_MOST_HEADER_ROWS = 4  # a title over groups over names over units: nobody writes more
# What stands in a cell of figures; years and numbers of a column are headers as well.
_FIGURE = re.compile(r"(?!(?:19|20)\d\d$)[-+−]?\d[\d\s.,]*(?:%|€|k€|M€|m²|ha)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cell:
    """A place of the grid. `across`: it repeats the cell to its left; `down`: that above."""

    text: str = ""
    across: bool = False
    down: bool = False


@dataclass(slots=True)
class Grid:
    """A table: its title (a first row over its whole width), its rows, and the tables within its cells."""

    title: str = ""
    rows: list[list[Cell]] = field(default_factory=list)
    flagged: int = 0  # rows that are marked as header
    nested: list[tuple[str, Any]] = field(default_factory=list)  # with the text of the first cell of their row

    @property
    def texts(self) -> list[list[str]]:
        """The texts by row, the header first, on one row."""
        depth = self._header_rows()
        plain = [[cell.text for cell in row] for row in self.rows]
        return [joined_header(plain[:depth]), *plain[depth:]] if depth > 1 else plain

    def take_title(self) -> None:
        """A first row of one cell over the whole width is no header: it becomes the title."""
        if len(self.rows) < 3 or len(self.rows[0]) < 2 or not self.rows[0][0].text:
            return
        if all(cell.across for cell in self.rows[0][1:]) and len(self.rows[0]) == max(map(len, self.rows)):
            self.title = self.rows.pop(0)[0].text
            self.flagged = max(0, self.flagged - 1)

    def _header_rows(self) -> int:
        depth = max(1, self.flagged)
        most = min(len(self.rows) - 1, max(_MOST_HEADER_ROWS, self.flagged))
        while depth < most and _names_parts(self.rows[depth - 1], self.rows[depth]):
            depth += 1
        return min(depth, most)


def is_frame(table: Any) -> bool:
    """Whether nothing is read across a table: it has one row or one column, and is there for its looks."""
    rows = [len(list(children(row, "tc"))) for row in children(table, "tr")]
    return len(rows) == 1 or all(cells <= 1 for cells in rows)


def read_grid(table: Any, read_cell: Callable[[Any], tuple[str, list[Any]]], repeats: Repeats) -> Grid:
    """The grid of `table` as seen: deleted and hidden rows left out. `read_cell` gives a cell's text and tables."""
    grid = Grid()
    for row in children(table, "tr"):
        settings = row.find(f"{W}trPr")
        if settings is not None and (settings.find(f"{W}del") is not None or switch(settings, "hidden")):
            continue
        line = [Cell()] * min(_MAX_SPAN, whole(value(settings, "gridBefore"), 0))
        nested: list[Any] = []
        for cell in children(row, "tc"):
            _add_cell(line, cell, grid.rows, read_cell(cell), repeats, nested)
        if len(grid.rows) == grid.flagged and switch(settings, "tblHeader"):
            grid.flagged += 1
        grid.rows.append(line)
        label = next((place.text for place in line if place.text), "")
        grid.nested += [(label, inner) for inner in nested]
    grid.take_title()
    return grid


def _add_cell(
    line: list[Cell],
    cell: Any,
    rows: Sequence[Sequence[Cell]],
    read: tuple[str, list[Any]],
    repeats: Repeats,
    nested: list[Any],
) -> None:
    text, inner = read
    settings = cell.find(f"{W}tcPr")
    if settings is not None and settings.find(f"{W}cellDel") is not None:
        return
    nested += inner
    down = bool(rows) and _continues(settings, "vMerge")
    across = bool(line) and _continues(settings, "hMerge")
    if down or across:
        beside = line[-1] if across else rows[-1][len(line)] if len(line) < len(rows[-1]) else Cell(text)
        text = beside.text if repeats.allows(beside.text) else ""
    line.append(Cell(text, across, down))
    more = min(_MAX_SPAN, whole(value(settings, "gridSpan"), 1)) - 1
    line += [Cell(text, across=True, down=down) for _ in range(more) if repeats.allows(text)]


def _continues(settings: Any, name: str) -> bool:
    merge = settings.find(f"{W}{name}") if settings is not None else None
    return merge is not None and merge.get(f"{W}val", "continue") == "continue"


def _names_parts(above: Sequence[Cell], row: Sequence[Cell]) -> bool:
    """Whether `row` names the parts of the header row `above`: each of its words stands below a cell over several
    columns, and none is a figure; below the others nothing new stands."""
    found = False
    for column, cell in enumerate(row):
        over = above[column] if column < len(above) else Cell()
        spans = over.across or (column + 1 < len(above) and above[column + 1].across)
        if cell.down or not cell.text:
            continue
        if spans and not cell.across:
            if _FIGURE.fullmatch(cell.text):
                return False
            found = True
        elif not spans and over.text:
            return False
    return found
