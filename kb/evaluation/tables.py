"""Test queries as tables, for staff: CSV and XLSX. One row a query; the JSONL form is `questions`.

Rows are read from files by `imported`.

In a cell of several values each stands on a line of its own; the equivalent forms of a fact are separated by « | ».
A conversation is written line by line, « Question : … », « Réponse : … ».
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from kb.errors import QuestionsError
from kb.evaluation.questions import EvaluationQuestion, collect, parse_row, question_to_json
from kb.records.spreadsheet import guarded, held, unguarded
from kb.text.folding import fold

# Columns, in the order they are written; each is also known by its key in JSONL.
COLUMNS = {
    "identifiant": "id",
    "question": "question",
    "documents": "documents",
    "faits attendus": "expected_facts",
    "faits interdits": "forbidden_facts",
    "sans réponse": "unanswerable",
    "type": "kind",
    "conversation": "history",
    "relue": "reviewed",
    "phrases attendues": "expected_quotes",
}
_KNOWN = {fold(name): key for name, key in COLUMNS.items()} | {key: key for key in COLUMNS.values()}
_REQUIRED = ("id", "question")
# One a line: a fact, its forms between bars; a sufficient set of sentences, the sentences between bars.
_LINES_OF_FORMS = frozenset(("expected_facts", "forbidden_facts", "expected_quotes"))
_YES, _NO = {"oui", "o", "vrai", "true", "1", "x", "yes"}, {"", "non", "n", "faux", "false", "0", "no"}
_SPEAKERS = {"question": "user", "reponse": "assistant"}


def parse_table(rows: Sequence[Sequence[str]], name: str) -> list[EvaluationQuestion]:
    """The test queries of a table, its header first. Raises QuestionsError with every error, by line."""
    header = rows[0] if rows else []
    keys = [_KNOWN.get(fold(str(cell))) for cell in header]
    if missing := [column for column in _REQUIRED if column not in keys]:
        wanted = ", ".join(f"« {title} »" for title, key in COLUMNS.items() if key in missing)
        raise QuestionsError(
            f"{name} : il manque la colonne {wanted} en première ligne. Colonnes connues : {', '.join(COLUMNS)}."
        )
    found = []
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            held = {key: cell for key, cell in zip(keys, cells, strict=False) if key and cell.strip()}
            try:
                found.append((number, parse_row({key: _value(key, cell) for key, cell in held.items()})))
            except ValueError as error:
                found.append((number, ([str(error)], None)))
    return collect(found, name)


def write_any(questions: Iterable[EvaluationQuestion], path: Path) -> None:
    """Writes test queries as JSONL, CSV or XLSX, by the suffix of `path`."""
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        path.write_bytes(to_xlsx(questions))
    elif suffix == ".csv":
        path.write_bytes(to_csv(questions))
    else:
        path.write_text(to_jsonl(questions), encoding="utf-8")


def to_jsonl(questions: Iterable[EvaluationQuestion]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps(question_to_json(question), ensure_ascii=False) + "\n" for question in questions)


def to_csv(questions: Iterable[EvaluationQuestion]) -> bytes:
    """A CSV file that spreadsheets in French open as it is: UTF-8 with a mark, cells separated by semicolons."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for question in questions:
        writer.writerow([guarded(cell) for cell in _cells(question)])
    return text.getvalue().encode("utf-8-sig")


def to_xlsx(questions: Iterable[EvaluationQuestion]) -> bytes:
    """An XLSX workbook with one sheet."""
    import openpyxl
    from openpyxl.styles import Alignment, Font

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Questions"
    sheet.append(list(COLUMNS))
    for number, question in enumerate(questions, start=2):
        for column, text in enumerate(_cells(question), start=1):
            cell = sheet.cell(number, column)
            cell.value, cell.data_type = held(text), "s"  # never a formula
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDEFGHIJ", (14, 60, 36, 36, 24, 12, 14, 40, 8, 48), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _cells(question: EvaluationQuestion) -> list[str]:
    held = question_to_json(question)
    return [_cell(key, held.get(key)) for key in COLUMNS.values()]


def _cell(key: str, value: Any) -> str:
    if value is None:
        return ""
    if key == "unanswerable":
        return "oui" if value else ""
    if key == "reviewed":
        return "non" if value is False else ""
    if key == "history":
        names = {"user": "Question", "assistant": "Réponse"}
        return "\n".join(f"{names[message['role']]} : {' '.join(message['content'].split())}" for message in value)
    if key in _LINES_OF_FORMS:
        return "\n".join(" | ".join(fact) if isinstance(fact, list) else fact for fact in value)
    return "\n".join(value) if isinstance(value, list) else str(value)


def _value(key: str, cell: str) -> Any:
    """What a cell means, in the form of JSONL. Raises ValueError, in French, for a cell that means nothing."""
    text = unguarded(cell)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if key in {"unanswerable", "reviewed"}:
        answer = fold(text)
        if answer not in _YES | _NO:
            title = "sans réponse" if key == "unanswerable" else "relue"
            raise ValueError(f"« {title} » : écrivez oui ou non, pas « {text.strip()} »")
        return answer in _YES
    if key in _LINES_OF_FORMS:
        return [[form.strip() for form in line.split("|") if form.strip()] for line in lines]
    if key == "documents":
        return [name.strip() for line in lines for name in line.split("|") if name.strip()]
    if key == "history":
        return [_message(line) for line in lines]
    return text.strip()


def _message(line: str) -> dict[str, str]:
    speaker, sign, content = line.partition(":")
    role = _SPEAKERS.get(fold(speaker))
    if not sign or role is None:
        raise ValueError(
            f"« conversation » : chaque ligne commence par « Question : » ou « Réponse : », pas « {line} »"
        )
    return {"role": role, "content": content.strip()}
