"""Dates of sources, and values that change with them."""

from __future__ import annotations

from datetime import date

import pytest

from kb.answering.chronology import changes, conflicting, most_recent_first, old_or_undated, told_date
from kb.types import Document, Evidence, Passage
from questions import parsed

TODAY = date(2026, 11, 26)
HOW_MUCH = parsed("Quelle est l'enveloppe du programme de renouvellement ?")


def unit(text: str, day: str | None, name: str = "") -> Evidence:
    document = Document(id=name or f"{day}-{text[:20]}", source="s", title=name or f"Note {day}", text=text, date=day)
    return Evidence(Passage("p", document.id, 0, (), text, 0, len(text)), document, "sentence", text, 0, len(text), 1.0)


FIVE = unit("L'enveloppe du nouveau programme de renouvellement urbain est de 5 milliards d'euros.", "2014-10")
TEN = unit("L'enveloppe du nouveau programme de renouvellement urbain passe à 10 milliards d'euros.", "2018-07")
TWELVE = unit("L'enveloppe du programme de renouvellement urbain atteint 12 milliards d'euros.", "2021")


def test_values_that_change_are_told_the_most_recent_first() -> None:
    assert conflicting([TEN, FIVE, TWELVE], HOW_MUCH) == [[TEN, FIVE, TWELVE]]
    (told,) = changes([TEN, FIVE, TWELVE], HOW_MUCH)
    assert told == (
        "Les documents donnent des valeurs différentes selon leur date, de la plus récente : "
        "12 milliards d'euros (2021) ; 10 milliards d'euros (juillet 2018) ; 5 milliards d'euros (octobre 2014)."
    )


@pytest.mark.parametrize(
    "other",
    [
        unit("Le programme compte 448 quartiers d'intérêt national.", "2018-07"),  # another thing
        unit("L'enveloppe du programme de renouvellement urbain atteint 12 milliards d'euros.", "2024"),  # the same
        unit("L'enveloppe du programme de renouvellement urbain monte de 20 %.", "2024"),  # another unit
        unit("L'enveloppe du programme de renouvellement urbain atteint 9 milliards d'euros.", "2021"),  # the same date
        unit("L'enveloppe du programme de renouvellement urbain augmente.", "2024"),  # no figure
    ],
)
def test_no_false_alarm(other: Evidence) -> None:
    assert changes([TWELVE, other], HOW_MUCH) == []


@pytest.mark.parametrize(
    ("old", "new", "question"),
    [
        ("L'enveloppe totale du PNRU s'élève à 12 milliards d'euros de concours financiers.",
         "L'enveloppe totale du NPNRU s'élève à 10 milliards d'euros de concours financiers.", "Quelle enveloppe ?"),
        ("Action Logement apporte 8,4 milliards d'euros au programme de renouvellement urbain.",
         "L'État apporte 1,2 milliard d'euros au programme de renouvellement urbain.", "Combien apporte l'État ?"),
        ("Le programme prévoit la démolition de 110 000 logements sociaux dans les quartiers.",
         "Le programme prévoit la réhabilitation de 150 000 logements sociaux dans les quartiers.",
         "Combien de logements ?"),
        ("Le programme concerne 450 quartiers prioritaires de la politique de la ville.",
         "Le programme concerne 3 millions d'habitants des quartiers prioritaires de la politique de la ville.",
         "Combien de quartiers ?"),
        ("La première vague de Quartiers fertiles a retenu 27 lauréats en tout.",
         "La deuxième vague de Quartiers fertiles a retenu 48 lauréats en tout.", "Combien de lauréats ?"),
        ("La ville de Roubaix a reçu 20 millions d'euros de subventions de l'Agence.",
         "La ville de Lyon a reçu 30 millions d'euros de subventions de l'Agence.", "Combien Lyon a reçu ?"),
        ("En 2008, les crédits de rénovation urbaine de la nation étaient de 385 millions d'euros.",
         "En 2022, les crédits de rénovation urbaine de la nation étaient de 116 millions d'euros.",
         "Combien en 2008 ?"),
        ("Les bailleurs versent 5 milliards d'euros, dont 2 milliards d'euros de prêts bonifiés.",
         "Les bailleurs versent 7 milliards d'euros, dont 3 milliards d'euros de prêts bonifiés.", "Combien ?"),
        ("L'enveloppe du programme urbain vaut 5 milliards d'euros.",
         "L'enveloppe du programme urbain, équipements sportifs, écoles, commerces, crèches, vaut 6 milliards d'euros.",
         "Quelle enveloppe ?"),
    ],
)  # fmt: skip
def test_figures_about_different_things_raise_no_alarm(old: str, new: str, question: str) -> None:
    assert changes([unit(old, "2013"), unit(new, "2024")], parsed(question)) == []


def test_a_count_that_changes_is_told() -> None:
    units = [
        unit("Le programme compte 448 quartiers prioritaires en rénovation.", "2022-09"),
        unit("Le programme compte désormais 453 quartiers prioritaires en rénovation.", "2024-12"),
    ]
    (told,) = changes(units, parsed("Combien de quartiers ?"))
    assert told.endswith(" : 453 (décembre 2024) ; 448 (septembre 2022).")


def test_where_the_question_names_a_year_only_its_values_are_compared() -> None:
    asked = parsed("Quelle enveloppe en 2018 ?")
    assert conflicting([FIVE, TEN], asked) == []
    before = unit("L'enveloppe du programme de renouvellement urbain est de 9 milliards d'euros.", "2018-01")
    undated = unit("L'enveloppe du programme de renouvellement urbain est de 8 milliards d'euros.", None)
    assert conflicting([FIVE, TEN, undated, TWELVE, before], asked) == [[TEN, before]]


def test_without_a_figure_asked_for_the_sentences_must_be_nearly_the_same() -> None:
    assert changes([FIVE, TEN], parsed("Que dit la convention ?"))
    longer = unit(
        "L'enveloppe du programme de renouvellement urbain, équipements compris, est de 9 milliards d'euros.", "2024"
    )
    assert changes([TWELVE, longer], HOW_MUCH)
    assert changes([TWELVE, longer], parsed("Que dit la convention ?")) == []


def alarm(old: str, new: str, question: str = "Combien ?") -> bool:
    """Whether two sentences of 2020 and 2024 are told as a value that changed."""
    return bool(changes([unit(old, "2020"), unit(new, "2024")], parsed(question)))


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ("Le fonds urbain", False),  # two words in common, « M€ » apart: too little to be the same thing
        ("Le fonds urbain européen", True),
    ],
)
def test_three_words_in_common_tell_the_same_thing(about: str, told: bool) -> None:
    assert alarm(f"{about} atteint 5 M€.", f"{about} passe à 6 M€.") is told


@pytest.mark.parametrize(
    ("more", "told"), [("écoles, commerces, crèches, parcs", True), ("écoles, commerces, crèches, parcs, rues", False)]
)
def test_one_sentence_may_say_four_words_more(more: str, told: bool) -> None:
    about = "Le programme urbain européen"
    assert alarm(f"{about} vaut 5 M€.", f"{about}, {more}, vaut 6 M€.") is told


def test_each_sentence_with_words_of_its_own_tells_another_thing() -> None:
    about = "Le programme urbain européen"
    assert not alarm(f"{about} des écoles vaut 5 M€.", f"{about} des commerces vaut 6 M€.")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Le programme urbain européen vaut 5 M€.", "Le programme urbain européen commun vaut 6 M€.", True),  # 4 of 5
        ("Le programme urbain vaut 5 M€.", "Le programme urbain commun vaut 6 M€.", False),  # 3 of 4
    ],
)
def test_without_a_figure_asked_for_four_words_of_five_are_the_same(old: str, new: str, told: bool) -> None:
    assert alarm(old, new, "Que dit la convention ?") is told
    assert alarm(old, new, "Combien ?")


def test_a_value_that_another_unit_of_the_group_shares_makes_no_group_of_three() -> None:
    same = unit("L'enveloppe du programme de renouvellement urbain est de 12 milliards d'euros.", "2024")
    assert conflicting([TEN, TWELVE, same], HOW_MUCH) == [[TEN, TWELVE]]


def test_a_date_asked_for_is_no_value_that_changes() -> None:
    assert changes([TEN, FIVE], parsed("Quand l'enveloppe a-t-elle été votée ?")) == []


def test_a_year_in_the_sentence_comes_before_the_date_of_its_document() -> None:
    assert told_date(unit("En 2018, l'enveloppe était de 10 milliards.", "2025-12-04")) == (2018, 0, 0)
    assert told_date(unit("Les travaux dureront jusqu'en 2035.", "2025-12")) == (2025, 12, 0)
    assert told_date(unit("Rien.", None)) is None
    assert told_date(unit("Le 3 mars 2025, la convention est signée.", "2025")) == (2025, 3, 3)
    assert told_date(unit("De 2014 à 2018, rien ne change.", "2025-12")) == (2018, 0, 0)
    assert told_date(unit("Le 14 juillet, la fête.", "2025-12-04")) == (2025, 12, 4)


def test_the_most_recent_comes_first_and_what_has_no_date_last() -> None:
    undated, other = unit("x", None), unit("y", None)
    assert most_recent_first([undated, FIVE, TWELVE, other, TEN]) == [TWELVE, TEN, FIVE, undated, other]


def test_old_and_undated_sources_are_told() -> None:
    old, undated, new = FIVE.document, unit("x", None, "Une note").document, unit("x", "2025").document
    assert old_or_undated([new], TODAY) == []
    assert old_or_undated([old, undated, new], TODAY) == [
        "Source sans date : « Une note ».",
        "Source de plus de trois ans, à vérifier : « Note 2014-10 » (2014).",
    ]


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (3, "« Note 1 », « Note 2 », « Note 3 »"),
        (4, "« Note 1 », « Note 2 », « Note 3 » et 1 autre"),
        (5, "« Note 1 », « Note 2 », « Note 3 » et 2 autres"),
    ],
)
def test_three_sources_are_named_and_the_others_counted(count: int, told: str) -> None:
    undated = [unit("x", None, f"Note {number}").document for number in range(1, count + 1)]
    assert old_or_undated(undated, TODAY) == [f"Source sans date : {told}."]
    old = [unit("x", "2014-10", f"Note {number}").document for number in range(1, count + 1)]
    dated = told.replace(" »", " » (2014)")
    assert old_or_undated(old, TODAY) == [f"Source de plus de trois ans, à vérifier : {dated}."]


@pytest.mark.parametrize(
    ("day", "is_old"),
    [
        ("2023-11-25", True),
        ("2023-11-26", False),
        ("2023-10", True),
        ("2023-11", False),  # it may be of the last day of its month
        ("2023", False),
        ("2022", True),
        ("2022-12-31", True),
        ("2024-01-01", False),
        ("hier", False),
    ],
)
def test_three_years_are_counted_to_the_day(day: str, is_old: bool) -> None:
    assert bool(old_or_undated([unit("x", day).document], TODAY)) is is_old
