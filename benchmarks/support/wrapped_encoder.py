"""Encoders around another one: one that takes the time of what it does, one that gives vectors made before."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np

from kb.models.encoder import Encoder, EncoderOver, FloatMatrix, Prompt
from kb.text.sentences import Span


class WrappedEncoder(EncoderOver):
    """An `Encoder` that does as the one below it."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def _below(self) -> Encoder:
        return self.encoder


class TimedEncoder(WrappedEncoder):
    """Keeps the texts that it encodes, the seconds of each call, and those that counting tokens took in all."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.texts: list[str] = []
        self.seconds: list[float] = []
        self.counting = 0.0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the encoder below counts."""
        began = time.perf_counter()
        counts = super().count_tokens(texts)
        self.counting += time.perf_counter() - began
        return counts

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        """As the encoder below encodes."""
        began = time.perf_counter()
        vectors = super().encode(texts, prompt)
        self._note(texts, began)
        return vectors

    def encode_windows(
        self, texts: Sequence[str], spans_per_text: Sequence[Sequence[Span]], prompt: Prompt
    ) -> tuple[FloatMatrix, list[FloatMatrix]]:
        """As the encoder below encodes."""
        began = time.perf_counter()
        found = super().encode_windows(texts, spans_per_text, prompt)
        self._note(texts, began)
        return found

    def _note(self, texts: Sequence[str], began: float) -> None:
        self.seconds.append(time.perf_counter() - began)
        self.texts.extend(texts)


class PreparedEncoder(WrappedEncoder):
    """Gives the texts of passages and sections the `vectors` made for them before.

    The vector of a span is that of its text, turned a little, always the same way for the same span.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.vectors: Mapping[str, FloatMatrix] = {}

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        """The vectors made for `texts`, shape (n, d). Raises KeyError for a text that none was made for."""
        if prompt != "passage" or not texts:
            return super().encode(texts, prompt)
        return np.stack([self.vectors[text] for text in texts])

    def encode_windows(
        self, texts: Sequence[str], spans_per_text: Sequence[Sequence[Span]], prompt: Prompt
    ) -> tuple[FloatMatrix, list[FloatMatrix]]:
        """The vectors of texts, shape (n, d), and those of spans of each. Raises KeyError like `encode`."""
        vectors = self.encode(texts, prompt)
        return vectors, [_turned(vector, spans) for vector, spans in zip(vectors, spans_per_text, strict=True)]


def _turned(vector: FloatMatrix, spans: Sequence[Span]) -> FloatMatrix:
    """Unit vectors, shape (spans, d), at a cosine of about 0.95 to the unit vector `vector`, shape (d,)."""
    rows = np.empty((len(spans), len(vector)), dtype=np.float32)
    for row, span in zip(rows, spans, strict=True):
        row[:] = vector + np.random.default_rng(span).normal(0, 0.33 / np.sqrt(len(vector)), len(vector))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)
