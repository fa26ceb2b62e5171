from __future__ import annotations

import pytest

from ingest.readers.ocr.mending import mend


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("Arrêté du ler juillet, lère tranche", "Arrêté du 1er juillet, 1ère tranche"),
        ("le Ier mars sous Napoléon Ier", "le 1er mars sous Napoléon Ier"),
        ("1O logements en 2O25, 1OO %", "10 logements en 2025, 100 %"),
        ("20l5 et l2 500 €", "2015 et 12 500 €"),
        ("9septembre2025, le 1ermai", "9 septembre 2025, le 1er mai"),
        ("l 'État, d' une part, qu`il, aujourd' hui", "l'État, d'une part, qu'il, aujourd'hui"),
        ("l ’accord", "l’accord"),
        ("Objet :convention et Objet:avis", "Objet : convention et Objet : avis"),
        ("fin de l'acte.Le maire,adjoint;puis", "fin de l'acte. Le maire, adjoint ; puis"),
        ("«mot»", "« mot »"),
        ("Monsieurle Maire et leMaire", "Monsieur le Maire et le Maire"),
        ("CEuvre, manceuvre, CCEUR, sceurs", "Œuvre, manœuvre, CŒUR, sœurs"),
        ("la laicité, Laique, coincide", "la laïcité, Laïque, coïncide"),
        ("Nº 12 à 20 ºC", "N° 12 à 20 ºC"),
        ("Tarif：（12 ％）", "Tarif : (12 %)"),
    ],
)
def test_what_can_only_be_a_misreading_is_mended(read: str, written: str) -> None:
    assert mend(read) == written


@pytest.mark.parametrize(
    "text",
    [
        "l'Etat, une oeuvre, Objet: avis",  # ways of writing
        "H2O, CO2, 1o et 2o, zone B1",
        "M.Dupont habite 12,5 km plus loin, à 14:30, au 1:50 000",
        "maïs et mais",
        "https://exemple.fr/a:b,c;d?x=1O et prenom.Nom@exemple.fr",
        "un prêt de 2 l, lors de l'été",
    ],
)
def test_what_may_be_meant_stays(text: str) -> None:
    assert mend(text) == text
