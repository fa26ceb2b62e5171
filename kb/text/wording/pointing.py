"""Number words that point back at what was said: « les deux montants », « dans les trois cas »."""

from __future__ import annotations

import re

from kb.text.figures import Figure

_BEFORE = re.compile(r"\b(?:les|ces|des|aux|leurs|nos|vos|autres)[ ]$", re.IGNORECASE)
_LARGEST = 10


def points_back(figure: Figure, text: str) -> bool:
    """Whether a figure of `text` counts what was said before, and tells nothing that a source would have to hold."""
    is_word = figure.text.isalpha() and figure.unit == "" and figure.value <= _LARGEST
    return is_word and bool(_BEFORE.search(text[: figure.start]))
