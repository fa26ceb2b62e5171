"""Which units are shown, how many, and in which order."""

from __future__ import annotations

import pytest

from kb.answering.evidence import Scored
from kb.answering.extractive import choose, in_order, with_antecedents, write
from kb.types import Document, Evidence, Passage
from questions import parsed


def unit(score: float, text: str = "", *, fit: float = 0.0, day: str | None = None) -> Scored:
    """A unit of this score that says its score, in a document of its own."""
    said = text or f"Phrase {score}."
    document = Document(f"{said}-{day}", "s", "Titre", said, date=day)
    passage = Passage("p", document.id, 0, (), said, 0, len(said))
    return Scored(Evidence(passage, document, "sentence", said, 0, len(said), score), fit)


def shown(*scores: float) -> list[float]:
    return [chosen.evidence.score for chosen in choose([unit(score) for score in scores])]


@pytest.mark.parametrize(
    ("scores", "count"),
    [
        ((3.0, 1.25), 2),
        ((3.0, 1.24), 1),
        ((3.0, 2.0, 1.24), 2),  # far from the best one, not from the one before
        ((-1.0, -2.75), 2),
        ((), 0),
    ],
)
def test_units_nearly_as_good_as_the_best_are_shown(scores: tuple[float, ...], count: int) -> None:
    assert shown(*scores) == list(scores[:count])


SIX = (3.0, 2.9, 2.8, 2.7, 2.6, 2.0)


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ((1.71,), 7),
        ((1.69,), 6),
        ((1.9, 1.71), 8),  # beside the sixth, not beside one another
        ((1.9, 1.69), 7),
        ((1.9, 1.85, 1.8), 8),
        ((1.99, 1.98, 1.97, 1.96), 8),
    ],
)
def test_six_are_shown_and_two_more_that_are_as_good_as_the_sixth(more: tuple[float, ...], count: int) -> None:
    assert shown(*SIX, *more) == [*SIX, *more][:count]


def test_none_is_as_good_as_the_sixth_beyond_the_margin() -> None:
    assert shown(3.0, 2.9, 2.8, 2.7, 2.6, 1.3, 1.25, 1.24) == [3.0, 2.9, 2.8, 2.7, 2.6, 1.3, 1.25]


def test_the_same_words_are_shown_once_and_take_no_place() -> None:
    same = [unit(2.0 - number / 10, "La même phrase.") for number in range(9)]
    assert choose([unit(3.0), *same, unit(1.3)]) == [unit(3.0), same[0], unit(1.3)]


def test_where_a_figure_is_wanted_two_units_without_one_are_shown() -> None:
    ranked = [unit(3.0), unit(2.9, fit=1.0), unit(2.8), unit(2.7), unit(2.6, fit=0.4), unit(2.5)]
    assert choose(ranked, wants_figure=True) == [ranked[0], ranked[1], ranked[2], ranked[4]]
    assert choose(ranked) == ranked


OLD = unit(3.0, "L'enveloppe du programme urbain est de 5 milliards d'euros.", day="2014")
NEW = unit(2.0, "L'enveloppe du programme urbain est de 10 milliards d'euros.", day="2018")
OTHER = unit(2.5, "Les travaux ont commencé.", day="2025")


def test_of_values_that_change_the_most_recent_comes_first_in_the_places_that_they_had() -> None:
    assert in_order([OLD, OTHER, NEW], parsed("Quelle enveloppe ?")) == [NEW, OTHER, OLD]
    assert in_order([OLD, OTHER], parsed("Quelle enveloppe ?")) == [OLD, OTHER]


def test_one_unit_is_a_sentence_several_are_a_list() -> None:
    text, citations = write([OLD])
    assert text == f"{OLD.evidence.text} [1]"
    assert [citation.number for citation in citations] == [1]
    text, citations = write([OLD, NEW])
    assert text == f"- {OLD.evidence.text} [1]\n- {NEW.evidence.text} [2]"
    assert [(citation.number, citation.quote) for citation in citations] == [
        (1, OLD.evidence.text),
        (2, NEW.evidence.text),
    ]


def pointing(before: str, *, start: int = 0, between: str = " ", intro: str = "") -> Scored:
    """« Il finit en 2009. » after `before`, in a passage that begins at `start` of the document."""
    said = "Il finit en 2009."
    whole = intro + before + between + said
    document = Document("d", "s", "Titre", whole)
    passage = Passage("p", "d", 0, (), whole[start:], start, len(whole))
    return Scored(
        Evidence(passage, document, "sentence", said, len(whole) - len(said), len(whole), 1.0, before.strip()), 0.0
    )


@pytest.mark.parametrize(
    ("evidence", "comes"),
    [
        (pointing("L" + "e" * 238 + "."), True),
        (pointing("L" + "e" * 239 + "."), False),  # 241 characters: too long to be shown besides
        (pointing("Le programme dure.", intro="Avant. ", start=7), True),
        (pointing("Le programme dure.", intro="Avant. ", start=8), False),  # not whole in the passage
        (pointing("Le programme dure.", between="\n"), True),
        (pointing("Le programme dure.", between="\n\n"), False),
    ],
)
def test_the_sentence_before_a_pronoun_comes_with_it(evidence: Scored, comes: bool) -> None:
    (found,) = with_antecedents([evidence])
    before = evidence.evidence.document.text[: evidence.evidence.start]
    assert (found != evidence) is comes
    if comes:
        assert found.evidence.text == f"{evidence.evidence.context}{before[-1]}{evidence.evidence.text}"
        assert found.evidence.document.text[found.evidence.start : found.evidence.end] == found.evidence.text
