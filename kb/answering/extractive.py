"""The answer without a language model: one to six units of evidence, word for word, each with its number."""

from __future__ import annotations

from collections.abc import Sequence

from kb.answering.evidence import Scored
from kb.french.figures import MARKS
from kb.french.folding import fold
from kb.types import Citation

MAX_UNITS = 6
# A unit is shown beside the best one when its score is at most this far below, in standard deviations.
MARGIN = 1.75


def choose(scored: Sequence[Scored]) -> list[Scored]:
    """The units to show, best first: the best one and those nearly as good, none saying the same words."""
    chosen: list[Scored] = []
    seen: set[str] = set()
    for each in scored:
        words = fold(each.evidence.text)
        if words in seen:
            continue
        if chosen and each.evidence.score < chosen[0].evidence.score - MARGIN:
            break
        seen.add(words)
        chosen.append(each)
        if len(chosen) == MAX_UNITS:
            break
    return chosen


def write(chosen: Sequence[Scored]) -> tuple[str, tuple[Citation, ...]]:
    """The text of the answer, with `[n]` after each unit, and its citations in the same order."""
    lines = []
    citations = []
    for number, each in enumerate(chosen, start=1):
        evidence = each.evidence
        # A document's own marks (« [2] » of a footnote) would be taken for references of the answer.
        lines.append(f"{MARKS.sub('', evidence.text).rstrip()} [{number}]")
        citations.append(
            Citation(
                number=number,
                passage=evidence.passage,
                document=evidence.document,
                quote=evidence.document.text[evidence.start : evidence.end],
                start=evidence.start,
                end=evidence.end,
            )
        )
    if len(lines) == 1:
        return lines[0], tuple(citations)
    return "\n".join(f"- {line}" for line in lines), tuple(citations)
