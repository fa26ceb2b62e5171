"""Vectors of parts of a text, from the states that the model gave to the tokens of the whole text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.models.encoder import FloatMatrix, Span, unit_rows


def token_places(text: str, offsets: Sequence[Span], prompt_length: int) -> list[Span]:
    """Where each token begins and ends in `text` without its first `prompt_length` characters, the prompt.

    `offsets` are the tokenizer's, which counts the white space before a word as the word's: it is left out. The
    tokens of the prompt, and the special ones, which are at (0, 0), end before any span of the text.
    """
    return [
        (end - len(text[start:end].lstrip()) - prompt_length, end - prompt_length)  # nothing is left of white space
        for start, end in offsets
    ]


def span_vectors(spans: Sequence[Span], places: Sequence[Span], states: FloatMatrix, whole: FloatMatrix) -> FloatMatrix:
    """Unit vectors of `spans` (start, end), shape (k, d): the means of the `states` of the tokens that they overlap.

    `places` and `states` (tokens, d) are those of the text's tokens; a span without a token has `whole`, the vector
    of the text.
    """
    starts, ends = np.array(places).T
    means = np.empty((len(spans), states.shape[1]), np.float32)
    for row, (start, end) in zip(means, spans, strict=True):
        inside = (starts < end) & (ends > start)
        row[:] = states[inside].mean(axis=0) if inside.any() else whole
    return unit_rows(means)


def check_spans(texts: Sequence[str], spans_per_text: Sequence[Sequence[Span]]) -> None:
    """Raises ValueError unless each text has its spans, be it none."""
    if len(texts) != len(spans_per_text):
        raise ValueError(f"{len(texts)} texts, spans of {len(spans_per_text)}")
