"""Which units of a passage a reader must see to check a sentence."""

from __future__ import annotations

from kb.answering.proof.sources import Source, SourceUnit
from kb.text.figures import figures, same_figure
from kb.text.stems import stems

_MOST_UNITS = 3  # quoted of one passage for one sentence
_ADDS = 2  # words, at least, that a further unit must hold of the sentence
_ADDS_OF_ALL = 0.2  # and the share of its words


def quoted(text: str, source: Source, *, alone: bool) -> list[SourceUnit]:
    """The units of a source that a reader must see to check `text`: the nearest one, then those that hold figures or
    words of it that are not shown yet. Of a source that is cited `alone` one at least.
    """
    wanted = set(stems(text))
    values = figures(text)
    chosen: list[SourceUnit] = []
    while len(chosen) < _MOST_UNITS:
        best, most = None, 0.0
        for unit in source.units:
            if unit in chosen:
                continue
            new = len(wanted & unit.stems)
            held = sum(any(same_figure(other, value) for other in unit.figures) for value in values)
            if (gain := new + 2 * held) > most and (not chosen or new >= _ADDS or held):
                best, most = unit, gain
        if best is None or (chosen and most < max(_ADDS, _ADDS_OF_ALL * len(set(stems(text))))):
            break
        chosen.append(best)
        wanted -= best.stems
        values = [value for value in values if not any(same_figure(other, value) for other in best.figures)]
    if not chosen and alone:
        chosen = list(source.units[:1])
    return sorted(chosen, key=lambda unit: unit.candidate.start)
