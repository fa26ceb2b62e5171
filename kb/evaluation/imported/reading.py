"""A file of test queries, or pasted text, read in a child process: a bomb costs its own import, not the application."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, NoReturn

from kb.bounded.children import ChildFailedError, Children
from kb.bounded.limits import Limits
from kb.errors import QuestionsError
from kb.evaluation.imported.sheets import MOST_ROWS, csv_rows, too_many_rows, xlsx_rows
from kb.evaluation.questions import (
    EvaluationQuestion,
    content_of,
    decoded,
    parse_questions,
    parse_row,
    question_to_json,
)
from kb.evaluation.tables import parse_table

PASTED = "Le texte collé"
MOST_BYTES = 20_000_000  # of a file: thousands of queries with long conversations
_MODULE = "kb.evaluation.imported.reading"
# 20,000 queries in a workbook take 5 s and 120 MB (two cores, 2026-11).
_LIMITS = Limits(memory=224 << 20, processor=20, seconds=90, answer=80 << 20)
# Several people may import at once; the memory of one machine is not theirs alone.
_AT_ONCE = threading.BoundedSemaphore(2)


def read_any(path: Path) -> list[EvaluationQuestion]:
    """The test queries of a JSONL, CSV or XLSX file, by its suffix.

    Raises QuestionsError when the file cannot be read, holds no question, or has errors: all of them, by line.
    """
    return read_content(content_of(path, MOST_BYTES + 1), str(path))


def read_content(content: bytes, name: str) -> list[EvaluationQuestion]:
    """The test queries in the content of a file, by the suffix of its name. Raises QuestionsError as `read_any`."""
    suffix = Path(name).suffix.lower()
    return _read(content, name, suffix if suffix in {".csv", ".xlsx"} else ".jsonl")


def read_pasted(text: str) -> list[EvaluationQuestion]:
    """The queries of JSON lines, or of a table that was copied from a spreadsheet. Raises QuestionsError."""
    return _read(text.encode(errors="replace"), PASTED, ".jsonl" if text.lstrip().startswith("{") else ".csv")


def _read(content: bytes, name: str, suffix: str) -> list[EvaluationQuestion]:
    if len(content) > MOST_BYTES:
        raise QuestionsError(f"{name} : plus de {MOST_BYTES // 1_000_000} Mo. Découpez le fichier de questions.")
    modules = (_MODULE, "openpyxl") if suffix == ".xlsx" else (_MODULE,)
    with _AT_ONCE, Children(modules, most=1) as children:
        try:
            told = children.run(f"{_MODULE}:read_in_child", content, {"name": name, "suffix": suffix}, _LIMITS)
        except ChildFailedError as failed:
            _refuse(name, failed)
    if "error" in told:
        raise QuestionsError(str(told["error"]))
    queries = [query for _, query in map(parse_row, told["queries"]) if query is not None]
    if len(queries) != len(told["queries"]):
        _refuse(name, ChildFailedError("fault", "réponse"))
    return queries


def read_in_child(content: bytes, about: dict[str, Any]) -> dict[str, Any]:
    """The task of the child: {"queries": [in the form of JSONL, …]}, or {"error": what is wrong with the file}."""
    name, suffix = about["name"], about["suffix"]
    try:
        if suffix == ".csv":
            found = parse_table(csv_rows(content, name), name)
        elif suffix == ".xlsx":
            found = parse_table(xlsx_rows(content, name), name)
        else:
            text = decoded(content, name)
            if text.count("\n") > MOST_ROWS:
                raise too_many_rows(name)
            found = parse_questions(text, name)
    except QuestionsError as error:
        return {"error": str(error)}
    return {"queries": [question_to_json(query) for query in found]}


def _refuse(name: str, failed: ChildFailedError) -> NoReturn:
    reasons = {
        "time": f"la lecture prend plus de {_LIMITS.processor} secondes",
        "memory": f"la lecture demande plus de {_LIMITS.memory // 1_000_000} Mo de mémoire",
        "overlong": "le fichier contient un volume démesuré",
        "depth": "le fichier imbrique trop d'éléments",
        "crash": "la lecture s'est interrompue, le fichier est sans doute endommagé",
        "start": "le processus qui lit les fichiers n'a pas pu démarrer",
    }
    reason = reasons.get(failed.failure, f"lecture impossible (erreur interne : {failed.what})")
    raise QuestionsError(f"{name} : {reason}. Enregistrez les questions à nouveau, en moins de lignes.") from None
