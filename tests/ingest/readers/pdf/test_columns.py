from __future__ import annotations

from pdf_files import PARAGRAPH, Sheet
from reading import reader_of

read = reader_of("lettre.pdf")
TOWN = (
    "La ville de Vaugrelle engage la rénovation de son centre ancien, avec l'appui de l'État et de la région. Les "
    "travaux durent trente mois et commencent par la place du marché, où quarante arbres sont plantés."
)
BUDGET = (
    "Le budget atteint 12,4 millions d'euros, dont 3,1 millions apportés par le département. La commune emprunte le "
    "reste sur vingt ans auprès d'une banque publique, à un taux révisable indexé sur le livret."
)
SHOPS = (
    "Une maison du projet accueille les habitants chaque mercredi. Les commerçants reçoivent une aide de 1 500 euros "
    "par mois de travaux devant leur vitrine, versée par la chambre de commerce sur simple demande."
)


def test_three_columns_written_row_by_row_are_read_one_after_the_other() -> None:
    sheet = Sheet(size=9)
    sheet.columns((TOWN, BUDGET, SHOPS), 40, 56)
    assert read(sheet.content()).text == "\n\n".join((TOWN, BUDGET, SHOPS))


def test_a_heading_over_both_columns_parts_what_is_above_and_below_it() -> None:
    sheet = Sheet(size=9.5)
    y = sheet.columns((TOWN, BUDGET), 20, 86)
    sheet.set_font(size=15, style="B")
    sheet.text(10, y + 10, "Un second chapitre s'étend sur les deux colonnes")
    sheet.set_font(size=9.5, style="")
    sheet.columns((SHOPS, PARAGRAPH), y + 20, 86)
    document = read(sheet.content())
    assert document.text == "\n\n".join((TOWN, BUDGET, SHOPS, PARAGRAPH))
    assert document.title == "Un second chapitre s'étend sur les deux colonnes"


def test_columns_of_other_leading_sorted_by_height_are_columns() -> None:
    sheet = Sheet(size=9.5)
    left = sheet.lines(f"{TOWN} {PARAGRAPH}", 85)
    right = sheet.lines(f"{BUDGET} {SHOPS}", 85)
    lines = [(20.0 + 5 * row, 10, line) for row, line in enumerate(left)]
    lines += [(21 + 4.6 * row, 108, line) for row, line in enumerate(right)]
    for y, x, line in sorted(lines):
        sheet.text(x, y, line)
    assert read(sheet.content()).text == f"{TOWN} {PARAGRAPH}\n\n{BUDGET} {SHOPS}"


def test_a_table_is_not_taken_for_columns_beside_text() -> None:
    sheet = Sheet(size=10)
    rows = [("Année", "Aides", "Dossiers"), ("2022", "1 200", "45"), ("2023", "1 450", "51"), ("2024", "1 810", "66")]
    lines = sheet.lines(f"{TOWN} {SHOPS}", 85)
    for number, line in enumerate(lines):
        if number < len(rows):
            sheet.cells([rows[number]], (10, 55, 85), 30 + 5 * number)
        sheet.text(105, 30 + 5 * number, line)
    text = read(sheet.content()).text
    assert "| Année | Aides | Dossiers |\n| --- | --- | --- |\n| 2022 | 1 200 | 45 |\n| 2023 | 1 450 | 51 |" in text
    assert f"{TOWN} {SHOPS}" in text


def test_signatures_side_by_side_are_read_across() -> None:
    sheet = Sheet()
    sheet.paragraph()
    sheet.cells([("Le maire", "Le préfet"), ("Jean Roy", "Anne Petit")], (20, 160), 60)
    assert read(sheet.content()).text.endswith("Le maire Le préfet Jean Roy Anne Petit")
