from __future__ import annotations

import pytest

from pdf_files import PARAGRAPH, Sheet
from reading import reader_of

read = reader_of("bilan.pdf")


@pytest.mark.parametrize("font", ["Helvetica", "Times", "Courier"])
def test_calls_are_no_part_of_what_they_stand_after(font: str) -> None:
    sheet = Sheet(font)
    sheet.called(12, 30, "Le plafond atteint 26 920", "3", " euros par personne,")
    sheet.called(12, 36, "soit 42 %", "4", " du coût (dont l'aide de la commune)")
    sheet.called(
        12,
        42,
        "et cinq dossiers",
        "5, 6",
        ", puis 455",
    )
    sheet.called(12, 48, "dans le territoire de Marsac", "(7)", ".")
    for place, note in enumerate(
        ("3 Valeur en janvier.", "4 Estimation.", "5 Refus compris.", "6 Relus.", "7 Agglomération.")
    ):
        sheet.small(12, 250 + 4 * place, note, 8)
    text = read(sheet.content()).text
    assert text.startswith(
        "Le plafond atteint 26 920 euros par personne, soit 42 % du coût (dont l'aide de la commune) et cinq dossiers, "
        "puis 455 dans le territoire de Marsac."
    )
    notes = ("(3) Valeur en janvier.", "(4) Estimation.", "(5) Refus compris.", "(6) Relus.", "(7) Agglomération.")
    assert text.endswith("\n\n".join(notes))


def test_exponents_units_and_ordinals_stay() -> None:
    sheet = Sheet()
    sheet.called(12, 30, "La place mesure 3 200 m", "2", " et le bassin contient 450 m")
    sheet.called(12, 36, "Le débit vaut 4 x 10", "3", " litres depuis le 1")
    sheet.called(12, 42, "Le siège date du XIX", "e", " siècle, dit la 1")
    sheet.called(12, 48, "La commune de Marsac suit M", "me", " Roy")
    sheet.called(12, 54, "et l'arrêté n", "o", " 12 du maire")
    text = read(sheet.content()).text
    assert "3 200 m² et le bassin" in text
    assert "4 x 10³ litres" in text
    assert "XIXe siècle" in text
    assert "Mme Roy" in text
    assert "l'arrêté n° 12" in text


def test_calls_written_as_raised_letters_go_and_squares_stay() -> None:
    sheet = Sheet()
    sheet.paragraph(
        "Le programme compte 1 254³ logements pour 48 millions d'euros² et 3 200 m² de jardins. " + PARAGRAPH
    )
    assert read(sheet.content()).text.startswith(
        "Le programme compte 1 254 logements pour 48 millions d'euros et 3 200 m² de jardins."
    )


def test_a_note_does_not_part_the_paragraph_that_goes_on_over_the_page() -> None:
    sheet = Sheet()
    sheet.paragraph(PARAGRAPH)
    sheet.called(
        12, 262, "Le nombre de logements aidés dans la commune est de 1 254", "3", " et leur coût moyen dépasse"
    )
    sheet.small(12, 280, "3 Logements livrés.", 8)
    sheet.add_page()
    sheet.text(12, 22, "cent mille euros.")
    document = read(sheet.content())
    assert "est de 1 254 et leur coût moyen dépasse cent mille euros." in document.text
    assert document.page_at(document.text.index("(3) Logements livrés.")) == 1


def test_a_note_called_from_a_table_leaves_its_figure_alone() -> None:
    sheet = Sheet()
    rows = [("Poste", "2023", "2024"), ("Voirie", "310 000", "45 200"), ("Écoles", "98 450", "87 300")]
    sheet.cells(rows, (12, 100, 150), 40)
    sheet.small(100.3, 44.6, "2")
    sheet.small(12, 280, "2 Hors taxes.", 8)
    sheet.set_y(70)
    sheet.paragraph()
    text = read(sheet.content()).text
    assert "| Voirie | 310 000 | 45 200 |" in text
    assert "(2) Hors taxes." in text


def test_a_note_is_told_by_its_number_before_a_tab() -> None:
    sheet = Sheet()
    sheet.called(12, 30, "En 2024, la ville a dépensé 62,4", "2", " millions pour 1 254 logements.")
    sheet.small(12, 280, "2", 8)
    sheet.small(18, 280, "Millions d'euros courants.", 8)
    assert read(sheet.content()).text.endswith("62,4 millions pour 1 254 logements.\n\n(2) Millions d'euros courants.")
