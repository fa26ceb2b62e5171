"""Inputs like those that agencies publish, built after reports of what other systems lose (tests/data/cases)."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.readers import read_document
from kb.text.folding import fold
from kb.types import Document

CASES = Path(__file__).parents[2] / "data" / "cases"


def documents(case: str) -> list[Document]:
    return [
        read_document(path.read_bytes(), name=path.name, source="cas", document_id=path.name)
        for path in sorted((CASES / case).iterdir())
    ]


@pytest.mark.parametrize(
    ("case", "said", "unsaid"),
    [
        ("html_accordeon_dsfr", "## Quel est le délai de recours ?\n\nLe délai de recours", ""),
        ("html_canonique_autre_langue", "La ligne G compte 21 stations.", ""),
        ("html_cesures_invisibles", "Le cautionnement solidaire dure 36\u202fmois; il est renouvelable une fois.", ""),
        ("html_consentement", "La cité artisanale compte 19 ateliers.", "cookies|traceurs|youtube"),
        ("html_faq_bouton", "## Peut-on cumuler l'aide avec MaPrimeRénov' ?\n\nOui, dans la limite de 75 %", ""),
        ("html_jsonld_graph", "est de 850 personnes", ""),
        ("html_onglets_hidden", "## Copropriétés\n\nL'aide aux copropriétés s'élève à 4 500 €", ""),
        ("html_spip", "57 jardins familiaux.\n\nNote 1 : Dont 12 réservés aux écoles.", "[1]"),
        ("html_tableau_deux_entetes", "| Ménage | PLAI, Zone A | PLAI, Zone B | PLUS, Zone A | PLUS, Zone B |", ""),
        ("md_entete_deux_points", "La commune de Bassens ouvre 11 postes d'adultes-relais.", ""),
        ("txt_mojibake", "233 logements ont été réhabilités à Fontbarlettes, dont une moitié", "ã"),
        ("txt_nfd_noms", "au 8, rue des Érables, près", ""),
    ],
)
def test_what_a_page_or_text_says_is_read(case: str, said: str, unsaid: str) -> None:
    (document,) = documents(case)
    assert said in document.text
    assert not any(word in fold(document.text) for word in unsaid.split("|") if word)


def test_texts_say_when_they_were_written() -> None:
    told = {document.id: (document.date, document.title) for document in documents("dates_textes")}
    assert told == {
        "2024-03-12_CR_comite_pilotage.txt": ("2024-03-12", "Compte rendu du comité de pilotage"),
        "arrete.txt": ("2023-07-01", "Arrêté du 1er juillet 2023 relatif au stationnement sur le plateau"),
        "lettre.txt": ("2025-02-03", "Versement du solde de la subvention"),
    }
    (note,) = documents("md_entete_deux_points")
    assert (note.date, note.title) == ("2024-03-12", "Adultes-relais : bilan à mi-parcours")


def test_a_page_keeps_an_address_of_its_own_language() -> None:
    (page,) = documents("html_canonique_autre_langue")
    assert page.url == "https://www.transports-aubance.fr/fr/ligne-g"


def test_accents_of_another_make_in_a_name_are_those_of_all_others() -> None:
    (note,) = documents("txt_nfd_noms")
    assert note.title == "Compte-rendu n°3 #réunion été 🌳"
