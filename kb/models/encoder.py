"""What Repères asks of an embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

FloatMatrix = npt.NDArray[np.float32]
Prompt = Literal["query", "passage"]


class Encoder(Protocol):
    """Turns texts into unit vectors. One instance serves many threads."""

    @property
    def identity(self) -> str:
        """Names the model and its revision: two encoders of one identity give the same vectors (to 0.9999)."""
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
