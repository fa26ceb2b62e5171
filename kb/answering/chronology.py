"""Dates of what is cited: old or undated sources, and values that differ from one date to another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from kb.text.figures import Figure, figures
from kb.text.folding import fold
from kb.text.months import MONTHS
from kb.text.stems import stem, stems
from kb.types import Document, Evidence, Question

OLD_YEARS = 3
_FEWEST_SHARED = 3  # words, figures apart, of two sentences about the same thing
_NEARLY_ALL = 0.8  # of the words of the longer one that they share, where no figure is asked for
_MOST_MORE = 4  # words that one of them may have more
# Verbs that only bring a value: « passe à », « atteint », « est porté à ».
_BRINGS = frozenset(
    stem(fold(word))
    for word in "passe passer passé passée atteint atteindre atteignait porte portée porté élève élevait établit fixé "
    "fixée monte montait compte comptait représente représentait reste désormais aujourd'hui environ près plus "
    "total totale actuel actuelle actuellement nouveau nouvelle".split()
)
_PROPER = re.compile(
    r"(?<=[^\s.?!…«»:|] )[A-ZÀ-ÖØ-Þ][\w-]*|[A-Z]{2,}[\w+]*|(?<=['’])[A-ZÀ-ÖØ-Þ][\w-]*|"
    r"[A-ZÀ-ÖØ-Þ][\w-]*(?= [A-ZÀ-ÖØ-Þ])"
)
_ORDINAL = re.compile(r"\b(?:premier|premiere|second|seconde|dernier|derniere|\w+ieme)s?\b")
_MOST_NAMED = 3
_DATED = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


def old_or_undated(documents: Sequence[Document], today: date) -> list[str]:
    """What a reader should know of the dates of the sources: those without, those over three years old."""
    undated = [document for document in documents if not document.date]
    old = [document for document in documents if document.date and _is_old(document.date, today)]
    found = []
    if undated:
        found.append(f"Source sans date : {_listed([f'« {document.title} »' for document in undated])}.")
    if old:
        dated = [f"« {document.title} » ({(document.date or '')[:4]})" for document in old]
        found.append(f"Source de plus de trois ans, à vérifier : {_listed(dated)}.")
    return found


def most_recent_first(units: Sequence[Evidence]) -> list[Evidence]:
    """The units by the date that they speak of, the newest first; those without a date last, the order kept."""
    return sorted(units, key=lambda unit: told_date(unit) or (), reverse=True)


def told_date(unit: Evidence) -> tuple[int, int, int] | None:
    """(year, month, day) of what a unit says, 0 for what is not known: the latest past year that it names, else the
    date of its document.
    """
    own = _own_date(unit.document)
    named = [figure.date for figure in figures(unit.text) if figure.date[0]]
    past = [day for day in named if own is None or day[0] <= own[0]]
    return max(past) if past else own


def conflicting(units: Sequence[Evidence], question: Question) -> list[list[Evidence]]:
    """Groups of units that give different values, at different dates, for the thing that the question asks for.

    Two units are about the same thing when each has one value of the unit, counting the same thing, and names the same
    names and ordinals, and when all words of the shorter one, verbs such as « atteint » apart, are in the other. Where
    the question asks for no number, they must say nearly the same words; where it names a year, only units about one of
    its years count. A warning that is missed costs less than one that is false.
    """
    if question.figure == "date":
        return []
    groups: list[list[Evidence]] = []
    for unit in units:
        when = told_date(unit)
        if len(_values(unit)) != 1 or (question.years and (when is None or when[0] not in question.years)):
            continue
        fitting = (
            group for group in groups if all(_differ(other, unit, question.figure is not None) for other in group)
        )
        if (found := next(fitting, None)) is None:
            groups.append([unit])
        else:
            found.append(unit)
    return [group for group in groups if len(group) > 1]


def changes(units: Sequence[Evidence], question: Question) -> list[str]:
    """A sentence for each value that changed: « 12 milliards d'euros (mars 2024) ; 10 milliards d'euros (2018) »."""
    found = []
    for group in conflicting(units, question):
        ordered = most_recent_first(group)
        values = " ; ".join(f"{value} ({when})" for when, value in map(dated_value, ordered))
        found.append(f"Les documents donnent des valeurs différentes selon leur date, de la plus récente : {values}.")
    return found


def dated_value(unit: Evidence) -> tuple[str, str]:
    """When, and what, a unit of a group of `conflicting` tells: (« mars 2024 », « 12 milliards d'euros »)."""
    return _written(told_date(unit)), _values(unit)[0].text


def _differ(one: Evidence, two: Evidence, asked: bool) -> bool:
    if one.document.id == two.document.id or told_date(one) == told_date(two):
        return False
    (first,), (second,) = _values(one), _values(two)
    if first.unit != second.unit or first.value == second.value:
        return False
    if first.unit == "" and _counted(one, first) != _counted(two, second):
        return False
    if _told_apart(one.text) != _told_apart(two.text):
        return False
    here, there = _words(one), _words(two)
    shared = here & there
    if len(shared) < max(_FEWEST_SHARED, min(len(here), len(there))) or len(here ^ there) > _MOST_MORE:
        return False
    return asked or len(shared) >= _NEARLY_ALL * max(len(here), len(there))


def _counted(unit: Evidence, figure: Figure) -> str:
    """The stem of what a number counts: the first word that tells something after it."""
    return next(iter(stems(unit.text[figure.end :])), "")


def _told_apart(text: str) -> set[str]:
    """The names, acronyms and ordinals of a sentence: other ones, another subject."""
    return {fold(name) for name in _PROPER.findall(text)} | set(_ORDINAL.findall(fold(text)))


def _values(unit: Evidence) -> list[Figure]:
    return [figure for figure in figures(unit.text) if figure.unit in {"", "%", "€"}]


def _words(unit: Evidence) -> set[str]:
    text = unit.text
    for figure in reversed(figures(text)):
        text = text[: figure.start] + " " + text[figure.end :]
    return {stem for stem in stems(text) if not stem.isdigit()} - _BRINGS


def _own_date(document: Document) -> tuple[int, int, int] | None:
    match = _DATED.match(document.date or "")
    return (int(match[1]), int(match[2] or 0), int(match[3] or 0)) if match else None


def _is_old(text: str, today: date) -> bool:
    match = _DATED.match(text)
    if match is None:
        return False
    # A document dated by its year or month alone may be of its last day.
    day = tuple(int(part) for part in match.groups() if part)
    return day < (today.year - OLD_YEARS, today.month, today.day)[: len(day)]


def _written(when: tuple[int, int, int] | None) -> str:
    if when is None or not when[0]:
        return "sans date"
    year, month, _ = when
    return f"{MONTHS[month - 1]} {year}" if month else str(year)


def _listed(names: Sequence[str]) -> str:
    named = ", ".join(names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return f"{named} et {more} autre{'s' if more > 1 else ''}" if more > 0 else named
