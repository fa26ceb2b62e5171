"""A reader small enough for any test: a unit answers as far as it holds the words of the question, by their stems."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.models.encoder import Span
from kb.models.reader.passage_reader import UNREAD, Reading
from kb.text.stems import stems

_LOWEST, _HIGHEST = -4.0, 4.0
_OF_UNIT = 0.7  # of a unit's logit; the rest is its passage's


class TinyReader:
    """A `Reader`: logits from -4, where no word of the question is there, to 4, where all are."""

    identity = "tiny-words@1"

    def read(self, question: str, texts: Sequence[str], units: Sequence[Sequence[Span]]) -> list[Reading]:
        """A passage by the share of the question's stems that it holds, a unit by that of its own words and a little by
        that of its passage. Raises ValueError unless each text has its units.
        """
        wanted = set(stems(question))
        found = []
        for text, spans in zip(texts, units, strict=True):
            whole = _share(wanted, text)
            logits = [
                _logit(_OF_UNIT * _share(wanted, text[start:end]) + (1 - _OF_UNIT) * whole)
                if text[start:end].strip()
                else UNREAD
                for start, end in spans
            ]
            found.append(Reading(_logit(whole), np.array(logits, np.float32)))
        return found

    def prepare(self, texts: Sequence[str]) -> None:
        """Nothing is kept."""


def _share(wanted: set[str], text: str) -> float:
    return len(wanted & set(stems(text))) / len(wanted) if wanted else 0.0


def _logit(share: float) -> float:
    return _LOWEST + share * (_HIGHEST - _LOWEST)
