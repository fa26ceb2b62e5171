"""Tables found on a sheet: what stands above, beside and below them; headers of several rows."""

from __future__ import annotations

from ingest.readers.block_builder import render
from ingest.readers.office.grid import Grid, Span, grid_blocks, table_blocks


def blocks(text: str, *spans: Span) -> list[str]:
    """The blocks of a sheet drawn with `;` between cells and a line a row."""
    rows = {
        number: {at: cell.strip() for at, cell in enumerate(line.split(";"), start=1) if cell.strip()}
        for number, line in enumerate(text.strip("\n").split("\n"), start=1)
    }
    return [render(block) for block in grid_blocks(Grid(rows, spans), 3)]


def test_a_title_and_its_unit_head_a_table_and_a_source_ends_it() -> None:
    made = blocks(
        """
Budget des halles
(en milliers d'euros)
Poste;2024;2025
Étals;12;14
Sols;3;5
Source : direction des marchés
"""
    )
    assert made == [
        "### Budget des halles – (en milliers d'euros)",
        "| Poste | 2024 | 2025 |\n| --- | --- | --- |\n| Étals | 12 | 14 |\n| Sols | 3 | 5 |",
        "Source : direction des marchés",
    ]


def test_merged_headers_are_joined_in_each_column() -> None:
    made = blocks(
        """
Commune;Étals;;Loyers;
;Fixes;Mobiles;Fixes;Mobiles
Vannes;12;3;26 920;1 200
""",
        Span(1, 1, 2, 1),
        Span(1, 2, 1, 3),
        Span(1, 4, 1, 5),
    )
    assert made == [
        (
            "| Commune | Étals, Fixes | Étals, Mobiles | Loyers, Fixes | Loyers, Mobiles |\n"
            "| --- | --- | --- | --- | --- |\n| Vannes | 12 | 3 | 26 920 | 1 200 |"
        )
    ]


def test_groups_written_above_their_columns_are_joined_without_being_merged() -> None:
    made = blocks("Commune;Étals;;Loyers\n;Fixes;Mobiles;\nVannes;12;3;900")
    assert made[0].startswith("| Commune | Étals, Fixes | Étals, Mobiles | Loyers |")


def test_a_cell_over_several_rows_stands_in_each() -> None:
    made = blocks("Halle;Étal;Loyer\nNord;A;12\n;B;13", Span(2, 1, 3, 1))
    assert made[0].endswith("| Nord | A | 12 |\n| Nord | B | 13 |")


def test_tables_with_an_empty_row_between_them_are_two() -> None:
    made = blocks("Nom;Loyer\nA;12\n\nJour;Heure\nsamedi;8 h")
    assert [block.split("\n")[0] for block in made] == ["| Nom | Loyer |", "| Jour | Heure |"]


def test_rows_behind_an_empty_row_without_a_header_go_on_with_the_table() -> None:
    made = blocks("Nom;Loyer\nA;12\n\nB;13\n\nTotal;25")
    assert made == ["| Nom | Loyer |\n| --- | --- |\n| A | 12 |\n| B | 13 |\n| Total | 25 |"]


def test_tables_side_by_side_are_two_and_a_spacer_is_none() -> None:
    assert len(blocks("Nom;Loyer;;Jour;Heures\nA;12;;samedi;8\nB;13;;jeudi;4")) == 2
    made = blocks("Nom;;2024;2025\nA;;12;13\nB;;14;15")
    assert made == ["| Nom | 2024 | 2025 |\n| --- | --- | --- |\n| A | 12 | 13 |\n| B | 14 | 15 |"]


def test_titles_of_groups_of_rows_are_headings_and_the_header_is_repeated() -> None:
    made = blocks("Poste;Montant\nRecettes;\nLoyers;12\nDépenses;\nSols;3", Span(2, 1, 2, 2), Span(4, 1, 4, 2))
    assert made == [
        "#### Recettes",
        "| Poste | Montant |\n| --- | --- |\n| Loyers | 12 |",
        "#### Dépenses",
        "| Poste | Montant |\n| --- | --- |\n| Sols | 3 |",
    ]


def test_labels_and_values_are_a_list() -> None:
    assert blocks("Étals;36\nLoyer moyen;1 200 €") == ["- Étals : 36\n- Loyer moyen : 1 200 €"]


def test_a_table_without_a_header_has_an_empty_one() -> None:
    made = blocks("A;12;13\nB;14;15")
    assert made == ["|  |  |  |\n| --- | --- | --- |\n| A | 12 | 13 |\n| B | 14 | 15 |"]


def test_a_column_of_texts_is_paragraphs() -> None:
    assert blocks("Première ligne.\nDeuxième ligne.") == ["Première ligne.", "Deuxième ligne."]


def test_the_table_of_a_text_is_one_whatever_is_empty_in_it() -> None:
    grid = Grid({1: {1: "Nom", 3: "Loyer"}, 3: {1: "A", 3: "12"}})
    assert [block.text for block in table_blocks(grid)] == ["| Nom | Loyer |\n| --- | --- |\n| A | 12 |"]


def test_a_cell_merged_over_the_whole_sheet_is_written_once() -> None:
    rows = {1: {1: "Titre"}, 2: {1: "Nom", 2: "Loyer"}, 3: {1: "A", 2: "12"}}
    made = grid_blocks(Grid(rows, (Span(1, 1, 1_048_576, 16_384),)), 3)
    assert "".join(block.text for block in made).count("Titre") <= 6
