"""A citation of words that were read by OCR says so, wherever it is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.answering.serialize import citation_to_json
from kb.answering.warnings import RECOGNISED
from kb.cli import ask
from kb.records.kept_answers import keep_answer, kept_answer
from kb.types import Answer, Citation, Document, Passage
from kb.web.chat.sources import source_html
from kb.web.pages.exports.bibliography import reference
from kb.web.pages.places import Place
from kb.web.pages.reader import document_html

TEXT = "Une phrase de la page de texte.\n\nUne phrase de la page scannée."
SECOND = TEXT.index("Une phrase de la page scannée.")
DOCUMENT = Document("a.pdf", "d", "Acte", TEXT, page_starts=(0, SECOND), recognised=((SECOND, len(TEXT)),))


def citation(start: int, end: int) -> Citation:
    passage = Passage("p", "a.pdf", 0, (), TEXT, 0, len(TEXT))
    return Citation(1, passage, DOCUMENT, TEXT[start:end], start, end)


TYPED, SCANNED = citation(0, SECOND - 2), citation(SECOND, len(TEXT))


def shown(held: Citation, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The citation in the panel of sources, in an export, on the terminal."""
    ask._print_source("[1]", held)
    return [source_html(held, 1), reference(held, "2026-11-29T10:00:00+00:00"), capsys.readouterr().out]


def test_words_that_were_recognised_say_so_and_others_do_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert all(RECOGNISED in text for text in shown(SCANNED, capsys))
    assert not any(RECOGNISED in text for text in shown(TYPED, capsys))
    assert [citation_to_json(held)["recognised"] for held in (TYPED, SCANNED)] == [False, True]


def test_a_quote_that_goes_over_into_a_scanned_page_says_so() -> None:
    assert citation(4, SECOND + 5).recognised
    assert not citation(4, SECOND).recognised


def test_the_reader_says_it_of_the_page() -> None:
    _, _, html = document_html(DOCUMENT, Place())
    assert f"page 2 – {RECOGNISED}" in html
    assert html.count(RECOGNISED) == 1


def test_a_kept_answer_still_says_it() -> None:
    answer = Answer("Q ?", "Q ?", "Oui [1].", (SCANNED,), (), False, None, (), "extractive", None, {})
    (kept,) = kept_answer(keep_answer(answer)).citations
    assert kept.recognised
    (typed,) = kept_answer(keep_answer(replace(answer, citations=(TYPED,)))).citations
    assert not typed.recognised
