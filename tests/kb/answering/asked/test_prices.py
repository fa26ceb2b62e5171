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
        ("prix billet train", True),
        ("tarif réduit", False),
        ("Quel est le tarif de la cantine ?", True),
        ("budget participatif", False),
        ("Quel est le budget du programme ?", True),
        ("Combien faut-il payer pour un billet ?", False),  # « payer » is said of much else
        ("Combien de billets ?", False),
        ("Ça coûte combien un billet ?", True),
        ("Combien ça coûte de refaire le lavoir ?", True),
        ("Que coûte la réfection du lavoir ?", True),
        ("Combien vaut le billet ?", True),
        ("Quel budget pour le lavoir ?", True),
        ("Combien les travaux ont-ils coûté ?", True),
        ("Qui vote le budget communal ?", False),
        ("Comment est fixé le prix de l'eau ?", False),
        ("Quels coûts sont éligibles ?", False),
        ("Combien d'habitants dans le Cher ?", False),
        ("Combien de points vaut une infraction ?", False),
        ("À partir de combien d'enfants a-t-on le tarif réduit ?", False),
        ("Combien de lauréats pour le prix de l'innovation ?", False),
        ("Marché public jugé au seul prix : à quelle condition est-ce permis ?", False),
        ("Vaut-il mieux éviter d'inscrire le prix de l'adhésion dans les statuts ?", False),
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
        ("Le programme pèse 3 milliards.", "", 1.0),
        ("La place s'élève à 200 €.", "", 1.0),
        ("Les droits d'inscription sont de 170 €.", "", 0.5),
        ("Cela vaut 86 €.", "", 1.0),
        ("Il n'y a aucun frais.", "", 1.0),
        ("Le billet n'est pas gratuit.", "", 0.0),
        ("Renseignements au 3939 (appel gratuit).", "", 0.0),
        ("Sa fiche de paie dit 1 800 €.", "", 0.0),
        ("Le droit de retrait est ouvert à qui gagne 170 €.", "", 0.0),
        ("Le budget concerne 1 500 000 habitants.", "", 0.0),
        ("Tarif de l'appel : 0 800 123 456", "", 0.0),
    ],
)
def test_a_price_is_an_amount_and_what_it_is_the_cost_of(text: str, about: str, fit: float) -> None:
    assert price_fit(text, about, parsed("Combien coûte un billet ?")) == fit


def test_an_amount_of_the_question_is_no_answer() -> None:
    assert price_fit("Le billet coûte 2 euros.", "", parsed("Combien coûte un billet de 2 euros ?")) == 0.0
