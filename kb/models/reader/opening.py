"""The reader of a knowledge base: loaded at the first question, once a process, whatever the encoder of the base is."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from kb.models.encoder import Span
from kb.models.packaged.onnx_bert import Precision
from kb.models.reader.passage_reader import PassageReader, Reader, Reading
from kb.settings import Settings

_LOCK = threading.Lock()
# One for a number format, whichever folder it came from first: all hold the same weights.
_LOADED: dict[Precision, PassageReader] = {}


class LazyReader:
    """A `Reader` that loads the shipped one when it is first used, which raises ModelError. Serves many threads."""

    def __init__(self, settings: Settings) -> None:
        """`settings` say where it is kept, and in which number format it computes: the encoder's, else 8 bits."""
        self._precision: Precision = "fp32" if settings.embedding_dtype == "fp32" else "int8"
        self._models = settings.cache / "models"

    @property
    def identity(self) -> str:
        """That of the shipped reader."""
        return self._below().identity

    def read(self, question: str, texts: Sequence[str], units: Sequence[Sequence[Span]]) -> list[Reading]:
        """As the shipped reader."""
        return self._below().read(question, texts, units)

    def prepare(self, texts: Sequence[str]) -> None:
        """As the shipped reader."""
        self._below().prepare(texts)

    def _below(self) -> Reader:
        with _LOCK:
            if self._precision not in _LOADED:
                _LOADED[self._precision] = PassageReader(self._models, self._precision)
            return _LOADED[self._precision]
