"""Tables spelled out for what reads lines, and where the words of the original stand then."""

from __future__ import annotations

import pytest

from kb.index.spelled import spelled_out

TEXT = """Les aides de l'année.

| Région | Montant, 2024 |
| --- | --- |
| Bretagne | 20 M€ |
| Corse | – |

Elles sont versées en mars. C'est tout.

| Taux |
| --- |
| 30 % |"""


def place(text: str, words: str) -> tuple[int, int]:
    """Where `words` stand in `text`."""
    return text.index(words), text.index(words) + len(words)


def test_each_row_is_a_line_with_the_names_of_its_columns() -> None:
    spelled = spelled_out(TEXT, before="Les aides\n")
    lines = [line for line in spelled.text.splitlines() if line]
    assert lines == [
        "Les aides",
        "Les aides de l'année.",
        "Région : Bretagne ; Montant, 2024 : 20 M€",
        "Région : Corse",
        "Elles sont versées en mars. C'est tout.",
        "Taux : 30 %",
    ]


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("Les aides de l'année.", "Les aides de l'année."),
        ("Bretagne | 20 M€", "Région : Bretagne ; Montant, 2024 : 20 M€"),
        ("20 M€", "Région : Bretagne ; Montant, 2024 : 20 M€"),
        ("Corse | –", "Région : Corse"),
        ("Elles sont versées en mars.", "Elles sont versées en mars."),
        ("C'est tout.", "C'est tout."),
        ("30 %", "Taux : 30 %"),
    ],
)
def test_a_unit_of_the_original_is_found_again(words: str, read: str) -> None:
    spelled = spelled_out(TEXT, before="Titre\n")
    start, end = spelled.span(*place(TEXT, words))
    assert spelled.text[start:end] == read


def test_rows_that_continue_a_table_have_its_names() -> None:
    rest = "| Corse | 3 M€ |\n| Guyane | 4 M€ |\n\nVoilà."
    spelled = spelled_out(rest, "| Région | Montant |\n| --- | --- |", "Titre\n")
    assert (
        spelled.text.split() == "Titre Région : Corse ; Montant : 3 M€ Région : Guyane ; Montant : 4 M€ Voilà.".split()
    )
    for words, read in (("Guyane | 4 M€", "Région : Guyane ; Montant : 4 M€"), ("Voilà.", "Voilà.")):
        start, end = spelled.span(*place(rest, words))
        assert spelled.text[start:end] == read


def test_a_text_without_a_table_stays() -> None:
    assert spelled_out("Une phrase.\n\n- un point").text == "Une phrase.\n\n- un point"
    assert spelled_out("").text == ""
