"""Units that say nothing by themselves, with what they need; and those that say again what another one has said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kb.answering.composing.standing_alone import joined, points_back
from kb.answering.reading import Scored
from kb.text.stems import words
from kb.types import Evidence

# « Oui. » alone, and a question that the document asks itself: what answers stands behind them.
_SAYS_NOTHING_ALONE = re.compile(r"(?:oui|non)\s?[.,;:!…]*|.*\?", re.IGNORECASE | re.DOTALL)
_SPACES = re.compile(r"[ \t\n]+")  # no-break spaces belong to the words
_LONGEST = 400  # characters of a unit with those behind it
_TELL_NOTHING = frozenset(
    "le la les l un une des de du d vous votre vos nous notre nos leur leurs son sa ses ce cet cette ces".split()
)


def completed(units: Sequence[Scored]) -> list[Scored]:
    """The units, in their order; each « Oui. » and each question is one with the sentence behind it, or goes where none
    is.
    """
    behind = _behind(units)
    done: list[Scored] = []
    for unit in units:
        if unit.evidence.kind != "sentence" or not _SAYS_NOTHING_ALONE.fullmatch(unit.evidence.text):
            done.append(unit)
            continue
        following = behind.get(_place(unit.evidence))
        if following is not None and _SAYS_NOTHING_ALONE.fullmatch(following.evidence.text) is None:
            done.append(_with(unit, following))
    return done or list(units)


def _with(unit: Scored, following: Scored) -> Scored:
    one, other = unit.evidence, following.evidence
    if one.text.endswith("?") and len(one.text) + len(other.text) >= _LONGEST:
        return replace(following, evidence=replace(other, score=one.score))
    return with_what_follows(unit, following)


def _behind(units: Sequence[Scored]) -> dict[tuple[str, int], Scored]:
    """For the place of each sentence, the one right behind it in its paragraph."""
    found: dict[tuple[str, int], Scored] = {}
    in_order = sorted(units, key=lambda unit: _place(unit.evidence))
    for one, other in pairwise(in_order):
        first, second = one.evidence, other.evidence
        if _is_behind(first, second):
            found[_place(first)] = other
    return found


def _place(evidence: Evidence) -> tuple[str, int]:
    return evidence.document.id, evidence.start


def what_it_goes_on_from(unit: Scored, chosen: Sequence[Scored]) -> int | None:
    """The place among the `chosen` of what a sentence stands right behind in its paragraph, if both are short together;
    None where there is none."""
    for place, one in enumerate(chosen):
        short = len(one.evidence.text) + len(unit.evidence.text) < _LONGEST
        if short and _is_behind(one.evidence, unit.evidence):
            return place
    return None


def with_what_follows(unit: Scored, following: Scored) -> Scored:
    """A unit with the sentence behind it, as it stands there: the label that both are shown with is said once."""
    one, other = unit.evidence, following.evidence
    behind = _SPACES.sub(" ", other.document.text[other.start : other.end])
    text = joined(one.text, behind) if points_back(behind) else f"{one.text} {behind}"
    whole = replace(one, text=text, end=other.end)
    return replace(unit, evidence=whole, fit=max(unit.fit, following.fit))


def _is_behind(one: Evidence, other: Evidence) -> bool:
    if one.document.id != other.document.id or one.kind != "sentence" or other.kind != "sentence":
        return False
    return one.end <= other.start and not one.document.text[one.end : other.start].strip(" \u00a0\u202f")


def says_again(unit: Scored, others: Sequence[Scored]) -> bool:
    """Whether a sentence has the words of one of another document, in their order, but for articles and whose it is:
    pages that are copies of each other tell « you » what they tell « the client »."""
    if unit.evidence.kind != "sentence":
        return False
    own = _telling(unit.evidence)
    return any(
        other.evidence.kind == "sentence"
        and other.evidence.document.id != unit.evidence.document.id
        and _telling(other.evidence) == own
        for other in others
    )


def _telling(evidence: Evidence) -> list[str]:
    return [word for word in words(evidence.text) if word not in _TELL_NOTHING]
