"""Whose figure is it? Signs that a figure, or a name, of a sentence belongs to what else the sentence says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from kb.answering.proof.names import proper_names
from kb.answering.proof.sources import SourceUnit
from kb.text.figures import Figure, figures, same_figure
from kb.text.stems import stems
from kb.text.wording.families import beginnings, is_of_family

_CUT = re.compile(r"[;:()]|(?<!\d),|,(?!\d)|\b(?:mais|sauf|tandis que|alors que|et|dont|contre)\b", re.IGNORECASE)
_ABOVE = 0.6  # what a word counts that stands in the unit, or above it, but not in the figure's own clause
_IN_TITLE = 0.5  # of a figure that no unit holds: it stands in a title or a date
_DATES = frozenset(("year", "date"))
_COUNTS = frozenset(("", "ordinal"))


def figure_signs(
    claim: str, units: Sequence[SourceUnit], said: Sequence[str], weight: Callable[[str], float]
) -> dict[str, float]:
    """`figure_own`: the least share of the words around a figure of `claim` that stand around it in the source;
    `figure_gap`: by how much more, at most, they stand around another figure of its kind that `claim` does not give.
    """
    mine = figures(claim)
    own_least, gap = 1.0, 0.0
    for figure in mine:
        near = [stem for stem in stems(clause_at(claim, figure.start)) if not stem[0].isdigit()]
        own: float | None = None
        rival = 0.0
        for unit in units:
            for other in unit.figures:
                if same_figure(other, figure):
                    own = max(own or 0.0, _likeness(near, said, unit, other, weight))
                elif _kind(other) == _kind(figure) and not any(same_figure(other, known) for known in mine):
                    rival = max(rival, _likeness(near, said, unit, other, weight))
        if own is None:
            own = _IN_TITLE
        own_least = min(own_least, own)
        gap = max(gap, rival - own)
    return {"has_figure": float(bool(mine)), "figure_own": own_least, "figure_gap": gap}


def name_signs(
    claim: str, units: Sequence[SourceUnit], said: Sequence[str], weight: Callable[[str], float]
) -> dict[str, float]:
    """`name_gap`: by how much more of the rest of `claim` the best unit holds than the best one that holds the name;
    `name_apart`: 1 when a name of `claim` stands with none of its figures, in no unit, heading or title.
    """
    gap, apart = 0.0, 0.0
    named = {name: frozenset(stems(name)) for name in proper_names(claim)}
    of_names = frozenset().union(*named.values()) if named else frozenset()
    rest = [stem for stem in said if stem not in of_names]
    total = sum(map(weight, rest)) or 1.0
    shares = [sum(weight(stem) for stem in rest if unit.says(stem)) / total for unit in units]
    mine = figures(claim)
    for wanted in filter(None, named.values()):
        best = max(shares, default=0.0)
        with_name = [share for share, unit in zip(shares, units, strict=True) if wanted <= unit.around]
        gap = max(gap, best - max(with_name, default=0.5 * best))
        places = [
            [unit for unit in units if any(same_figure(other, figure) for other in unit.figures)] for figure in mine
        ]
        if mine and all(places) and not any(wanted <= unit.around for some in places for unit in some):
            apart = 1.0
    return {"name_gap": gap, "name_apart": apart}


def clause_at(text: str, offset: int) -> str:
    """The clause of `text` that holds `offset`."""
    for start, end in _clauses(text):
        if start <= offset < end:
            return text[start:end]
    return text


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for cut in _CUT.finditer(text):
        yield start, cut.start()
        start = cut.end()
    yield start, len(text)


def _likeness(
    near: Sequence[str], said: Sequence[str], unit: SourceUnit, figure: Figure, weight: Callable[[str], float]
) -> float:
    """How much (0 to 1) of the words `near` a figure, and of all that is `said`, stands around a figure of a unit."""
    clause = frozenset(stems(clause_at(unit.text, figure.start)))
    known = beginnings(clause)

    def share(wanted: Sequence[str]) -> float:
        total = sum(map(weight, wanted))
        held = sum(
            weight(stem) * (1.0 if is_of_family(stem, clause, known) else _ABOVE if unit.says(stem) else 0.0)
            for stem in wanted
        )
        return held / total if total else 0.0

    return 0.5 * share(near) + 0.5 * share(said)


def _kind(figure: Figure) -> str:
    return "date" if figure.unit in _DATES else "count" if figure.unit in _COUNTS else figure.unit
