"""Which questions are alike: those whose vectors are near enough."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.errors import TextTooLongError
from kb.evaluation.missed.reference import Vectors, alike_from
from kb.models.encoder import FloatMatrix

LONGEST_COMPARED = 300
"""Characters of a question that are compared: the model reads no more than some hundred words at once."""


def grouped(questions: Sequence[str], vectors: Vectors, alike: float | None = None) -> list[list[int]]:
    """The positions of the questions, those that are alike together, each group in their order; the first question of a
    group is the one that its others are nearest to.

    Questions are taken in their order: each joins the group all of whose questions are as near as `alike` (a cosine, by
    default that of `alike_from`), the nearest on average, or begins one (complete linkage, greedily). So a group never
    drifts away from its first questions, and a question that comes later moves none of those before it.
    """
    if not questions:
        return []
    least = alike_from(vectors) if alike is None else alike
    near = _cosines([question[:LONGEST_COMPARED] for question in questions], vectors)
    groups: list[list[int]] = []
    for position in range(len(questions)):
        fitting = [group for group in groups if near[position, group].min() >= least]
        if fitting:
            max(fitting, key=lambda group: float(near[position, group].mean())).append(position)
        else:
            groups.append([position])
    return [_central_first(group, near) for group in groups]


def _central_first(group: list[int], near: FloatMatrix) -> list[int]:
    central = max(group, key=lambda position: float(near[position, group].mean()))
    return [central, *(position for position in group if position != central)]


def _cosines(questions: Sequence[str], vectors: Vectors) -> FloatMatrix:
    """The cosines of questions, each with each; one that cannot be read whole is like none but itself."""
    distinct = list(dict.fromkeys(questions))
    rows = [_vector(question, vectors) for question in distinct] if len(distinct) == 1 else _rows(distinct, vectors)
    width = max((len(row) for row in rows), default=0)
    held = np.zeros((len(distinct), max(width, 1)), dtype=np.float32)
    for number, row in enumerate(rows):
        held[number, : len(row)] = row
    near = held @ held.T
    np.fill_diagonal(near, 1.0)
    place = {question: number for number, question in enumerate(distinct)}
    places = [place[question] for question in questions]
    return np.asarray(near[np.ix_(places, places)], dtype=np.float32)


def _rows(questions: Sequence[str], vectors: Vectors) -> list[FloatMatrix]:
    try:
        return list(vectors(questions))
    except TextTooLongError:
        return [_vector(question, vectors) for question in questions]


def _vector(question: str, vectors: Vectors) -> FloatMatrix:
    try:
        return np.asarray(vectors([question])[0], dtype=np.float32)
    except TextTooLongError:
        return np.zeros(0, dtype=np.float32)
