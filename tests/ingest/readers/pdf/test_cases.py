"""The files of tests/data/cases that are PDFs: what each of them is there for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ingest.readers.reading import RecognisedPage, RecognitionWanted
from kb.errors import DocumentError
from kb.types import Document
from reading import reader_of

CASES = Path(__file__).parents[3] / "data" / "cases"
_read = reader_of("cas.pdf")


def case(name: str, recognised: Mapping[int, RecognisedPage] | None = None) -> Document:
    (path,) = (CASES / f"pdf_{name}").glob("*.pdf")
    return _read(path.read_bytes(), path.name, recognised=recognised)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("appel_de_note", "le nombre de logements réhabilités dans le territoire est de 1 254."),
        ("appel_de_note", "atteint 48 millions d'euros hors taxes."),
        ("appel_de_note", "(3) Logements livrés au 31 décembre, hors copropriétés."),
        (
            "cesures",
            "du contrat 2024-2030, doté d'une enveloppe de 66 millions d'euros par le contre-la-montre foncier",
        ),
        ("colonnes_alternees", "Quatre immeubles seront démolis au quartier des Cèdres, soit 146 logements sociaux"),
        ("colonnes_alternees", "Une place de marché de 3 200 mètres carrés est aménagée devant la gare"),
        ("colonnes_alternees", "rouvrent en rez-de-chaussée à l'automne"),
        ("couche_ocr", "Le loyer mensuel du local Ravel est fixé à 930 euros hors charges, payable d'avance"),
        ("faux_gras", "La date limite de dépôt du dossier Lumière est le 17 octobre."),
        ("filigrane", "La commune a préempté 31 parcelles à Courdimanche, dont neuf sont bâties."),
        ("formulaire", "Commune demandeuse : Saint-Ybars"),
        ("formulaire", "Montant demandé : 487 200 euros"),
        ("mot_de_passe_vide", "La crèche Les Mésanges offre 42 berceaux depuis la rentrée."),
        (
            "page_tournee",
            "| Équipement | Ouverture | Capacité |\n| --- | --- | --- |\n| Parking relais de la Plaine | 2023 |",
        ),
    ],
)
def test_the_text_says_what_the_page_shows(name: str, text: str) -> None:
    assert text in case(name).text


def test_a_watermark_is_neither_text_nor_title_and_what_begins_each_page_stays() -> None:
    document = case("filigrane")
    assert "PROJET" not in document.title + document.text
    assert document.text.count("Le comité de suivi du Val-d'Aubance a examiné") == 3


def test_scanned_pages_are_to_be_recognised_and_the_others_are_whole() -> None:
    with pytest.raises(RecognitionWanted) as wanted:
        case("en_partie_scanne")
    assert wanted.value.pages == (2, 3, 4)
    document = case("en_partie_scanne", dict.fromkeys(wanted.value.pages, RecognisedPage(outcome="absent")))
    assert document.remarks[0].startswith("pages 3 à 5 : images, sans texte lu")
    assert document.text.count("Le comité de suivi du Val-d'Aubance a examiné") == 12


def test_a_file_whose_letters_are_told_wrongly_is_to_be_recognised_else_refused() -> None:
    with pytest.raises(RecognitionWanted) as wanted:
        case("tounicode_faux")
    assert wanted.value.pages == (0,)
    with pytest.raises(DocumentError, match=r"texte illisible sur 1 page, la police du PDF est mal codée ; .*OCR"):
        case("tounicode_faux", {0: RecognisedPage(outcome="absent")})
