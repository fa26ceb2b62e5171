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
# Looking for what is to be changed takes a tenth of the time that `translate` takes, which looks each character up.
_HAS_SAME = re.compile("[" + "".join(map(chr, _SAME)) + "]")
# Faster than asking unicodedata about each character of a text. A set of characters is looked up in one step as long as
# none is beyond U+FFFF, else one after the other: those are of old scripts and of music, and looked for only there.
_MARKS = "".join(mark for mark in map(chr, range(0x300, 0x10000)) if unicodedata.combining(mark))
_ALL_MARKS = _MARKS + "".join(mark for mark in map(chr, range(0x10000, 0x1F000)) if unicodedata.combining(mark))
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_COMBINING, _ALL_COMBINING = re.compile(f"[{_MARKS}]"), re.compile(f"[{_ALL_MARKS}]")
# Normalising puts the marks on a letter in order, in a time that is the square of their number. No script has more
# than a few; Unicode's own « stream-safe » form allows thirty.
_HEAP, _HEAP_OF_ALL = (re.compile(f"([{marks}]{{30}})[{marks}]+") for marks in (_MARKS, _ALL_MARKS))
_FEW = 200  # characters: too few for their order to take time
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_UNSEEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")


@remembering
def fold(text: str) -> str:
    """`text` without case, accents, ligatures, kinds of apostrophe, dash and space: for comparing, not for showing.

    Every run of white space (line ends, no-break and thin spaces included) becomes one space; invisible characters
    go. `fold("L’Œuvre  À 72 %") == "l'oeuvre a 72 %"`.
    """
    text = unicodedata.normalize("NFKD", _same(_INVISIBLE.sub("", without_heaps(text))))
    text = _same(unicodedata.normalize("NFKD", text.casefold()))  # after: NFKD makes capitals (№ -> No)
    if not text.isascii():
        text = (_ALL_COMBINING if _BEYOND.search(text) else _COMBINING).sub("", text)
    return " ".join(text.split())


def without_heaps(text: str) -> str:
    """`text` with at most thirty combining marks in a row: it can be normalised in a time that goes with its length."""
    if len(text) < _FEW or text.isascii():
        return text
    return (_HEAP_OF_ALL if _BEYOND.search(text) else _HEAP).sub(r"\1", text)


def _same(text: str) -> str:
    return _HAS_SAME.sub(lambda found: _SAME[ord(found[0])], text)


def visible(text: str) -> str:
    """`text` without characters that no reader sees: zero widths, directions, tags."""
    return _UNSEEN.sub("", text)
