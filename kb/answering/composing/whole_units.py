"""Units that say nothing by themselves, with what they need; and those that say again what another one has said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from kb.answering.reading import Scored
from kb.text.figures import figures
from kb.text.stems import stems, words
from kb.types import Evidence

# « Oui. » alone, and a question that the document asks itself: what answers stands behind them.
_SAYS_NOTHING_ALONE = re.compile(r"(?:oui|non)\s?[.,;:!…]*|.*\?", re.IGNORECASE | re.DOTALL)
_LONGEST = 400  # characters of a unit with those behind it
# Of the stems of two sentences, the share that both hold. Among the units shown for the questions of the bundled corpus
# and of 38 sheets of bench/sheets, none of two documents reaches it that says another thing; of bench/cnil, where pages
# are equal or nearly so, all that do say the same (30 November 2026).
_MUCH_THE_SAME = 0.8
_DENIALS = frozenset("ne n non pas plus jamais aucun aucune sans ni sauf".split())


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
    text = f"{one.text} {other.text}"
    if one.text.endswith("?") and len(text) > _LONGEST:
        return replace(following, evidence=replace(other, score=one.score))
    return replace(unit, evidence=replace(one, text=text, end=other.end), fit=max(unit.fit, following.fit))


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


def goes_on(unit: Scored, others: Sequence[Scored]) -> bool:
    """Whether a unit is the sentence right behind one of the `others` in its paragraph."""
    return any(_is_behind(other.evidence, unit.evidence) for other in others)


def with_what_goes_on(chosen: Sequence[Scored], behind: Sequence[Scored]) -> list[Scored]:
    """The chosen units, each with the sentences of `behind` that follow it, as long as they are short together."""
    by_place = {_place(unit.evidence): unit for unit in behind}
    whole: list[Scored] = []
    for unit in chosen:
        evidence = unit.evidence
        while following := next((one for one in by_place.values() if _is_behind(evidence, one.evidence)), None):
            text = f"{evidence.text} {following.evidence.text}"
            if len(text) > _LONGEST:
                break
            evidence = replace(evidence, text=text, end=following.evidence.end)
        whole.append(unit if evidence is unit.evidence else replace(unit, evidence=evidence))
    return whole


def _is_behind(one: Evidence, other: Evidence) -> bool:
    if one.document.id != other.document.id or one.kind != "sentence" or other.kind != "sentence":
        return False
    return one.end <= other.start and not one.document.text[one.end : other.start].strip(" \u00a0\u202f")


class _Said(NamedTuple):
    stems: frozenset[str]
    figures: tuple[str, ...]
    denials: frozenset[str]


def says_again(unit: Scored, others: Sequence[Scored]) -> bool:
    """Whether a sentence has nearly the words of one of another document, the same figures and the same denials."""
    own = _said(unit.evidence)
    return unit.evidence.kind == "sentence" and any(
        other.evidence.kind == "sentence"
        and other.evidence.document.id != unit.evidence.document.id
        and _is_much_the_same(own, _said(other.evidence))
        for other in others
    )


def _is_much_the_same(one: _Said, other: _Said) -> bool:
    shared, all_of_them = len(one.stems & other.stems), len(one.stems | other.stems)
    return shared >= _MUCH_THE_SAME * all_of_them and one[1:] == other[1:]


def _said(evidence: Evidence) -> _Said:
    text = evidence.text
    told = tuple(sorted(figure.text for figure in figures(text)))
    return _Said(frozenset(stems(text)), told, _DENIALS.intersection(words(text)))
