"""An encoder that remembers: a question is asked again, and the sentences that prove English answers come up again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from kb.models.encoder import Encoder, EncoderOver, FloatMatrix, Prompt

# Vectors of 384 dimensions take 1.5 KB: 30 MB in all.
CAPACITY = 20_000


class RememberingEncoder(EncoderOver):
    """An `Encoder` over another one that keeps the vectors of the last `capacity` texts. Serves many threads."""

    def __init__(self, encoder: Encoder, capacity: int = CAPACITY) -> None:
        self._encoder = encoder
        self._capacity = capacity
        self._known: OrderedDict[tuple[Prompt, str], FloatMatrix] = OrderedDict()
        self._lengths: dict[str, int] = {}
        self._lock = threading.Lock()

    def _below(self) -> Encoder:
        return self._encoder

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the encoder below counts, each text once."""
        with self._lock:
            known = {text: self._lengths[text] for text in texts if text in self._lengths}
        if missing := [text for text in dict.fromkeys(texts) if text not in known]:
            found = dict(zip(missing, self._encoder.count_tokens(missing), strict=True))
            known.update(found)
            with self._lock:
                self._lengths.update(found)
                while len(self._lengths) > self._capacity:
                    del self._lengths[next(iter(self._lengths))]  # the oldest
        return [known[text] for text in texts]

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        """Unit vectors, shape (n, d), of which only those not remembered are computed. Raises TextTooLongError."""
        if not texts:
            return self._encoder.encode(texts, prompt)
        found: dict[str, FloatMatrix] = {}
        with self._lock:
            for text in texts:
                vector = self._known.get((prompt, text))
                if vector is not None:
                    self._known.move_to_end((prompt, text))
                    found[text] = vector
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        # Not under the lock: two threads may compute the same text, none waits for the other.
        for text, vector in zip(missing, self._encoder.encode(missing, prompt), strict=True):
            found[text] = vector
        with self._lock:
            for text in missing:
                self._known[(prompt, text)] = found[text]
            while len(self._known) > self._capacity:
                self._known.popitem(last=False)
        return np.stack([found[text] for text in texts])
