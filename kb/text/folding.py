"""Folding: the one form in which two spellings of the same words are equal."""

from __future__ import annotations

import re
import unicodedata

from kb.text.remembering import remembering

# Characters that NFKD leaves alone although French readers take them for the same as the second form.
_SAME = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "′": "'",
        "œ": "oe",
        "Œ": "oe",
        "æ": "ae",
        "Æ": "ae",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "−": "-",
    }
)
_SPACES = re.compile(r"\s+")
# Four times as fast as asking unicodedata about each character of a text.
_MARKS = "".join(mark for mark in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(mark))
_COMBINING = re.compile(f"[{_MARKS}]")
# Normalising puts the marks on a letter in order, in a time that is the square of their number. No script has more
# than a few; Unicode's own « stream-safe » form allows thirty.
_HEAP_OF_MARKS = re.compile(f"([{_MARKS}]{{30}})[{_MARKS}]+")
_FEW = 200  # characters: too few for their order to take time
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")


@remembering
def fold(text: str) -> str:
    """`text` without case, accents, ligatures, kinds of apostrophe, dash and space: for comparing, not for showing.

    Every run of white space (line ends, no-break and thin spaces included) becomes one space; invisible characters
    go. `fold("L’Œuvre  À 72 %") == "l'oeuvre a 72 %"`.
    """
    text = unicodedata.normalize("NFKD", _INVISIBLE.sub("", without_heaps(text)).translate(_SAME))
    text = unicodedata.normalize("NFKD", text.casefold()).translate(_SAME)  # after: NFKD makes capitals (№ -> No)
    if not text.isascii():
        text = _COMBINING.sub("", text)
    return _SPACES.sub(" ", text).strip()


def without_heaps(text: str) -> str:
    """`text` with at most thirty combining marks in a row: it can be normalised in a time that goes with its length."""
    return text if len(text) < _FEW or text.isascii() else _HEAP_OF_MARKS.sub(r"\1", text)


def visible(text: str) -> str:
    """`text` without characters that no reader sees: zero widths, directions, tags."""
    return _UNSEEN.sub("", text)
