"""Values gathered from sentences: each under the date that its sentence gives, or under none."""

from __future__ import annotations

import pytest

from kb.retrieval.series import Group, Statement, gathered


def said(*quotes: str, header: str = "") -> list[Statement]:
    return [
        Statement("a.md", "Titre", quote, 0, len(quote), header, number) for number, quote in enumerate(quotes, start=1)
    ]


def told(group: Group) -> list[tuple[str, str, str]]:
    return [(value.when, value.of, value.written) for value in group.values]


def test_sentences_about_one_thing_make_a_series() -> None:
    (group,) = gathered(
        said(
            "En 2020, le budget du programme atteint 12,5 millions d'euros.",
            "Le budget du programme est de 10 millions d'euros en 2018.",
            "Le programme compte 448 quartiers.",
            "Le budget du programme est de 15 M€ en mars 2024.",
        )
    )
    assert told(group) == [
        ("2018", "", "10 millions d'euros"),
        ("2020", "", "12,5 millions d'euros"),
        ("2024-03", "", "15 M€"),
    ]
    assert [value.statement.number for value in group.values] == [2, 1, 4]
    assert (group.unit, group.is_series) == ("€", True)


def test_one_sentence_may_tell_several_dates() -> None:
    (group,) = gathered(said("Le budget était de 10 M€ en 2018, 12 M€ en 2019 et 15 M€ en 2020."))
    assert told(group) == [("2018", "", "10 M€"), ("2019", "", "12 M€"), ("2020", "", "15 M€")]
    (same,) = gathered(said("En 2018, 10 logements ; en 2019, 12 logements."))
    assert told(same) == [("2018", "", "10 logements"), ("2019", "", "12 logements")]
    assert not same.is_series


@pytest.mark.parametrize(
    "quotes",
    [
        ["La part est de 72 % et le reste de 28 % en 2019."],  # which of the two is of that year?
        ["Entre 2018 et 2020, le budget est de 10 M€.", "Le budget est de 12 M€."],
        ["Le budget est de 10 M€ en 2018.", "Les jardins accueillent 30 habitants en 2019."],
        ["Le budget est de 10 M€ en 2018.", "Les arbres coûtent 3 M€ en 2019."],
        ["Le budget est de 10 M€ en 2018.", "Le budget est de 10 M€ en 2018."],
        ["Le texte ne dit rien."],
        [],
    ],
)
def test_what_cannot_be_told_apart_or_compared_gives_nothing(quotes: list[str]) -> None:
    assert gathered(said(*quotes)) == []


def test_values_are_told_apart_by_partner() -> None:
    quotes = ("La Foncière Sud apporte 12 M€ au programme.", "La Ville apporte 3 M€ au programme.")
    (group,) = gathered(said(*quotes), ["Foncière Sud", "Ville"])
    assert told(group) == [("", "Foncière Sud", "12 M€"), ("", "Ville", "3 M€")]
    assert not group.is_series


def test_rows_of_a_table_are_read_by_their_columns() -> None:
    years = said("2018 | 12 | 3 %", "2019 | 14 | 4 %", "2020 | 1 950 | 5 %", header="| Année | Logements | Part |")
    homes, share = gathered(years)
    assert told(homes) == [("2018", "", "12"), ("2019", "", "14"), ("2020", "", "1 950")]
    assert (share.unit, share.is_series) == ("%", True)
    (across,) = gathered(said("Lyon | 12 | 15 | 17", header="| Ville | 2018 | 2019 | 2020 |"))
    assert told(across) == [("2018", "Lyon", "12"), ("2019", "Lyon", "15"), ("2020", "Lyon", "17")]
    (partners,) = gathered(said("Rives | 8,4 milliards", "Quais | 2,4 milliards", header="| Financeur | Montant |"))
    assert told(partners) == [("", "Rives", "8,4 milliards"), ("", "Quais", "2,4 milliards")]


def test_what_is_below_zero_is_told_and_not_drawn() -> None:
    quotes = [f"Le taux évolue de {value} en {year}." for value, year in (("-3 %", 2019), ("4 %", 2020), ("5 %", 2021))]
    (group,) = gathered(said(*quotes))
    assert [int(value.amount) for value in group.values] == [-3, 4, 5]
    assert group.values[0].written == "−3 %"
    assert not group.is_series
