"""A duration whose number stands in the passage, said of something else or with another measure."""

from __future__ import annotations

import pytest

from kb.answering.extracts import Extract
from kb.answering.proof.sources import Source, sources
from kb.answering.proof.values import NOT_SO, value_fault
from kb.types import Document, Passage


def cited(text: str) -> list[Source]:
    document = Document(id="d.md", source="s", title="Le titre de séjour", text=text)
    return sources([Extract(1, Passage("p", document.id, 0, (), text, 0, len(text)), document, text)])


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("Il faut un titre de 3 mois.", "Il faut un titre de 3 ans."),
        ("Il faut un titre de 3 mois.", "Remplissez les 3 conditions suivantes : un titre de 3 ans."),
        ("Il faut payer depuis 2 mois.", "Il faut payer depuis 2 ans, et joindre les 2 derniers avis."),
        ("La première période dure 3 ans.", "La première période dure 3 mois. Elle va ensuite de 3 à 6 mois."),
        ("À 4 mois, il joue.", "Les enfants de 4 à 5 ans jouent."),
        ("Attendez deux ans.", "Attendez deux mois ; les deux derniers avis suffisent."),
    ],
)
def test_another_measure_is_noticed(said: str, there: str) -> None:
    assert value_fault(said, cited(there)).startswith(NOT_SO.partition("{")[0])
    assert "dit ainsi" in value_fault(said, cited(there))


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("Il faut un titre de 3 ans.", "Remplissez les 3 conditions suivantes : un titre de 3 ans."),
        ("Le délai est de 3 mois.", "Le délai va de 3 à 6 mois."),
        ("Le délai est de 3 mois.", "Le délai est de trois (3) mois."),
        ("Le délai est de 3 mois.", "| Délai (mois) |\n| --- |\n| 3 |"),
        ("Les enfants de 4 ans jouent.", "Les enfants de 4 à 5 ans jouent, à partir de 4 mois."),
        ("Le délai est de 15 jours.", "Le délai est de 15 premiers jours."),
        ("Remplissez 3 conditions.", "Il faut un titre de 3 ans et remplir 3 conditions."),
    ],
)
def test_what_the_passage_says_stands(said: str, there: str) -> None:
    assert value_fault(said, cited(there)) == ""
