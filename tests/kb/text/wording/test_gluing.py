"""Words that lost the space between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.stems import words
from kb.text.wording.gluing import unglued


@pytest.mark.parametrize(
    ("glued", "apart"),
    [
        ("Envoyez au33700parSMS", "Envoyez au 33700 par SMS"),
        ("le 12mars", "le 12 mars"),
        ("écrivez au33700SMS", "écrivez au 33700 SMS"),
        ("la fin.Le début", "la fin. Le début"),
        ("(la règle)!Ensuite", "(la règle)! Ensuite"),
        ("la réponse:« Oui »", "la réponse: « Oui »"),
        ("l'appel àProjets", "l'appel àProjets"),  # one letter before a capital: « iPhone »
        ("les élusÉlisent", "les élus Élisent"),
        ("plus de2 mois", "plus de 2 mois"),
        ("dépasser1 an", "dépasser 1 an"),
    ],
)
def test_a_space_stands_at_each_seam(glued: str, apart: str) -> None:
    assert unglued(glued) == apart


@pytest.mark.parametrize(
    "text",
    [
        "CO2",
        "25 m2",
        "H2O",
        "12 km2 de bois",
        "l'air et co2 par an",
        "RE2020",
        "iPhone",
        "n°12",
        "3,5 %",
        "12.5",
        "M. Le Goff",
    ],
)
def test_what_is_written_so_stays_whole(text: str) -> None:
    assert unglued(text) == text


@given(st.text(alphabet="aéB2 .:»«", max_size=40))
def test_nothing_but_spaces_is_added(text: str) -> None:
    apart = unglued(text)
    assert apart.replace(" ", "") == text.replace(" ", "")
    assert unglued(apart) == apart


def test_the_words_of_a_glued_text_are_found() -> None:
    assert {"33700", "sms"} <= set(words(unglued("Envoyez au33700parSMS")))
    assert not {"33700", "sms"} & set(words("Envoyez au33700parSMS"))
