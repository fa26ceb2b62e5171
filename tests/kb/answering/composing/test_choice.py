"""Which units are shown, how many, and in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.answering.composing.extractive import MARGIN, MARGIN_OF_OTHERS, MOST_SUPPORTS, choose, in_order
from kb.answering.reading import Scored
from questions import parsed
from units import unit, units_in

BEST = 3.0
FARTHEST = BEST - MARGIN
JUST_BELOW = FARTHEST - 0.01
WHO = parsed("Qui finance ?")
HOW_MUCH = parsed("Combien ?")


def scores(found: list[Scored]) -> list[float]:
    return [one.evidence.score for one in found]


def ranked(*told: float, fit: float = 0.0) -> list[Scored]:
    """Units of these scores in one document, all different, none behind another in its paragraph."""
    text = "\n\n".join(f"La phrase {number} est là." for number in range(len(told)))
    return [replace(one, fit=fit) for one in units_in(text, told)] if told else []


@pytest.mark.parametrize(
    ("told", "count"),
    [
        ((), 0),
        ((BEST,), 1),
        ((BEST, FARTHEST), 2),
        ((BEST, JUST_BELOW), 1),
        ((BEST, (BEST + FARTHEST) / 2, JUST_BELOW), 2),  # far from the best one, not from the one before
        ((-4.0, -4.0 - MARGIN), 2),
    ],
)
def test_units_nearly_as_good_as_the_best_are_shown(told: tuple[float, ...], count: int) -> None:
    assert scores(choose(ranked(*told), WHO)) == list(told[:count])


@pytest.mark.parametrize(("below", "count"), [(MARGIN_OF_OTHERS, 2), (MARGIN_OF_OTHERS + 0.01, 1)])
def test_a_unit_of_another_document_has_to_be_nearer_to_the_best(below: float, count: int) -> None:
    other = unit("Une autre phrase.", BEST - below)
    same = ranked(BEST, FARTHEST)
    assert len(choose([same[0], other], WHO)) == count
    # It takes no place of those of the best one's document, which may be farther.
    assert same[1] in choose([same[0], other, same[1]], WHO)


def test_the_best_one_is_shown_with_three_supports_at_most() -> None:
    assert MOST_SUPPORTS == 3
    assert len(choose(ranked(*[BEST] * 9), WHO)) == 4


def test_the_same_words_are_shown_once_and_take_no_place() -> None:
    same = [unit("La même phrase."), unit("LA MEME PHRASE."), unit("La même phrase.", day="2024")]
    others = ranked(0.0, 0.0, 0.0)
    assert choose([*same, *others], WHO) == [same[0], *others]


def test_where_a_figure_is_wanted_and_the_first_unit_gives_one_only_such_units_support_it() -> None:
    given, without, some = unit("Il verse 3 euros.", fit=1.0), unit("Il paie."), unit("Il rend 2 %.", fit=0.4)
    assert choose([given, without, some], HOW_MUCH) == [given, some]
    assert choose([without, given, some], HOW_MUCH) == [without, given, some]
    assert choose([given, without, some], WHO) == [given, without, some]
    two_things = parsed("Combien de villes, et combien de communes ?")
    assert choose([given, without], two_things) == [given, without]


def test_the_best_one_comes_first_and_the_others_by_document_and_place() -> None:
    first, second, third = units_in("Un début. Un milieu. Une fin.", name="a.md")
    other, last = units_in("Un autre début. Une autre fin.", name="b.md")
    assert in_order([second, last, third, other, first], WHO) == [second, first, third, other, last]
    # The document of the best one is the first one, whatever its name.
    assert in_order([last, third, other, first], WHO) == [last, other, first, third]
    assert in_order([third], WHO) == [third]
    assert in_order([], WHO) == []


OLD = unit("L'enveloppe du programme urbain est de 5 milliards d'euros.", 3.0, day="2014")
NEW = unit("L'enveloppe du programme urbain est de 10 milliards d'euros.", 2.0, day="2018")
OTHER = unit("Les travaux ont commencé.", 2.5, day="2025")
ENVELOPE = parsed("Quelle enveloppe ?")


def test_of_values_that_change_the_most_recent_comes_first_in_the_places_that_they_had() -> None:
    assert in_order([OLD, OTHER, NEW], ENVELOPE) == [NEW, OTHER, OLD]
    assert in_order([OTHER, OLD, NEW], ENVELOPE) == [OTHER, NEW, OLD]
    assert in_order([OLD, OTHER], ENVELOPE) == [OLD, OTHER]


@pytest.mark.parametrize(
    ("question", "below", "first"),
    [
        ("Combien en 2019 ?", 0.5, "Il verse 3 millions d'euros en 2019."),
        ("Combien en 2019 ?", 0.7, "Il verse 9 millions d'euros en 2021."),
        ("Combien ?", 0.5, "Il verse 9 millions d'euros en 2021."),
        ("Combien en 2021 ?", 0.5, "Il verse 9 millions d'euros en 2021."),
    ],
)
def test_what_names_the_year_asked_about_comes_first_where_it_is_nearly_as_good(
    question: str, below: float, first: str
) -> None:
    units = [
        unit("Il verse 9 millions d'euros en 2021.", BEST, fit=1.0),
        unit("Il naît en 2019.", BEST - 0.1),  # without the figure that is asked for
        unit("Il verse 3 millions d'euros en 2019.", BEST - below, fit=1.0),
    ]
    assert choose(units, parsed(question))[0].evidence.text == first


def test_words_of_an_open_question_alone_do_not_answer_it() -> None:
    echo, told = unit("La taxe de séjour", BEST), unit("Les hôtels paient la taxe de séjour.", BEST - 1)
    assert choose([echo, told], parsed("Qui doit payer la taxe de séjour ?")) == [told]
    assert choose([echo, told], parsed("La taxe de séjour est-elle comprise ?")) == [echo, told]  # « yes: that one »
    assert choose([echo], parsed("Qui doit payer la taxe de séjour ?")) == [echo]


MAY = parsed("Peut-on fermer le port ?")


@pytest.mark.parametrize("decides", ["Non, il reste ouvert.", "Oui, la ville le peut.", "En principe, non !"])
def test_what_says_yes_or_no_comes_first_where_that_is_asked(decides: str) -> None:
    first, second = units_in(f"Le port est grand.\n\n{decides}", (BEST, BEST - 0.5))[:2]
    assert choose([first, second], MAY)[0] is second
    assert choose([first, second], WHO)[0] is first
    assert choose([first, replace(second, evidence=replace(second.evidence, score=BEST - 0.7))], MAY)[0] is first
    elsewhere = unit(decides, BEST - 0.5)
    assert choose([first, elsewhere], MAY)[0] is first


def test_what_no_longer_is_decides_nothing() -> None:
    first, second = units_in("Le port est grand.\n\nNon plus que la gare, il ne ferme.", (BEST, BEST - 0.5))
    assert choose([first, second], MAY)[0] is first


NAMED = parsed("Quand finit le NPLUM ?")


@pytest.mark.parametrize(
    ("about", "below", "comes_first"),
    [
        ("Le NPLUM finit en 2030.", 0.5, True),
        ("Le NPLUM finit en 2030.", 0.7, False),
        ("## La fin du NPLUM\n\nTout finit en 2030.", 0.5, True),
        ("Tout finit en 2030.", 0.5, False),
        ("## La fin du NPLUM\n\nIl suit le PLUM.", 0.5, False),
    ],
)
def test_what_is_about_the_near_name_gives_way_to_what_is_about_the_one_asked_about(
    about: str, below: float, *, comes_first: bool
) -> None:
    other = unit("Le PLUM finit en 2010.", BEST, fit=1.0)
    own = replace(units_in(about, [BEST - below], name="b.md")[0], fit=1.0)
    # Beside what is about the one, the other is no support.
    assert choose([other, own], NAMED)[0] == (own if comes_first else other)
    assert (other in choose([other, own], NAMED)) != comes_first
    assert choose([other, own], parsed("Quand finit le plan ?"))[0] is other


def test_a_clause_without_its_sentence_gives_way_to_one_that_stands() -> None:
    long = f"Il peut le faire, {'quand le conseil le veut, ' * 10}s'il le dit."
    first, clause, stands = units_in(f"{long} À condition de le dire.\n\nLe maire décide.", (0.0, BEST, BEST - 0.5))
    assert choose([clause, stands, first], WHO)[0] is stands
    far = replace(stands, evidence=replace(stands.evidence, score=BEST - 0.7))
    assert choose([clause, far, first], WHO)[0] is clause
    # With the sentence before it, it stands.
    _, with_it, other = units_in("Il le peut. À condition de le dire.\n\nLe maire décide.", (0.0, BEST, BEST - 0.5))
    assert choose([with_it, other], WHO)[0] is other
    _, with_it, other = units_in("La ville le peut. Sauf le soir.\n\nLe maire décide.", (0.0, BEST, BEST - 0.5))
    assert choose([with_it, other], WHO)[0] is with_it
