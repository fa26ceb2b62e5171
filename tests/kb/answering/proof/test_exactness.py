"""What surrounds a figure and changes its meaning."""

from __future__ import annotations

import pytest

from kb.answering.proof.exactness import inexact


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Environ 448 quartiers.", "Près de 448 quartiers."),
        ("Le fonds verse jusqu'à 12 000 €.", "Le fonds verse au plus 12 000 €."),
        ("Il y a au moins 5 % d'heures d'insertion.", "Au moins 5 % des heures sont réservées à l'insertion."),
        ("448 quartiers.", "448 quartiers, puis plus de 448 quartiers."),
        ("La moitié des villes.", "Une ville sur deux, soit la moitié."),
        ("Le programme date de 2018.", "Plus de dix villes en 2018."),
        ("L'aide est plafonnée à 500 €.", "L'aide ne peut excéder 500 €."),
        ("Il faut 3 mois au plus.", "L'étude dure au maximum 3 mois."),
        ("Le débit est supérieur ou égal à 20 litres.", "Le débit est d'au minimum 20 litres."),
        ("Le débit dépasse 20 litres.", "Le débit va au-delà de 20 litres."),
        ("L'enveloppe est de 12 milliards d'euros.", "L'enveloppe est de 12 milliards."),
        ("Les 11 ans de service au moins.", "Il faut au moins 11 ans de service."),
        ("Si les recettes dépassent 72 000 €.", "Si le montant dépasse par 72 000 € par an."),
        ("Les relevés ne sont pas gardés plus de 6 mois.", "La durée de garde n'excède pas 6 mois."),
        ("Le total ne doit pas dépasser 900 €.", "Le total ne dépasse pas 900 €."),
        ("Le plafond est de 10 % du coût.", "L'aide est plafonnée à 10 % du coût."),
        ("Il faut planter à au moins 2 mètres.", "La distance minimum avec le champ du voisin est de 2 mètres."),
        ("On part à 52 ans après au moins 17 ans.", "On part à 52 ans si l'on a servi au moins 17 ans."),
        ("Ces peines sont doublées.", "Ces peines sont portées au double."),
        ("L'aide est de 900 € au maximum.", "Montant maximum | 4 enfants | 900 €"),
        ("La durée maximale est de 15 jours.", "La durée maximale est de : 2 mois ; 15 jours en fin de saison."),
        ("Il y a 448 quartiers.", "Rien de cela."),  # what is missing altogether is told by another check
    ],
)
def test_what_is_said_as_the_source_says_it(sentence: str, source: str) -> None:
    assert inexact(sentence, source) == ""


@pytest.mark.parametrize(
    ("sentence", "source", "told"),
    [
        ("Le programme concerne plus de 448 quartiers.", "Il y a 448 quartiers.", "concerne plus de 448"),
        ("Plus de 448 quartiers.", "Il y a 448 quartiers.", "Plus de 448"),
        ("Il ne dure pas plus de 6 mois.", "Il dure plus de 6 mois.", "pas plus de 6"),
        ("Ces peines sont doublées.", "Ces peines sont portées au triple.", "doublees"),
        ("L'aide est de 900 € au maximum.", "Montant de l'aide | 900 €", "L'aide est de 900 €"),
        ("L'aide est de 900 € au maximum.", "Montant maximum : 50 € ; au moins 900 €", "L'aide est de 900 €"),
        ("Le programme concerne 448 quartiers.", "Plus de 448 quartiers.", "Le programme concerne 448"),
        ("Environ 448 quartiers.", "Plus de 448 quartiers.", "Environ 448"),
        ("Il y a 448 % de quartiers.", "Il y a 448 quartiers.", "448 %"),
        ("L'étude dure 3 mois.", "L'étude dure au maximum 3 mois.", "L'étude dure 3"),
        ("Au moins 500 €.", "Le prix est inférieur ou égal à 500 €.", "Au moins 500 €"),
        ("Le débit dépasse 20 litres.", "Le débit ne dépasse pas 20 litres.", "Le débit dépasse 20"),
        ("12 milliards d'euros.", "12 milliards de litres.", "12 milliards d'euros"),
        ("Les pertes ont triplé.", "Les pertes ont doublé.", "triple"),
        ("La moitié des villes, un tiers des quartiers.", "Un tiers des villes.", "moitie"),
    ],
)
def test_what_is_said_otherwise_is_told_with_the_words_before(sentence: str, source: str, told: str) -> None:
    assert inexact(sentence, source) == told


def test_a_limit_a_line_away_is_still_one() -> None:
    assert inexact("Il y a plus de\n448 quartiers.", "Plus de 448 quartiers.") == ""


def test_the_unit_may_stand_in_the_heading_of_a_column() -> None:
    assert inexact("La part est de 72 %.", "Part : 72") == "72 %"
    assert inexact("La part est de 72 %.", "Part : 72", units_elsewhere=True) == ""


def test_one_of_several_figures_of_the_source_is_enough() -> None:
    source = "Il y a 448 quartiers ; 448 % de plus."
    assert inexact("Il y a 448 % de plus.", source) == ""
