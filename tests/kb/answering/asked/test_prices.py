"""What something costs."""

from __future__ import annotations

import pytest

from kb.answering.asked.prices import asks_price, price_fit
from questions import parsed


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Combien coûte un passeport ?", True),
        ("prix du billet", True),
        ("Quel est le budget du programme ?", True),
        ("Combien faut-il payer pour un billet ?", False),  # « payer » is said of much else
        ("Combien de billets ?", False),
        ("Sur quelle ligne du budget est-ce ?", False),
        ("Quelle part du prix est remboursée ?", False),
        ("Dans quel délai le prix est-il fixé ?", False),
        ("Combien ont coûté les travaux, et combien la ville a-t-elle apporté ?", False),  # two figures
    ],
)
def test_what_asks_for_a_price(question: str, asks: bool) -> None:
    assert asks_price(parsed(question)) == asks


@pytest.mark.parametrize(
    ("text", "about", "fit"),
    [
        ("Il coûte 30,50 € et se renouvelle.", "", 1.0),
        ("L'enveloppe est de 12 milliards.", "", 1.0),
        ("Prix du billet : 2 €", "", 1.0),
        ("La procédure est gratuite.", "", 1.0),
        ("42 € pour les artisans", "Le dépôt est payant :", 0.5),
        ("La ville paie 42 € par an.", "", 0.5),
        ("Il faut un contrat avec une rémunération d'au moins 36 946 €.", "Carte de séjour passeport talent", 0.0),
        ("Le billet est cher.", "Prix", 0.0),
        ("Le prix concerne 4,6 millions de lampes.", "", 0.0),
        ("Le prix compte 12 pages.", "", 0.0),
    ],
)
def test_a_price_is_an_amount_and_what_it_is_the_cost_of(text: str, about: str, fit: float) -> None:
    assert price_fit(text, about, parsed("Combien coûte un billet ?")) == fit


def test_an_amount_of_the_question_is_no_answer() -> None:
    assert price_fit("Le billet coûte 2 euros.", "", parsed("Combien coûte un billet de 2 euros ?")) == 0.0
