"""What changes the meaning of a figure without changing it: « plus de », its unit, « la moitié des ».

A written sentence must keep them as its evidence says them; `kb.text.figures` alone takes « 448 % » for « 448 »,
which is right for a column of percentages and wrong for a rewording.
"""

from __future__ import annotations

import re

from kb.text.figures import Figure, figures, same_figure
from kb.text.folding import fold

_LIMITS = {
    "plus": r"plus[ ]d['e]|au[ ]moins|au-dela[ ]d[eu]s?|superieure?s?[ ]a|minimum[ ]d['e]",
    "moins": r"moins[ ]d['e]|au[ ]plus|jusqu'a|inferieure?s?[ ]a|maximum[ ]d['e]|a[ ]peine|plafonne\w*[ ]a",
    "environ": r"environ|pres[ ]d['e]|presque|autour[ ]d['e]|quelque|de[ ]l'ordre[ ]de|quasi(?:ment)?",
}
_BEFORE = {name: re.compile(rf"(?:{form})[ ]?(?:de[ ]|d'|les?[ ]|des[ ])?$", re.X) for name, form in _LIMITS.items()}
_LONGEST_BEFORE = 32
_PARTS = re.compile(
    r"\b(?:moitie|demi|tiers|quarts?|cinquiemes?|dixiemes?|centiemes?|double\w*|triple\w*|quadrupl\w+|majorite|"
    r"totalite|integralite|\w+ (?:sur|fois) (?:deux|trois|quatre|cinq|dix|cent))\b"
)


def inexact(sentence: str, source: str, *, units_elsewhere: bool = False) -> str:
    """What `sentence` says of a figure and `source` does not, as written in `sentence`; empty when nothing.

    A limit (« plus de », « jusqu'à », « environ ») must stand before the same figure in both; a unit must be the one of
    the source, except where `units_elsewhere` says that a column's heading holds it; a part (« la moitié ») must stand
    in the source as a word.
    """
    there = figures(source)
    for figure in figures(sentence):
        held = [other for other in there if same_figure(other, figure)]
        if not held or figure.unit in {"date", "year"}:
            continue
        limit = _limit(sentence, figure)
        if all(_limit(source, other) != limit for other in held):
            return " ".join([*sentence[: figure.start].split()[-3:], figure.text])
        if figure.unit and not units_elsewhere and all(other.unit != figure.unit for other in held):
            return figure.text
    parts = set(_PARTS.findall(fold(source)))
    return next((part for part in _PARTS.findall(fold(sentence)) if part not in parts), "")


def _limit(text: str, figure: Figure) -> str:
    before = fold(text[max(0, figure.start - _LONGEST_BEFORE) : figure.start]).replace("\n", " ")
    before = before.rstrip() + " "
    return next((name for name, form in _BEFORE.items() if form.search(before)), "")
