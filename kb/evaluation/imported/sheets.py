"""CSV and XLSX -> rows of texts, no more of them than a file of test queries can need."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from kb.bounded.archives import (
    BombError,
    DamagedArchiveError,
    DoctypeError,
    EncryptedArchiveError,
    NoArchiveError,
    check_archive,
)
from kb.errors import QuestionsError

Row = list[str]

MOST_ROWS = 20_000  # more queries than any evaluation could ask
MOST_COLUMNS = 100  # ten are known
LONGEST_CELL = 100_000  # characters; a spreadsheet holds 32,767
MOST_TEXT = 20_000_000  # characters of all cells


def csv_rows(content: bytes, name: str) -> list[Row]:
    """The rows of a CSV file, its delimiter found out. Raises QuestionsError, naming the file and the limit."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what spreadsheets in French write
    head = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=head.count)
    csv.field_size_limit(LONGEST_CELL + 1)
    try:
        return _bounded(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), name)
    except csv.Error as error:
        if "field limit" in str(error):
            raise _too_long(name) from error
        raise QuestionsError(
            f"{name} : ce n'est pas un tableau CSV correct ({error}). Enregistrez-le à nouveau depuis le tableur."
        ) from error


def xlsx_rows(content: bytes, name: str) -> list[Row]:
    """The rows of the first sheet of a workbook. Raises QuestionsError, naming the file and the limit."""
    try:
        check_archive(content)
    except (NoArchiveError, DamagedArchiveError, EncryptedArchiveError):
        raise _unreadable(name) from None
    except (BombError, DoctypeError):
        raise QuestionsError(
            f"{name} : le classeur se décompresse en un volume démesuré, ou déclare des entités XML. Recopiez les "
            "questions dans un nouveau classeur."
        ) from None
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        # What a sheet declares of its size is not believed: cells that are not there would be made up to it.
        rows = book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1)
        return _bounded(map(_texts, rows), name)
    except (MemoryError, RecursionError, QuestionsError):
        raise
    except Exception as error:  # openpyxl raises whatever its parsers meet in a damaged file
        raise _unreadable(name) from error


def _texts(row: Iterable[Any]) -> Row:
    return ["" if cell is None else str(cell) for cell in row]


def _bounded(rows: Iterable[Sequence[str]], name: str) -> list[Row]:
    """`rows`, without the empty ones at the end. Raises QuestionsError for more than the limits above."""
    found: list[Row] = []
    last = characters = 0
    for number, row in enumerate(rows, start=1):
        kept = _without_blank_end(row)
        if kept:
            last = number
            characters += sum(map(len, kept))
        if last > MOST_ROWS:
            raise too_many_rows(name)
        if len(kept) > MOST_COLUMNS:
            raise QuestionsError(f"{name} : ligne {number} : plus de {MOST_COLUMNS} colonnes. Ôtez les autres.")
        if any(len(cell) > LONGEST_CELL for cell in kept):
            raise _too_long(name)
        if characters > MOST_TEXT:
            raise QuestionsError(f"{name} : plus de {MOST_TEXT // 1_000_000} Mo de texte. Découpez le fichier.")
        if number <= MOST_ROWS:
            found.append(kept)
    return found[:last]


def _without_blank_end(row: Sequence[str]) -> Row:
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return list(row[:end])


def too_many_rows(name: str) -> QuestionsError:
    """The refusal of a file with more queries than any evaluation asks."""
    return QuestionsError(f"{name} : plus de {MOST_ROWS} lignes. Découpez le fichier.")


def _too_long(name: str) -> QuestionsError:
    return QuestionsError(f"{name} : une cellule a plus de {LONGEST_CELL} caractères. Raccourcissez-la.")


def _unreadable(name: str) -> QuestionsError:
    return QuestionsError(f"{name} : ce n'est pas un classeur XLSX lisible. Enregistrez-le à nouveau.")
