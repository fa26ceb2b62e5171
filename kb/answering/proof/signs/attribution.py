"""Whose figure is it? What a sentence says around a figure, or a name, must stand around it in the source, and not
rather around another one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kb.answering.proof.names import proper_names
from kb.answering.proof.signs.weights import logit
from kb.answering.proof.sources import SourceUnit
from kb.text.figures import Figure, figures, same_figure
from kb.text.stems import stems
from kb.text.wording.families import beginnings, is_of_family

FEATURES = ("own", "own_near", "gap", "gap_near", "has_rival")
NAME_FEATURES = (*FEATURES, "is_asked")
_NEAR = 4  # stems before a figure, and behind it
_LONGEST_NEAR = 80  # characters
_FEWEST = 3  # stems of a part of a sentence that say something by themselves
_CUT = re.compile(r"[;:]\s|,? (?:tandis que|alors que|mais|contre|puis)\b|, et ", re.IGNORECASE)
_ABOVE = 0.35  # of what a unit holds counts as near a name that stands above it
_DATES = frozenset(("year", "date"))
_COUNTS = frozenset(("", "ordinal"))

Weight = Callable[[str], float]


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
    """How much of what `claim` says, and of what it says right beside `figure`, stands around the figure in the source
    (`own`, `own_near`), and by how much more than around the best other figure of its kind that `claim` does not give.

    None where no unit holds the figure: it stands in a title, or a date.
    """
    mine = figures(claim)
    near = _beside(claim, figure.start, figure.end)
    said = _of_part(said, claim, figure.start, figure.end)
    own: list[tuple[float, float]] = []
    rivals: list[tuple[float, float]] = []
    for unit in units:
        around = _share(said, unit.around, unit.families, weight)
        for other in unit.figures:
            is_own = same_figure(other, figure)
            if not is_own and (_kind(other) != _kind(figure) or any(same_figure(other, known) for known in mine)):
                continue
            beside = frozenset(_beside(unit.text, other.start, other.end))
            (own if is_own else rivals).append((around, _share(near, beside, beginnings(beside), weight)))
    return _signs(own, rivals)


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
    near = [stem for stem in _beside(claim, start, start + len(name)) if stem not in wanted]
    mine = [frozenset(stems(one)) for one in proper_names(claim)]
    own: list[tuple[float, float]] = []
    rivals: list[tuple[float, float]] = []
    for unit in units:
        around = _share(rest, unit.around, unit.families, weight)
        is_there = False
        for stemmed, start, end in unit.names:
            beside = frozenset(_beside(unit.text, start, end)) - stemmed
            likeness = (around, _share(near, beside, beginnings(beside), weight))
            if stemmed & wanted:
                own.append(likeness)
                is_there = True
            elif not any(stemmed & one for one in mine):
                rivals.append(likeness)
        if not is_there and wanted <= unit.around:
            own.append((around, _ABOVE * around))
    signs = _signs(own, rivals)
    return None if signs is None else signs | {"is_asked": float(wanted <= set(stems(question)))}


def _of_part(said: Sequence[str], claim: str, start: int, end: int) -> Sequence[str]:
    """Those of the stems `said` that stand in the part of `claim` that holds a stretch: « 7 milliards, contre 5 pour… »
    says two things. All of them where the part says too little by itself.
    """
    before = max((cut.end() for cut in _CUT.finditer(claim, 0, start)), default=0)
    behind = next((cut.start() for cut in _CUT.finditer(claim, end)), len(claim))
    part = set(stems(claim[before:behind]))
    some = [stem for stem in said if stem in part]
    return some if len(some) >= _FEWEST else said


def _signs(own: Sequence[tuple[float, float]], rivals: Sequence[tuple[float, float]]) -> dict[str, float] | None:
    if not own:
        return None
    best, best_near = (max(values) for values in zip(*own, strict=True))
    rival, rival_near = (max(values) for values in zip(*rivals, strict=True)) if rivals else (0.0, 0.0)
    return {
        "own": best,
        "own_near": best_near,
        "gap": best - rival,
        "gap_near": best_near - rival_near,
        "has_rival": float(bool(rivals)),
    }


def _beside(text: str, start: int, end: int) -> list[str]:
    """The stems right before a stretch of text and right behind it, without figures."""
    before = stems(text[max(0, start - _LONGEST_NEAR) : start])
    behind = stems(text[end : end + _LONGEST_NEAR])
    words_before = [stem for stem in before if not stem[0].isdigit()][-_NEAR:]
    return [*words_before, *[stem for stem in behind if not stem[0].isdigit()][:_NEAR]]


def _share(wanted: Sequence[str], held: frozenset[str], families: frozenset[str], weight: Weight) -> float:
    total = sum(map(weight, wanted))
    return sum(weight(stem) for stem in wanted if is_of_family(stem, held, families)) / total if total else 0.0


def _kind(figure: Figure) -> str:
    return "date" if figure.unit in _DATES else "count" if figure.unit in _COUNTS else figure.unit
