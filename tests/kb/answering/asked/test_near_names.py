"""Acronyms that are easily taken for each other."""

from __future__ import annotations

import pytest

from kb.answering.asked.near_names import is_of_another, mistaken, names_all
from questions import parsed


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("Le NPLUM finit en 2030.", 0.0),
        ("Le PLUM finit en 2010.", 1.0),
        ("Le PLUM finit, le NPLUM commence.", 0.5),
        ("Le NPLUM commence, le PLUM finit.", 0.0),
        ("Le PLUMET et la CAF aident.", 0.0),
        ("Le programme finit en 2030.", 0.0),
    ],
)
def test_a_unit_about_the_near_name_loses(text: str, lost: float) -> None:
    assert mistaken(text, "Les programmes", parsed("Quand finit le NPLUM ?")) == lost


def test_where_both_are_asked_about_none_is_mistaken() -> None:
    assert mistaken("Le PLUM finit en 2010.", "", parsed("Différence entre PLUM et NPLUM ?")) == 0.0
    assert mistaken("Le PLUM finit en 2010.", "", parsed("Quand finit le programme ?")) == 0.0


def test_what_stands_below_the_name_asked_about_loses_less() -> None:
    assert mistaken("Il succède au PLUM en 2014.", "Le NPLUM", parsed("Quand commence le NPLUM ?")) == 0.5


def test_where_all_is_capitals_no_word_is_a_name() -> None:
    assert mistaken("La ligne va à l'OUEST.", "", parsed("QUEL EST LE DELAI")) == 0.0


@pytest.mark.parametrize(
    ("text", "of_another"),
    [("Le PLUM finit.", True), ("Le PLUM finit, le NPLUM naît.", False), ("Il finit.", False), ("Le NPLUM.", False)],
)
def test_a_text_is_of_another_that_names_the_near_name_alone(text: str, *, of_another: bool) -> None:
    assert is_of_another(text, parsed("Quand finit le NPLUM ?")) == of_another


def test_a_text_names_all_acronyms_of_a_question_or_not() -> None:
    assert names_all("Le NPLUM suit le PLUM.", parsed("Du PLUM au NPLUM ?"))
    assert not names_all("Le NPLUM suit.", parsed("Du PLUM au NPLUM ?"))
    assert not names_all("Le NPLUM suit.", parsed("Quel programme suit ?"))
