"""HTML tables -> blocks: cells that span others repeated in each, headers of several rows made one.

A header of two levels joins its cells (« Location, Zone A »), a line that goes across the table comes before the label
of each row below it, and a table within a cell is told in words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.readers.block_builder import Block, Repeats, bullets, item, one_line, paragraph, table
from ingest.readers.html.elements import Element, text_of, words
from kb.text.folding import fold

_MAX_SPAN = 100
_MAX_COLUMNS = 200  # cells that span more are not repeated: spans of spans would fill the memory
_MOST_HEADERS = 5  # rows of a header without <thead>: what goes on is a table of titles
_LONGEST_LABEL = 100  # characters of a line across the table that heads the rows below it
_LONGEST_CELL = 600  # characters of a cell with headings in it: a longer one is a part of the page
_FIGURE = re.compile(r"[+−-]?\d[\d\s.,]*\s?(?:%|[kM]?€|Md€|euros?|ha|m[²2³3]?|km[²2]?|h|ans?)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TOTAL = re.compile(r"(?:sous-)?(?:total|totaux|ensemble)\b")


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place of the grid: its text and the cell that fills it, alone or with others."""

    text: str
    cell: Element


@dataclass(frozen=True, slots=True)
class _Understood:
    """`above` and `below` are the lines around the table itself; `header` is empty when no row says what they hold."""

    above: list[str]
    header: list[str]
    body: list[list[str]]
    below: list[str]


def is_layout(element: Element) -> bool:
    """Whether a table only places things on the page: what it holds is text, not figures to read across."""
    if element.get("role") in {"presentation", "none"}:
        return True
    rows = _rows(element)
    has_headers = any(cell.tag == "th" for row in rows for cell in row) or element.find("caption") is not None
    parts = list(element.iterdescendants("table", "h1", "h2", "h3", "h4", "h5", "h6"))
    if not has_headers:
        is_one_value = len(rows) == 1 and len(rows[0]) == 2 and _is_figure(text_of(rows[0][1]))
        return bool(parts) or (len(rows) == 1 and not is_one_value) or max(map(len, rows), default=0) <= 1
    cells = {cell for row in rows for cell in row}
    return any(
        len(text_of(cell)) > _LONGEST_CELL
        for part in parts
        if part.tag != "table" and (cell := next((up for up in part.iterancestors() if up in cells), None)) is not None
    )


def table_blocks(element: Element, repeats: Repeats) -> list[Block]:
    """The blocks of a table: its caption, the table, the lines below it; labels and values become a list."""
    captions = [paragraph(text_of(caption)) for caption in element.iterchildren("caption")]
    rows = _rows(element)
    if pairs := _pairs(rows, repeats):
        return [*captions, bullets(item(f"{label} : {value}" if label else value) for label, value in pairs)]
    found = _understand(element, rows, repeats)
    if not found.header and all(len(row) == 2 for row in found.body):
        held = [bullets(item(_values(row)) for row in found.body)]
    else:
        held = table([found.header, *found.body] if found.header else found.body, has_header=bool(found.header))
    return [*captions, *map(paragraph, found.above), *held, *map(paragraph, found.below)]


def _pairs(rows: Sequence[Sequence[Element]], repeats: Repeats) -> list[tuple[str, str]]:
    """Labels and values, when the headers stand beside what they say: `th td` in each row, once or several times."""
    if not rows or (len(rows) == 1 and len(rows[0]) == 2):
        return []
    for row in rows:
        if len(row) % 2 or any(cell.tag != ("td" if at % 2 else "th") for at, cell in enumerate(row)) or not row:
            return []
        if any(_span(cell, name) > 1 for cell in row[:-1] for name in ("rowspan", "colspan")):
            return []
    if len({len(row) for row in rows}) > 1 and max(map(len, rows)) > 2 and len(rows) > 2:
        return []
    return [
        (_text(row[at], repeats).rstrip(" :"), _text(row[at + 1], repeats))
        for row in rows
        for at in range(0, len(row), 2)
    ]


def _understand(element: Element, rows: Sequence[Sequence[Element]], repeats: Repeats) -> _Understood:
    grid = _grid(rows, repeats)
    width = max(map(len, grid), default=0)
    above: list[str] = []
    while len(grid) > 1 and _goes_across(grid[0], width):
        above.append(grid.pop(0)[0].text)
    depth = _header_depth(grid, len(element.xpath("./thead/tr")) - len(above))
    header = [_joined([row[column] for row in grid[:depth] if column < len(row)]) for column in range(width)]
    body, below = _body(grid[depth:], width)
    return _Understood([text for text in above if text], header if depth else [], body, below)


def _body(grid: Sequence[Sequence[_Slot]], width: int) -> tuple[list[list[str]], list[str]]:
    """The rows, and the lines below the table. What a line across the table says goes before the labels under it."""
    body: list[list[str]] = []
    below: list[str] = []
    labels = Counter(fold(row[0].text) for row in grid if row)
    group = ""
    for at, row in enumerate(grid):
        if _goes_across(row, width):
            text = row[0].text
            heads = at + 1 < len(grid) and not _goes_across(grid[at + 1], width)
            if heads and len(text) <= _LONGEST_LABEL and (row[0].cell.tag == "th" or not text.endswith((".", ";"))):
                group = text
            elif text:
                below.append(text)
            continue
        texts = [slot.text for slot in row]
        # The one « Total » of a table is that of all its parts.
        if group and texts and not (_TOTAL.match(label := fold(texts[0])) and labels[label] == 1):
            texts[0] = f"{group}, {texts[0]}" if texts[0] else group
        body.append(texts)
    return body, below


def _header_depth(grid: Sequence[Sequence[_Slot]], in_head: int) -> int:
    """How many of the first rows say what the columns hold."""
    if not grid:
        return 0
    if len(grid) == 1 and not in_head:
        return 0
    last = len(grid) - 1
    depth = max(0, min(in_head, last))
    width = max(map(len, grid))
    while depth < min(last, _MOST_HEADERS) and _is_of_headers(grid[depth]) and not _goes_across(grid[depth], width):
        depth += 1
    first = grid[0]
    spans = [(_span(slot.cell, "colspan"), _span(slot.cell, "rowspan")) for slot in first]
    is_split = any(across > 1 for across, _ in spans)
    deepest = max((deep for _, deep in spans), default=1)
    if is_split and 1 < deepest <= min(last, _MOST_HEADERS) and (depth or not _has_figures(first)):
        return max(depth, deepest)
    if depth:
        return depth
    if is_split and last > 1 and not _has_figures(grid[1]) and any(map(_has_figures, grid[2:])):
        return 2
    return 0 if _begins_with_values(grid) else 1


def _is_of_headers(row: Sequence[_Slot]) -> bool:
    return any(slot.cell.tag == "th" for slot in row) and all(slot.cell.tag == "th" or not slot.text for slot in row)


def _begins_with_values(grid: Sequence[Sequence[_Slot]]) -> bool:
    """Whether the first row of a table holds what the others hold: there is no header."""
    first, others = grid[0], grid[1:]
    below = [any(column < len(row) and _is_figure(row[column].text) for row in others) for column in range(len(first))]
    if any(_is_figure(slot.text) and below[column] for column, slot in enumerate(first) if column):
        return True
    # Each row has its own header beside it: the first one too, unless it names what others count.
    sides = all(len(row) > 1 and row[0].cell.tag == "th" and row[-1].cell.tag == "td" for row in grid)
    return sides and not any(below)


def _has_figures(row: Sequence[_Slot]) -> bool:
    return any(_is_figure(slot.text) for slot in row[1:])


def _is_figure(text: str) -> bool:
    # Columns may be headed by years, or numbered.
    return _FIGURE.fullmatch(text) is not None and not _YEAR.fullmatch(text) and not re.fullmatch(r"\d", text)


def _joined(slots: Sequence[_Slot]) -> str:
    """The full header of a column: what stands above it, the highest first, each cell once."""
    texts: list[str] = []
    for slot in slots:
        if slot.text and (not texts or fold(texts[-1]) != fold(slot.text)):
            texts.append(slot.text)
    return ", ".join(texts)


def _goes_across(row: Sequence[_Slot], width: int) -> bool:
    return width > 1 and len(row) >= width and bool(row) and all(slot.cell is row[0].cell for slot in row)


def _rows(element: Element) -> list[list[Element]]:
    """The rows of a table, the header's first and the footer's last, wherever they are written."""
    parts: dict[str, list[list[Element]]] = {"thead": [], "tbody": [], "tfoot": []}
    for child in element:
        group = [child] if child.tag == "tr" else child if child.tag in parts else []
        parts[child.tag if child.tag in parts else "tbody"] += [
            [cell for cell in row if cell.tag in {"td", "th"}] for row in group if row.tag == "tr"
        ]
    return [row for part in parts.values() for row in part]


def _grid(rows: Sequence[Sequence[Element]], repeats: Repeats) -> list[list[_Slot]]:
    """`rows`, a cell that spans several rows or columns repeated in each: every row is whole."""
    grid: list[list[_Slot]] = []
    hanging: dict[int, tuple[int, _Slot]] = {}  # column -> rows still to fill, with what
    for row in rows:
        line: list[_Slot] = []

        def fill(line: list[_Slot] = line) -> None:
            while len(line) in hanging:
                left, slot = hanging.pop(len(line))
                if not repeats.allows(slot.text):
                    hanging.clear()
                    return
                if left > 1:
                    hanging[len(line)] = (left - 1, slot)
                line.append(slot)

        for cell in row:
            fill()
            slot, deep = _Slot(_text(cell, repeats), cell), _span(cell, "rowspan")
            for number in range(max(1, min(_span(cell, "colspan"), _MAX_COLUMNS - len(line)))):
                if number and not repeats.allows(slot.text):
                    break
                if deep > 1 and len(line) < _MAX_COLUMNS:
                    hanging[len(line)] = (deep - 1, slot)
                line.append(slot)
        fill()
        grid.append(line)
    return grid


def _text(cell: Element, repeats: Repeats) -> str:
    """The words of a cell, a table in it row by row: « Zone : A, Part : 12 % ; Zone : B, Part : 14 % »."""
    nested = [
        inner
        for inner in cell.iterdescendants("table")
        if next(inner.iterancestors("table")) in cell.iterancestors("table")
    ]
    if not nested:
        return text_of(cell)
    own = one_line("".join(words(cell, frozenset({"table"}))))
    told = "; ".join(filter(None, (_told(inner, repeats) for inner in nested)))
    return f"{own} {told}".strip()


def _told(element: Element, repeats: Repeats) -> str:
    rows = _rows(element)
    if pairs := _pairs(rows, repeats):
        return " ; ".join(f"{label} : {value}" for label, value in pairs)
    found = _understand(element, rows, repeats)
    if len(found.header) < 2 and found.body:
        lines = [", ".join(filter(None, (*found.header[:1], *(text for row in found.body for text in row))))]
    elif found.header and found.body:
        lines = [
            ", ".join(
                f"{name} : {text}" if name else text for name, text in zip(found.header, row, strict=False) if text
            )
            for row in found.body
        ]
    else:
        lines = [_values(row) for row in (found.body or [found.header])]
    return " ; ".join(filter(None, (*found.above, *lines, *found.below)))


def _values(row: Sequence[str]) -> str:
    return f"{row[0]} : {', '.join(filter(None, row[1:]))}" if len(row) > 1 and row[0] else ", ".join(filter(None, row))


def _span(cell: Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(_MAX_SPAN, max(1, int(value))) if value.isascii() and value.isdigit() else 1
