"""The sheets of an OpenDocument workbook: its cells hold their numbers as shown already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.readers.block_builder import Repeats
from ingest.readers.office.sheets import Hidden, Sheet, visible_blocks
from ingest.readers.opendocument.styles import OFFICE, TABLE, Element, Styles, number_of
from ingest.readers.opendocument.text import grid_of, rows_of

_UNSHOWN = {"collapse", "filter"}
_MOST_COLUMNS, _MOST_ROWS = 16_384, 1_048_576  # of a sheet


@dataclass(slots=True)
class Workbook:
    """What a workbook shows, the names of its hidden sheets, and how many comments were left out."""

    sheets: list[Sheet] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    comments: int = 0


def read_workbook(body: Element, styles: Styles) -> Workbook:
    """The sheets under `office:spreadsheet`."""
    made = Workbook()
    repeats = Repeats()
    for table in body.iterchildren(f"{TABLE}table"):
        title = table.get(f"{TABLE}name", "")
        if styles.is_unseen(table.get(f"{TABLE}style-name")):
            made.hidden.append(title)
            continue
        made.comments += sum(1 for _ in table.iter(f"{OFFICE}annotation"))
        blocks, remarks = visible_blocks(title, grid_of(table, repeats), _hidden(table), _uncalculated(table))
        made.sheets.append(Sheet(title, blocks, remarks))
    return made


def _hidden(table: Element) -> Hidden:
    hidden = Hidden()
    number = 1
    for row in rows_of(table):
        count = number_of(row, f"{TABLE}number-rows-repeated")
        if row.get(f"{TABLE}visibility") in _UNSHOWN:
            hidden.rows.update(range(number, min(number + count, _MOST_ROWS + 1)))
        number += count
    number = 1
    for column in _columns(table):
        count = number_of(column, f"{TABLE}number-columns-repeated")
        if column.get(f"{TABLE}visibility") in _UNSHOWN:
            hidden.columns.update(range(number, min(number + count, _MOST_COLUMNS + 1)))
        number += count
    return hidden


def _columns(element: Element) -> Iterator[Element]:
    for child in element:
        if child.tag == f"{TABLE}table-column":
            yield child
        elif child.tag in {f"{TABLE}table-{name}" for name in ("header-columns", "column-group", "columns")}:
            yield from _columns(child)


def _uncalculated(table: Element) -> int:
    return sum(
        1
        for cell in table.iter(f"{TABLE}table-cell")
        if cell.get(f"{TABLE}formula") and not cell.get(f"{OFFICE}value-type") and not len(cell)
    )
