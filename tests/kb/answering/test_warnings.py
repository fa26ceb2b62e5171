"""What a reader is told about an answer."""

from __future__ import annotations

from datetime import date

import pytest

from kb.answering.warnings import removed_warning, warnings_for
from kb.types import Document, Evidence, Hit, Passage
from questions import parsed
from scripted_base import hits_of

TODAY = date(2026, 11, 26)


def unit(text: str, day: str | None) -> Evidence:
    document = Document(f"d-{day}", "s", f"Note {day}", text, date=day)
    return Evidence(Passage("p", document.id, 0, (), text, 0, len(text)), document, "sentence", text, 0, len(text), 1.0)


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (hits_of("a"), "1 document :"),
        (hits_of("a", "a"), "1 document :"),
        (hits_of("a", "b", "a"), "2 documents :"),
    ],
)
def test_a_list_says_of_how_many_documents_it_is_made(read: tuple[Hit, ...], told: str) -> None:
    (warning,) = warnings_for([unit("Un texte.", "2026")], parsed("Quelles sont les villes ?"), read, TODAY)
    assert warning == f"Réponse rassemblée à partir de {told} la liste peut être incomplète."


def test_another_question_is_not_told_about_lists() -> None:
    assert warnings_for([unit("Un texte.", "2026")], parsed("Combien de villes ?"), hits_of("a"), TODAY) == []


def test_each_document_is_told_once_and_changes_come_before_old_sources() -> None:
    five = unit("L'enveloppe du programme urbain est de 5 milliards d'euros.", "2014")
    ten = unit("L'enveloppe du programme urbain est de 10 milliards d'euros.", "2026")
    found = warnings_for([five, five, ten], parsed("Quelle enveloppe ?"), hits_of("a"), TODAY)
    assert found == [
        (
            "Les documents donnent des valeurs différentes selon leur date, de la plus récente : "
            "10 milliards d'euros (2026) ; 5 milliards d'euros (2014)."
        ),
        "Source de plus de trois ans, à vérifier : « Note 2014 » (2014).",
    ]


def test_a_sentence_that_is_left_out_is_told_with_its_reason() -> None:
    assert removed_warning("Il y en a 12.", "rien ne le dit") == (
        "Phrase retirée, non prouvée (rien ne le dit) : « Il y en a 12. »"
    )
