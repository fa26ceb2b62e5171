"""What the reader is shown of the passages that a sentence cites: the units that say most of its words and figures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from kb.answering.proof.signs.support import content, rarity
from kb.answering.proof.sources import Source, SourceUnit
from kb.index.texts import section_title
from kb.text.figures import figures, same_figure

# Units shown: a sentence says at most what two or three do, and one of whom it might be said wrongly stands beside.
SHOWN = 4


def window(claim: str, cited: Sequence[Source]) -> str:
    """The nearest units of `cited` in their order, below the titles that they stand under."""
    units = [unit for source in cited for unit in source.units]
    if not units:
        return ""
    said, given, weight = list(dict.fromkeys(content(claim))), figures(claim), rarity(units)
    total = sum(map(weight, said)) or 1.0

    def nearness(unit: SourceUnit) -> float:
        words = sum(weight(stem) for stem in said if unit.says(stem)) / total
        values = sum(any(same_figure(other, figure) for other in unit.figures) for figure in given)
        return words + values / max(1, len(given))

    near = set(sorted(range(len(units)), key=lambda index: -nearness(units[index]))[:SHOWN])
    lines = []
    chosen = [unit for index, unit in enumerate(units) if index in near]
    for title, some in groupby(chosen, key=_title):
        lines.append(f"{title}\n{' '.join(map(_with_lead_in, some))}")
    return "\n".join(lines)


def _title(unit: SourceUnit) -> str:
    return section_title(unit.candidate.document.title, unit.candidate.passage.heading_path)


def _with_lead_in(unit: SourceUnit) -> str:
    """An item goes on with its lead-in; a row, a line, ends with a full stop."""
    context = unit.candidate.context
    if unit.candidate.kind == "item" and context.endswith(":"):
        return f"{context} {unit.text}"
    return unit.text if unit.text.endswith((".", "!", "?", "»", ";")) else f"{unit.text}."
