from __future__ import annotations

import lxml.html
import pytest

from ingest.readers.block_builder import assemble
from ingest.readers.html.tree import blocks_of


def text(markup: str) -> str:
    return assemble(blocks_of(lxml.html.fragment_fromstring(f"<table>{markup}</table>", create_parent="div")), None)


def row(*cells: str, tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"


@pytest.mark.parametrize("cell", ["th", "td"])
@pytest.mark.parametrize("head", ["thead", "tbody"])
def test_a_header_of_two_rows_gives_each_column_its_full_name(cell: str, head: str) -> None:
    header = (
        f"<{head}><tr><{cell} rowspan=2>Ménage</{cell}><{cell} colspan=2>PLAI</{cell}>"
        f"<{cell} colspan=2>PLUS</{cell}></tr>"
        f"{row('Zone A', 'Zone B', 'Zone A', 'Zone B', tag=cell)}</{head}>"
    )
    assert text(header + row("1 personne", "14 812", "12 870", "26 920", "23 403")) == (
        "| Ménage | PLAI, Zone A | PLAI, Zone B | PLUS, Zone A | PLUS, Zone B |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| 1 personne | 14 812 | 12 870 | 26 920 | 23 403 |"
    )


def test_a_header_of_two_rows_without_a_cell_over_both() -> None:
    first = "<tr><td></td><td colspan=2>2023</td><td colspan=2>2024</td></tr>"
    second = row("Ville", "Offres", "Pourvues", "Offres", "Pourvues")
    assert text(first + second + row("Lyon", "12", "10", "14", "9")).split("\n")[0] == (
        "| Ville | 2023, Offres | 2023, Pourvues | 2024, Offres | 2024, Pourvues |"
    )


def test_three_levels() -> None:
    header = (
        "<thead><tr><th rowspan=3>Zone</th><th colspan=4>Aides</th></tr>"
        "<tr><th colspan=2>État</th><th colspan=2>Région</th></tr>"
        "<tr><th>2023</th><th>2024</th><th>2023</th><th>2024</th></tr></thead>"
    )
    assert text(header + row("A", "1", "2", "3", "4")).startswith(
        "| Zone | Aides, État, 2023 | Aides, État, 2024 | Aides, Région, 2023 | Aides, Région, 2024 |"
    )


def test_a_line_across_the_table_heads_the_rows_below_it() -> None:
    body = (
        "<tr><th colspan=3>Tableau 1 : les aides</th></tr>"
        + row("Ville", "2023", "2024", tag="th")
        + "<tr><th colspan=3>Nord</th></tr>" + row("Lille", "12", "14") + row("Arras", "3", "4")
        + "<tr><td colspan=3>Sud</td></tr>" + row("Nice", "5", "6")
        + row("Total", "20", "24")
        + "<tr><td colspan=3>Source : l’Agence, 2024.</td></tr>"
    )  # fmt: skip
    assert text(body) == (
        "Tableau 1 : les aides\n\n"
        "| Ville | 2023 | 2024 |\n| --- | --- | --- |\n| Nord, Lille | 12 | 14 |\n| Nord, Arras | 3 | 4 |\n"
        "| Sud, Nice | 5 | 6 |\n| Total | 20 | 24 |\n\n"
        "Source : l’Agence, 2024."
    )


def test_totals_of_parts_are_told_apart() -> None:
    part = "<tr><th colspan=2>{}</th></tr>" + row("Lyon", "1") + row("Total", "2")
    assert text(row("Ville", "N", tag="th") + part.format("Nord") + part.format("Sud")).endswith(
        "| Nord, Lyon | 1 |\n| Nord, Total | 2 |\n| Sud, Lyon | 1 |\n| Sud, Total | 2 |"
    )


def test_a_label_of_several_rows_is_in_each() -> None:
    body = "<tr><td rowspan=2>Nord</td><td>Lille</td><td>12</td></tr>" + row("Arras", "4")
    assert text(row("Région", "Ville", "N", tag="th") + body).endswith("| Nord | Lille | 12 |\n| Nord | Arras | 4 |")


def test_a_table_within_a_cell_keeps_its_rows() -> None:
    inner = f"<table>{row('Zone', 'Part', tag='th')}{row('A', '12 %')}{row('B', '14 %')}</table>"
    assert text(row("Ville", "Détail", tag="th") + row("Lyon", f"Voir : {inner}")).endswith(
        "| Lyon | Voir : Zone : A, Part : 12 % ; Zone : B, Part : 14 % |"
    )
    assert text(row("Lyon", inner)) == "Lyon\n\n| Zone | Part |\n| --- | --- |\n| A | 12 % |\n| B | 14 % |"


def test_a_table_that_only_places_things_is_text() -> None:
    assert text(row("<ul><li>un</li><li>deux</li></ul>", "<h2>Titre</h2><p>Un.</p><p>Deux.</p>")) == (
        "- un\n- deux\n\n## Titre\n\nUn.\n\nDeux."
    )


def test_a_first_row_of_values_is_no_header() -> None:
    assert text(row("Budget", "12 M€") + row("Reste", "3 M€")) == "- Budget : 12 M€\n- Reste : 3 M€"
    assert text(row("Lyon", "12", "14 %") + row("Nice", "3", "5 %")).startswith(
        "|  |  |  |\n| --- | --- | --- |\n| Lyon"
    )
    sides = "<tr><th rowspan=2>Nord</th><th>Lille</th><td>12</td></tr><tr><th>Arras</th><td>4</td></tr>"
    assert text(sides).startswith("|  |  |  |")
    assert (
        text("<tr><th>Budget</th><td>12 M€</td><th>Durée</th><td>3 ans</td></tr>")
        == "- Budget : 12 M€\n- Durée : 3 ans"
    )


def test_years_and_numbers_may_head_columns() -> None:
    assert text(row("", "2023", "2024") + row("Loyer", "400", "420")).startswith("|  | 2023 | 2024 |\n| --- |")
    assert text(row("", "1", "2") + row("Loyer", "400", "420")).startswith("|  | 1 | 2 |\n| --- |")


def test_the_footer_comes_last_wherever_it_is_written() -> None:
    foot = f"<tfoot>{row('Total', '3')}</tfoot><tbody>{row('Lyon', '1')}{row('Nice', '2')}</tbody>"
    assert text(f"<thead>{row('Ville', 'N', tag='th')}</thead>{foot}").endswith("| Nice | 2 |\n| Total | 3 |")
