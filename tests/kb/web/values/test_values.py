"""The values below an answer, and as files."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import openpyxl

from kb.records.kept_answers import keep_answer, kept_answer
from kb.types import Answer, Document
from kb.web.chat.values import values_html, values_of
from kb.web.pages.exports.values import COLUMNS, to_file
from scripted_base import answer_of
from small_base import citation_of, whole_passage

TEXT = (
    "Le budget du programme est de 10 M€ en 2018.\n\nLe budget du programme est de 12,5 M€ en 2020.\n\n"
    "Le budget du programme est de 15 M€ en 2024.\n\n"
    "| Financeur | Montant |\n| --- | --- |\n| =1+1 | 8 M€ |\n| Ville | 3 M€ |"
)
DOCUMENT = Document("budget.md", "d", "=Le budget <b>", TEXT, partners=("Ville",))
QUOTES = (*TEXT.split("\n\n")[:3], "=1+1 | 8 M€", "Ville | 3 M€")
ADDRESS = "https://reperes.exemple.fr"


def answer() -> Answer:
    citations = tuple(
        citation_of(DOCUMENT, quote, number, whole_passage(DOCUMENT)) for number, quote in enumerate(QUOTES, start=1)
    )
    return replace(answer_of("Dix millions [1]."), citations=citations)


def test_they_are_shown_with_their_sources_and_drawn_when_they_are_a_series() -> None:
    html = values_html(answer(), 2, "c 1")
    assert "\n" not in html
    assert html.count("<svg") == 1
    assert 'aria-label="2018 : 10 M€ ; 2020 : 12,5 M€ ; 2024 : 15 M€"' in html
    assert html.count("<table>") == 2
    assert "[2] <bdi>=Le budget &lt;b&gt;</bdi>" in html
    assert '<td><bdi>Ville</bdi></td><td class="value">3 M€</td>' in html
    assert 'href="/conversations/c%201/valeurs/2.csv" download' in html
    assert html.count("<b>") == 0
    assert values_html(replace(answer(), refused=True), 1, "c") == ""
    assert values_html(replace(answer(), citations=answer().citations[:1]), 1, "c") == ""


def test_an_answer_that_was_kept_gives_the_same() -> None:
    assert values_of(kept_answer(keep_answer(answer()))) == values_of(answer())


def test_files_hold_numbers_and_no_formula() -> None:
    groups = values_of(answer())
    text = to_file(groups, "csv", ADDRESS)
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig")), delimiter=";"))
    assert tuple(rows[0]) == COLUMNS
    assert rows[2][:6] == ["1", "2020", "", "12500000", "€", "12,5 M€"]
    assert rows[1][7] == "'=Le budget <b>"
    assert rows[4][2] == "'=1+1"
    assert rows[1][8].startswith(f"{ADDRESS}/lire?document=budget.md&debut=0&fin=44&phrase=")
    sheet = openpyxl.load_workbook(io.BytesIO(to_file(groups, "xlsx", ADDRESS))).worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)
    assert [sheet.cell(line, 4).value for line in range(2, 7)] == [
        10_000_000,
        12_500_000,
        15_000_000,
        8_000_000,
        3_000_000,
    ]
    assert (sheet.cell(5, 3).value, sheet.cell(5, 3).data_type) == ("=1+1", "s")
