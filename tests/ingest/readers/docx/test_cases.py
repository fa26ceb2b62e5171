"""Documents as agencies have them, each of which was read wrongly once."""

from __future__ import annotations

from pathlib import Path

import pytest

from reading import reader_of

CASES = Path(__file__).parents[3] / "data" / "cases"
read = reader_of("note.docx")


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("articles_auto", "## Article 3 – Durée\n\nElle est conclue pour une durée de douze mois,"),
        ("cases_a_cocher", "[ ] Avis favorable\n\n[x] Avis favorable sous réserve\n\n[ ] Avis défavorable"),
        ("cases_a_cocher", "[x] Dossier complet\n\n[ ] Dossier incomplet"),
        ("entete", "Réf. : DT-2025-0417\n\nParis, le 1er mars 2025\n\nObjet : avance remboursable"),
        (
            "footnote",
            "au forfait, versé au bailleur après signature du bail.\n\nNote : Le forfait de relogement",
        ),
        ("sdt", "Le référent de la convention Beauregard est Solène Marchadier, direction des territoires."),
        ("sdt", "| Opération | Montant | Année |\n| --- | --- | --- |\n| Convention Beauregard | 312 450 € | 2025 |"),
        ("textbox", "À retenir : le pôle Garenne emploie 14 médiateurs à plein temps."),
        ("tracked", "le taux maximal de subvention est de 55 % de la dépense subventionnable."),
    ],
)
def test_what_the_document_says_is_read_once(case: str, said: str) -> None:
    (path,) = (CASES / f"docx_{case}").iterdir()
    assert read(path.read_bytes()).text.count(said) == 1


def test_the_date_of_a_letter_stands_in_its_header() -> None:
    assert read((CASES / "docx_entete" / "courrier.docx").read_bytes()).date == "2025-03-01"
