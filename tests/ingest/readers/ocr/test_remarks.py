from __future__ import annotations

import pytest

from ingest.readers.ocr.remarks import in_words, remarks
from ingest.readers.reading import RecognisedLine, RecognisedPage

READ = RecognisedPage((RecognisedLine("Bonjour", 10, 50, 100, 700, 0.8),))


@pytest.mark.parametrize(
    ("numbers", "words"),
    [([2], "page 3"), ([2, 3, 4], "pages 3 à 5"), ([8, 2, 6, 9, 10], "pages 3, 7 et 9 à 11"), ([0, 4], "pages 1 et 5")],
)
def test_pages_are_named_in_words(numbers: list[int], words: str) -> None:
    assert in_words(numbers) == words


def test_pages_that_were_read_are_to_be_checked() -> None:
    assert remarks({2: READ, 3: READ, 4: READ}) == (
        "pages 3 à 5 : images, lues par reconnaissance optique de caractères (OCR), à vérifier",
    )
    assert remarks({0: READ}) == ("page 1 : image, lue par reconnaissance optique de caractères (OCR), à vérifier",)


def test_a_picture_without_text_is_nothing_to_tell() -> None:
    assert remarks({0: RecognisedPage()}) == ()


def test_pages_that_were_not_read_are_named_with_what_to_do() -> None:
    pages = {number: RecognisedPage(outcome="absent") for number in (0, 1)} | {5: RecognisedPage(outcome="time")}
    absent, slow = remarks(pages)
    assert absent.startswith("pages 1 à 2 : images, sans texte lu")
    assert "pip install 'reperes[ocr]'" in absent
    assert slow == "page 6 : image, laissée de côté : la reconnaissance de caractères prend trop de temps"


def test_pages_of_unreadable_fonts_are_named_as_such() -> None:
    assert remarks({0: READ, 1: READ}, unreadable=[1])[1].startswith("page 2 : police illisible, lue par")


def test_lines_left_out_are_counted() -> None:
    assert remarks({0: RecognisedPage(READ.lines, left_out=2)})[-1].startswith("2 lignes illisibles laissées de côté")
