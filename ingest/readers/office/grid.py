"""The cells of a sheet -> blocks: its tables told apart, each with its title, its header in one row, its notes.

A sheet is a plane on which people put several tables, titles, units and notes; what stands where is all there is to go
by. Used for workbooks (XLSX, ODS) and for CSV.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.readers.block_builder import Block, Repeats, bullets, heading, item, one_line, paragraph, table

_TITLE = 150  # characters: a longer line above a table is a text about it
_DEEPEST_HEADER = 4  # rows
_MOST_TABLE_CELLS = 200_000  # of one block, its header repeated in the next: more would be no table to the builder
_FIGURE = re.compile(r"[(+\-−]?\s*\d[\d\s.,]*\s*(?:[%€$£]|[kKMm]\s?€|euros?)?\s*\)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NOTE = re.compile(r"(?:\(?\*|\(\d+\)|sources?\b|notes?\b|nb\b|n\.b\.|lecture\b|champ\b)", re.IGNORECASE)

Cells = Mapping[int, str]
"""The texts of a row by column; those without text are absent."""


@dataclass(frozen=True, slots=True)
class Span:
    """A merged cell: its rows and columns, the last ones included. Its text is that of its first cell."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet: rows of texts by row and column, and its merged cells."""

    rows: Mapping[int, Cells]
    spans: Sequence[Span] = ()


@dataclass(slots=True)
class _Region:
    """A part of the plane with nothing around it. `lead` is what stands above its table, `notes` what stands below."""

    rows: list[int]
    columns: list[int]
    lead: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def grid_blocks(grid: Grid, level: int) -> list[Block]:
    """The blocks of a sheet; `level` is that of the headings that titles of tables become."""
    sheet = _Sheet(grid)
    return [block for region in sheet.regions() for block in sheet.blocks(region, level)]


def table_blocks(grid: Grid) -> list[Block]:
    """The table of a text or a slide, its header in one row: it is one table, whatever is empty in it."""
    return _Sheet(grid).whole()


class _Sheet:
    def __init__(self, grid: Grid) -> None:
        self._wide = {(span.top, span.left): span for span in grid.spans if span.right > span.left}
        self._tall = {(span.top, span.left): span for span in grid.spans if span.bottom > span.top}
        self._rows: dict[int, dict[int, str]] = {}
        for row, cells in grid.rows.items():
            if held := {at: line for at, text in cells.items() if (line := one_line(text))}:
                self._rows[row] = held
        self._own = {row: len(cells) for row, cells in self._rows.items()}
        self._expand(grid.spans, Repeats())

    def _expand(self, spans: Sequence[Span], repeats: Repeats) -> None:
        """Repeats the text of merged cells in all of them, but for one that has its row to itself: a title."""
        columns = {at for cells in self._rows.values() for at in cells}
        for span in spans:
            text = self._rows.get(span.top, {}).get(span.left)
            if text is None or (span.top == span.bottom and self._own[span.top] == 1):
                continue
            for row in range(span.top, span.bottom + 1):
                if row not in self._rows:
                    continue  # nothing else in it: it would be a row of one cell
                for at in (at for at in columns if span.left <= at <= span.right):
                    if (row, at) != (span.top, span.left) and at not in self._rows[row]:
                        if not repeats.allows(text):
                            return
                        self._rows[row][at] = text

    def regions(self) -> Iterator[_Region]:
        """The tables of the sheet, each with what stands above and below it."""
        last: _Region | None = None
        for rows, columns in self._parts(sorted(self._rows), None):
            region = self._region(rows, columns)
            if last is not None and self._goes_on(last, region):
                last.rows += region.rows
                last.columns = sorted({*last.columns, *region.columns})
                last.notes = region.notes
                continue
            if last is not None:
                yield last
            last = region
        if last is not None:
            yield last

    def _goes_on(self, before: _Region, region: _Region) -> bool:
        """Whether a region is more rows of the table above it, behind an empty row: it has no title, no header."""
        return (
            len(before.columns) > 1
            and not region.lead
            and not before.notes
            and bool(region.rows)
            and set(region.columns) <= set(before.columns)
            and bool(figures := self._figures(region.rows[0], region.columns))
            and figures <= {at for row in before.rows[1:] for at in self._figures(row, before.columns)}
        )

    def _parts(self, rows: Sequence[int], within: frozenset[int] | None) -> Iterator[tuple[list[int], list[int]]]:
        """Parts of the plane with empty rows, or empty columns where two tables stand side by side, between them."""
        filled = [row for row in rows if self._columns(row, within)]
        runs: list[list[int]] = []
        for row in filled:
            if runs and row == runs[-1][-1] + 1:
                runs[-1].append(row)
            else:
                runs.append([row])
        for run in runs:
            columns = sorted({at for row in run for at in self._columns(row, within)})
            sides = self._sides(run, columns)
            if len(sides) == 1:
                yield run, columns
            else:
                for side in sides:
                    yield from self._parts(run, frozenset(side))

    def _columns(self, row: int, within: frozenset[int] | None) -> set[int]:
        held = self._rows.get(row, {})
        return set(held) if within is None else set(held) & within

    def _sides(self, rows: Sequence[int], columns: Sequence[int]) -> list[list[int]]:
        """The columns of tables side by side. One whose first column holds figures has its labels further left."""
        sides: list[list[int]] = []
        for at in columns:
            if sides and at == sides[-1][-1] + 1:
                sides[-1].append(at)
            else:
                sides.append([at])
        whole = [sides[0]] if sides else []
        for side in sides[1:]:
            if len(side) > 1 and len(whole[-1]) > 1 and self._has_labels(rows, side):
                whole.append(side)
            else:
                whole[-1] += side
        return whole

    def _has_labels(self, rows: Sequence[int], side: Sequence[int]) -> bool:
        first = [text for row in rows if (text := self._rows[row].get(side[0]))]
        others = any(_is_figure(text) for row in rows for at in side[1:] if (text := self._rows[row].get(at)))
        return others and sum(_is_figure(text) for text in first[1:]) * 2 < len(first) - 1

    def _has_figures(self, row: int, columns: Sequence[int]) -> bool:
        return bool(self._figures(row, columns))

    def _figures(self, row: int, columns: Sequence[int]) -> set[int]:
        """The columns in which a row holds figures; years may be names of columns."""
        return {
            at for at in columns if (text := self._rows[row].get(at)) and _is_figure(text) and not _YEAR.fullmatch(text)
        }

    def _texts(self, row: int, columns: Sequence[int]) -> list[str]:
        return [text for at in columns if (text := self._rows[row].get(at))]

    def _region(self, rows: list[int], columns: list[int]) -> _Region:
        """A part with the lines above and below its table set apart."""
        region = _Region(rows, columns)
        while len(region.rows) > 1 and self._is_line(region.rows[0], columns):
            (text,) = self._texts(region.rows[0], columns)
            if _is_figure(text):
                break
            region.lead.append(text)
            region.rows = region.rows[1:]
        while region.rows and len(columns) > 1 and self._is_line(region.rows[-1], columns):
            (text,) = self._texts(region.rows[-1], columns)
            if not _NOTE.match(text) and (_is_figure(text) or len(text) <= _TITLE):
                break
            region.notes.insert(0, text)
            region.rows = region.rows[:-1]
        if not region.rows:
            region.lead, region.notes = [*region.lead, *region.notes], []
        return region

    def _is_line(self, row: int, columns: Sequence[int]) -> bool:
        """Whether a row is one text across a table of several columns."""
        return len(columns) > 1 and len(self._texts(row, columns)) == 1

    def blocks(self, region: _Region, level: int) -> Iterator[Block]:
        """Title, table, notes."""
        titles = [text for text in region.lead if len(text) <= _TITLE and not text.endswith((".", ";"))]
        # The unit of all figures, « (en milliers d'euros) », often stands on a line of its own: it belongs to each.
        if titles and region.lead[: len(titles[:2])] == titles[:2]:
            yield heading(" – ".join(titles[:2]), level)
            region.lead = region.lead[len(titles[:2]) :]
        for text in region.lead:
            yield paragraph(text)
        if region.rows:
            yield from self._table(region, level)
        for text in region.notes:
            yield paragraph(text)

    def _table(self, region: _Region, level: int) -> Iterator[Block]:
        rows, columns = region.rows, region.columns
        depth = self._header_depth(rows, columns)
        if not depth and len(columns) == 2:  # a label and its value
            yield bullets(item(" : ".join(self._texts(row, columns))) for row in rows)
            return
        header = self._header(rows[:depth], columns)
        body: list[list[str]] = []
        for row in rows[depth:]:
            if not (self._is_line(row, columns) and self._is_banner(row, columns)):
                body.append([self._rows[row].get(at, "") for at in columns])
                continue
            yield from _tables(header, body) if body else ()
            body = []
            yield heading(self._texts(row, columns)[0], level + 1)
        yield from _tables(header, body)

    def whole(self) -> list[Block]:
        """All cells as one table."""
        rows = sorted(self._rows)
        columns = sorted({at for cells in self._rows.values() for at in cells})
        if not rows:
            return []
        depth = self._header_depth(rows, columns)
        body = [[self._rows[row].get(at, "") for at in columns] for row in rows[depth:]]
        return list(_tables(self._header(rows[:depth], columns), body))

    def _is_banner(self, row: int, columns: Sequence[int]) -> bool:
        """Whether the one text of a row is merged across the whole table: the title of the rows below it."""
        span = next((self._wide[row, at] for at in columns if (row, at) in self._wide), None)
        return span is not None and span.left <= columns[0] and span.right >= columns[-1]

    def _header_depth(self, rows: Sequence[int], columns: Sequence[int]) -> int:
        """How many of the first rows are the header: 0 where the first one holds figures."""
        most = next(
            (count for count, row in enumerate(rows[:_DEEPEST_HEADER]) if self._has_figures(row, columns)),
            min(len(rows), _DEEPEST_HEADER),
        )
        depth = min(1, most)
        while depth < most and self._has_more_below(rows[depth - 1], rows[depth], columns):
            depth += 1
        if depth == 1 and most == 2 and len(rows) > most and self._is_grouped(rows[0], rows[1], columns):
            depth = 2  # groups written above their columns, not merged
        return depth

    def _has_more_below(self, row: int, below: int, columns: Sequence[int]) -> bool:
        """Whether a merged cell of a header's row shows that the next row is part of it."""
        return any(
            (row, at) in self._wide or ((row, at) in self._tall and self._tall[row, at].bottom >= below)
            for at in columns
        )

    def _is_grouped(self, row: int, below: int, columns: Sequence[int]) -> bool:
        """Whether texts of a row stand above several texts of the next; a row of values begins with a label of its own,
        under that of the column."""
        upper, lower = self._rows[row], self._rows[below]
        gaps = [at for at in columns if at not in upper and at in lower and at > columns[0]]
        has_label = columns[0] in upper and columns[0] in lower
        return not has_label and any(max((left for left in upper if left < at), default=0) in lower for at in gaps)

    def _header(self, rows: Sequence[int], columns: Sequence[int]) -> list[str]:
        """One row of a header of several: each column has all that stands above it, « Groupe, Colonne »."""
        names: list[list[str]] = [[] for _ in columns]
        for number, row in enumerate(rows):
            group = ""
            for name, at in zip(names, columns, strict=True):
                text = self._rows[row].get(at, "")
                has_lower = any(at in self._rows[lower] for lower in rows[number + 1 :])
                if text:
                    # A group goes on to its right, over columns without a text, as far as they have names below.
                    group = text if has_lower else ""
                elif group and has_lower:
                    text = group
                if text and text not in name:
                    name.append(text)
        return [", ".join(name) for name in names]


def _tables(header: Sequence[str], body: Sequence[Sequence[str]]) -> Iterator[Block]:
    if not body:
        yield from table([header])
        return
    size = max(1, _MOST_TABLE_CELLS // len(header))
    for start in range(0, len(body), size):
        yield from table([header, *body[start : start + size]], has_header=any(header))


def _is_figure(text: str) -> bool:
    return bool(_FIGURE.fullmatch(text))
