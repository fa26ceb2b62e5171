from __future__ import annotations

from reading import reader_of
from word_files import cell, p, r, row, table, tall, wide, word_file

read = reader_of("note.docx")
FLAG = "<w:tblHeader/>"


def lines(*rows: str, after: str = "") -> list[str]:
    """The lines of the document that holds this table, without the rule below the header."""
    text = read(word_file(table(*rows) + after)).text
    return [line for line in text.split("\n") if line and not line.startswith("| ---")]


def test_a_header_on_two_rows_gives_each_column_its_full_name() -> None:
    assert lines(
        row(tall("Ménage"), wide("Prêt aidé", 2), wide("Prêt libre", 2)),
        row(tall(), "Zone A", "Zone B", "Zone A", "Zone B"),
        row("1 personne", "14 812", "12 870", "26 920", "23 403"),
        row("2 personnes", "24 144", "18 752", "40 233", "31 254"),
    ) == [
        "| Ménage | Prêt aidé, Zone A | Prêt aidé, Zone B | Prêt libre, Zone A | Prêt libre, Zone B |",
        "| 1 personne | 14 812 | 12 870 | 26 920 | 23 403 |",
        "| 2 personnes | 24 144 | 18 752 | 40 233 | 31 254 |",
    ]


def test_a_header_on_three_rows_with_years_and_a_title_above() -> None:
    assert lines(
        row(wide("Tableau 2 : loyers", 3)),
        row("", wide("Recettes", 2)),
        row("Commune", "2024", "2025"),
        row("Vallon", "12", "15"),
    ) == ["Tableau 2 : loyers", "| Commune | Recettes, 2024 | Recettes, 2025 |", "| Vallon | 12 | 15 |"]


def test_rows_that_are_marked_as_header_are_one() -> None:
    assert lines(
        row("Poste", "Prix", settings=FLAG), row("", "en euros", settings=FLAG), row("Étude", "12"), row("Plan", "15")
    ) == ["| Poste | Prix, en euros |", "| Étude | 12 |", "| Plan | 15 |"]
    # All of them marked: the first is the header.
    assert lines(row("Poste", "Prix", settings=FLAG), row("Étude", "12", settings=FLAG))[0] == "| Poste | Prix |"


def test_a_row_of_data_is_no_part_of_the_header() -> None:
    assert lines(row("Nom", wide("Adresse", 2)), row("Dupont", "3, rue Haute", "Lille"), row("Durand", "", "Lens")) == [
        "| Nom | Adresse | Adresse |",
        "| Dupont | 3, rue Haute | Lille |",
        "| Durand |  | Lens |",
    ]
    assert lines(row("", wide("Prix", 2)), row("", "12 €", "1 500,50"), row("x", "1", "2"))[0] == "|  | Prix | Prix |"
    assert lines(row(tall("A"), "Prix"), row(tall(), "12"), row("B", "15"))[0] == "| A | Prix |"


def test_cells_over_several_rows_are_repeated_and_rows_may_begin_late() -> None:
    before = '<w:gridBefore w:val="1"/>'
    assert lines(
        row("Zone", "Année", "Prix"),
        row(tall("A"), "2024", "12"),
        row(tall(), "2025", "15"),
        row("2026", "18", settings=before),
    )[1:] == ["| A | 2024 | 12 |", "| A | 2025 | 15 |", "|  | 2026 | 18 |"]


def test_what_was_deleted_or_hidden_is_left_out() -> None:
    gone = '<w:del w:id="1" w:author="a"/>'
    assert lines(
        row("Zone", "Prix", cell("Ancien", settings='<w:cellDel w:id="2" w:author="a"/>')),
        row("A", "12", cell("9", settings='<w:cellDel w:id="3" w:author="a"/>')),
        row("B", "13", settings=gone),
        row("C", "14", settings="<w:hidden/>"),
        row("D", "15"),
    ) == ["| Zone | Prix |", "| A | 12 |", "| D | 15 |"]


def test_a_table_within_a_table_keeps_its_rows_and_those_of_which_row_they_are() -> None:
    def inner(*prices: str) -> str:
        rows = [row(f"202{year}", price) for year, price in enumerate(prices)]
        return cell(p("Par année :"), table(row("Année", "Prix"), *rows), p(""))

    assert lines(row("Action", "Détail"), row("Études", inner("10", "20")), row("Travaux", inner("30", "40"))) == [
        "| Action | Détail |",
        "| Études | Par année : |",
        "| Travaux | Par année : |",
        "| Action | Année | Prix |",
        "| Études | 2020 | 10 |",
        "| Études | 2021 | 20 |",
        "| Action | Année | Prix |",
        "| Travaux | 2020 | 30 |",
        "| Travaux | 2021 | 40 |",
    ]


def test_tables_for_looks_are_read_as_text() -> None:
    inner = table(row("Année", "Prix"), row("2024", "12"))
    frame = lines(row(cell(p("Un titre", style="Heading1"), p("Un point", style="ListBullet"), inner), "À droite"))
    assert frame == ["- Un point", "| Année | Prix |", "| 2024 | 12 |", "À droite"]
    assert lines(row(cell("Un.", "Deux.")), row("Trois.")) == ["Un.", "Deux.", "Trois."]
    assert lines(row("Zone", "Prix"), row("A", cell(table(row("12", "€"))))) == ["| Zone | Prix |", "| A | 12 € |"]


def test_text_boxes_in_cells_are_read_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>14 médiateurs</w:t></w:r></w:p></w:txbxContent>"
    drawn = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert lines(row("Pôle", "Effectif"), row("Garenne", cell(p("Soit", drawn)))) == [
        "| Pôle | Effectif |",
        "| Garenne | Soit 14 médiateurs |",
    ]


def test_figures_in_one_cell_stay_apart() -> None:
    broken = p(r("1 200"), r("<w:br/>"), r("300"))
    rows = [row("A", cell("12", "500")), row("B", cell(broken)), row("C", cell("12", "€"))]
    assert lines(row("Zone", "Prix"), *rows) == [
        "| Zone | Prix |",
        "| A | 12 ; 500 |",
        "| B | 1 200 ; 300 |",
        "| C | 12 € |",
    ]
