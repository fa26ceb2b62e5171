"""The block form of a document's text (see kb/types.py), read back: headings, paragraphs, lists, tables.

The splitter cuts documents along these blocks and the answers are made of their units, so both see the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from kb.text.sentences import Span, sentence_spans

BlockKind = Literal["heading", "paragraph", "list", "table"]
_HEADING = re.compile(r"(#{1,6})\s+(.*\S)\s*$")
_ITEM = re.compile(r"(\s*)(?:[-*+•–]|\d{1,3}[.)])\s+(?=\S)")
_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\s*+\|?(?:\s*+:?-{3,}+:?\s*+\|)+\s*+(?::?-{3,}+:?\s*+)?$")


@dataclass(frozen=True, slots=True)
class Block:
    """A block: `start` and `end` offsets in the text. `level` is that of a heading (1 to 6), 0 for the others."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0


def parse_blocks(text: str) -> list[Block]:
    """The blocks of `text`, in order. Together they hold every character that is not white space."""
    blocks: list[Block] = []
    lines = list(_lines(text))
    index = 0
    while index < len(lines):
        start, end = lines[index]
        line = text[start:end]
        first = index
        index += 1
        if not line.strip():
            continue
        if heading := _HEADING.match(line):
            blocks.append(Block("heading", start, end, len(heading[1])))
            continue
        if _is_table(text, lines, first):
            while index < len(lines) and text[lines[index][0] : lines[index][1]].lstrip().startswith("|"):
                index += 1
            blocks.append(Block("table", start, lines[index - 1][1]))
            continue
        kind: BlockKind = "list" if _ITEM.match(line) else "paragraph"
        while index < len(lines):
            following = text[lines[index][0] : lines[index][1]]
            if not following.strip() or _HEADING.match(following) or _is_table(text, lines, index):
                break
            if kind == "paragraph" and _ITEM.match(following):
                break
            index += 1
        blocks.append(Block(kind, start, lines[index - 1][1]))
    return blocks


def heading_title(text: str, block: Block) -> str:
    """The words of a heading, without its `#` marks."""
    return text[block.start : block.end].lstrip("#").strip()


def item_spans(text: str, block: Block) -> list[Span]:
    """The items of a list: spans of their words, without the marker, continuation lines included."""
    spans: list[Span] = []
    for start, end in _lines(text, block.start, block.end):
        marker = _ITEM.match(text[start:end])
        if marker:
            spans.append((start + marker.end(), end))
        elif spans:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [(start, start + len(text[start:end].rstrip())) for start, end in spans if text[start:end].strip()]


def row_spans(text: str, block: Block) -> list[Span]:
    """The rows of a table below its header: spans of their lines, the outer bars left out."""
    spans: list[Span] = []
    for start, end in list(_lines(text, block.start, block.end))[2:]:
        line = text[start:end]
        inner = line.strip().strip("|").strip()
        if inner:
            offset = start + line.index(inner)
            spans.append((offset, offset + len(inner)))
    return spans


def table_header(text: str, block: Block) -> str:
    """The two first lines of a table, as written."""
    spans = list(_lines(text, block.start, block.end))
    return text[spans[0][0] : spans[1][1]]


def cells(line: str) -> list[str]:
    """The cells of a table's line, trimmed."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def table_rows(text: str, block: Block) -> list[list[Span]]:
    """The lines of a table, its header first: spans of the words of each cell. `\\|` is a bar within a cell.

    All have as many cells as the longest one: those that a line lacks are empty spans at its end.
    """
    header, _, *lines = _lines(text, block.start, block.end)
    rows = [
        _cell_spans(text, *line) for line in [header, *lines] if line == header or text[slice(*line)].strip(" |\t\r")
    ]
    width = max(map(len, rows))
    return [[*row, *[(row[-1][1], row[-1][1])] * (width - len(row))] for row in rows]


def table_cells(text: str, block: Block) -> list[list[str]]:
    """The words of each cell of `table_rows`."""
    return [[unescaped(text[start:end]) for start, end in row] for row in table_rows(text, block)]


def unescaped(text: str) -> str:
    """`text` with its `\\|` as the bars that they stand for."""
    return text.replace("\\|", "|")


def render_row(header: str, row: str) -> str:
    """A row with its header, as one line to read: « Source : Sénat ; Montant : 7 milliards »."""
    names = cells(header.split("\n", 1)[0])
    values = cells(row)
    pairs = []
    for index, value in enumerate(values):
        name = names[index] if index < len(names) else ""
        if value and value not in {"–", "-", "—"}:
            pairs.append(f"{name} : {value}" if name else value)
    return " ; ".join(pairs)


def unit_spans(text: str, block: Block) -> list[Span]:
    """What a block is made of: the sentences of a paragraph, the items of a list, the rows of a table."""
    if block.kind == "heading":
        return []
    if block.kind == "list":
        return item_spans(text, block)
    if block.kind == "table":
        return row_spans(text, block)
    offset = block.start
    return [(offset + start, offset + end) for start, end in sentence_spans(text[block.start : block.end])]


def _lines(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Spans of the lines of `text[start:end]`, without their line ends."""
    stop = len(text) if end is None else end
    while start <= stop:
        newline = text.find("\n", start, stop)
        line_end = stop if newline < 0 else newline
        if line_end > start or newline >= 0:
            yield start, line_end
        if newline < 0:
            return
        start = newline + 1


def _cell_spans(text: str, start: int, end: int) -> list[Span]:
    """The words of each cell of the table's line `text[start:end]`, whose outer bars are left out."""
    start, end = _trimmed(text, start, end)
    if text.startswith("|", start, end):
        start += 1
    bars = [bar.start() for bar in _BAR.finditer(text, start, end)]
    edges = [start - 1, *bars] if bars and bars[-1] == end - 1 else [start - 1, *bars, end]
    return [_trimmed(text, first + 1, last) for first, last in pairwise(edges)]


def _trimmed(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    first = start + len(words) - len(words.lstrip())
    return first, max(first, start + len(words.rstrip()))


def _is_table(text: str, lines: list[Span], index: int) -> bool:
    if index + 1 >= len(lines) or not text[lines[index][0] : lines[index][1]].lstrip().startswith("|"):
        return False
    return _RULE.match(text[lines[index + 1][0] : lines[index + 1][1]]) is not None
