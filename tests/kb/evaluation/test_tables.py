"""Test queries as tables: what staff write in a spreadsheet is what the program reads, or is told why not."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from kb.errors import QuestionsError
from kb.evaluation.imported.reading import read_any
from kb.evaluation.questions import EvaluationQuestion, check_documents, parse_questions
from kb.evaluation.tables import COLUMNS, to_csv, to_jsonl, to_xlsx, write_any
from kb.types import Message

QUESTIONS = [
    EvaluationQuestion(
        id="q1",
        question="Quel budget ;\n« accents » ?",
        documents=("a.md", "dossier/b c.md"),
        expected_facts=(("12 Md€", "12 milliards d'euros"), ("2014",)),
        expected_quotes=(("Le budget est de 12 Md€.", "Il date de 2014."), ("Douze milliards d'euros.",)),
        forbidden_facts=(("10 milliards",),),
        history=(Message("user", "Et le PNRU ?"), Message("assistant", "Le PNRU : terminé.")),
        kind="figure",
    ),
    EvaluationQuestion(id="q2", question="=1+1 ?", unanswerable=True),
    EvaluationQuestion(id="q3", question="-12 % de quoi ?", documents=("a.md",)),
]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".xlsx"])
def test_what_is_written_is_read_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"questions{suffix}"
    write_any(QUESTIONS, path)
    assert read_any(path) == QUESTIONS


def test_a_spreadsheet_takes_nothing_for_a_formula() -> None:
    text = to_csv(QUESTIONS).decode("utf-8-sig")
    assert ";'=1+1 ?;" in text
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(QUESTIONS))).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n", "inlineStr"}


@pytest.mark.parametrize(
    "data",
    [
        "id,question,unanswerable\r\nq1,Qui préside ?,oui\r\n".encode(),
        "Identifiant;QUESTION;Sans réponse\r\nq1;Qui préside ?;x\r\n".encode("cp1252"),
        "identifiant\tquestion\tsans réponse\nq1\tQui préside ?\tVRAI\n".encode("utf-8-sig"),
    ],
)
def test_csv_as_spreadsheets_write_it(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "q.csv"
    path.write_bytes(data)
    assert read_any(path) == [EvaluationQuestion(id="q1", question="Qui préside ?", unanswerable=True)]


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("question;type\nQui ?;nom\n", ["il manque la colonne « identifiant »", "première ligne"]),
        ("", ["il manque la colonne"]),
        ("id;question\n", ["ne contient aucune question"]),
        ("id;question\nq1;Qui ?\nq1;Quoi ?\n", ["ligne 3", "« q1 » est déjà celui de la ligne 2"]),
        ("id;question;sans réponse\nq1;Qui ?;peut-être\n", ["ligne 2", "oui ou non", "peut-être"]),
        ("id;question\n;Qui ?\nq2;\n", ["ligne 2", "« id »", "ligne 3", "« question »", "2 erreurs"]),
        ("id;question;conversation\nq1;Qui ?;Bonjour\n", ["ligne 2", "« Question : »"]),
        ('id;question\nq1;"Qui\n', ["CSV"]),
        ("id;question;faits attendus\nq1;Qui ?;…\n", ["ligne 2", "ni lettre ni chiffre"]),
    ],
)
def test_errors_are_told_by_line_and_nothing_is_kept(tmp_path: Path, text: str, reasons: list[str]) -> None:
    path = tmp_path / "q.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QuestionsError) as caught:
        read_any(path)
    assert str(path) in str(caught.value)
    for reason in reasons:
        assert reason in str(caught.value)


def test_a_workbook_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "q.xlsx"
    path.write_bytes(b"pas un classeur")
    with pytest.raises(QuestionsError, match="XLSX"):
        read_any(path)
    with pytest.raises(QuestionsError, match="introuvable"):
        read_any(tmp_path / "rien.csv")


def test_bad_json_on_line_7(tmp_path: Path) -> None:
    lines = to_jsonl([EvaluationQuestion(id=f"q{n}", question="Qui ?") for n in range(9)]).splitlines()
    lines[6] = lines[6][:-1]
    with pytest.raises(QuestionsError, match="ligne 7 : JSON incorrect"):
        parse_questions("\n".join(lines), "q.jsonl")


def test_unknown_documents_are_named_with_their_question() -> None:
    check_documents(QUESTIONS, {"a.md", "dossier/b c.md"}, "q.csv")
    with pytest.raises(QuestionsError, match=r"q1 : dossier/b c\.md"):
        check_documents(QUESTIONS, {"a.md"}, "q.csv")


def test_the_columns_are_those_of_the_form() -> None:
    assert to_csv([]).decode("utf-8-sig").strip().split(";") == list(COLUMNS)
