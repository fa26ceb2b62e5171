from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.text.figures import Figure, figures, missing_figures, same_figure


def read(text: str) -> list[tuple[str, str]]:
    """Value and unit of each figure, after checking that its offsets hold."""
    found = figures(text)
    assert all(text[figure.start : figure.end] == figure.text for figure in found)
    return [(f"{figure.value.normalize():f}", figure.unit) for figure in found]


def only(text: str) -> Figure:
    (figure,) = figures(text)
    return figure


@pytest.mark.parametrize(
    "text", ["12 000", "12\u00a0000", "12\u202f000", "12\u2009000", "12.000", "12000", "douze mille"]
)
def test_thousands_have_one_form(text: str) -> None:
    assert read(f"près de {text} logements") == [("12000", "")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("11,2", "11.2"),
        ("1.125", "1.125"),
        ("0.125", "0.125"),
        ("0.500", "0.5"),
        ("1.234.567", "1234567"),
        ("1.234.567,5", "1234567.5"),
        ("1 234,5", "1234.5"),
        ("action 04", "4"),
    ],
)
def test_decimals_and_points(text: str, value: str) -> None:
    assert read(text) == [(value, "")]


@pytest.mark.parametrize(
    "text",
    ["12 Md€", "12Md€", "12 Mds€", "12 Mds d'euros", "12 milliards d’euros", "douze milliards d’euros", "12 000 M€",
     "12 000 millions d'euros", "12 mrd €", "12\u00a0MILLIARDS D’EUROS"],
)  # fmt: skip
def test_an_amount_has_one_form(text: str) -> None:
    assert read(f"soit {text}.") == [("12000000000", "€")]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("450 000 €", "450000", "€"),
        ("450 k€", "450000", "€"),
        ("34 millions", "34000000", ""),
        ("1,2 milliard", "1200000000", ""),
        ("un milliard d'euros", "1000000000", "€"),
        ("19,3 millions d’heures", "19300000", ""),
        ("72 %", "72", "%"),
        ("72%", "72", "%"),
        ("72 pour cent", "72", "%"),
        ("soixante-douze pour cent", "72", "%"),
        ("6 points de pourcentage", "6", "point"),
        ("1er", "1", "ordinal"),
        ("2ème", "2", "ordinal"),
        ("500 m²", "500", ""),
        ("P147", "147", ""),
        ("programme 147", "147", ""),
        ("2018¹", "2018", "year"),
        ("mi-2013", "2013", "year"),
        ("2 018", "2018", ""),
        ("neuf villes", "9", ""),
    ],
)
def test_units(text: str, value: str, unit: str) -> None:
    assert read(text) == [(value, unit)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1er octobre 2021", "20211001"),
        ("premier octobre 2021", "20211001"),
        ("11 juillet 2018", "20180711"),
        ("11/07/2018", "20180711"),
        ("11.07.2018", "20180711"),
        ("2018-07-11", "20180711"),
        ("2018-07", "20180700"),
        ("07/2018", "20180700"),
        ("juillet 2018", "20180700"),
        ("11 juillet", "711"),
        ("3 déc. 2024", "20241203"),
        ("de\u0301cembre 2024", "20241200"),
    ],
)
def test_dates(text: str, value: str) -> None:
    assert read(text) == [(value, "date")]


def test_a_full_stop_after_a_month_is_not_part_of_the_date() -> None:
    assert only("Elle est partie le 13 mars.").text == "13 mars"


def test_an_impossible_date_is_numbers() -> None:
    assert read("45/13/2018") == [("45", ""), ("13", ""), ("2018", "year")]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2023-2027", ["2023", "2027"]),
        ("2 500-3 000", ["2500", "3000"]),
        ("de 5 à 10 Md€", ["5000000000", "10000000000"]),
        ("entre 2 et 3 millions", ["2000000", "3000000"]),
        ("184 et 154 millions", ["184000000", "154000000"]),
        ("de 900 000 à 2 millions", ["900000", "2000000"]),
        ("en 2015 ou 10 millions", ["2015", "10000000"]),
        ("2/3", ["2", "3"]),
        ("5,10,15", ["5", "10", "15"]),
        ("les 12 et 13 septembre 2022", ["12", "20220913"]),
        ("vingt et un, deux et trois", ["21", "2", "3"]),
    ],
)
def test_several_figures(text: str, values: list[str]) -> None:
    assert [value for value, _ in read(text)] == values


def test_a_range_shares_its_unit() -> None:
    assert read("de 93 à 72 %") == [("93", "%"), ("72", "%")]


@pytest.mark.parametrize(
    "text",
    ["un logement, une ville", "CO2 et m2", "Voir [3] et [1, 2].", "1. Premier\n2) Second", "## 3. Titre", "",
     "des millions d’euros", "un logement neuf, du neuf", "les Deux-Sèvres", "https://exemple.fr/15315/2"],
)  # fmt: skip
def test_what_is_no_figure(text: str) -> None:
    assert figures(text) == []


@pytest.mark.parametrize(
    "text",
    ["un pont neuf construit en ville", "le port neuf sans quai", "quoi de neuf docteurs", "remis à neuf toits et murs",
     "du neuf mais aussi du vieux", "un stade neuf"],
)  # fmt: skip
def test_the_adjective_is_no_number(text: str) -> None:
    assert figures(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("plus de neuf villes", 9), ("limité à neuf mois", 9), ("la ligne neuf km après", 9), ("ses neuf régions", 9),
     ("de neuf millions", 9_000_000)],
)  # fmt: skip
def test_the_number_before_a_plural_or_a_unit_is_one(text: str, value: int) -> None:
    assert only(text).value == value


@given(st.integers(0, 10**12 - 1))
def test_any_whole_number_written_as_in_french_is_read_back(number: int) -> None:
    written = f"{number:,}".replace(",", "\u202f")
    assert only(f"soit {written} logements").value == number


@given(st.integers(0, 9_999), st.integers(1, 99))
def test_any_decimal_is_read_back(whole: int, cents: int) -> None:
    assert only(f"taux de {whole},{cents:02d} %").value == Decimal(f"{whole}.{cents:02d}")


@given(st.text(alphabet="0123456789 .,-/%€[]()\n\u00a0aàMdmk'enPº½", max_size=50))
def test_offsets_hold_in_any_text_and_figures_do_not_overlap(text: str) -> None:
    found = figures(text)
    assert all(text[figure.start : figure.end] == figure.text for figure in found)
    assert all(one.end <= two.start for one, two in pairwise(found))


@pytest.mark.parametrize(
    ("found", "wanted", "same"),
    [
        ("12 milliards d'euros", "12 Md€", True),
        ("25 %", "25 €", False),
        ("25", "25 %", True),
        ("12,5 %", "25 %", False),
        ("P147", "programme 147", True),
        ("11 juillet 2018", "juillet 2018", True),
        ("11/07/2018", "2018", True),
        ("11/07/2018", "11 juillet", True),
        ("juillet 2018", "11 juillet 2018", False),
        ("2018", "juillet 2018", False),
        ("12 juillet 2018", "11 juillet 2018", False),
        ("11 juillet 2018", "11", False),
    ],
)
def test_same_figure(found: str, wanted: str, same: bool) -> None:
    assert same_figure(only(found), only(wanted)) is same


def test_missing_figures_are_those_no_source_holds() -> None:
    sources = ["L’État : 1,2 milliard d’euros, soit 10 % du total.", "Convention du 11 juillet 2018"]
    answer = "L’État apporte 1,2 Md€ [1], soit 12 % [2], depuis juillet 2018."
    assert [figure.text for figure in missing_figures(answer, sources)] == ["12 %"]


def test_a_date_may_be_made_of_a_day_and_a_year_of_two_sources() -> None:
    assert missing_figures("le 11 juillet 2018", ["signée le 11 juillet", "Bilan 2018"]) == []
    assert [figure.text for figure in missing_figures("le 11 juillet 2018", ["signée le 11 juillet"])] == [
        "11 juillet 2018"
    ]
    assert missing_figures("en juillet 2018", ["signée le 11 juillet", "2018-03"]) == []
