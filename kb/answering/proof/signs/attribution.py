"""Whose figure is it? What a sentence says around a figure, or a name, must stand around it in the source, and not
rather around another one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kb.answering.proof.names import proper_names
from kb.answering.proof.places import Place, Weight, likeness, next_to, place
from kb.answering.proof.signs.weights import logit
from kb.answering.proof.sources import SourceUnit
from kb.text.figures import Figure, figures, same_figure
from kb.text.stems import stems

FEATURES = (
    "own", "gap", "own_next", "gap_next", "own_unit", "gap_unit", "unit_unnamed", "gap_near", "is_taken", "is_below",
    "is_titled", "has_rival", "rivals", "known",
)  # fmt: skip
NAME_FEATURES = (*FEATURES, "is_asked")
_CUT = re.compile(r"[;:]\s|,? (?:tandis que|alors que|mais|contre|puis)\b|, et ", re.IGNORECASE)
_FEWEST = 3  # stems of a part of a sentence that say something by themselves
_NEAR = 0.7  # of what the nearest unit says of the sentence, a unit says that is as near
_BOTH_SIDES = 2
_DATES = frozenset(("year", "date"))
_COUNTS = frozenset(("", "ordinal"))


def misattributed(
    claim: str, units: Sequence[SourceUnit], said: Sequence[str], weight: Weight, question: str, start: int = 0
) -> str | None:
    """The first figure or name of `claim`, an answer to `question`, that `units` say of something else; None without.

    Those before `start` are not looked at: they name a row and a column. `said` are the stems of `claim` without its
    figures, `weight` tells how rare they are among `units`.
    """
    for figure in figures(claim):
        if figure.start < start:
            continue
        signs = figure_signs(figure, claim, units, said, weight)
        if signs is not None and logit("figures", signs) < 0:
            return figure.text
    for name in proper_names(claim[start:]):
        signs = name_signs(name, claim, units, said, weight, question)
        if signs is not None and logit("names", signs) < 0:
            return name
    return None


def figure_signs(
    figure: Figure, claim: str, units: Sequence[SourceUnit], said: Sequence[str], weight: Weight
) -> dict[str, float] | None:
    """How like the place of `figure` in `claim` its places in the source are, and by how much more than those of the
    best other figure of its kind that `claim` does not give (see `_Found.signs`).

    None where no unit holds the figure: it stands in a title, or a date.
    """
    mine = figures(claim)
    said = _of_part(said, claim, figure.start, figure.end)
    found = _Found(place(claim, figure.start, figure.end), said, units, weight)
    for index, unit in enumerate(units):
        for other, where in zip(unit.figures, unit.figure_places, strict=True):
            is_own = same_figure(other, figure)
            if is_own or (_kind(other) == _kind(figure) and not any(same_figure(other, known) for known in mine)):
                found.add(index, where, is_own=is_own)
        if any(same_figure(other, figure) for other in unit.figures_above):
            found.add_above(index)
    return found.signs() if found.own else None


def name_signs(
    name: str, claim: str, units: Sequence[SourceUnit], said: Sequence[str], weight: Weight, question: str
) -> dict[str, float] | None:
    """The same for a name of `claim`, beside the other names of the source; `is_asked`: the question names it.

    None where no unit has it, nor anything above one.
    """
    wanted = frozenset(stems(name))
    if not wanted:
        return None
    start = claim.find(name)
    rest = [stem for stem in _of_part(said, claim, start, start + len(name)) if stem not in wanted]
    found = _Found(place(claim, start, start + len(name)), rest, units, weight)
    mine = [frozenset(stems(one)) for one in proper_names(claim)]
    for index, unit in enumerate(units):
        own = unit.places_of(name)
        for where in own:
            found.add(index, where, is_own=True)
        for (stemmed, _, _), where in zip(unit.names, unit.name_places, strict=True):
            if not stemmed & wanted and not any(stemmed & one for one in mine):
                found.add(index, where, is_own=False)
        if wanted <= unit.stems_above:
            found.add_above(index)
        elif not own and wanted <= unit.around:
            found.add_below(index)
    if not (found.own or found.is_titled or found.is_below):
        return None
    return found.signs() | {"is_asked": float(wanted <= set(stems(question)))}


@dataclass(frozen=True, slots=True)
class _Like:
    """A place of the source: how like it is, on how many sides the next word is the same, and what its unit says."""

    likeness: float
    next_to: float
    share: float


@dataclass(slots=True)
class _Found:
    """What a sentence says around a stretch of it, compared with what stands around stretches of the source."""

    mine: Place
    rest: Sequence[str]
    units: Sequence[SourceUnit]
    weight: Weight
    own: list[_Like] = field(default_factory=list)
    rivals: list[_Like] = field(default_factory=list)
    is_titled: bool = False
    is_below: bool = False
    known: float = 0.0
    own_share: float = 0.0
    shares: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Leaves out of `mine` the words that no unit knows: an answer's own."""
        around = dict.fromkeys((*self.mine.before, *self.mine.behind))
        strange = {stem for stem in around if not any(unit.says(stem) for unit in self.units)}
        self.known = 1 - len(strange) / max(1, len(around))
        self.mine = self.mine.without(strange)
        total = sum(map(self.weight, self.rest)) or 1.0
        self.shares = [sum(self.weight(stem) for stem in self.rest if unit.says(stem)) / total for unit in self.units]

    def add(self, index: int, other: Place, *, is_own: bool) -> None:
        """One more place, in the unit `index`."""
        like = _Like(likeness(self.mine, other, self.weight), next_to(self.mine, other), self.shares[index])
        (self.own if is_own else self.rivals).append(like)
        if is_own:
            self.own_share = max(self.own_share, like.share)

    def add_above(self, index: int) -> None:
        """It stands in a title, a heading or the line above the unit `index`."""
        self.is_titled = True
        self.own_share = max(self.own_share, self.shares[index])

    def add_below(self, index: int) -> None:
        """Its words stand in the unit `index`, written otherwise."""
        self.is_below = True
        self.own_share = max(self.own_share, self.shares[index])

    def signs(self) -> dict[str, float]:
        """Likenesses and shares from 0 to 1, sides from 0 to 2; gaps: its own less the best rival's."""
        best = max(self.shares, default=0.0)
        near = [[one for one in some if one.share >= _NEAR * best] for some in (self.own, self.rivals)]
        own, rival = (max((one.likeness for one in some), default=0.0) for some in (self.own, self.rivals))
        own_next, rival_next = (max((one.next_to for one in some), default=0.0) for some in (self.own, self.rivals))
        own_near, rival_near = (max((one.likeness for one in some), default=0.0) for some in near)
        own_beside, rival_beside = (max((one.next_to for one in some), default=0.0) for some in near)
        return {
            "own": own,
            "gap": own - rival,
            "own_next": own_next,
            "gap_next": own_next - rival_next,
            "own_unit": self.own_share,
            "gap_unit": self.own_share - best,
            "unit_unnamed": 0.0 if self.is_titled else self.own_share - best,
            "gap_near": own_near - rival_near,
            "is_taken": float(rival_beside == _BOTH_SIDES and own_beside < _BOTH_SIDES),
            "is_below": float(self.is_below and not self.own),
            "is_titled": float(self.is_titled),
            "has_rival": float(bool(self.rivals)),
            "rivals": math.log1p(len(self.rivals)),
            "known": self.known,
        }


def _of_part(said: Sequence[str], claim: str, start: int, end: int) -> Sequence[str]:
    """Those of the stems `said` that stand in the part of `claim` that holds a stretch: « 7 milliards, contre 5 pour… »
    says two things. All of them where the part says too little by itself.
    """
    before = max((cut.end() for cut in _CUT.finditer(claim, 0, start)), default=0)
    behind = next((cut.start() for cut in _CUT.finditer(claim, end)), len(claim))
    part = set(stems(claim[before:behind]))
    some = [stem for stem in said if stem in part]
    return some if len(some) >= _FEWEST else said


def _kind(figure: Figure) -> str:
    return "date" if figure.unit in _DATES else "count" if figure.unit in _COUNTS else figure.unit
