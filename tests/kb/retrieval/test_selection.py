"""Near-identical passages once; no document takes all the places."""

from __future__ import annotations

from kb.retrieval.selection import MOST_OF_ONE_DOCUMENT, Seen, in_turn

TEXT = (
    "Le relogement des ménages est une obligation du porteur de projet, qui définit avec le préfet et les bailleurs "
    "une stratégie de relogement et de qualité du parcours résidentiel des ménages concernés par la démolition."
)


def test_equal_texts_and_texts_that_differ_by_a_word_are_the_same() -> None:
    seen = Seen()
    assert seen.same_as(TEXT) is None
    assert seen.same_as("Un tout autre texte, sur les écoles du quartier.") is None
    assert seen.same_as(TEXT.upper().replace(" ", "  ")) == 0
    assert seen.same_as(TEXT + " Fin.") == 0


def test_texts_that_share_half_are_not() -> None:
    seen = Seen()
    assert seen.same_as(TEXT) is None
    assert seen.same_as(TEXT[: len(TEXT) // 2] + " mais la suite parle de tout autre chose, en dix mots.") is None


def test_another_figure_in_a_short_text_is_another_text() -> None:
    seen = Seen()
    assert seen.same_as("L'enveloppe est de 10 milliards d'euros.") is None
    assert seen.same_as("L'enveloppe est de 12 milliards d'euros.") is None


def test_short_texts_do_not_break() -> None:
    seen = Seen()
    assert seen.same_as("") is None
    assert seen.same_as("Oui") is None
    assert seen.same_as("oui") == 1


def test_the_fifth_passage_of_a_document_gives_way_to_others_nearly_as_good() -> None:
    documents = ["a"] * 6 + ["b", "c"]
    scores = [20.0, 19.5, 19.0, 18.5, 18.0, 17.9, 17.0, 10.0]
    assert MOST_OF_ONE_DOCUMENT == 4
    assert in_turn(documents, scores) == [0, 1, 2, 3, 6, 4, 5, 7]


def test_a_document_that_alone_answers_keeps_its_places() -> None:
    documents = ["a"] * 6 + ["b"]
    scores = [20.0, 19.5, 19.0, 18.5, 18.0, 17.5, 3.0]
    assert in_turn(documents, scores) == list(range(7))


def test_nothing_is_lost() -> None:
    assert in_turn([], []) == []
    documents = [str(number % 3) for number in range(30)]
    assert sorted(in_turn(documents, [float(-number) for number in range(30)])) == list(range(30))
