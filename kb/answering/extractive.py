"""The answer without a language model: one to six units of evidence, a few more where they are as good as the sixth,
word for word, each with its number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from kb.answering.chronology import conflicting, most_recent_first
from kb.answering.evidence import Scored
from kb.answering.hostile import is_hostile
from kb.text.figures import MARKS
from kb.text.folding import fold
from kb.types import Citation, Evidence, Question

MAX_UNITS = 6
# Units that score as the last one do not lose their place to it: a tie is no reason to leave out the answer. Scores of
# one unit in int8 and in fp32 differ by at most 0.14 to 0.16 for 95 units in 100 (10,122 units of three bases, measured
# 2026-11-28; benchmarks/formats.py counts it again): those of two units tell them apart from about twice that on.
TIE = 0.3
MOST_UNITS = 8
MOST_WITHOUT_FIGURE = 2
# A unit is shown beside the best one when its score is at most this far below, in standard deviations.
MARGIN = 1.75
_LONGEST_ANTECEDENT = 240  # characters
# « Il faut », « il s'agit » point at nothing.
_POINTS_BACK = re.compile(
    r"(?:ils?|elles?|celui-ci|celle-ci|ceux-ci|celles-ci|ce dernier|cette derniere|ces derni(?:er|ere)s)\b"
    r"(?! (?:faut|fallait|faudra|s'agit|s'agira|existe|y a|y avait|y aura|reste|convient|suffit|est (?:possible|prevu|"
    r"interdit|conseille|recommande|necessaire|indispensable|demande)|n'y a|n'existe)\b)"
)


def choose(scored: Sequence[Scored], *, wants_figure: bool = False) -> list[Scored]:
    """The units to show, best first: the best one and those nearly as good, none saying the same words.

    Six of them, and up to two more whose scores are no worse than the sixth's but for the noise of the encoder. Where
    the question `wants_figure`, few units without one: they lead up to the answer and would take its place.
    """
    chosen: list[Scored] = []
    without = 0
    seen: set[str] = set()
    for unit in scored:
        words = fold(unit.evidence.text)
        if words in seen:
            continue
        if len(chosen) == MOST_UNITS or (chosen and unit.evidence.score < _lowest(chosen)):
            break
        without += not unit.fit
        if wants_figure and not unit.fit and without > MOST_WITHOUT_FIGURE:
            continue
        seen.add(words)
        chosen.append(unit)
    return chosen


def _lowest(chosen: Sequence[Scored]) -> float:
    """The score below which no unit is shown beside the `chosen` ones."""
    lowest = chosen[0].evidence.score - MARGIN
    return lowest if len(chosen) < MAX_UNITS else max(lowest, chosen[MAX_UNITS - 1].evidence.score - TIE)


def in_order(chosen: Sequence[Scored], question: Question) -> list[Scored]:
    """The chosen units as they are shown: of those that say the same thing differently, the most recent first."""
    shown = list(chosen)
    for group in conflicting([unit.evidence for unit in chosen], question):
        places = [index for index, unit in enumerate(shown) if unit.evidence in group]
        newest = most_recent_first([shown[index].evidence for index in places])
        by_evidence = {id(shown[index].evidence): shown[index] for index in places}
        for index, evidence in zip(places, newest, strict=True):
            shown[index] = by_evidence[id(evidence)]
    return shown


def with_antecedents(chosen: Sequence[Scored]) -> list[Scored]:
    """The chosen units, each that begins with a pronoun (« Il disparaît… ») with the sentence before it.

    Left as they are: those whose sentence before is shown already, is long, or does not stand right before it.
    """
    ends = {(unit.evidence.document.id, unit.evidence.end) for unit in chosen}
    return [replace(unit, evidence=_with_antecedent(unit.evidence, ends)) for unit in chosen]


def _with_antecedent(evidence: Evidence, ends: Collection[tuple[str, int]]) -> Evidence:
    folded = fold(evidence.text)
    if evidence.kind != "sentence" or not _POINTS_BACK.match(folded) or not evidence.context:
        return evidence
    whole, context = evidence.document.text, evidence.context
    if len(context) > _LONGEST_ANTECEDENT or _POINTS_BACK.match(fold(context)) or is_hostile(context):
        return evidence
    before = whole[: evidence.start].rstrip()
    start = len(before) - len(context)
    if not before.endswith(context) or "\n\n" in whole[len(before) : evidence.start]:
        return evidence
    if start < evidence.passage.start or (evidence.document.id, len(before)) in ends:
        return evidence
    return replace(evidence, text=whole[start : evidence.end], start=start, context="")


def write(chosen: Sequence[Scored]) -> tuple[str, tuple[Citation, ...]]:
    """The text of the answer, with `[n]` after each unit, and its citations in the same order."""
    lines = []
    citations = []
    for number, unit in enumerate(chosen, start=1):
        evidence = unit.evidence
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
