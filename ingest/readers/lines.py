"""Lines as a text file or a page of PDF has them -> paragraphs: wrapped lines joined, cut words mended."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from kb.text.folding import fold

# First parts of French compounds: cut at their own hyphen, they keep it (« peut-être », « sous-préfet »).
_PREFIXES = frozenset(
    (
        "peut c'est-a c'est est-ce vice demi non sous apres avant ex grand grande grands petit petite rendez quasi "
        "centre nord sud ouest celui celle ceux celles lui elle elles eux nous vous moi toi soi saint sainte jusque "
        "plus chef seine ile rez"
    ).split()
)
# What follows a verb after its hyphen: « peut-on », « a-t-il ».
_AFTER_VERB = re.compile(r"(?:t-)?(?:il|ils|elle|elles|on|je|tu|nous|vous|ce|ci|là|même|mêmes|être|à-dire)\b")
_CUT = re.compile(r"(?<![\w'’-])([^\W\d_][\w'’-]{0,60})[-\u2010\u00ad]$")
_DASHED = re.compile(r"\w[-\u2010]$")
_TAIL = 80  # characters: more than `_CUT` looks at
_FINAL = (".", "!", "?", "…", ":", ";", "»", ")")
_TOLERANCE = 4  # characters: words are not cut to the very edge


def words_of(text: str) -> frozenset[str]:
    """The words of a text, compounds whole: what tells a word cut at a line's end from a compound."""
    return frozenset(re.findall(r"[^\W\d_][\w’'-]*", text.casefold()))


def join_lines(lines: Sequence[str], words: Collection[str] = ()) -> str:
    """`lines` as one, words that were cut at a line's end made whole. `words`: those that the document holds."""
    parts: list[str] = []
    tail = ""  # how the text ends so far: looking through all of it for each line would be quadratic
    for line in lines:
        following = line.strip()
        if not following:
            continue
        if parts and (cut := _CUT.search(tail)) and following[0].islower():
            kept = cut.end(1) - len(tail)
            parts[-1], tail = parts[-1][:kept], tail[:kept]
            parts.append(_hyphen(cut[1], following, words) + following)
        elif parts and _DASHED.search(tail) and following[0].isalnum():
            parts.append(following)  # « Seine- / Saint-Denis », « 2014- / 2020 »
        else:
            parts.append(f" {following}" if parts else following)
        tail = (tail + parts[-1])[-_TAIL:]
    return "".join(parts)


def wrap_width(lines: Sequence[str]) -> int | None:
    """The width that `lines` were wrapped at, or None when their ends are where their author put them.

    Wrapped text has many lines of nearly the same length, none much longer, and breaks lines inside sentences.
    """
    lengths = sorted(len(line.rstrip()) for line in lines if line.strip())
    if len(lengths) < 3:
        return None
    width = lengths[-1]
    if not 40 <= width <= 130:
        return None
    inside = sum(
        1
        for line, following in pairwise(lines)
        if following.strip()[:1].islower() and len(line.rstrip()) >= width * 0.75 and not line.rstrip().endswith(_FINAL)
    )
    return width if inside * 5 >= len(lengths) or inside >= 2 else None


def is_wrapped(line: str, following: str, width: int) -> bool:
    """Whether the first word of `following` would not have fitted on `line`, or ends a word cut there."""
    first = following.split(maxsplit=1)[0] if following.strip() else ""
    if not first:
        return False
    cut = _CUT.search(line.rstrip()) is not None and first[0].islower()
    return cut or len(line.rstrip()) + 1 + len(first) > width - _TOLERANCE


def _hyphen(before: str, after: str, words: Collection[str]) -> str:
    """The hyphen that stands between two parts of a word, or nothing when it only marked the line's end."""
    match = re.match(r"[\w’'-]*[\w]", after)
    rest = match[0] if match else after
    whole, compound = (before + rest).casefold(), f"{before}-{rest}".casefold()
    if whole in words:
        return ""
    if compound in words or _AFTER_VERB.match(rest) or fold(before).rsplit("'", 1)[-1] in _PREFIXES:
        return "-"
    return ""
