"""Is a verb of a sentence denied where the source affirms it, or the other way round? Compared place by place.

Between two words of a sentence something may be denied. A denial of the sentence is looked for at the places of the
source that have the same words around them, and so is what the sentence affirms there where the source denies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kb.answering.proof.places import WORDS, Place, Weight, are_family, likeness
from kb.answering.proof.signs.denying import (
    ALONE,
    BY_ITSELF,
    NE,
    ONLY_WITHIN,
    TOKEN,
    content_of,
    folded_claim,
    says_only,
    spoken,
)
from kb.answering.proof.sources import SourceUnit

FEATURES = ("denied", "denied_there", "affirmed", "affirmed_there")
_NO = re.compile(r"(?:^|[.:;!?()] ?)non ?(?:[.:;!?()]|$)")
_LACKS = frozenset(("sans", "trop"))  # « les communes sans plan », « réparée trop tard »
_TURNS = frozenset(("mais", "tandis", "alors", "sauf"))
_AFFIRMS, _DENIES, _EITHER, _UNSURE = "affirms", "denies", "either", "unsure"
_CONTRARY = {_AFFIRMS: _DENIES, _DENIES: _AFFIRMS}
_BESIDE = 1  # words next to a denial that may belong to it
_NEAR = 2  # words behind a place among which what is affirmed there stands
_FEWEST = 2  # words around a place that the source knows: one alone stands anywhere


@dataclass(frozen=True, slots=True)
class _Where:
    place: Place
    says: str


def turned(claim: str, units: Sequence[SourceUnit], weight: Weight) -> dict[str, float]:
    """Of what the claim denies, how much more like it the source affirms than denies (`denied`, and how like that is:
    `denied_there`); of what it affirms, how much more like it the source denies than affirms. -1: nothing like it.
    """
    there = [where for unit in units for where in _places(spoken(unit))]
    signs = dict.fromkeys(FEATURES, -1.0)
    # A passage that answers its title by « Non. » denies what follows without a further « ne ».
    is_no = any(_NO.search(spoken(unit)) for unit in units)
    known = frozenset(stem for unit in units for stem in unit.around)
    for where in _places(folded_claim(claim)):
        if where.says not in _CONTRARY or not where.place.behind or (is_no and where.says == _DENIES):
            continue
        verb = where.place.behind[0]
        strange = {stem for stem in (*where.place.before, *where.place.behind) if stem not in known}
        mine = where.place.without(strange)
        own = {*mine.before, *mine.behind}
        if len(own) < _FEWEST:
            continue
        name = "denied" if where.says == _DENIES else "affirmed"
        contrary = [one.place for one in there if one.says == _CONTRARY[where.says] and _has_verb(one, verb)]
        other = max((likeness(mine, one, weight) for one in contrary if _meet(own, one)), default=0.0)
        if other <= max(0.0, signs[name]):
            continue  # whatever says the same makes it less
        alike = [one.place for one in there if one.says in (where.says, _EITHER)]
        same = max((likeness(mine, one, weight) for one in alike if _meet(own, one)), default=0.0)
        if other - same > signs[name]:
            signs |= {name: other - same, f"{name}_there": other}
    return signs


def _meet(own: set[str], place: Place) -> bool:
    """Whether any of the words `own` stands around a place."""
    return not (own.isdisjoint(place.before) and own.isdisjoint(place.behind))


def _has_verb(where: _Where, verb: str) -> bool:
    """Whether the verb, or what else may be denied at a place, is the same: right behind it, or beside it where it is
    affirmed.
    """
    place = where.place
    near = place.behind[:1] if where.says == _DENIES else (*place.behind[:_NEAR], *place.before[:1])
    return any(are_family(one, verb) for one in near)


@lru_cache(maxsize=4_096)
def _places(folded: str) -> tuple[_Where, ...]:
    """The places between the words of a text that is folded, and whether each is denied."""
    found: list[_Where] = []
    tokens: list[str] = []
    for token in [*re.findall(rf"{TOKEN.pattern}|,", folded), "."]:
        if token not in ".;!?":
            tokens.append(token)
            continue
        found += _of_stretch(tokens)
        tokens = []
    return tuple(found)


def _of_stretch(tokens: Sequence[str]) -> list[_Where]:
    words: list[str] = []
    marks: dict[int, str] = {}
    denied_until_turn = False
    for index, token in enumerate(tokens):
        at = len(words)
        if token in ",:()" or token in _TURNS:
            denied_until_turn = False
            continue
        if token in NE and not says_only(tokens[index + 1 : index + 1 + ONLY_WITHIN]):
            marks[at] = _DENIES
            denied_until_turn = True
            continue
        if token in ALONE or token in _LACKS or BY_ITSELF.fullmatch(token):
            near = NE & set(tokens[max(0, index - 7) : index + 6])
            for place in range(at - _BESIDE, at + _BESIDE + 2):
                marks.setdefault(place, _UNSURE if near else _EITHER)
            if token in ALONE:
                continue
        for stem in content_of([token]):
            words.append(stem)
            if denied_until_turn:
                marks.setdefault(len(words), _UNSURE)
    for at in [at for at, says in marks.items() if says == _DENIES]:
        for place in range(at - _BESIDE, at + _BESIDE + 1):
            marks.setdefault(place, _UNSURE)
    places = [
        Place(tuple(words[max(0, at - WORDS) : at][::-1]), tuple(words[at : at + WORDS]))
        for at in range(len(words) + 1)
    ]
    return [_Where(place, marks.get(at, _AFFIRMS)) for at, place in enumerate(places)]
