"""The forms that Word counts in (ECMA-376 part 1, 17.18.59 ST_NumberFormat), those of French documents."""

from __future__ import annotations

import re
from collections.abc import Callable

_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    )
)
_LONGEST_ROMAN = 3_999  # what is above is written with other signs
_LETTERS = 26
_MOST_REPEATED = 30  # times a letter, as Word does: after 780 it begins again
_ONES = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf"
).split()
_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}
_FOOTNOTE_SIGNS = "*†‡§"


def written(number: int, form: str, custom: str = "") -> str:
    """`number` (from 0) in the form that `form` names; `custom` is the sample that a form « custom » goes by.

    A form that is not known, and a number that its form does not reach, give plain figures.
    """
    if form == "custom":
        # « 001, 002, 003, … »
        sample = re.match(r"(0*)\d+\s*,", custom)
        return f"{number:0{len(sample[1]) + 1}}" if sample else str(number)
    writer = _FORMS.get(form)
    return writer(number) if writer else str(number)


def _roman(number: int) -> str:
    if not 1 <= number <= _LONGEST_ROMAN:
        return str(number)
    text = ""
    for size, sign in _ROMAN:
        text += sign * (number // size)
        number %= size
    return text


def _letter(number: int) -> str:
    """a … z, aa, bb … zz, aaa: Word repeats the letter."""
    if number < 1:
        return str(number)
    times, place = divmod((number - 1) % (_LETTERS * _MOST_REPEATED), _LETTERS)
    return chr(ord("a") + place) * (times + 1)


def _words(number: int) -> str:
    if number < len(_ONES):
        return _ONES[number]
    if number > 99:
        return str(number)
    tens = number // 10 * 10
    if tens in {70, 90}:
        tens -= 10
    rest = number - tens
    stem = "quatre-vingt" if tens == 80 else _TENS[tens]
    if not rest:
        return "quatre-vingts" if tens == 80 else stem
    return f"{stem} et {_words(rest)}" if rest in {1, 11} and tens != 80 else f"{stem}-{_words(rest)}"


def _rank(number: int) -> str:
    if number == 1:
        return "premier"
    word = _words(number)
    if word.isdigit():
        return _ordinal(number)
    word = {"cinq": "cinqu", "neuf": "neuv"}.get(word, re.sub(r"cinq$", "cinqu", re.sub(r"neuf$", "neuv", word)))
    return f"{word.removesuffix('s') if word.endswith('vingts') else word.removesuffix('e')}ième"


def _ordinal(number: int) -> str:
    return "1er" if number == 1 else f"{number}e"


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


_FORMS: dict[str, Callable[[int], str]] = {
    "none": lambda _: "",
    "decimalZero": lambda number: f"{number:02}",
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperRoman": _roman,
    "lowerLetter": _letter,
    "upperLetter": lambda number: _letter(number).upper(),
    "ordinal": _ordinal,
    "cardinalText": lambda number: _capital(_words(number)),
    "ordinalText": lambda number: _capital(_rank(number)),
    "numberInDash": lambda number: f"- {number} -",
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "hex": lambda number: f"{number:X}",
    "chicago": lambda number: _FOOTNOTE_SIGNS[(number - 1) % 4] * min(9, (number - 1) // 4 + 1) if number else "0",
}
