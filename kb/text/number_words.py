"""French number words, « zéro » to « neuf cent milliards », read as whole numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_SMALL = "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
_TENS = {
    "vingt": 20,
    "vingts": 20,
    "trente": 30,
    "quarante": 40,
    "cinquante": 50,
    "soixante": 60,
    "septante": 70,
    "huitante": 80,
    "octante": 80,
    "nonante": 90,
}
_BELOW_SEVENTEEN = {word: value for value, word in enumerate(_SMALL)} | {"une": 1}
_SCALES = ({"milliard": 10**9, "milliards": 10**9}, {"million": 10**6, "millions": 10**6})

_WORD = "|".join(
    sorted({*_BELOW_SEVENTEEN, *_TENS, "cent", "cents", "mille", *_SCALES[0], *_SCALES[1]}, key=len, reverse=True)
)
# A hyphen to anything but a number word makes another word: « Deux-Sèvres », « trois-quarts ».
RUN = rf"(?<![^\W_])(?<![^\W\d_]-)(?:{_WORD})(?:(?:[- \n]|[- \n]et[- \n])(?:{_WORD}))*(?![^\W_])(?!-[^\W\d_])"
"""Pattern, for folded text, of number words in a row: one number or several (« deux et trois »)."""

_TOKEN = re.compile(r"[a-z]+")


def read_numbers(run: str) -> Iterator[tuple[int, int, int]]:
    """The numbers of a folded `run` of number words, each with its start and end in `run`.

    « un » and « une » alone are articles, and a scale without a number (« millions ») is no figure: neither is given.
    `list(read_numbers("vingt et un")) == [(21, 0, 11)]`.
    """
    tokens = list(_TOKEN.finditer(run))
    words = [token[0] for token in tokens]
    at = 0
    while at < len(words):
        value, after = _number(words, at)
        if after == at:
            at += 1
            continue
        if words[at:after] not in (["un"], ["une"]):
            yield value, tokens[at].start(), tokens[after - 1].end()
        at = after


# Each reader below takes the words and where to start, and returns the value and where it stopped: at the start
# itself when no number of its size is there.


def _number(words: Sequence[str], at: int) -> tuple[int, int]:
    total = 0
    for scale in _SCALES:
        value, after = _below_million(words, at)
        if after > at and after < len(words) and words[after] in scale:
            total += value * scale[words[after]]
            at = after + 1
    value, after = _below_million(words, at)
    return total + value, after


def _below_million(words: Sequence[str], at: int) -> tuple[int, int]:
    value, after = _below_thousand(words, at)
    if after < len(words) and words[after] == "mille":
        rest, end = _below_thousand(words, after + 1)
        # « deux mille millions » aside, what follows « mille » belongs to it unless it counts a scale of its own.
        return max(value, 1) * 1000 + rest, end
    return value, after


def _below_thousand(words: Sequence[str], at: int) -> tuple[int, int]:
    value, after = _below_hundred(words, at)
    if after < len(words) and words[after] in ("cent", "cents") and (after == at or 2 <= value <= 9):
        rest, end = _below_hundred(words, after + 1)
        return max(value, 1) * 100 + rest, end
    return value, after


def _below_hundred(words: Sequence[str], at: int) -> tuple[int, int]:
    if at >= len(words):
        return 0, at
    if words[at] == "quatre" and at + 1 < len(words) and words[at + 1] in ("vingt", "vingts"):
        rest, end = _below_twenty(words, at + 2)
        return 80 + rest, end
    tens = _TENS.get(words[at])
    if tens is None:
        return _below_twenty(words, at)
    after = at + 1
    if after + 1 < len(words) and words[after] == "et" and words[after + 1] in ("un", "une", "onze"):
        after += 1
    rest, end = _below_twenty(words, after)
    if rest > 9 and tens != 60:
        return tens, at + 1
    return tens + rest, end


def _below_twenty(words: Sequence[str], at: int) -> tuple[int, int]:
    value = _BELOW_SEVENTEEN.get(words[at]) if at < len(words) else None
    if value is None:
        return 0, at
    if value == 10 and at + 1 < len(words) and words[at + 1] in ("sept", "huit", "neuf"):
        return 10 + _BELOW_SEVENTEEN[words[at + 1]], at + 2
    return value, at + 1
