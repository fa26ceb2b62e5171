"""Tables without rules between their columns: what stands in columns, row after row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from ingest.readers.pdf.columns import rows_of
from ingest.readers.pdf.lines import Line, Table
from ingest.readers.pdf.tables.headers import (
    as_line,
    full_headers,
    has_figure,
    header_rows,
    is_column_of_figures,
    is_figure,
)
from ingest.readers.pdf.tables.wrapped import Cells, Row, Rules, logical_rows, rules_between

_APART = 3.2  # of the letters' size, from row to row: beyond, another table begins
_LEADING = 1.6  # of the size: lines of one paragraph stand no farther apart
_GUTTER = 3.0  # points between two columns at least
_CENTRED = 0.2  # of the width of what a header spans, by which it may stand off its middle
_WORDS = 5  # a cell has no more on average


@dataclass(frozen=True, slots=True)
class Found:
    """Lines of a page that are a table or look like one, and the lines to be read in their place."""

    lines: tuple[Line, ...]
    made: tuple[Line, ...]


def tables_in(lines: Sequence[Line], lying: Rules) -> list[Found]:
    """The tables that stand among `lines`; `lying` are the page's rules that lie: height, left, right."""
    found = []
    for block in _blocks(rows_of(lines)):
        members = tuple(line for row in block for line in row)
        table = _table(block, lying)
        if table is not None:
            found.append(Found(members, table))
        elif _is_tabular(block):
            found.append(Found(members, tuple(_alone(row) for row in block)))
    return found


def _alone(row: Row) -> Line:
    """A row that is not understood: its cells kept apart; a label and what it says are read together."""
    text = row[0].text
    for line in row[1:]:
        text += f" {line.text}" if text.rstrip().endswith(":") or line.text[0] == ":" else f" ; {line.text}"
    return replace(row[0], text=text, right=row[-1].right, alone=True)


def _blocks(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows that follow each other and hold several cells, with the wrapped lines of cells among them."""
    blocks: list[list[Row]] = []
    block: list[Row] = []
    for number, row in enumerate(rows):
        following = rows[number + 1] if number + 1 < len(rows) else []
        close = bool(block) and block[-1][0].base - row[0].base <= _APART * max(row[0].size, block[-1][0].size)
        titled = len(row) == 1 and _is_title(row[0], block, following)
        if block and (not close or titled or not (len(row) > 1 or _is_inside(row[0], block))):
            blocks.append(block)
            block = []
        if block or len(row) > 1:
            block.append(row)
    blocks.append(block)
    return [cut for found in blocks if len(cut := _trimmed(found)) > 1]


def _is_title(line: Line, block: Sequence[Row], following: Row) -> bool:
    """Whether a line that is set apart begins another table, with a header of its own."""
    if not block or len(following) < 2 or any(is_figure(other.text) for other in following[1:]):
        return False
    return line.bold != block[-1][0].bold or abs(line.size - block[-1][0].size) > 0.6


def _is_inside(line: Line, block: Sequence[Row]) -> bool:
    """Whether a line alone on its row stands under one cell of the block only."""
    left, right = min(row[0].x for row in block), max(row[-1].right for row in block)
    if line.right - line.x > 0.55 * (right - left):
        return False
    inner = [row for row in block if len(row) > 1]
    seconds = [min(other.x for other in row if other.x > line.x + 1) for row in inner if row[-1].x > line.x + 1]
    return not seconds or line.right < max(seconds)


def _trimmed(block: list[Row]) -> list[Row]:
    """The block without single lines at its end that are not close under a cell."""
    while block and len(block[-1]) == 1:
        line = block[-1][0]
        if len(block) > 1:
            # Cells may stand in the middle of their row: their lines then fall between each other.
            above = [other for row in block[-4:-1] for other in row if abs(line.x - other.x) < 2]
            near = any(other.base - line.base <= _LEADING * line.size and other.size == line.size for other in above)
            if near and line.text[:1].islower():
                break
        block.pop()
    return block


def _is_tabular(block: Sequence[Row]) -> bool:
    """Whether rows that make no table hold figures in several cells: they must not run into each other."""
    many = [row for row in block if len(row) > 1]
    figures = sum(1 for row in many if any(has_figure(line.text) for line in row[1:]))
    labelled = sum(1 for row in many if row[0].text.rstrip().endswith(":"))
    return figures * 2 >= len(many) or labelled * 2 >= len(many)


def _table(block: Sequence[Row], lying: Rules) -> tuple[Line, ...] | None:
    """The table that a block is, or None when it is none or cannot be understood."""
    block = _with_middles(block)
    columns = _columns(block)
    if columns is None:
        return None
    several = [row for row in block if len(row) > 1]
    cells = [line for row in several for line in row[1:]]
    if median(len(line.text.split()) for line in cells) > _WORDS:
        return None
    if len(columns) == 2:
        seconds = [row[-1].text for row in several]
        labelled = sum(row[0].text.rstrip().endswith(":") for row in several)
        if len(several) < 3 or labelled * 2 > len(several):
            return None
        if not (is_column_of_figures(seconds) or is_column_of_figures(seconds[1:])):
            return None
    headers, body = _spanning(block, columns)
    if headers is None:
        return None
    placed = [_placed(row, columns) for row in body]
    if any(row is None for row in placed):
        return None
    bold = [all(line.bold for line in row) for row in body]
    rows = logical_rows([row for row in placed if row is not None], body, bold, rules_between(lying, columns))
    if rows is None or len(rows) < 2:
        return None
    texts, bolds = [cells for cells, _ in rows], [thick for _, thick in rows]
    if headers:
        counted, sure = len(headers) + 1, True
        texts = [*headers, *texts]
        if any(is_figure(cell) for row in texts[:counted] for cell in row):
            return None
    else:
        counted, sure = _header_by_figures(texts, bolds)
    table = Table(tuple(map(tuple, full_headers(texts, counted))), min(counted, 1), tuple(columns), sure)
    return (as_line(table, [line for row in block for line in row]),)


def _with_middles(block: Sequence[Row]) -> Sequence[Row]:
    """The rows, a cell that stands half-way between two of them being in both: it spans them."""
    rows: list[Row] = []
    at = 0
    while at < len(block):
        row = block[at]
        if rows and len(row) == 1 and at + 1 < len(block) and _is_between(rows[-1], row[0], block[at + 1]):
            both = (rows.pop(), block[at + 1])
            rows += [sorted([*around, row[0]], key=lambda line: line.x) for around in both]
            at += 1
        else:
            rows.append(row)
        at += 1
    return rows


def _is_between(above: Row, line: Line, below: Row) -> bool:
    """Whether a line overlaps the heights of the rows above and below it, and no cell of theirs."""
    near = max(above[0].base - line.base, line.base - below[0].base) < line.size
    free = all(other.x > line.right or other.right < line.x for other in (*above, *below))
    return near and free and min(len(above), len(below)) > 1 and not is_figure(line.text)


def _header_by_figures(rows: Sequence[Cells], bold: Sequence[bool]) -> tuple[int, bool]:
    """The rows above the first one with figures, when there are more than one; else as `header_rows` says."""
    first = next((at for at, row in enumerate(rows) if any(is_figure(cell) for cell in row[1:])), 0)
    if (
        1 < first <= 3
        and all(sum(bool(cell) for cell in row) > 1 for row in rows[:first])
        and bold[:first] == [bold[0]] * first
    ):
        return header_rows(rows, bold) if not bold[0] else (first, True)
    return header_rows(rows, bold)


def _columns(block: Sequence[Row]) -> list[tuple[float, float]] | None:
    """(left, right) of the columns, in points: what the rows with most cells leave free between them."""
    counts = Counter(len(row) for row in block if len(row) > 1)
    if not counts:
        return None
    most = max(counts, key=lambda count: (counts[count] * count, count))
    columns = _union([(line.x, line.right) for row in block if len(row) == most for line in row])
    if len(columns) != most or counts[most] < 2:
        return None
    for row in block:
        if len(row) == most:
            continue
        touched = [[at for at, column in enumerate(columns) if _overlap(line, column)] for line in row]
        if all(len(at) == 1 for at in touched):
            grown = _union([*columns, *((line.x, line.right) for line in row)])
            if len(grown) == len(columns):
                columns = grown
    return columns


def _union(parts: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for left, right in sorted(parts):
        if joined and left <= joined[-1][1] + _GUTTER:
            joined[-1] = (joined[-1][0], max(joined[-1][1], right))
        else:
            joined.append((left, right))
    return joined


def _overlap(line: Line, column: tuple[float, float]) -> bool:
    return line.x < column[1] - 0.5 and line.right > column[0] + 0.5


def _placed(row: Row, columns: Sequence[tuple[float, float]]) -> Cells | None:
    """The cells of a row by column; None when one stands in none or in several."""
    cells = [""] * len(columns)
    for line in row:
        at = [number for number, column in enumerate(columns) if _overlap(line, column)]
        if len(at) != 1 or cells[at[0]]:
            return None
        cells[at[0]] = line.text.removeprefix(": ")
    return cells


def _spanning(block: Sequence[Row], columns: Sequence[tuple[float, float]]) -> tuple[list[Cells] | None, Sequence[Row]]:
    """The rows of a header that span columns, as cells of each column, and the rows below; None when it is unclear."""
    above: list[Cells] = []
    for number, row in enumerate(block[:-2]):
        following = block[number + 1]
        first = row[0] if _overlap(row[0], columns[0]) and not _overlap(row[0], columns[1]) else None
        titles = row[1:] if first else row
        inner = len(columns) - 1
        if not titles or len(titles) >= inner or any(has_figure(line.text) for line in row):
            break
        if len(following) < inner or any(is_figure(line.text) for line in following[1:]):
            if any(sum(_overlap(line, column) for column in columns) != 1 for line in titles):
                return None, block
            break
        cells = _shared(titles, columns)
        if cells is None:
            if any(sum(_overlap(line, column) for column in columns) != 1 for line in titles):
                return None, block
            break
        if first:
            cells[0] = first.text
        above.append(cells)
    return above, block[len(above) :]


def _shared(titles: Sequence[Line], columns: Sequence[tuple[float, float]]) -> Cells | None:
    """The titles by the columns that each spans, standing over their middle; None when they do not."""
    middles = [(line.x + line.right) / 2 for line in titles]
    groups: dict[int, list[int]] = {}
    for number, (left, right) in enumerate(columns[1:], 1):
        nearest = min(range(len(titles)), key=lambda at: abs(middles[at] - (left + right) / 2))
        groups.setdefault(nearest, []).append(number)
    if len(groups) < len(titles):
        return None
    cells = [""] * len(columns)
    for at, own in groups.items():
        left, right = columns[own[0]][0], columns[own[-1]][1]
        centred = abs(middles[at] - (left + right) / 2) <= _CENTRED * (right - left) + 3
        if not centred and abs(titles[at].x - left) > 4:
            return None
        for number in own:
            cells[number] = titles[at].text
    return cells
