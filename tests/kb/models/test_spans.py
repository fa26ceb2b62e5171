"""Vectors of parts of a text: which tokens a span takes, and what it makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from kb.models.spans import check_spans, span_vectors, token_places

STATES = np.array([[9, 9], [1, 0], [0, 2], [3, 0], [9, 9]], np.float32)
# « un mot, » after a prompt of three characters, between two special tokens.
PLACES = [(-3, -3), (0, 2), (3, 6), (6, 7), (-3, -3)]
WHOLE = np.array([0, -5], np.float32)


def test_places_leave_out_white_space_and_the_prompt() -> None:
    text = "passage: un\u00a0 mot"
    offsets = [(0, 0), (0, 7), (7, 8), (8, 11), (11, 12), (12, 16), (0, 0)]
    places = token_places(text, offsets, len("passage: "))
    assert places == [(-9, -9), (-9, -2), (-2, -1), (0, 2), (3, 3), (4, 7), (-9, -9)]


@pytest.mark.parametrize(
    ("span", "mean"),
    [
        ((0, 7), [4 / 3, 2 / 3]),
        ((0, 2), [1, 0]),
        ((0, 3), [1, 0]),
        ((1, 4), [0.5, 1]),
        ((4, 5), [0, 2]),
        ((6, 99), [3, 0]),
        ((2, 3), WHOLE),
        ((7, 9), WHOLE),
        ((5, 5), [0, 2]),
    ],
    ids=str,
)
def test_a_span_is_the_mean_of_the_tokens_that_it_overlaps(span: tuple[int, int], mean: list[float]) -> None:
    (vector,) = span_vectors([span], PLACES, STATES, WHOLE)
    assert vector == pytest.approx(np.array(mean) / np.linalg.norm(mean), abs=1e-6)


def test_no_span_gives_no_vector() -> None:
    assert span_vectors([], PLACES, STATES, WHOLE).shape == (0, 2)


def test_every_text_has_its_spans() -> None:
    check_spans(["un", "deux"], [[], [(0, 2)]])
    with pytest.raises(ValueError, match="2 texts, spans of 1"):
        check_spans(["un", "deux"], [[(0, 2)]])
