"""Tables that go on over pages, made one."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.readers.pdf.lines import Table
from kb.text.folding import fold


def continues(table: Table, other: Table) -> bool:
    """Whether `other`, the first thing on the page after `table`, is the rest of it."""
    if len(table.columns) != len(other.columns):
        return False
    for at, (left, right) in enumerate(other.columns):
        over = [number for number, column in enumerate(table.columns) if left < column[1] and right > column[0]]
        if at not in over or (len(over) > 1 and table.columns[at] != (left, right)):
            return False
    return not (other.headers and other.sure) or _same_header(table, other)


def joined_rows(tables: Sequence[tuple[int, Table]]) -> tuple[list[tuple[str, ...]], list[int]]:
    """The rows of tables that continue each other, (page, table) each, the first row being the header, and the page
    of each row. A table without a header has an empty one: nothing stands above its cells."""
    first_page, first = tables[0]
    rows: list[tuple[str, ...]] = [] if first.headers else [tuple("" for _ in first.columns)]
    pages = [] if first.headers else [first_page]
    for page, table in tables:
        own = table.rows[1:] if rows and table is not first and _same_header(first, table) else table.rows
        rows.extend(own)
        pages.extend([page] * len(own))
    return rows, pages


def _same_header(table: Table, other: Table) -> bool:
    if not table.headers:
        return False
    return [fold(cell) for cell in table.rows[0]] == [fold(cell) for cell in other.rows[0]]
