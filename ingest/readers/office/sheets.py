"""The sheets of a workbook, of whatever format, as one document: what is hidden left out and told."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ingest.readers.block_builder import Block, assemble, heading
from ingest.readers.dates import date_near_title
from ingest.readers.metadata import Metadata, authors_title, canonical_url
from ingest.readers.office.grid import Grid, Span, grid_blocks
from ingest.readers.reading import Given, Reading, no_text


@dataclass(frozen=True, slots=True)
class Sheet:
    """A visible sheet: its name, its blocks, and what should be known of how it was read."""

    title: str
    blocks: Sequence[Block]
    remarks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Hidden:
    """Rows and columns of a sheet that are not shown."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)


def reading_of(
    given: Given, sheets: Sequence[Sheet], hidden: Sequence[str], declared: object, left_out: Iterable[str]
) -> Reading:
    """The document that visible sheets make. `hidden` names the others; `declared` is the title that the file gives,
    `left_out` further remarks. Raises DocumentError when nothing is shown."""
    filled = [sheet for sheet in sheets if sheet.blocks]
    if not filled:
        raise no_text(given, "les feuilles visibles du classeur sont vides")
    blocks = [block for sheet in filled for block in _under_title(sheet, is_only=len(filled) == 1)]
    title = authors_title(declared)
    if title is None and len(filled) == 1 and filled[0].blocks[0].kind == "heading":
        title = filled[0].blocks[0].text  # what stands above the one table
    remarks = [*_hidden_sheets(hidden), *(remark for sheet in sheets for remark in sheet.remarks), *left_out]
    date = date_near_title([block.text for block in blocks[:6] if block.kind != "table"])
    found = Metadata(title=title, date=date, url=canonical_url(None, given.url))
    return Reading(found, assemble(blocks, title), remarks=tuple(remarks))


def visible_blocks(title: str, grid: Grid, hidden: Hidden, uncalculated: int) -> tuple[list[Block], list[str]]:
    """The blocks of what a sheet shows, and what is to be said of the rest: hidden rows and columns that hold
    something, and `uncalculated` formulas, whose file has no result of them."""
    shown_rows = {
        row: {at: text for at, text in cells.items() if at not in hidden.columns}
        for row, cells in grid.rows.items()
        if row not in hidden.rows
    }
    rows = sum(row in hidden.rows for row, cells in grid.rows.items() if any(cells.values()))
    columns = len({at for row, cells in grid.rows.items() if row not in hidden.rows for at in cells} & hidden.columns)
    blocks = grid_blocks(_moved_up(Grid(shown_rows, grid.spans), hidden), 3)
    return blocks, list(_remarks(title, rows, columns, uncalculated))


def count_of(number: int, noun: str) -> str:
    """« 3 lignes »; empty for none."""
    return f"{number} {noun}{'s' if number > 1 else ''}" if number else ""


def _under_title(sheet: Sheet, *, is_only: bool) -> Sequence[Block]:
    """The blocks of a sheet under its name; a lone sheet with the name that programs give needs none."""
    if is_only and authors_title(sheet.title) is None:
        return sheet.blocks
    return [heading(sheet.title, 2), *sheet.blocks]


def _hidden_sheets(names: Sequence[str]) -> Iterator[str]:
    if names:
        quoted = ", ".join(f"« {name} »" for name in names)
        yield f"{'feuilles masquées laissées' if len(names) > 1 else 'feuille masquée laissée'} de côté : {quoted}"


def _remarks(title: str, rows: int, columns: int, uncalculated: int) -> Iterator[str]:
    hidden = [text for text in (count_of(rows, "ligne"), count_of(columns, "colonne")) if text]
    if hidden:
        ending = "masquées laissées" if rows + columns > 1 else "masquée laissée"
        yield f"{' et '.join(hidden)} {ending} de côté dans la feuille « {title} »"
    if uncalculated:
        yield (
            f"{count_of(uncalculated, 'formule')} sans résultat enregistré dans la feuille « {title} » : ouvrez le "
            "classeur dans un tableur et enregistrez-le"
        )


def _moved_up(grid: Grid, hidden: Hidden) -> Grid:
    """The sheet with rows and columns moved to where hidden ones stood: those are no gaps between tables."""
    if not hidden.rows and not hidden.columns:
        return grid
    rows, columns = sorted(hidden.rows), sorted(hidden.columns)

    def row_at(number: int) -> int:
        return number - bisect.bisect_left(rows, number)

    def column_at(number: int) -> int:
        return number - bisect.bisect_left(columns, number)

    spans = [
        Span(row_at(span.top), column_at(span.left), row_at(span.bottom), column_at(span.right))
        for span in grid.spans
        if span.top not in hidden.rows and span.left not in hidden.columns
    ]
    moved = {row_at(row): {column_at(at): text for at, text in cells.items()} for row, cells in grid.rows.items()}
    return Grid(moved, spans)
