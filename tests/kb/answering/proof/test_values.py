"""Figures of a sentence in the passages that it cites: units, limits, measures, dates."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.answering.proof.sources import Source
from kb.answering.proof.values import NOT_SO, NOT_THERE, value_fault
from kb.types import Document

Numbered = Callable[..., list[Source]]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Le délai est de 3 ans.", "L'abonnement court sur trois ans."),
        ("Envoyez FUITE au 33700.", "Envoyez FUITE au33700parSMS."),
        ("Le plafond est d'au plus 500 €.", "L'aide ne peut pas dépasser 500 €."),
        ("Le débit est d'au moins 20 litres.", "Le débit doit être ≥ 20 litres."),
        ("La haie fait 10 mètres au minimum.", "La haie mesure au moins 10 mètres."),
        ("Il faut jusqu'à 6 semaines.", "Il faut 6 semaines au maximum."),
        ("Il faut 6 semaines au plus.", "L'étude dure au maximum 6 semaines."),
        ("Au moins 4 agents veillent.", "L'équipe a au minimum 4 agents."),
        ("Les deux montants sont publiés.", "Les montants figurent au registre."),
        ("Le fonds a 11,5 milliards d'euros.", "Le fonds est doté de 11,5 milliards."),
        ("Le barrage ouvre le 3 mai 2024.", "Le barrage ouvre le 3 mai 2024 à midi."),
        ("L'eau est suivie 3 premiers mois.", "L'eau est suivie pendant 3 mois."),
    ],
)
def test_what_the_passage_says_so(claim: str, source: str, numbered: Numbered) -> None:
    assert value_fault(claim, numbered(source)) == ""


@pytest.mark.parametrize(
    ("claim", "source", "fault"),
    [
        ("Le délai est de 4 ans.", "Le délai est de 3 ans.", NOT_THERE.format(value="4")),
        ("Le délai est de 3 mois.", "Le délai est de 3 ans.", NOT_SO.format(value="3 mois")),
        ("L'aide est de 50 € par mois.", "L'aide est de 50 € par an.", NOT_SO.format(value="50 € mois")),
        ("L'aide couvre 50 €.", "L'aide couvre 50 %.", NOT_THERE.format(value="50 €")),
        ("Envoyez FUITE au 33800.", "Envoyez FUITE au33700parSMS.", NOT_THERE.format(value="33800")),
        ("L'aide est d'au moins 500 €.", "L'aide ne peut pas dépasser 500 €.", "d'au moins 500 €"),
        ("Il faut 6 semaines au plus.", "Il faut au minimum 6 semaines.", "Il faut 6"),
        ("Le débit est de 20 litres.", "Le débit doit être ≥ 20 litres.", "est de 20"),
        ("Deux montants sont publiés.", "Les montants figurent au registre.", NOT_THERE.format(value="Deux")),
        ("Les douze montants sont publiés.", "Les montants figurent.", NOT_THERE.format(value="douze")),
        ("Le fonds a 11,5 milliards d'euros.", "Le plan a 11,5 milliards de litres.", "11,5 milliards d'euros"),
        ("Le barrage ouvre le 3 mai 2025.", "Le barrage ouvre le 3 mai 2024.", "3 mai 2025"),
    ],
)
def test_what_the_passage_does_not_say_so(claim: str, source: str, fault: str, numbered: Numbered) -> None:
    assert fault in value_fault(claim, numbered(source))


def test_the_date_and_the_title_of_the_document_count(numbered: Numbered) -> None:
    cited = numbered(Document(id="a", source="s", title="Le plan Eau 500", date="2023-04-12", text="Le plan est voté."))
    assert value_fault("Au 12 avril 2023, le plan Eau 500 est voté.", cited) == ""
    assert value_fault("En avril 2023, le plan est voté.", cited) == ""
    assert value_fault("Au 13 avril 2023, le plan est voté.", cited) == NOT_THERE.format(value="13 avril 2023")


def test_passages_are_taken_together(numbered: Numbered) -> None:
    first, second = numbered("Le barrage mesure 40 mètres.", "Le canal mesure 70 mètres.")
    claim = "Le barrage mesure 40 mètres et le canal 70 mètres."
    assert value_fault(claim, [first, second]) == ""
    assert value_fault(claim, [first]) == NOT_THERE.format(value="70")


def test_a_column_may_hold_the_unit(numbered: Numbered) -> None:
    cited = numbered("| Bassin | Perte (en %) |\n| --- | --- |\n| Orsenne | 12 |\n")
    assert value_fault("Orsenne perd 12 %.", cited) == ""
    assert value_fault("Orsenne perd 13 %.", cited) == NOT_THERE.format(value="13 %")


@pytest.mark.parametrize(
    ("claim", "question", "fault"),
    [
        ("À 13 ans, un membre peut voter.", "J'ai 13 ans, puis-je voter ?", ""),
        ("À 14 ans, un membre peut voter.", "J'ai 13 ans, puis-je voter ?", NOT_THERE.format(value="14")),
        ("Le vote a lieu 13 fois.", "J'ai 13 ans, puis-je voter ?", NOT_THERE.format(value="13")),
        ("Un membre verse 13 €.", "J'ai 13 € : puis-je voter ?", NOT_THERE.format(value="13 €")),
        ("Le vote est ouvert en 2013.", "Le vote de 2013 est-il ouvert ?", NOT_THERE.format(value="2013")),
        ("Le club a 2000 membres.", "Le club a-t-il 2000 membres ?", NOT_THERE.format(value="2000")),
    ],
)
def test_what_the_question_says_of_a_case_need_not_stand_in_a_passage(
    claim: str, question: str, fault: str, numbered: Numbered
) -> None:
    assert value_fault(claim, numbered("Tout membre de moins de 16 ans peut voter."), question) == fault


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ("Trois types d'aide existent.", ""),
        ("Deux types d'aide existent.", NOT_THERE.format(value="Deux")),
        ("3 types d'aide existent.", NOT_THERE.format(value="3")),
    ],
)
def test_a_number_word_may_count_the_items_of_a_list(claim: str, fault: str, numbered: Numbered) -> None:
    assert value_fault(claim, numbered("Les types d'aide sont :\n\n- le prêt\n- le don\n- le conseil")) == fault
