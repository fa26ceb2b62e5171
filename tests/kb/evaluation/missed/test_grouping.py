"""Which questions are put together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.errors import TextTooLongError
from kb.evaluation.missed.grouping import LONGEST_COMPARED, grouped
from kb.models.encoder import Encoder, FloatMatrix


def on_a_circle(questions: Sequence[str]) -> FloatMatrix:
    """Questions that are numbers of degrees: the cosine of two is that of what lies between them."""
    angles = np.radians([float(question) for question in questions])
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def test_a_group_holds_only_questions_that_are_all_alike() -> None:
    # 10 and 25 are alike, as are 25 and 40, but not 10 and 40.
    assert grouped(["10", "25", "40", "90", "42"], on_a_circle, np.cos(np.radians(20))) == [[0, 1], [2, 4], [3]]


def test_the_first_of_a_group_is_the_one_in_its_middle() -> None:
    assert grouped(["10", "30", "20"], on_a_circle, np.cos(np.radians(21))) == [[2, 0, 1]]


def test_the_same_words_are_one_question_and_nothing_is_lost() -> None:
    questions = ["7"] * 3 + ["200"] + ["7"]
    assert grouped(questions, on_a_circle, 0.9) == [[0, 1, 2, 4], [3]]
    assert grouped([], on_a_circle) == []
    assert grouped(["7"], on_a_circle, 0.9) == [[0]]


def test_a_question_that_is_too_long_to_be_read_is_alone() -> None:
    def vectors(questions: Sequence[str]) -> FloatMatrix:
        if any("é" in question for question in questions):
            raise TextTooLongError("trop long")
        return on_a_circle(questions)

    assert grouped(["7", "é", "7", "é", "éé"], vectors, 0.9) == [[0, 2], [1, 3], [4]]
    assert grouped(["é"], vectors, 0.9) == [[0]]


def test_only_the_beginning_of_a_question_is_compared() -> None:
    seen: list[str] = []

    def vectors(questions: Sequence[str]) -> FloatMatrix:
        seen.extend(questions)
        return np.ones((len(questions), 1), dtype=np.float32)

    grouped(["x" * 2000], vectors, 0.9)
    assert list(map(len, seen)) == [LONGEST_COMPARED]


def test_the_packaged_model_puts_ways_of_asking_one_thing_together(packaged_encoder: Encoder) -> None:
    questions = [
        "Combien de jours de télétravail par semaine ?",
        "Quelles pièces joindre au dossier ?",
        "Le télétravail, c'est combien de jours dans la semaine ?",
        "Qui signe les marchés publics ?",
        "Quels documents fournir avec le dossier ?",
    ]
    found = grouped(questions, lambda texts: packaged_encoder.encode(texts, "query"))
    assert [sorted(group) for group in found] == [[0, 2], [1, 4], [3]]
