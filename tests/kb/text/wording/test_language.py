"""In which language a text is written."""

from __future__ import annotations

import pytest

from kb.text.wording.language import language


@pytest.mark.parametrize(
    "text",
    [
        "Qui finance le programme ?",
        "Où sont les quartiers ?",
        "Le programme « Choice for all » est financé par la ville.",
        "QUEL EST LE BUDGET DE L'AGENCE EN 2024 ?",
    ],
)
def test_french(text: str) -> None:
    assert language(text) == "fr"


@pytest.mark.parametrize(
    "text",
    [
        "Who funds the programme?",
        "How many districts does the NPNRU concern?",
        "WHAT IS THE BUDGET?",
        "The « Fonds de la ville » was set up in 2018 by the State.",
    ],
)
def test_english(text: str) -> None:
    assert language(text) == "en"


@pytest.mark.parametrize("text", ["", "2024", "NPNRU ?", "Budget 2024", "the budget de Lyon"])
def test_neither_or_as_much_of_both(text: str) -> None:
    assert language(text) is None
