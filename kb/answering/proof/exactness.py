"""What changes the meaning of a figure without changing it: « plus de », its unit, « la moitié des ».

A written sentence must keep them as its evidence says them; `kb.text.figures` alone takes « 448 % » for « 448 »,
which is right for a column of percentages and wrong for a rewording.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.text.figures import Figure, figures, same_figure
from kb.text.folding import fold

# The first that matches counts: « ne peut pas dépasser » is a most, « dépasse » a least.
_LIMITS = {
    "moins": r"""
        moins[ ]d['e] | n(?:e[ ]|')(?:\w+[ ]){1,3}pas[ ](?:\w+[ ]){0,3}plus[ ]d['e]
      | au[ ]plus(?:[ ](?:egale?s?[ ]a|de))? | jusqu'a
      | (?:egale?s?[ ]ou[ ])?inferieure?s?(?:[ ]ou[ ]egale?s?)?[ ]a
      | maxim(?:um|ale?s?)[ ](?:d['e]|a) | au[ ]maximum | a[ ]peine | plafonne\w*[ ]a
      | dans[ ]la[ ]limite[ ]d['e] | [<≤](?:[ ]a)?
      | (?:plafond|maxim(?:um|ale?s?))(?:[ ][\w'-]+){0,9}[ ](?:est|etait|sont)[ ](?:de|fixee?s?[ ]a)
      | n(?:e[ ]|')(?:\w+[ ]){0,3}(?:depass|exced)\w*(?:[ ]pas)?
    """,
    "plus": r"""
        plus[ ]d['e] | au[ ]moins(?:[ ](?:egale?s?[ ]a|de))? | au-dela[ ]d[eu]s?
      | (?:egale?s?[ ]ou[ ])?superieure?s?(?:[ ]ou[ ]egale?s?)?[ ]a
      | minim(?:um|ale?s?)[ ](?:d['e]|a) | au[ ]minimum
      | (?:plancher|minim(?:um|ale?s?))(?:[ ][\w'-]+){0,9}[ ](?:est|etait|sont)[ ](?:de|fixee?s?[ ]a)
      | (?:depass|exced)\w* | [>≥](?:[ ]a)?
    """,
    "environ": r"environ|pres[ ]d['e]|presque|autour[ ]d['e]|quelque|de[ ]l'ordre[ ]de|quasi(?:ment)?",
}
_BEFORE = {
    name: re.compile(rf"(?:{form})[ ]?(?:de[ ]|d'|les?[ ]|des[ ]|par[ ])?$", re.X) for name, form in _LIMITS.items()
}
_AFTER = {
    # « à 52 ans après au moins 17 ans »: what a number follows is a limit of that one.
    "moins": re.compile(r"(?:\w+[ ]){0,4}?(?:(?:au[ ])?maximum|au[ ]plus|maximale?s?)\b(?![ ](?:de[ ])?\d)", re.X),
    "plus": re.compile(
        r"(?:\w+[ ]){0,4}?(?:(?:au[ ])?minimum|au[ ]moins|minimale?s?|et[ ]plus)\b(?![ ](?:de[ ])?\d)", re.X
    ),
    "environ": re.compile(r"(?:\w+[ ])?environ\b", re.X),
}
_MANY = ("doubl", "tripl", "quadrupl")
_NAMED = {"moins": re.compile(r"\b(?:maxim|plafon)"), "plus": re.compile(r"\b(?:minim|planch)")}
_LONGEST_BEFORE = 90
_LONGEST_AFTER = 40
_MILLION = 1_000_000
_OF_SOMETHING = re.compile(r"\s+(?:de\s|d['’])")
_PARTS = re.compile(
    r"\b(?:moitie|demi|tiers|quarts?|cinquiemes?|dixiemes?|centiemes?|double\w*|triple\w*|quadrupl\w+|majorite|"
    r"totalite|integralite|"
    r"(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|\d+) sur (?:deux|trois|quatre|cinq|dix|cent)|"
    r"(?:deux|trois|quatre|cinq|dix|cent|\d+) fois)\b"
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
        if all(_limit(source, other) != limit for other in held) and not _is_limit_of_all(
            limit, sentence, source, held
        ):
            return " ".join([*sentence[: figure.start].split()[-3:], figure.text])
        if figure.unit and not units_elsewhere and not any(_same_unit(other, figure, source) for other in held):
            return figure.text
    parts = {_same_part(part) for part in _PARTS.findall(fold(source))}
    return next((part for part in _PARTS.findall(fold(sentence)) if _same_part(part) not in parts), "")


def _same_part(part: str) -> str:
    """One form of « double », « doublées »."""
    return next((many for many in _MANY if part.startswith(many)), part)


def _same_unit(held: Figure, said: Figure, source: str) -> bool:
    """Whether a figure of the source has the unit that is said: « 11,2 milliards », of nothing else, are euros."""
    if held.unit == said.unit:
        return True
    bare = held.unit == "" and said.unit == "€" and held.value >= _MILLION
    return bare and not _OF_SOMETHING.match(source, held.end)


def _is_limit_of_all(limit: str, sentence: str, source: str, held: Sequence[Figure]) -> bool:
    """Whether a sentence says of one figure what the name of a column or a lead-in says of all: « Montant maximum »."""
    named = _NAMED.get(limit)
    return bool(
        named
        and named.search(fold(sentence))
        and named.search(fold(source))
        and any(not _limit(source, other) for other in held)
    )


def _limit(text: str, figure: Figure) -> str:
    before = fold(text[max(0, figure.start - _LONGEST_BEFORE) : figure.start]).replace("\n", " ")
    before = before.rstrip() + " "
    if found := next((name for name, form in _BEFORE.items() if form.search(before)), ""):
        return found
    after = fold(text[figure.end : figure.end + _LONGEST_AFTER]).replace("\n", " ").lstrip()
    return next((name for name, form in _AFTER.items() if form.match(after)), "")
