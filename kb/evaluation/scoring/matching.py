"""Does a text hold a fact? Both are put in one form, then compared between word and number boundaries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from kb.text.figures import MARKS, Figure, figures
from kb.text.folding import fold
from kb.text.months import MONTHS

_SUFFIXES = {"%": " %", "€": " €", "point": " points", "ordinal": "e"}
_ARTICLE = re.compile(r"\bune?\b")
# Points and commas between digits belong to a number; every other sign only separates words.
_PUNCTUATION = re.compile(r"[^\w\s%€.]|_|\.(?!\d)|(?<!\d)\.")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
# « 12 milliards » without a unit is an amount for whoever looks for « 12 Md€ »; « 12 milliards de m² » is not.
_LARGE = 1_000_000

# What stands right before a fact that is denied: « n'est pas de … », « ne compte plus … ». Neither « ne coûte pas plus
# de … », nor a denial that bears on another verb (« ne peut plus assurer … »).
_DENIED = re.compile(
    r"\b(?:n|ne) (?:(?!pas\b)\w+ ){1,3}?(?:pas|plus|jamais|aucune?|guere) "
    r"(?:(?:de|d|le|l|les|la|1|du|des|en|au|aux|a) ){0,2}$"
)
_LONGEST_DENIAL = 80  # characters


@lru_cache(maxsize=512)
def canonical(text: str) -> str:
    """`text` folded, without `[n]` marks and punctuation, its figures, amounts, units and dates written one way.

    `canonical("L’État : 12 Md€, le 1er octobre 2021 [3].") == "l etat 12000000000 € le 1 octobre 2021"`.
    """
    text = MARKS.sub(" ", text)
    parts, at = [], 0
    for figure in figures(text):
        parts += [text[at : figure.start], _written(figure)]
        at = figure.end
    folded = _ARTICLE.sub("1", fold("".join([*parts, text[at:]])))
    return " ".join(_PUNCTUATION.sub(" ", folded).split())


def holds(text: str, forms: Sequence[str]) -> bool:
    """Whether `text` holds one of the equivalent `forms` of a fact.

    White space inside a form is optional in the text (pages glue words together), boundaries around it are not:
    « 25 % » is not in « 12,5 % », nor « Mende » in « amendement ». A form without any letter or digit is held by
    nothing, and a fact that is denied right there is not held: « n'est pas de 12 milliards » holds no 12 milliards.
    """
    known = canonical(text)
    return any(
        not _DENIED.search(known, max(0, match.start() - _LONGEST_DENIAL), match.start())
        for form in forms
        if (pattern := _pattern(form)) is not None
        for match in pattern.finditer(known)
    )


def fresh_facts(question: str, facts: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The facts that the question does not already hold; all of them when it holds them all.

    An answer that repeats the question must not score.
    """
    return [fact for fact in facts if not holds(question, fact)] or list(facts)


@lru_cache(maxsize=4096)
def _pattern(form: str) -> re.Pattern[str] | None:
    words = canonical(form).split()
    if not any(re.search(r"\w", word) for word in words):
        return None
    neighbours = zip(["", *words], words, [*words[1:], ""], strict=False)
    body = "".join(_joined(before, word) + _spelt(before, word, after) for before, word, after in neighbours)
    return re.compile(rf"(?<![a-z\d])(?<!\d\.){body}(?![a-z\d])(?!\.\d)")


def _joined(before: str, word: str) -> str:
    if not before or word == "€":
        return ""
    # Two numbers in a row would make a third one if glued.
    return r"\s+" if before[-1].isdigit() and word[0].isdigit() else r"\s*"


def _spelt(before: str, word: str, after: str) -> str:
    if word == "€":
        large = _NUMBER.fullmatch(before) and Decimal(before) >= _LARGE
        return r"(?:\s*€|(?!\s*(?:€|%|points\b|de?\b)))" if large else r"\s*€"
    if not _NUMBER.fullmatch(word) or after in {"€", "%", "points"}:
        return re.escape(word)
    if before.isalpha() and not after and re.fullmatch(r"\d{1,3}", word):
        # A form that breaks off at a small number (« aide 150 ») may go on with « millions » in the text.
        return rf"{word}(?:0{{6}}|0{{9}})?(?:\s*€)?"
    return re.escape(word) + r"(?:\s*€)?"


def _written(figure: Figure) -> str:
    if figure.unit == "date":
        year, month, day = figure.date
        return " ".join([str(day)] * bool(day) + [fold(MONTHS[month - 1])] + [str(year)] * bool(year))
    value = f"{figure.value:f}"
    value = value.rstrip("0").rstrip(".") if "." in value else value
    return value + _SUFFIXES.get(figure.unit, "")
