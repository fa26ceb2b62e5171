"""Acronyms that are easily taken for each other: one holds the other (« PLUM », « NPLUM »), often what it followed."""

from __future__ import annotations

import re

from kb.types import Question

_ACRONYM = re.compile(r"\b[A-Z]{3,}\b")
# What the score of a unit loses, a logit: of 1 and 0.5 or 2 and 1, none changes a figure of four bases, both put the
# answer about one first where it was the other's (30 November 2026).
_OTHERS, _ALSO_OTHERS = 1.0, 0.5


def mistaken(text: str, question: Question) -> float:
    """What a unit loses for an acronym that may be mistaken for one of the question: more where it does not name that
    one at all than where it names the other first.
    """
    asked = _ACRONYM.findall(question.standalone)
    said = _ACRONYM.findall(text) if asked else []
    lost = 0.0
    for name in asked:
        others = [at for at, other in enumerate(said) if other not in asked and (other in name or name in other)]
        if others and name not in said:
            lost = max(lost, _OTHERS)
        elif others and others[0] < said.index(name):
            lost = max(lost, _ALSO_OTHERS)
    return lost
