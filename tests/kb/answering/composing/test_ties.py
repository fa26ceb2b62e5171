"""What ties a sentence to the one before it, where that is not shown."""

from __future__ import annotations

import pytest

from kb.answering.composing.extractive import readable, write
from questions import parsed
from units import units_in

WHO = parsed("Qui finance ?")
BEFORE, AFTER = "Le fonds aide les villes.", "Toutefois, les ports n'ont rien."
FIRST, SECOND = units_in(f"{BEFORE} {AFTER}")


def test_what_ties_a_sentence_to_one_that_is_not_shown_is_left_out() -> None:
    text, (citation,) = write(readable([SECOND], WHO))
    assert text == "Les ports n'ont rien. [1]"
    assert citation.quote == "les ports n'ont rien."


def test_what_ties_it_to_one_that_is_shown_stays() -> None:
    assert [unit.evidence.text for unit in readable([FIRST, SECOND], WHO)] == [BEFORE, AFTER]


@pytest.mark.parametrize("sentence", ["Ainsi soit-il.", "Et-ce tout ?", "Enfin libre, il part.", "Mais.", BEFORE])
def test_what_ties_nothing_stays(sentence: str) -> None:
    (unit,) = units_in(sentence)
    assert [one.evidence.text for one in readable([unit], WHO)] == [sentence]


OTHERS = "D'autres villes attendent."


def test_what_adds_to_a_sentence_stands_behind_it() -> None:
    first, second = units_in(f"{BEFORE} {OTHERS}")
    assert [unit.evidence.text for unit in readable([first, second], WHO)] == [BEFORE, OTHERS]
    for chosen in ([second], [second, first]):
        (shown,) = readable(chosen, WHO)
        assert shown.evidence.text == "Le fonds aide les villes ; d'autres villes attendent."


@pytest.mark.parametrize("tie", ["Par contre", "Par contre,", "En revanche", "Néanmoins"])
def test_what_ties_back_is_left_out_with_or_without_a_comma(tie: str) -> None:
    second = units_in(f"{BEFORE} {tie} les ports n'ont rien.")[1]
    assert [unit.evidence.text for unit in readable([second], WHO)] == ["Les ports n'ont rien."]


@pytest.mark.parametrize(
    "sentence",
    [
        "Dès lors que tout va, il part.",
        "Dès lors qu'il est majeur, il paie.",
        "Pour autant qu’il le dise, il paie.",
        "Cependant que la ville attend, il part.",
        "De plus en plus de villes attendent.",
    ],
)
def test_what_leads_to_its_own_sentence_stays(sentence: str) -> None:
    second = units_in(f"{BEFORE} {sentence}")[1]
    assert [unit.evidence.text for unit in readable([second], WHO)] == [sentence]


def test_a_pronoun_behind_a_tie_comes_with_the_sentence_that_it_points_to() -> None:
    whole = f"{BEFORE} Par contre il oublie les ports."
    text, (citation,) = write(readable([units_in(whole)[1]], WHO))
    assert (text, citation.quote) == ("Le fonds aide les villes ; par contre il oublie les ports. [1]", whole)


def test_what_leads_to_an_item_is_tied_to_nothing_before_it() -> None:
    _, bridges, quays = units_in("En outre, le fonds finance :\n\n- les ponts\n- les quais")
    assert [unit.evidence.text for unit in readable([bridges, quays], WHO)] == [
        "Le fonds finance : les ponts",
        "les quais",
    ]
