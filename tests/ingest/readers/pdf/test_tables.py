from __future__ import annotations

import pytest

from pdf_files import PARAGRAPH, Sheet
from reading import reader_of

read = reader_of("tableaux.pdf")
OPERATIONS = (
    ("Opération", "Maître d'ouvrage", "Coût", "Aide"),
    ("Réhabilitation de la tour des Cèdres et de ses abords", "Office du Val-d'Aubance", "4 512 000", "1 203 500"),
    ("École Jean-Moulin", "Commune de Vaugrelle", "987 000", "310 000"),
    ("Maison de santé pluridisciplinaire du plateau", "Communauté de communes", "2 100 000", "640 250"),
)
HOUSEHOLDS = (
    ("Une personne", "20 100", "21 131", "22 162", "23 193"),
    ("Deux personnes", "25 107", "26 138", "27 169", "28 200"),
    ("Trois personnes", "30 114", "31 145", "32 176", "33 207"),
)
ZONES = ("Zone A", "Zone B", "Zone A", "Zone B")


def rendered(*rows: tuple[str, ...]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "| " + " | ".join(["---"] * len(rows[0])) + " |", *lines[1:]])


@pytest.mark.parametrize(
    "borders", ["ALL", "NONE", "INTERNAL", "MINIMAL", "HORIZONTAL_LINES", "NO_HORIZONTAL_LINES", "SINGLE_TOP_LINE"]
)
def test_wrapped_cells_are_whole_whatever_the_rules(borders: str) -> None:
    sheet = Sheet()
    sheet.paragraph()
    aligned = ("LEFT", "LEFT", "RIGHT", "RIGHT")
    with sheet.table(col_widths=(60, 60, 30, 30), borders_layout=borders, text_align=aligned, line_height=5.5) as table:
        for row in OPERATIONS:
            table.row(row)
    sheet.ln(5)
    sheet.paragraph()
    assert read(sheet.content()).text == f"{PARAGRAPH}\n\n{rendered(*OPERATIONS)}\n\n{PARAGRAPH}"


def test_a_ruled_header_of_two_levels_gives_each_column_all_of_it() -> None:
    sheet = Sheet()
    with sheet.table(col_widths=(40, 30, 30, 30, 30), num_heading_rows=2) as table:
        row = table.row()
        row.cell("Ménage", rowspan=2)
        row.cell("Plafond 1", colspan=2, align="C")
        row.cell("Plafond 2", colspan=2, align="C")
        table.row(ZONES)
        for household in HOUSEHOLDS:
            table.row(household)
    header = ("Ménage", "Plafond 1, Zone A", "Plafond 1, Zone B", "Plafond 2, Zone A", "Plafond 2, Zone B")
    assert read(sheet.content()).text == rendered(header, *HOUSEHOLDS)


def test_a_header_of_two_levels_without_rules_stands_over_its_columns() -> None:
    sheet = Sheet()
    sheet.set_xy(12, 30)
    for text, width in (("Ménage", 50), ("Plafond 1", 60), ("Plafond 2", 60)):
        sheet.cell(width, 6, text, align="L" if text == "Ménage" else "C")
    y = sheet.cells([("", *ZONES), *HOUSEHOLDS], (12, 92, 122, 152, 182), 40)
    sheet.set_y(y + 5)
    sheet.paragraph()
    header = ("Ménage", "Plafond 1, Zone A", "Plafond 1, Zone B", "Plafond 2, Zone A", "Plafond 2, Zone B")
    assert rendered(header, *HOUSEHOLDS) in read(sheet.content()).text


def test_merged_cells_say_what_they_say_in_each_row_and_a_title_stands_above() -> None:
    sheet = Sheet()
    with sheet.table(col_widths=(30, 50, 40, 40)) as table:
        table.row().cell("Aides par zone en 2025", colspan=4, align="C")
        table.row(("Zone", "Bénéficiaire", "Plafond", "Taux"))
        for zone, owner, joint in (("Zone A", "12 500", "4 500"), ("Zone B", "10 200", "3 900")):
            row = table.row()
            row.cell(zone, rowspan=2)
            for text in ("Propriétaire", owner, "35 %"):
                row.cell(text)
            table.row(("Copropriété", joint, "25 %"))
    assert read(sheet.content()).text == "Aides par zone en 2025\n\n" + rendered(
        ("Zone", "Bénéficiaire", "Plafond", "Taux"),
        ("Zone A", "Propriétaire", "12 500", "35 %"),
        ("Zone A", "Copropriété", "4 500", "25 %"),
        ("Zone B", "Propriétaire", "10 200", "35 %"),
        ("Zone B", "Copropriété", "3 900", "25 %"),
    )


@pytest.mark.parametrize("repeated", [True, False])
@pytest.mark.parametrize("ruled", [True, False])
def test_a_table_that_goes_on_over_the_page_is_one(repeated: bool, ruled: bool) -> None:
    header = ("Quartier", "Logements", "Habitants")
    rows = [
        (f"Quartier {chr(65 + number)}", f"{300 + 17 * number}", f"{1 + number} {200 + 13 * number}")
        for number in range(20)
    ]
    sheet = Sheet()
    if ruled:
        sheet.set_y(220)
        with sheet.table(repeat_headings=int(repeated), col_widths=(60, 40, 40)) as table:
            for row in (header, *rows):
                table.row(row)
    else:
        sheet.cells([header, *rows[:8]], (12, 90, 140), 230)
        sheet.add_page()
        sheet.cells([*([header] if repeated else []), *rows[8:]], (12, 90, 140), 20)
    document = read(sheet.content())
    assert document.text == rendered(header, *rows)
    turned = document.text.index("Quartier T")
    assert (document.page_at(document.text.index("Quartier A")), document.page_at(turned)) == (1, 2)


def test_a_table_of_labels_and_what_they_say_has_no_header() -> None:
    sheet = Sheet()
    with sheet.table(first_row_as_headings=False, col_widths=(60, 100)) as table:
        table.row(("Porteur", "Commune de Marsac"))
        table.row(("Montant", "487 200 euros"))
        table.row(("Début des travaux", "septembre 2025"))
    sheet.cells([("Adresse :", "12 rue des Érables"), ("Effectif :", "42 agents")], (12, 100), 80)
    text = read(sheet.content()).text
    assert text.startswith("|  |  |\n| --- | --- |\n| Porteur | Commune de Marsac |\n| Montant | 487 200 euros |")
    assert text.endswith("Adresse : 12 rue des Érables\n\nEffectif : 42 agents")


def test_what_cannot_be_understood_stays_as_rows_and_no_figures_run_together() -> None:
    sheet = Sheet()
    sheet.paragraph()
    rows = (
        ((12, "Quartier"), (60, "Avant"), (100, "Après")),
        ((12, "Cèdres"), (55, "146"), (72, "12"), (100, "98")),
        ((12, "Tilleuls"), (64, "33 logements détruits en 2021")),
        ((12, "Érables"), (60, "71"), (100, "65")),
    )
    for number, row in enumerate(rows):
        for x, text in row:
            sheet.text(x, 60 + 6 * number, text)
    text = read(sheet.content()).text
    assert "|" not in text
    assert "Cèdres ; 146 ; 12 ; 98" in text
    assert "Tilleuls ; 33 logements détruits en 2021" in text


def test_columns_of_spaces_are_columns() -> None:
    sheet = Sheet("Courier", 9)
    for line in (
        "Commune          2022      2023",
        "Vaugrelle      12 540    13 200",
        "Marsac          1 204     1 310",
    ):
        sheet.cell(0, 5, line, new_x="LMARGIN", new_y="NEXT")
    sheet.paragraph()
    table = rendered(("Commune", "2022", "2023"), ("Vaugrelle", "12 540", "13 200"), ("Marsac", "1 204", "1 310"))
    assert read(sheet.content()).text == f"{table}\n\n{PARAGRAPH}"


def test_two_tables_under_their_titles_stay_two() -> None:
    sheet = Sheet()
    y = 30.0
    for title, amounts in (("Recettes", ("1 200", "1 310")), ("Dépenses", ("3 450", "2 980"))):
        sheet.set_font(size=12, style="B")
        sheet.text(12, y, title)
        sheet.set_font(size=11, style="")
        y = 6 + sheet.cells(
            [("Chapitre", "2024", "2025"), ("Gestion", *amounts), ("Travaux", *amounts)], (12, 90, 140), y + 8
        )
    sheet.set_y(y)
    sheet.paragraph()
    text = read(sheet.content()).text
    first = rendered(("Chapitre", "2024", "2025"), ("Gestion", "1 200", "1 310"), ("Travaux", "1 200", "1 310"))
    second = rendered(("Chapitre", "2024", "2025"), ("Gestion", "3 450", "2 980"), ("Travaux", "3 450", "2 980"))
    assert text == f"## Recettes\n\n{first}\n\n## Dépenses\n\n{second}\n\n{PARAGRAPH}"


def test_a_table_turned_on_its_page_is_read_as_it_stands() -> None:
    sheet = Sheet()
    with sheet.rotation(90, 100, 150):
        rows = [("Commune", "2023", "2024"), ("Vaugrelle", "1 254", "1 310"), ("Marsac", "124", "98")]
        y = sheet.cells(rows, (40, 100, 140), 100)
        sheet.text(40, y + 8, "Le tableau donne le nombre de logements aidés par commune et par an.")
    assert read(sheet.content()).text.startswith(rendered(*rows))


def test_a_name_half_way_between_the_rows_of_a_header_is_in_both() -> None:
    sheet = Sheet()
    sheet.set_xy(60, 30)
    for text in ("Dépenses 2023", "Dépenses 2024"):
        sheet.cell(60, 6, text, align="C")
    sheet.text(12, 37.2, "Commune")
    rows = [
        ("", "Votées", "Faites", "Votées", "Faites"),
        *(("Olt", "110", "98", "125", "117"), ("Mas", "64", "59", "71", "70")),
    ]
    sheet.set_y(sheet.cells(rows, (12, 88, 115, 145, 175), 40) + 5)
    sheet.paragraph()
    years = (f"Dépenses {year}, {name}" for year in (2023, 2024) for name in ("Votées", "Faites"))
    assert rendered(("Commune", *years), *rows[1:]) in read(sheet.content()).text


@pytest.mark.parametrize("angle", [90, 270])
def test_names_of_columns_may_be_turned(angle: int) -> None:
    sheet = Sheet()
    sheet.paragraph()
    for x in (12, 60, 80, 100, 120):
        sheet.line(x, 40, x, 90)
    for y in (40, 66, 74, 82, 90):
        sheet.line(12, y, 120, y)
    sheet.text(14, 64, "Quartier")
    for number, name in enumerate(("Crèches", "Écoles", "Gymnases")):
        x, y = (72 + 20 * number, 64) if angle == 90 else (68 + 20 * number, 42)
        with sheet.rotation(angle, x, y):
            sheet.text(x, y, name)
    rows = [("Les Aulnes", "4", "7", "2"), ("Bellerive", "3", "5", "1"), ("Le Port", "6", "8", "3")]
    sheet.cells(rows, (14, 72, 92, 112), 71, 8)
    assert rendered(("Quartier", "Crèches", "Écoles", "Gymnases"), *rows) in read(sheet.content()).text


def test_figures_on_lines_of_their_own_in_a_cell_stay_apart() -> None:
    sheet = Sheet()
    with sheet.table(col_widths=(60, 40, 40)) as table:
        table.row(("Aide", "Durée", "Montant"))
        table.row(("Prime au vélo, sur facture acquittée", "12 mois", "250\n(400\nneuf)"))
        table.row(("Prime au bois", "", "1 150\n2 300"))
    header = ("Aide", "Durée", "Montant")
    prime = ("Prime au vélo, sur facture acquittée", "12 mois", "250 ; (400 neuf)")
    assert read(sheet.content()).text == rendered(header, prime, ("Prime au bois", "", "1 150 ; 2 300"))
