"""Values by date or by whom, as files for spreadsheets: no cell of them is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal

from kb.records.spreadsheet import guarded, held
from kb.retrieval.series import Group, Value
from kb.text.blocks import unescaped
from kb.web.chat.sources import reader_address

COLUMNS = ("Tableau", "Date citée", "De qui, de quoi", "Valeur", "Unité", "Valeur écrite", "Phrase", "Document", "Lien")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WIDTHS = (9, 12, 24, 16, 12, 24, 60, 40, 30)
_NUMBER = 3  # the column of the value


def to_file(groups: Sequence[Group], form: str, address: str) -> bytes:
    """The values as `csv` or `xlsx`; `address` is that of the application, for the links to the sentences."""
    rows = [
        (value.amount, _cells(number, value, address))
        for number, group in enumerate(groups, start=1)
        for value in group.values
    ]
    return _to_xlsx(rows) if form == "xlsx" else _to_csv(rows)


def _cells(number: int, value: Value, address: str) -> list[str]:
    said = value.statement
    words = " ".join(unescaped(said.quote).split())
    link = f"{address}{reader_address(said.document_id, said.start, said.end, said.quote)}"
    return [str(number), value.when, value.of, "", value.unit, value.written, words, said.title, link]


def _to_csv(rows: Sequence[tuple[Decimal, list[str]]]) -> bytes:
    """UTF-8 with a mark, semicolons, decimal commas: spreadsheets in French open it as it is."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for amount, cells in rows:
        written = [guarded(cell) for cell in cells]
        written[_NUMBER] = f"{amount.normalize():f}".replace(".", ",")  # a number of ours: a minus begins no formula
        writer.writerow(written)
    return text.getvalue().encode("utf-8-sig")


def _to_xlsx(rows: Sequence[tuple[Decimal, list[str]]]) -> bytes:
    import openpyxl  # takes memory, and is seldom asked for
    from openpyxl.styles import Alignment, Font

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Valeurs"
    sheet.append(list(COLUMNS))
    for line, (amount, cells) in enumerate(rows, start=2):
        for column, text in enumerate(cells, start=1):
            cell = sheet.cell(line, column)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if column == _NUMBER + 1:
                cell.value = amount
            else:
                cell.value, cell.data_type = held(text), "s"  # never a formula
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDEFGHI", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
