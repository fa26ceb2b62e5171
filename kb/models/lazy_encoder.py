"""An encoder that is loaded when it is first used: whoever opens a large base has the disk at work meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from kb.models.encoder import Encoder, FloatMatrix, Prompt, Span


class LazyEncoder:
    """An `Encoder` over the one that `load` gives at the first use, which raises what `load` raises. Serves many
    threads.
    """

    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._load = load
        self._loaded: Encoder | None = None
        self._lock = threading.Lock()

    @property
    def _encoder(self) -> Encoder:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    @property
    def identity(self) -> str:
        """That of the encoder below."""
        return self._encoder.identity

    @property
    def dimension(self) -> int:
        """That of the encoder below."""
        return self._encoder.dimension

    @property
    def max_tokens(self) -> int:
        """That of the encoder below."""
        return self._encoder.max_tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the encoder below counts."""
        return self._encoder.count_tokens(texts)

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        """As the encoder below."""
        return self._encoder.encode(texts, prompt)

    def encode_windows(
        self, texts: Sequence[str], spans_per_text: Sequence[Sequence[Span]], prompt: Prompt
    ) -> tuple[FloatMatrix, list[FloatMatrix]]:
        """As the encoder below."""
        return self._encoder.encode_windows(texts, spans_per_text, prompt)
