"""A real encoder small enough for any test: hashed words and trigrams, no model, always the same vectors."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence

import numpy as np

from kb.errors import TextTooLongError
from kb.models.encoder import FloatMatrix, Prompt, Span
from kb.text.folding import fold

_TOKENS = re.compile(r"\w+|[^\w\s]")
_SPECIAL_TOKENS = 4  # as a real model's: two for the prompt, one at each end
_WORD_WEIGHT = 2.0


class TinyEncoder:
    """An `Encoder`: texts that share words, or parts of words, have near vectors. Case and accents do not count."""

    identity = "tiny-hashing@1"
    dimension = 256
    max_tokens = 512

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words and punctuation marks, plus four for the prompt and the ends."""
        return [len(_TOKENS.findall(text)) + _SPECIAL_TOKENS for text in texts]

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        """Unit vectors, shape (n, 256), the same for both prompts. Raises TextTooLongError beyond 512 tokens."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, (text, tokens) in enumerate(zip(texts, self.count_tokens(texts), strict=True)):
            if tokens > self.max_tokens:
                raise TextTooLongError(f"texte trop long : {tokens} jetons, {self.max_tokens} au plus ({text[:40]}…)")
            for feature, weight in _features(text):
                code = zlib.crc32(feature.encode())
                vectors[row, code % self.dimension] += weight if code & 0x8000_0000 else -weight
            if not vectors[row].any():
                vectors[row, 0] = 1.0  # a text without a word still has a direction
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / norms, dtype=np.float32)

    def encode_windows(
        self, texts: Sequence[str], spans_per_text: Sequence[Sequence[Span]], prompt: Prompt
    ) -> tuple[FloatMatrix, list[FloatMatrix]]:
        """As `encode`; a span has the vector that its words would have alone."""
        windows = [
            self.encode([text[start:end] for start, end in spans], prompt)
            for text, spans in zip(texts, spans_per_text, strict=True)
        ]
        return self.encode(texts, prompt), windows


def _features(text: str) -> Iterator[tuple[str, float]]:
    for word in re.findall(r"\w+", fold(text)):
        yield word, _WORD_WEIGHT
        padded = f"<{word}>"
        for start in range(len(padded) - 2):
            yield padded[start : start + 3], 1.0
