"""The figures of a French text in one normal form: numbers, amounts, percentages, number words, dates.

« 12 Md€ », « 12 milliards d'euros » and « douze milliards d’euros » are one figure. Used by the verification of
answers (does a cited passage hold this figure?), by the choice of evidence and by the evaluation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from kb.text.aligned import fold_aligned
from kb.text.months import MONTH, MONTH_NUMBERS
from kb.text.number_words import RUN, read_numbers
from kb.text.remembering import remembering

Unit = Literal["", "%", "€", "point", "ordinal", "year", "date"]

MARKS = re.compile(r"\[\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]")
"""The `[n]` marks of an answer: references, not figures."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure found in a text: `text == source[start:end]`.

    `value` is the amount in full (« 12,5 M€ » is 12500000), without sign. With the unit `date` it is
    year × 10000 + month × 100 + day, with zero for what the text leaves out: « 11 juillet » is 711, « juillet 2018 »
    is 20180700. `year` is a number from 1900 to 2099 written as years are; it may still be a count.
    """

    value: Decimal
    unit: Unit
    start: int
    end: int
    text: str

    @property
    def date(self) -> tuple[int, int, int]:
        """Year, month and day, 0 for what is not given; (0, 0, 0) for a figure that is neither a date nor a year."""
        if self.unit == "year":
            return int(self.value), 0, 0
        if self.unit != "date":
            return 0, 0, 0
        year, rest = divmod(int(self.value), 10_000)
        return year, rest // 100, rest % 100


def figures(text: str) -> list[Figure]:
    """The figures of `text` in the order of the text, with their offsets in it.

    « un » and « une » are articles; numbers of list items, `[n]` marks and what stands in web addresses are none
    either, nor digits after letters (« m2 »), « P147 » excepted. In « de 5 à 10 milliards » both ends are milliards.
    """
    return list(_figures(text))


@remembering
def _figures(text: str) -> tuple[Figure, ...]:
    folded = fold_aligned(text)
    flat = _IGNORED.sub(lambda match: "\x00" * len(match[0]), folded.text)
    found = _share_units(flat, [figure for match in _FIGURE.finditer(flat) for figure in _read(match)])
    result = []
    for figure in found:
        start, end = folded.span(figure.start, figure.end)
        result.append(Figure(figure.value * figure.scale, figure.unit, start, end, text[start:end]))
    return tuple(result)


def same_figure(found: Figure, wanted: Figure) -> bool:
    """Whether `found` says what `wanted` says. Units must agree where both have one: 25 % is not 25 €.

    A date is found in one that is as precise or more: « juillet 2018 » and « 2018 » in « 11/07/2018 », not the
    other way round.
    """
    if wanted.unit == "date" or (found.unit == "date" and wanted.unit == "year"):
        return all(part in (0, other) for part, other in zip(wanted.date, found.date, strict=True))
    if found.unit == "date":
        return wanted.unit == "" and wanted.value == found.date[0]
    vague = {"", "year"}
    return found.value == wanted.value and (found.unit == wanted.unit or bool(vague & {found.unit, wanted.unit}))


def missing_figures(text: str, sources: Sequence[str]) -> list[Figure]:
    """The figures of `text` that none of the `sources` holds.

    A full date counts as held when its day and month stand somewhere without a year and its year stands elsewhere:
    a document of 2018 that says « le 11 juillet ».
    """
    held = [figure for source in sources for figure in figures(source)]
    return [figure for figure in figures(text) if not _is_held(figure, held)]


def _is_held(wanted: Figure, held: Sequence[Figure]) -> bool:
    if any(same_figure(figure, wanted) for figure in held):
        return True
    year, month, day = wanted.date
    if not (year and month):
        return False
    undated = {(0, month, day)} if day else {(0, month, any_day) for any_day in range(32)}
    return any(figure.date in undated for figure in held) and any(figure.date[0] == year for figure in held)


# --- reading ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Found:
    value: Decimal
    scale: int
    unit: Unit
    start: int
    end: int


_SCALES = {"milliard": 10**9, "md": 10**9, "mrd": 10**9, "million": 10**6, "m": 10**6, "millier": 1000, "k": 1000}
_UNITS: dict[str, Unit] = {"euro": "€", "percent": "%", "point": "point", "ordinal": "ordinal"}

_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?!\d)"
_YEAR = r"[12]\d{3}(?!\d)"
_EURO = r"(?:€|(?:euros?|eur)(?![a-z]))"
# « 12.000 » is 12000: nobody writes a decimal that ends in zero with three places; « 1.125 » stays a decimal.
_NUMBER = r"""
    [1-9]\d{0,2} (?:[ \n]\d{3})+ (?!\d) (?:,\d+(?!\d|,\d))?
  | [1-9]\d{0,2} (?: (?:\.\d{3}){2,} | \.\d\d0 ) (?![\d]|\.\d) (?:,\d+(?!\d|,\d))?
  | (?<!\d[.,]) \d+ [.,] \d+ (?! \d | [.,]\d )
  | \d+
"""
_DOTTED = re.compile(r"[1-9]\d{0,2}(?:(?:\.\d{3}){2,}|\.\d\d0)(?!\d)")
_FIGURE = re.compile(
    rf"""
    (?<![a-z\d]) (?:
        (?P<iso>[12]\d{{3}}-(?:0[1-9]|1[0-2])(?!\d)(?:-{_DAY})?)(?!-?\d)
      | (?P<numeric>{_DAY}(?P<separator>[/.])(?:0?[1-9]|1[0-2])(?P=separator){_YEAR})
      | (?P<numeric_month>(?:0[1-9]|1[0-2])/{_YEAR})
      | (?P<day>{_DAY}|premier(?=[ \n]))(?:er)?[ \n]?(?P<day_month>{MONTH})(?:[ \n]?(?P<day_year>{_YEAR}))?
      | (?P<month>{MONTH})[ \n](?P<year>{_YEAR})
    )
  | (?: (?: (?<![^\W_]) | (?<=\bp)(?=\d{{2,4}}(?!\d)) ) (?P<number>{_NUMBER}) | (?P<words>{RUN}) )
    (?:
        (?P<ordinal>(?<=\d)(?:ere?s?|res?|nde?s?|e(?:mes?|s)?)(?![^\W_]))
      | (?:[ \n]?(?P<scale>
            (?:milliard|mrd|md|million|millier)s?(?=eur|(?![a-z])) | [mk](?=[ \n]?(?:d[e']?[ \n]?)?{_EURO})
        ))?
        (?:[ \n]?(?:
            (?:d'|d[ \n]|de[ \n])?(?P<euro>{_EURO})
          | (?P<percent>%|pour[ \n]?cents?\b|p\.[ \n]?(?:100|cent)\b)
          | (?P<point>points?\b)
        ))?
    )
    """,
    re.VERBOSE,
)
_IGNORED = re.compile(rf"{MARKS.pattern}|(?m:^[ ]*(?:\#{{1,6}}[ ]+)?\d{{1,3}}[.)][ \n])|https?://\S+|www\.\S+")


def _read(match: re.Match[str]) -> Iterator[_Found]:
    start, end = match.span()
    if date := _date(match):
        yield _Found(Decimal(date), 1, "date", start, end)
        return
    unit: Unit = next((unit for group, unit in _UNITS.items() if match[group]), "")
    scale = _SCALES[match["scale"].rstrip("s")] if match["scale"] else 1
    if match["number"]:
        digits = re.sub(r"[ \n]", "", match["number"])
        if _DOTTED.match(digits):
            digits = digits.replace(".", "")
        if unit == "" and scale == 1 and re.fullmatch(r"(?:19|20)\d\d", match["number"]):
            unit = "year"
        yield _Found(Decimal(digits.replace(",", ".")), scale, unit, start, end)
        return
    offset = match.start("words")
    numbers = list(read_numbers(match["words"]))
    for index, (value, first, last) in enumerate(numbers):
        is_last = index == len(numbers) - 1 and offset + last == match.end("words")
        if not (is_last and (unit or scale > 1)) and match["words"][first:last] == "neuf" and _means_new(match):
            continue
        if is_last:
            yield _Found(Decimal(value), scale, unit, offset + first, end)
        else:
            yield _Found(Decimal(value), 1, "", offset + first, offset + last)


def _date(match: re.Match[str]) -> int:
    """The value of a date, 0 when the match is no date."""
    if match["iso"]:
        year, month, day = (*map(int, match["iso"].split("-")), 0)[:3]
    elif match["numeric"]:
        day, month, year = map(int, re.split(r"[/.]", match["numeric"]))
    elif match["numeric_month"]:
        month, year = map(int, match["numeric_month"].split("/"))
        day = 0
    elif match["day"]:
        day = 1 if match["day"] == "premier" else int(match["day"])
        month, year = MONTH_NUMBERS[match["day_month"].rstrip(".")], int(match["day_year"] or 0)
    elif match["month"]:
        day, month, year = 0, MONTH_NUMBERS[match["month"].rstrip(".")], int(match["year"])
    else:
        return 0
    return year * 10_000 + month * 100 + day


_BEFORE_NEW = re.compile(r"\b(?:du|tout|flambant|(?:quoi|rien) de|(?:remi|refai|mi)(?:s|t)e?s? a|valeur a) $")
_AFTER_NEW = re.compile(
    r"(?! [a-z])| (?:et|ou|mais|de|du|des|d'|pour|a|au|aux|en|dans|sans|sous|vers|chez|qui|que|dont|avec|sur|plus|puis|"
    r"est|sont)\b"
)
# What is counted is in the plural, or a sign of a unit, or another number.
_COUNTED = re.compile(r" (?:[a-z'-]*[sxz]|cent|mille|million|milliard|[ckm]?m|kg|h|ha|min)\b")


def _means_new(match: re.Match[str]) -> bool:
    """« neuf » is the number before a noun in the plural (« neuf villes »), else the adjective (« un pont neuf »)."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    return bool(_BEFORE_NEW.search(before[-20:]) or _AFTER_NEW.match(after) or not _COUNTED.match(after))


_BETWEEN = re.compile(r"-|[ \n](?:a|ou)[ \n]")


def _share_units(flat: str, found: list[_Found]) -> list[_Found]:
    """Gives the first end of a range the unit written after the second: « de 5 à 10 milliards », « 10-15 % »."""
    for one, two in pairwise(found):
        between = flat[one.end : two.start]
        # « 184 et 154 millions »: two amounts, where the first counts nothing by itself.
        shared = between == " et " and two.scale > 1 and flat[one.start : one.end].isdigit() and one.value < 1000
        paired = _BETWEEN.fullmatch(between) or (
            between == " et " and re.search(r"\bentre[ \n]$", flat[max(0, one.start - 7) : one.start])
        )
        if one.unit == "" and one.scale == 1 and (paired or shared) and two.unit in ("", "%", "€", "point"):
            # « de 900 000 à 2 millions »: a number that is large already counts by itself.
            one.scale = two.scale if one.value < 1000 else 1
            one.unit = two.unit
    return found
