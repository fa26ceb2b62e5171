"""A sentence with its reference, to paste."""

from __future__ import annotations

from dataclasses import replace

from kb.web.chat.citing import citation_text, cite_button, reference_text
from small_pages import FINANCING, HOSTILE, QUARTERS


def test_a_citation_tells_where_its_words_stand() -> None:
    quote = "Le reste vient de l'État."
    start = FINANCING.text.index(quote)
    told = "Qui finance le programme, Financement, 4 décembre 2025, https://www.example.org/financement"
    assert citation_text(FINANCING, start, start + len(quote), quote) == f"« {quote} » ({told})"
    paged = replace(QUARTERS, page_starts=(0, 10), kind="rapport")
    assert reference_text(paged, 12, 20) == "Les quartiers, rapport, décembre 2024, p. 2"
    assert reference_text(paged) == "Les quartiers, rapport, décembre 2024"


def test_a_row_is_told_as_words() -> None:
    row = "| Action Logement | 8,4 milliards |"
    start = FINANCING.text.index(row)
    assert citation_text(FINANCING, start, start + len(row), row).startswith("« Action Logement ; 8,4 milliards » (")


def test_hostile_words_stay_within_their_attribute() -> None:
    html = cite_button(HOSTILE, 0, 60, HOSTILE.text[:60])
    assert html.count("<") == 2
    assert html.count('"') == 6
    assert "javascript:" not in html  # an address that nobody may follow is no reference
