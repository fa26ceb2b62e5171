"""What Repères asks of an embedding model, and what all its implementations do alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from kb.errors import TextTooLongError

FloatMatrix = npt.NDArray[np.float32]
Prompt = Literal["query", "passage"]
Span = tuple[int, int]


class Encoder(Protocol):
    """Turns texts into unit vectors. One instance serves many threads."""

    @property
    def identity(self) -> str:
        """Names the model and its revision: encoders of one identity give the same vectors, to a cosine of 0.999."""
        ...

    @property
    def dimension(self) -> int:
        """The length d of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """How many tokens the model reads, prompt and special tokens included."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The tokens that each text takes as a passage, prompt and special tokens included; nothing is cut."""
        ...

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        """Unit vectors, shape (n, d), in the order of `texts`; shape (0, d) for no text.

        Raises TextTooLongError when a text has more than `max_tokens` tokens: nothing is cut silently.
        """
        ...

    def encode_windows(
        self, texts: Sequence[str], spans_per_text: Sequence[Sequence[Span]], prompt: Prompt
    ) -> tuple[FloatMatrix, list[FloatMatrix]]:
        """The vectors of texts, as `encode` gives them, and unit vectors of spans of each, shape (k, d) a text.

        A span is (start, end) in the characters of its text, which its vector sees as a whole where the model allows.
        """
        ...


class EncoderOver(ABC):
    """An `Encoder` that does what another one does, but for what a subclass does otherwise."""

    @abstractmethod
    def _below(self) -> Encoder:
        """The other one."""

    @property
    def identity(self) -> str:
        """That of the encoder below."""
        return self._below().identity

    @property
    def dimension(self) -> int:
        """That of the encoder below."""
        return self._below().dimension

    @property
    def max_tokens(self) -> int:
        """That of the encoder below."""
        return self._below().max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the encoder below counts."""
        return self._below().count_tokens(texts)

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        """As the encoder below."""
        return self._below().encode(texts, prompt)

    def encode_windows(
        self, texts: Sequence[str], spans_per_text: Sequence[Sequence[Span]], prompt: Prompt
    ) -> tuple[FloatMatrix, list[FloatMatrix]]:
        """As the encoder below."""
        return self._below().encode_windows(texts, spans_per_text, prompt)


def whole_texts(texts: Sequence[str], prompt: str) -> list[str]:
    """The texts as a tokenizer takes them, `prompt` before each; characters stay where they are.

    Half of a surrogate pair, which a JSON string can hold, is not text that a tokenizer takes.
    """
    return [(prompt + text).encode("utf-8", "replace").decode() for text in texts]


def refuse_long_texts(texts: Sequence[str], lengths: Sequence[int], encoder: Encoder) -> None:
    """Raises TextTooLongError for the first text of more tokens than `encoder` reads."""
    for text, length in zip(texts, lengths, strict=True):
        if length > encoder.max_tokens:
            raise TextTooLongError(
                f"Le texte « {' '.join(text[:80].split())}… » compte {length} tokens avec son préfixe, or le "
                f"modèle d'embedding {encoder.identity} en lit {encoder.max_tokens} au plus. Raccourcissez-le."
            )


def unit_rows(vectors: FloatMatrix) -> FloatMatrix:
    """`vectors` with rows of length 1; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)
