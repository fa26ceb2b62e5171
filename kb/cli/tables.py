"""The text of an answer on a terminal: its tables in columns."""

from __future__ import annotations

import shutil

from kb.text.blocks import parse_blocks, table_cells

_BETWEEN = "  "
_WIDTH = 100  # characters of a line, where no terminal says how many it has


def with_columns(text: str, width: int | None = None) -> str:
    """`text` with its tables in columns of one width each, a rule below their header.

    A table that is wider than `width` (None: the terminal's) is told row by row instead, each value with the name of
    its column.
    """
    width = width or shutil.get_terminal_size((_WIDTH, 24)).columns
    parts, shown = [], 0
    for block in parse_blocks(text):
        if block.kind == "table":
            parts += [text[shown : block.start], _columns(table_cells(text, block), width)]
            shown = block.end
    return "".join([*parts, text[shown:]])


def _columns(rows: list[list[str]], width: int) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    header, *others = rows
    if sum(widths) + len(_BETWEEN) * (len(widths) - 1) > width:
        return "\n".join(_told(header, row) for row in others)
    lines = [header, ["─" * size for size in widths], *others]
    padded = ([cell.ljust(size) for cell, size in zip(line, widths, strict=True)] for line in lines)
    return "\n".join(_BETWEEN.join(line).rstrip() for line in padded)


def _told(header: list[str], row: list[str]) -> str:
    pairs = [f"{name} : {value}" if name else value for name, value in zip(header, row, strict=True) if value]
    return f"- {' ; '.join(pairs)}"
